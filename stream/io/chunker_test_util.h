// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ByteFlowTest: for tests of flows of bytes: runs one over a text that is cut into pieces of each
// size, for a byte may be the last of its piece anywhere.
//
// Threads: the test's.
#ifndef SAMPO_STREAM_IO_CHUNKER_TEST_UTIL_H_
#define SAMPO_STREAM_IO_CHUNKER_TEST_UTIL_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {

class ByteFlowTest : public testing::Test {
 protected:
  static std::vector<Bytes> Cut(std::string_view text, size_t piece_bytes) {
    std::vector<Bytes> pieces;
    for (size_t at = 0; at < text.size(); at += piece_bytes) {
      pieces.push_back(Bytes(text.substr(at, piece_bytes)));
    }
    return pieces;
  }
  // What `flow` makes of `text` in such pieces.
  absl::StatusOr<std::vector<std::string>> Run(const Flow<Bytes, Bytes>& flow,
                                               std::string_view text, size_t piece_bytes) {
    auto all = Source<Bytes>::From(Cut(text, piece_bytes))
                   .Via(flow)
                   .Map([](const Bytes& bytes) { return bytes.ToString(); })
                   .RunWith(Sink<std::string>::Seq(), system_);
    return Await(all, absl::Seconds(5));
  }
  // The same for every size of piece.
  void ExpectAlways(const Flow<Bytes, Bytes>& flow, std::string_view text,
                    const std::vector<std::string>& expected) {
    for (size_t piece = 1; piece <= text.size(); ++piece) {
      auto got = Run(flow, text, piece);
      ASSERT_TRUE(got.ok()) << got.status() << " in pieces of " << piece;
      ASSERT_EQ(*got, expected) << "in pieces of " << piece;
    }
  }
  void ExpectFailure(const Flow<Bytes, Bytes>& flow, std::string_view text,
                     absl::StatusCode expected) {
    for (size_t piece = 1; piece <= text.size(); ++piece) {
      ASSERT_EQ(Run(flow, text, piece).status().code(), expected) << "in pieces of " << piece;
    }
  }

  SimulatedRuntime simulation_{1};
  ActorSystem<int> system_{Empty(), "bytes", simulation_.Settings(), simulation_.Runtime()};
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_CHUNKER_TEST_UTIL_H_
