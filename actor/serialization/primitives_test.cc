// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/primitives.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/serialization/serialization_registry.h"
#include "sampo/actor/serialization/verify_round_trip.h"

namespace sampo {
namespace {

using std::string_literals::operator""s;

template <class T>
class NumberCodecTest : public testing::Test {};
using Numbers = testing::Types<bool, int32_t, int64_t, uint32_t, uint64_t, double>;
TYPED_TEST_SUITE(NumberCodecTest, Numbers);

TYPED_TEST(NumberCodecTest, ExtremesComeBackTheSame) {
  using Limits = std::numeric_limits<TypeParam>;
  for (TypeParam value :
       {TypeParam(), TypeParam(1), Limits::min(), Limits::lowest(), Limits::max()}) {
    EXPECT_EQ(VerifyRoundTrip(value), absl::OkStatus());
  }
}

TEST(PrimitivesTest, TextAndBytesComeBackTheSame) {
  EXPECT_EQ(VerifyRoundTrip(std::string()), absl::OkStatus());
  EXPECT_EQ(VerifyRoundTrip("sampo \xc3\xa4 \x00"s), absl::OkStatus());
  EXPECT_EQ(VerifyRoundTrip(std::vector<uint8_t>{0, 255, 128}), absl::OkStatus());
}

TEST(PrimitivesTest, TextThatIsNotUtf8IsRefusedByTheSender) {
  EXPECT_EQ(VerifyRoundTrip("ab\xff"s),
            absl::InvalidArgumentError("serialization: a std::string is not UTF-8 at byte 2; use "
                                       "std::vector<uint8_t> for bytes"));
}

TEST(PrimitivesTest, StatusesKeepCodeMessageAndPayloads) {
  EXPECT_EQ(VerifyRoundTrip(absl::OkStatus()), absl::OkStatus());
  EXPECT_EQ(VerifyRoundTrip(absl::NotFoundError("cart \xff")), absl::OkStatus());
  absl::Status status = absl::DataLossError("crc");
  for (char name = 'a'; name < 'k'; ++name) {
    status.SetPayload(std::string("type/") + name, absl::Cord(std::string(3, name)));
  }
  EXPECT_EQ(VerifyRoundTrip(status), absl::OkStatus());
}

TEST(PrimitivesTest, ACodeFromTheFutureIsKept) {
  serialization::v1::Status proto;
  proto.set_code(4711);
  CodecContext context;
  absl::StatusOr<absl::Status> status = ProtoCodec<absl::Status>::FromProto(proto, context);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(status->raw_code(), 4711);
}

TEST(PrimitivesTest, DurationsAndTimesAreExact) {
  const absl::Duration tick = absl::Nanoseconds(1) / 4;
  for (absl::Duration value :
       {absl::ZeroDuration(), absl::Seconds(3), -absl::Seconds(3), tick, -tick,
        absl::Seconds(1) - tick, absl::Seconds(std::numeric_limits<int64_t>::max()),
        absl::Seconds(std::numeric_limits<int64_t>::min()), absl::InfiniteDuration(),
        -absl::InfiniteDuration()}) {
    EXPECT_EQ(VerifyRoundTrip(value), absl::OkStatus()) << value;
  }
  for (absl::Time value :
       {absl::UnixEpoch(), absl::InfiniteFuture(), absl::InfinitePast(), absl::FromUnixMillis(-1),
        absl::FromUnixNanos(1'700'000'000'000'000'001), absl::UniversalEpoch()}) {
    EXPECT_EQ(VerifyRoundTrip(value), absl::OkStatus()) << value;
  }
}

TEST(PrimitivesTest, DurationsThatNobodyWritesAreRefused) {
  serialization::v1::Duration proto;
  CodecContext context;
  proto.set_quarter_nanos(4'000'000'000);
  EXPECT_EQ(ProtoCodec<absl::Duration>::FromProto(proto, context).status().code(),
            absl::StatusCode::kDataLoss);
  proto.set_infinite(static_cast<serialization::v1::Duration::Infinite>(9));
  EXPECT_EQ(ProtoCodec<absl::Duration>::FromProto(proto, context).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(PrimitivesTest, HaveTheseBytesForEver) {
  CodecContext context;
  std::string frame;
  ASSERT_EQ(SerializationRegistry::Serialize(int64_t{300}, context, frame), absl::OkStatus());
  EXPECT_EQ(frame, "\x01\x1agoogle.protobuf.Int64Value\x01\x03\x08\xac\x02"s);
  frame.clear();
  // -1.75 s: seconds -2 (zigzag 3), a quarter of a second in quarters of a nanosecond (10^9).
  ASSERT_EQ(SerializationRegistry::Serialize(-absl::Milliseconds(1750), context, frame),
            absl::OkStatus());
  EXPECT_EQ(frame,
            "\x01\x1fsampo.serialization.v1.Duration\x01\x08"
            "\x08\x03\x10\x80\x94\xeb\xdc\x03"s);
  frame.clear();
  ASSERT_EQ(SerializationRegistry::Serialize(absl::NotFoundError("x"), context, frame),
            absl::OkStatus());
  EXPECT_EQ(frame, "\x01\x1dsampo.serialization.v1.Status\x01\x05\x08\x05\x12\x01x"s);
}

TEST(PrimitivesTest, AllOfThemRegister) {
  SerializationRegistry registry;
  EXPECT_EQ(RegisterPrimitives(registry), absl::OkStatus());
  EXPECT_EQ(registry.Manifests().size(), 11u);
}

}  // namespace
}  // namespace sampo
