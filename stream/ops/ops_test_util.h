// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// OpsTest: what the tests of operators share: a simulated system, and ways to run a source in it.
//
// Threads: the test's.
//
//   EXPECT_EQ(Seq(Source<int>::Range(1, 3)), Ints({1, 2, 3}));
#ifndef SAMPO_STREAM_OPS_OPS_TEST_UTIL_H_
#define SAMPO_STREAM_OPS_OPS_TEST_UTIL_H_

#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/future.h"
#include "sampo/actor/test_util.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {

class OpsTest : public testing::Test {
 protected:
  // Its result, when the simulation has come to it.
  template <class T>
  auto Result(Future<T> future) {
    return Await(std::move(future), absl::Minutes(1));
  }
  // All elements of `source`; those that came before a failure are lost.
  template <class Out, class Mat>
  absl::StatusOr<std::vector<Out>> TrySeq(const Source<Out, Mat>& source) {
    return Result(source.RunWith(Sink<Out>::Seq(), system()));
  }
  template <class Out, class Mat>
  std::vector<Out> Seq(const Source<Out, Mat>& source) {
    absl::StatusOr<std::vector<Out>> all = TrySeq(source);
    EXPECT_TRUE(all.ok()) << all.status();
    return all.ok() ? *std::move(all) : std::vector<Out>();
  }
  template <class Out, class Mat>
  absl::Status FailureOf(const Source<Out, Mat>& source) {
    return TrySeq(source).status();
  }
  ActorSystemBase& system() { return kit_.system(); }

  SimulatedKit kit_;
};

using Ints = std::vector<int>;

// Supervision as an attribute.
inline Attributes Resuming() { return Attributes().Supervision(&ResumingDecider); }
inline Attributes Restarting() { return Attributes().Supervision(&RestartingDecider); }

// For functions that fail on one element: passes on all others.
inline int ThrowAt(int bad, int n) {
  if (n == bad) throw std::runtime_error("bad element");
  return n;
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_OPS_TEST_UTIL_H_
