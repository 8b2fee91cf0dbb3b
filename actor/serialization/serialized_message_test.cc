// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/serialized_message.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/serialization/codec.h"

namespace sampo {
namespace {

using std::string_literals::operator""s;

std::string Frame(const SerializedView& message) {
  std::string frame;
  EXPECT_EQ(AppendSerialized(message, frame), absl::OkStatus());
  return frame;
}

absl::StatusCode CodeOf(std::string_view bytes) { return ParseSerialized(bytes).status().code(); }

TEST(SerializedMessageTest, HasTheBytesOfTheFormat) {
  // Checked by hand against the table in the header; never to be changed.
  EXPECT_EQ(Frame({.manifest = "cart.v1.Command", .version = 2, .payload = "\x0a\x00\xff"s}),
            "\x01"  // format
            "\x0f"  // 15 bytes of manifest
            "cart.v1.Command"
            "\x02"  // version
            "\x03"  // 3 bytes of payload
            "\x0a\x00\xff"s);
  EXPECT_EQ(Frame({.manifest = "a", .version = 300, .payload = ""}),
            "\x01\x01"
            "a\xac\x02\x00"s);
  EXPECT_EQ(Frame({.manifest = "a", .version = UINT32_MAX, .payload = std::string(200, 'x')}),
            "\x01\x01"
            "a\xff\xff\xff\xff\x0f\xc8\x01"s +
                std::string(200, 'x'));
}

TEST(SerializedMessageTest, ReadsWhatItWrote) {
  const SerializedView message{.manifest = "a.B_c-d/E$9", .version = 7, .payload = "bytes"};
  const std::string frame = Frame(message);
  absl::StatusOr<SerializedView> view = ParseSerialized(frame);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(*view, message);
}

TEST(SerializedMessageTest, ReadsOneFrameAfterTheOther) {
  std::string frames;
  ASSERT_TRUE(AppendSerialized({.manifest = "a", .payload = "1"}, frames).ok());
  ASSERT_TRUE(AppendSerialized({.manifest = "b", .payload = "22"}, frames).ok());
  std::string_view rest = frames;
  EXPECT_EQ(ReadSerialized(rest)->payload, "1");
  EXPECT_EQ(ReadSerialized(rest)->payload, "22");
  EXPECT_TRUE(rest.empty());
}

TEST(SerializedMessageTest, EveryTruncationIsDataLossAndTakesNothing) {
  const std::string frame =
      Frame({.manifest = "cart.v1.Command", .version = 300, .payload = std::string(200, 'x')});
  for (size_t bytes = 0; bytes < frame.size(); ++bytes) {
    const std::string cut = frame.substr(0, bytes);  // a copy, so that asan sees a read past it
    std::string_view rest = cut;
    EXPECT_EQ(ReadSerialized(rest).status().code(), absl::StatusCode::kDataLoss) << bytes;
    EXPECT_EQ(rest.size(), bytes);
  }
}

TEST(SerializedMessageTest, SaysWhereItWasCutShort) {
  EXPECT_EQ(ParseSerialized("\x01\x0f"
                            "cart")
                .status(),
            absl::DataLossError("serialized message: cut short in the manifest at byte 2 of 6"));
}

TEST(SerializedMessageTest, RefusesBytesThatFollow) {
  EXPECT_EQ(ParseSerialized(Frame({.manifest = "a", .payload = "1"}) + "xy").status(),
            absl::DataLossError("serialized message: a: 2 bytes follow the payload"));
}

TEST(SerializedMessageTest, RefusesHostileLengthsBeforeReading) {
  EXPECT_EQ(CodeOf("\x01\x80\x02"
                   "a"s),
            absl::StatusCode::kDataLoss);                               // manifest of 256
  EXPECT_EQ(CodeOf("\x01\x00\x01\x00"s), absl::StatusCode::kDataLoss);  // manifest of 0
  // A payload of 64 MiB + 1, and of 4 GiB - 1.
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\x01\x81\x80\x80\x20"s),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\x01\xff\xff\xff\xff\x0f"s),
            absl::StatusCode::kResourceExhausted);
  // 64 MiB is allowed, but is not there.
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\x01\x80\x80\x80\x20"s),
            absl::StatusCode::kDataLoss);
}

TEST(SerializedMessageTest, RefusesVarintsThatAreOverlongOrTooLarge) {
  EXPECT_EQ(CodeOf("\x01\x81\x00"
                   "a\x01\x00"s),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\xff\xff\xff\xff\x1f\x00"s),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\x80\x80\x80\x80\x80\x01\x00"s),
            absl::StatusCode::kDataLoss);
}

TEST(SerializedMessageTest, RefusesVersionZeroAndOtherFormats) {
  EXPECT_EQ(CodeOf("\x01\x01"
                   "a\x00\x00"s),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf("\x02\x01"
                   "a\x01\x00"s),
            absl::StatusCode::kUnimplemented);
}

TEST(SerializedMessageTest, RefusesManifestsThatCouldForgeALogLine) {
  EXPECT_EQ(CodeOf("\x01\x02"
                   "a\n\x01\x00"s),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(ValidateManifest("a b").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ValidateManifest("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ValidateManifest(std::string(256, 'a')).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ValidateManifest(std::string(255, 'a')), absl::OkStatus());
}

TEST(SerializedMessageTest, RefusesToWriteWhatItWouldNotRead) {
  std::string frame = "before";
  EXPECT_FALSE(AppendSerialized({.manifest = "a b", .payload = ""}, frame).ok());
  EXPECT_FALSE(AppendSerialized({.manifest = "a", .version = 0, .payload = ""}, frame).ok());
  const std::string large(kPayloadBytesMax + 1, 'x');
  EXPECT_EQ(AppendSerialized({.manifest = "a", .payload = large}, frame).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(frame, "before");
  std::string_view largest = std::string_view(large).substr(1);
  EXPECT_EQ(ParseSerialized(Frame({.manifest = "a", .payload = largest}))->payload.size(),
            kPayloadBytesMax);
}

TEST(SerializedMessageTest, WhatIsReadIsWrittenBackTheSame) {
  const char* given = std::getenv("SAMPO_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : EntropySeed();
  std::printf("SAMPO_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    // Frames with one byte changed: some are still frames.
    std::string bytes = Frame({.manifest = std::string(1 + random.Below(5), 'm'),
                               .version = static_cast<uint32_t>(1 + random.Below(1000)),
                               .payload = std::string(random.Below(5), 'p')});
    bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    if (absl::StatusOr<SerializedView> view = ParseSerialized(bytes); view.ok()) {
      ++read;
      ASSERT_EQ(Frame(*view), bytes);
    }
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace sampo
