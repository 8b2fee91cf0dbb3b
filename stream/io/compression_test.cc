// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/compression.h"

#include <numeric>
#include <string>

#include "gtest/gtest.h"
#include "sampo/stream/io/chunker_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

class CompressionTest : public ByteFlowTest {
 protected:
  static std::string Sample() {
    std::string text;
    for (int n = 0; n < 20000; ++n) text += std::to_string(n * 7919) + (n % 3 == 0 ? "\n" : " ");
    return text;
  }
  std::string Whole(const Flow<Bytes, Bytes>& flow, std::string_view text, size_t piece) {
    auto got = Run(flow, text, piece);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? std::accumulate(got->begin(), got->end(), std::string()) : "";
  }
};

TEST_F(CompressionTest, ThereAndBackInAllFormats) {
  const std::string text = Sample();
  const std::string gzip = Whole(Compression::Gzip(), text, 5000);
  EXPECT_LT(gzip.size(), text.size());
  EXPECT_EQ(gzip.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(Whole(Compression::GzipDecompress(), gzip, 777), text);
  for (DeflateFormat format : {DeflateFormat::kZlib, DeflateFormat::kRaw}) {
    const std::string deflated =
        Whole(Compression::Deflate(9, format, CompressionFlush::kAtEnd), text, 5000);
    EXPECT_LT(deflated.size(), text.size());
    EXPECT_EQ(Whole(Compression::Inflate(1000, format), deflated, 333), text);
  }
}

TEST_F(CompressionTest, OfNothing) {
  const std::string gzip = Whole(Compression::Gzip(), "", 1);
  EXPECT_EQ(gzip.size(), 20u);
  EXPECT_EQ(Whole(Compression::GzipDecompress(), gzip, 1), "");
  EXPECT_EQ(Whole(Compression::GzipDecompress(), "", 1), "");
}

TEST_F(CompressionTest, EachPieceIsFlushed) {
  auto [in, out] = TestSource<Bytes>::Probe()
                       .Via(Compression::Gzip())
                       .Via(Compression::GzipDecompress())
                       .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
                       .Run(system_);
  out.Request(2);
  in.SendNext(Bytes("hello"));
  out.ExpectNext(Bytes("hello"));
  in.SendNext(Bytes("world"));
  out.ExpectNext(Bytes("world"));
  in.SendComplete();
  out.Request(1);
  out.ExpectComplete();
}

TEST_F(CompressionTest, SeveralGzipMembersAreOneStream) {
  const std::string two =
      Whole(Compression::Gzip(), "one ", 10) + Whole(Compression::Gzip(), "two", 10);
  for (size_t piece = 1; piece <= two.size(); ++piece) {
    EXPECT_EQ(Whole(Compression::GzipDecompress(), two, piece), "one two");
  }
}

TEST_F(CompressionTest, PiecesAreBounded) {
  const std::string bomb = Whole(Compression::Gzip(), std::string(1 << 20, '0'), 1 << 20);
  EXPECT_LT(bomb.size(), 3000u);
  auto pieces = Run(Compression::GzipDecompress(1000), bomb, bomb.size());
  ASSERT_TRUE(pieces.ok()) << pieces.status();
  EXPECT_EQ(pieces->size(), (1u << 20) / 1000 + 1);
  for (const std::string& piece : *pieces) EXPECT_LE(piece.size(), 1000u);
}

TEST_F(CompressionTest, DamagedCutOffAndFollowedBySomethingElse) {
  std::string gzip = Whole(Compression::Gzip(), Sample(), 10000);
  EXPECT_EQ(
      Run(Compression::GzipDecompress(), gzip.substr(0, gzip.size() / 2), 100).status().code(),
      absl::StatusCode::kDataLoss);
  EXPECT_EQ(Run(Compression::GzipDecompress(), gzip + "x", 100).status().code(),
            absl::StatusCode::kDataLoss);
  gzip[gzip.size() / 2] = static_cast<char>(gzip[gzip.size() / 2] + 1);
  EXPECT_EQ(Run(Compression::GzipDecompress(), gzip, 100).status().code(),
            absl::StatusCode::kDataLoss);
  const std::string deflated = Whole(Compression::Deflate(), "abc", 3);
  EXPECT_EQ(Run(Compression::Inflate(), deflated + "x", 3).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sampo::stream
