// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/framing.h"

#include <string>

#include "gtest/gtest.h"
#include "sampo/stream/io/chunker_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using FramingTest = ByteFlowTest;
using std::string_literals::operator""s;

TEST_F(FramingTest, LinesInPiecesOfEachSize) {
  ExpectAlways(Framing::Delimiter("\n", 10), "one\ntwo\n\nthree\n", {"one", "two", "", "three"});
}

TEST_F(FramingTest, ADelimiterOfSeveralBytesMayBeCutAnywhere) {
  ExpectAlways(Framing::Delimiter("\r\n", 10), "a\rb\r\n\r\r\nc\n\r\n", {"a\rb", "\r", "c\n"});
  ExpectAlways(Framing::Delimiter("aab", 10), "aaabaaabaab", {"a", "a", ""});
}

TEST_F(FramingTest, TheLastFrameWithoutADelimiter) {
  ExpectAlways(Framing::Delimiter("\n", 10, Truncation::kAllowed), "one\ntw", {"one", "tw"});
  ExpectFailure(Framing::Delimiter("\n", 10), "one\ntw", absl::StatusCode::kDataLoss);
}

TEST_F(FramingTest, AFrameOfExactlyTheMaximumPassesALongerOneFails) {
  ExpectAlways(Framing::Delimiter("\r\n", 4), "abcd\r\n", {"abcd"});
  ExpectFailure(Framing::Delimiter("\r\n", 4), "abcde\r\n", absl::StatusCode::kResourceExhausted);
  ExpectFailure(Framing::Delimiter("\n", 4), "abcdefgh", absl::StatusCode::kResourceExhausted);
}

TEST_F(FramingTest, LengthFieldsOfEachSizeAndOrder) {
  LengthField big{.bytes = 2, .offset = 1, .frame_bytes_max = 20, .order = ByteOrder::kBigEndian};
  ExpectAlways(Framing::ByLengthField(big), "x\0\3abcy\0\0z\0\1d"s,
               {"x\0\3abc"s, "y\0\0"s, "z\0\1d"s});
  LengthField little{.bytes = 3, .frame_bytes_max = 20};
  ExpectAlways(Framing::ByLengthField(little), "\2\0\0ab"s, {"\2\0\0ab"s});
  LengthField one{.bytes = 1, .frame_bytes_max = 20};
  ExpectAlways(Framing::ByLengthField(one), "\1a\2bc"s, {"\1a"s, "\2bc"s});
}

TEST_F(FramingTest, AFrameSizeMayBeComputed) {
  // The length counts the whole frame, the first byte says how many more belong to it.
  LengthField field{.bytes = 1, .offset = 1, .frame_bytes_max = 20};
  field.frame_bytes = [](std::string_view before, int64_t length) {
    return length + static_cast<int64_t>(before[0]);
  };
  ExpectAlways(Framing::ByLengthField(field), "\1\3ab\0\2"s, {"\1\3ab"s, "\0\2"s});
  ExpectFailure(Framing::ByLengthField(field), "\0\1"s, absl::StatusCode::kInvalidArgument);
}

TEST_F(FramingTest, LengthsThatCannotBe) {
  LengthField field{.bytes = 1, .frame_bytes_max = 4};
  ExpectFailure(Framing::ByLengthField(field), "\4abcd"s, absl::StatusCode::kResourceExhausted);
  ExpectFailure(Framing::ByLengthField(field), "\3ab"s, absl::StatusCode::kDataLoss);
}

TEST_F(FramingTest, TheSimpleProtocolGoesThereAndBack) {
  auto both = Framing::SimpleFramingEncoder(10).Via(Framing::SimpleFramingDecoder(10));
  ExpectAlways(Framing::SimpleFramingDecoder(10), "\0\0\0\3abc\0\0\0\0"s, {"abc", ""});
  auto got = Run(both, "hello world", 4);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(*got, (std::vector<std::string>{"hell", "o wo", "rld"}));
  auto loop = Framing::SimpleFramingProtocol(10).Join(Flow<Bytes>());
  EXPECT_EQ(Run(loop, "hello world", 4).value(), *got);
  EXPECT_EQ(Run(both, "hello world", 11).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(FramingTest, CompletesWithoutDemandWhenAllIsOut) {
  auto [in, out] = TestSource<Bytes>::Probe()
                       .Via(Framing::Delimiter("\n", 10))
                       .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
                       .Run(system_);
  out.Request(1);
  in.SendNext(Bytes("a\nb\n"));
  out.ExpectNext(Bytes("a"));
  in.SendComplete();
  out.ExpectNoMessage();
  out.RequestNext(Bytes("b"));
  out.ExpectComplete();
}

}  // namespace
}  // namespace sampo::stream
