// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/proto_codec.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/ref_target.h"
#include "sampo/actor/serialization/cart_example.h"
#include "sampo/actor/serialization/cart_example_codec.h"
#include "sampo/actor/serialization/primitives.h"
#include "sampo/actor/serialization/proto/cart_example_v1.pb.h"
#include "sampo/actor/serialization/verify_round_trip.h"

namespace sampo {

struct Plain {};
struct Mislaid {
  int64_t kept = 0;
  int64_t lost = 0;
  friend bool operator==(const Mislaid&, const Mislaid&) = default;
};
struct Throws {};
struct Ahead {
  int64_t value = 0;
};
struct MoveOnly {
  std::unique_ptr<int64_t> value;
};

// Forgets a field.
template <>
struct ProtoCodec<Mislaid> {
  using Proto = google::protobuf::Int64Value;
  static void ToProto(const Mislaid& m, CodecContext&, Proto* out) { out->set_value(m.kept); }
  static absl::StatusOr<Mislaid> FromProto(const Proto& proto, CodecContext&) {
    return Mislaid{.kept = proto.value()};
  }
};
template <>
struct ProtoCodec<Throws> {
  using Proto = google::protobuf::Int64Value;
  static void ToProto(const Throws&, CodecContext&, Proto*) { throw std::runtime_error("to"); }
  static absl::StatusOr<Throws> FromProto(const Proto&, CodecContext&) {
    throw std::runtime_error("from");
  }
};
// Written as version 1 still, read up to version 3: the first step of a rolling update.
template <>
struct ProtoCodec<Ahead> {
  using Proto = google::protobuf::Int64Value;
  static constexpr uint32_t kForwardVersion = 3;
  static void ToProto(const Ahead& m, CodecContext&, Proto* out) { out->set_value(m.value); }
  static absl::StatusOr<Ahead> FromProto(const Proto& proto, CodecContext&) {
    return Ahead{proto.value()};
  }
};
template <>
struct ProtoCodec<MoveOnly> {
  using Proto = google::protobuf::Int64Value;
  static void ToProto(const MoveOnly& m, CodecContext&, Proto* out) { out->set_value(*m.value); }
  static absl::StatusOr<MoveOnly> FromProto(const Proto& proto, CodecContext&) {
    return MoveOnly{std::make_unique<int64_t>(proto.value())};
  }
};

namespace {

using std::string_literals::operator""s;

static_assert(HasCodec<cart::Command>);
static_assert(HasCodec<MoveOnly>);
static_assert(!HasCodec<Plain>);
static_assert(!HasCodec<cart::AddItem>);

template <class T>
std::string PayloadOf(const T& message) {
  CodecContext context;
  std::string payload;
  EXPECT_EQ(CodecOf<T>().Encode(&message, context, payload), absl::OkStatus());
  return payload;
}

template <class T>
absl::StatusOr<T> Decoded(std::string_view payload, uint32_t version) {
  CodecContext context;
  return CodecOf<T>().DecodeValue(payload, version, context);
}

TEST(ProtoCodecTest, TheManifestIsTheNameOfTheSchema) {
  EXPECT_EQ(CodecOf<cart::Command>().manifest(), "cart.v1.Command");
  EXPECT_EQ(CodecOf<cart::Command>().version(), 2u);
  EXPECT_EQ(CodecOf<cart::Receipt>().version(), 1u);
  EXPECT_EQ(&CodecOf<cart::Command>(), &CodecOf<cart::Command>());
}

TEST(ProtoCodecTest, WritesTheseBytesForEver) {
  // Checked by hand: field 1 (add_item), 8 bytes: field 1 (sku) "mill", field 2 (quantity) 1.
  EXPECT_EQ(PayloadOf<cart::Command>(cart::AddItem{"mill", 1}), "\x0a\x08\x0a\x04mill\x10\x01"s);
  // Field 2 (checkout), 4 bytes: field 2 (patience), 2 bytes: field 1 (seconds), zigzag of 3.
  EXPECT_EQ(PayloadOf<cart::Command>(cart::Checkout{{}, absl::Seconds(3)}),
            "\x12\x04\x12\x02\x08\x06"s);
}

TEST(ProtoCodecTest, DecodesAProtocolIntoTheAlternativeAndItsIndex) {
  CodecContext context;
  absl::StatusOr<EnvelopePtr> envelope = CodecOf<cart::Command>().Decode(
      PayloadOf<cart::Command>(cart::Checkout{{}, absl::Seconds(3)}), 2, context);
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  EXPECT_EQ((*envelope)->type, &kMessageType<cart::Checkout>);
  EXPECT_EQ((*envelope)->index, 1);
  EXPECT_EQ((*envelope)->As<cart::Checkout>().patience, absl::Seconds(3));
}

TEST(ProtoCodecTest, DecodesAPlainMessageWithIndexZero) {
  CodecContext context;
  absl::StatusOr<EnvelopePtr> envelope =
      CodecOf<cart::Receipt>().Decode(PayloadOf(cart::Receipt{250}), 1, context);
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  EXPECT_EQ((*envelope)->type, &kMessageType<cart::Receipt>);
  EXPECT_EQ((*envelope)->index, 0);
  EXPECT_EQ((*envelope)->As<cart::Receipt>().cents, 250);
}

TEST(ProtoCodecTest, MoveOnlyMessagesAreNeverCopied) {
  const std::string payload = PayloadOf(MoveOnly{std::make_unique<int64_t>(5)});
  EXPECT_EQ(*Decoded<MoveOnly>(payload, 1)->value, 5);
  EXPECT_EQ(VerifyRoundTrip(MoveOnly{std::make_unique<int64_t>(6)}), absl::OkStatus());
}

TEST(ProtoCodecTest, AnUnknownAlternativeIsUnimplementedAndNamesItsField) {
  cart::other::CommandV9 newer;
  newer.mutable_rename()->set_name("mill");
  EXPECT_EQ(Decoded<cart::Command>(newer.SerializeAsString(), 2).status(),
            absl::UnimplementedError("serialization: cart.v1.Command: unknown alternative, field "
                                     "7; from a newer program?"));
  EXPECT_EQ(Decoded<cart::Command>("", 2).status(),
            absl::UnimplementedError("serialization: cart.v1.Command: no alternative is set"));
}

TEST(ProtoCodecTest, ReadsBytesOfTheFirstVersionThroughItsUpcast) {
  // Written by version 1 once: add_item { sku: "egg" dozens: 2 }.
  const std::string old_bytes =
      "\x0a\x07\x0a\x03"
      "egg\x18\x02"s;
  cart::other::CommandV1 written_then;
  written_then.mutable_add_item()->set_sku("egg");
  written_then.mutable_add_item()->set_dozens(2);
  ASSERT_EQ(written_then.SerializeAsString(), old_bytes);
  absl::StatusOr<cart::Command> command = Decoded<cart::Command>(old_bytes, 1);
  ASSERT_TRUE(command.ok()) << command.status();
  EXPECT_EQ(std::get<cart::AddItem>(*command), (cart::AddItem{"egg", 24}));
}

TEST(ProtoCodecTest, AnUpcastThatFailsIsTheResult) {
  cart::other::CommandV1 hostile;
  hostile.mutable_add_item()->set_dozens(INT64_MAX);
  EXPECT_EQ(Decoded<cart::Command>(hostile.SerializeAsString(), 1).status(),
            absl::DataLossError("cart: too many dozens"));
}

TEST(ProtoCodecTest, RefusesVersionsItDoesNotRead) {
  EXPECT_EQ(Decoded<cart::Command>("", 3).status(),
            absl::UnimplementedError("serialization: cart.v1.Command: version 3 is newer than 2, "
                                     "which this program reads"));
  EXPECT_EQ(Decoded<cart::Command>("", 0).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Decoded<Ahead>("\x08\x07", 3)->value, 7);
  EXPECT_FALSE(Decoded<Ahead>("\x08\x07", 4).ok());
}

TEST(ProtoCodecTest, BytesThatAreNoMessageAreDataLoss) {
  EXPECT_EQ(Decoded<cart::Command>("\x0a\x7f", 2).status(),
            absl::DataLossError("serialization: 2 bytes are no cart.v1.Command"));
  const std::string payload = PayloadOf<cart::Command>(cart::AddItem{"mill", 1});
  for (size_t bytes = 1; bytes < payload.size(); ++bytes) {
    EXPECT_FALSE(Decoded<cart::Command>(payload.substr(0, bytes), 2).ok()) << bytes;
  }
}

TEST(ProtoCodecTest, PayloadsAboveTheBoundAreRefusedBothWays) {
  std::string payload = "before";
  CodecContext context;
  const std::vector<uint8_t> large(kPayloadBytesMax);  // and its head is too much
  EXPECT_EQ(CodecOf<std::vector<uint8_t>>().Encode(&large, context, payload).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(payload, "before");
  EXPECT_EQ(Decoded<cart::Receipt>(std::string(kPayloadBytesMax + 1, 'x'), 1).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ProtoCodecTest, ExceptionsOfTheUsersFunctionsBecomeAStatus) {
  CodecContext context;
  std::string payload;
  Throws message;
  EXPECT_EQ(CodecOf<Throws>().Encode(&message, context, payload),
            absl::UnknownError("serialization: google.protobuf.Int64Value: an exception: to"));
  EXPECT_EQ(CodecOf<Throws>().Decode("", 1, context).status(),
            absl::UnknownError("serialization: google.protobuf.Int64Value: an exception: from"));
  EXPECT_EQ(Decoded<Throws>("", 1).status().code(), absl::StatusCode::kUnknown);
}

TEST(VerifyRoundTripTest, FindsAFieldThatIsNotWritten) {
  EXPECT_EQ(VerifyRoundTrip(cart::Command(cart::AddItem{"mill", 1})), absl::OkStatus());
  EXPECT_EQ(VerifyRoundTrip(Mislaid{.kept = 1}), absl::OkStatus());
  EXPECT_EQ(VerifyRoundTrip(Mislaid{.kept = 1, .lost = 2}).code(), absl::StatusCode::kInternal);
}

// --- refs ---

void DestroyNothing(RefTarget*) {}
constexpr RefTargetOps kFakeOps{
    .deliver = nullptr, .dead_letter = nullptr, .destroy = &DestroyNothing, .append_path = nullptr};

// Knows one target.
class FakeResolver final : public RefResolver {
 public:
  explicit FakeResolver(RefTarget* target) : target_(target) {}
  absl::StatusOr<std::string> ToPath(RefParts ref, const MessageType& protocol) override {
    EXPECT_EQ(ref.target, target_);
    EXPECT_EQ(&protocol, &kMessageType<cart::Receipt>);
    if (!refuse.ok()) return refuse;
    return path;
  }
  absl::StatusOr<RefParts> FromPath(std::string_view from, const MessageType&) override {
    if (from != path) return absl::NotFoundError(std::string(from));
    target_->Ref();
    return RefParts{target_, 0};
  }
  std::string path = "sampo://shop@host:1/user/till#4";
  absl::Status refuse;

 private:
  RefTarget* target_;
};

class RefCodecTest : public testing::Test {
 protected:
  RefTarget target_{&kFakeOps, 0};
  FakeResolver resolver_{&target_};
  CodecContext context_{.refs = &resolver_};
  std::string payload_;

  absl::Status Encode(RefTarget* target) {
    const cart::Command command = cart::Checkout{{target, 0}, absl::Seconds(3)};
    return CodecOf<cart::Command>().Encode(&command, context_, payload_);
  }
};

TEST_F(RefCodecTest, RefsCrossAsThePathsOfTheResolver) {
  ASSERT_EQ(Encode(&target_), absl::OkStatus());
  EXPECT_NE(payload_.find(resolver_.path), std::string::npos);
  absl::StatusOr<cart::Command> copy = CodecOf<cart::Command>().DecodeValue(payload_, 2, context_);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(std::get<cart::Checkout>(*copy).reply_to.target, &target_);
  EXPECT_EQ(target_.references, 2u);  // the caller owns one more
}

TEST_F(RefCodecTest, AnIgnoringRefNeedsNoResolver) {
  context_.refs = nullptr;
  ASSERT_EQ(Encode(nullptr), absl::OkStatus());
  absl::StatusOr<cart::Command> copy = CodecOf<cart::Command>().DecodeValue(payload_, 2, context_);
  EXPECT_EQ(std::get<cart::Checkout>(*copy).reply_to.target, nullptr);
}

TEST_F(RefCodecTest, WithoutAResolverTheMessageIsRefused) {
  ASSERT_EQ(Encode(&target_), absl::OkStatus());
  const std::string with_ref = payload_;
  context_.refs = nullptr;
  EXPECT_EQ(Encode(&target_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(payload_, with_ref);  // nothing was appended
  EXPECT_EQ(CodecOf<cart::Command>().DecodeValue(with_ref, 2, context_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RefCodecTest, TheResolversFailureFailsTheEncodingOnce) {
  resolver_.refuse = absl::UnavailableError("quarantined");
  EXPECT_EQ(Encode(&target_), absl::UnavailableError("quarantined"));
  resolver_.refuse = absl::OkStatus();
  EXPECT_EQ(Encode(&target_), absl::OkStatus());
}

TEST_F(RefCodecTest, PathsAreBounded) {
  resolver_.path = std::string(kRefPathBytesMax + 1, 'p');
  EXPECT_EQ(Encode(&target_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(context_.RefOf(resolver_.path, kMessageType<cart::Receipt>).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sampo
