// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/bytes.h"

#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace sampo::stream {
namespace {

TEST(BytesTest, SlicesShareTheBlock) {
  const Bytes all("hello world");
  const Bytes world = all.Drop(6);
  EXPECT_EQ(world.view(), "world");
  EXPECT_EQ(world.data(), all.data() + 6);
  EXPECT_EQ(all.Slice(3, 4).view(), "lo w");
  EXPECT_EQ(all.Take(5), Bytes("hello"));
  EXPECT_TRUE(all.Slice(100).empty());
  EXPECT_EQ(all.Slice(8, 100).view(), "rld");
}

TEST(BytesTest, ASliceOutlivesTheRest) {
  Bytes slice;
  {
    const Bytes all(std::string(1000, 'x') + "end");
    slice = all.Drop(1000);
  }
  EXPECT_EQ(slice.view(), "end");
}

TEST(BytesTest, ABuilderIsWrittenOnce) {
  BytesBuilder builder(16);
  std::memcpy(builder.data(), "abc", 3);
  const Bytes bytes = std::move(builder).Finish(3);
  EXPECT_EQ(bytes.view(), "abc");
}

TEST(BytesTest, ConcatenatesAndCompares) {
  EXPECT_EQ(Bytes::Concat(Bytes("ab"), Bytes::OfStatic("cd")).view(), "abcd");
  EXPECT_EQ(Bytes::Concat(Bytes(), Bytes("cd")).view(), "cd");
  EXPECT_LT(Bytes("a"), Bytes("b"));
  EXPECT_NE(Bytes("a"), Bytes());
}

}  // namespace
}  // namespace sampo::stream
