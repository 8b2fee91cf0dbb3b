// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/serialization_registry.h"

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "sampo/actor/serialization/cart_example.h"
#include "sampo/actor/serialization/cart_example_codec.h"
#include "sampo/actor/serialization/primitives.h"

namespace sampo {

struct Shared {
  int64_t value = 0;
};
struct First : std::variant<Shared> {
  using variant::variant;
};
struct Second : std::variant<Shared> {
  using variant::variant;
};
struct Impostor {};
struct Renamed {
  double value = 0;
};
struct Unregistered {};
// A protocol of which one alternative has a codec of its own.
struct Mixed : std::variant<Renamed, Impostor> {
  using variant::variant;
};

template <class P, class Wrapper>
struct OneAlternativeCodec {
  using Proto = Wrapper;
  static void ToProto(const Shared& m, CodecContext&, Proto* out) {
    out->set_value(static_cast<decltype(out->value())>(m.value));
  }
  static absl::StatusOr<P> FromProto(const Proto& proto, CodecContext&) {
    return Shared{static_cast<int64_t>(proto.value())};
  }
};
template <>
struct ProtoCodec<First> : OneAlternativeCodec<First, google::protobuf::Int64Value> {};
template <>
struct ProtoCodec<Second> : OneAlternativeCodec<Second, google::protobuf::Int32Value> {};
template <>
struct ProtoCodec<Impostor> {  // takes the schema of another type
  using Proto = cart::v1::Receipt;
  static void ToProto(const Impostor&, CodecContext&, Proto*) {}
  static absl::StatusOr<Impostor> FromProto(const Proto&, CodecContext&) { return Impostor{}; }
};
template <>
struct ProtoCodec<Renamed> {
  using Proto = google::protobuf::DoubleValue;
  static constexpr std::array kOldManifests = {std::string_view("shop.Weight")};
  static void ToProto(const Renamed& m, CodecContext&, Proto* out) { out->set_value(m.value); }
  static absl::StatusOr<Renamed> FromProto(const Proto& proto, CodecContext&) {
    return Renamed{proto.value()};
  }
};
template <>
struct ProtoCodec<Mixed> {
  using Proto = google::protobuf::BytesValue;
  static void ToProto(const Renamed&, CodecContext&, Proto*) {}
  static void ToProto(const Impostor&, CodecContext&, Proto*) {}
  static absl::StatusOr<Mixed> FromProto(const Proto&, CodecContext&) { return Impostor{}; }
};

namespace {

TEST(SerializationRegistryTest, DeserializesByTheManifestInTheFrame) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
  ASSERT_EQ(registry.Register<cart::Receipt>(), absl::OkStatus());
  CodecContext context;
  std::string frame;
  ASSERT_EQ(registry.Serialize(cart::Receipt{250}, context, frame), absl::OkStatus());
  absl::StatusOr<EnvelopePtr> copy = registry.Deserialize(frame, context);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ((*copy)->As<cart::Receipt>().cents, 250);
  EXPECT_EQ(registry.DeserializeAs<cart::Receipt>(frame, context)->cents, 250);
}

TEST(SerializationRegistryTest, AnEnvelopesAlternativeIsWrittenAsItsProtocol) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
  CodecContext context;
  const cart::AddItem item{"mill", 1};
  std::string of_alternative;
  ASSERT_EQ(registry.Serialize(kMessageType<cart::AddItem>, &item, context, of_alternative),
            absl::OkStatus());
  std::string of_protocol;
  ASSERT_EQ(registry.Serialize(cart::Command(item), context, of_protocol), absl::OkStatus());
  EXPECT_EQ(of_alternative, of_protocol);
  absl::StatusOr<EnvelopePtr> copy = registry.Deserialize(of_alternative, context);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ((*copy)->As<cart::AddItem>(), item);
}

TEST(SerializationRegistryTest, RegisteringTwiceIsHarmless) {
  SerializationRegistry registry;
  SerializationRegistry of_another_system;
  EXPECT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
  EXPECT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
  EXPECT_EQ(of_another_system.Register<cart::Command>(), absl::OkStatus());
  EXPECT_EQ(registry.Manifests(), std::vector<std::string>{"cart.v1.Command"});
}

TEST(SerializationRegistryTest, TwoTypesOfOneManifestAreAnError) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<cart::Receipt>(), absl::OkStatus());
  EXPECT_EQ(registry.Register<Impostor>(),
            absl::AlreadyExistsError("serialization: manifest cart.v1.Receipt belongs to "
                                     "cart::Receipt; sampo::Impostor needs a schema of its own"));
}

TEST(SerializationRegistryTest, AnAlternativeOfTwoProtocolsIsAnError) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<First>(), absl::OkStatus());
  EXPECT_EQ(registry.Register<Second>(),
            absl::AlreadyExistsError(
                "serialization: sampo::Shared is written as google.protobuf.Int64Value already, "
                "so not as google.protobuf.Int32Value; a message of two protocols needs a "
                "ProtoCodec of its own"));
}

TEST(SerializationRegistryTest, AnAlternativeWithACodecOfItsOwnIsWrittenByIt) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<Mixed>(), absl::OkStatus());
  absl::StatusOr<const Codec*> codec = registry.ForType(kMessageType<Renamed>);
  ASSERT_TRUE(codec.ok()) << codec.status();
  EXPECT_EQ((*codec)->manifest(), "google.protobuf.DoubleValue");
}

TEST(SerializationRegistryTest, OldManifestsAreStillRead) {
  SerializationRegistry registry;
  ASSERT_EQ(registry.Register<Renamed>(), absl::OkStatus());
  CodecContext context;
  std::string payload;
  const Renamed message{2.5};
  ASSERT_EQ(CodecOf<Renamed>().Encode(&message, context, payload), absl::OkStatus());
  std::string frame;
  ASSERT_EQ(AppendSerialized({.manifest = "shop.Weight", .payload = payload}, frame),
            absl::OkStatus());
  EXPECT_EQ((*registry.Deserialize(frame, context))->As<Renamed>().value, 2.5);
  EXPECT_EQ(registry.DeserializeAs<Renamed>(frame, context)->value, 2.5);
}

TEST(SerializationRegistryTest, AnUnknownManifestNamesTheOnesLikeIt) {
  SerializationRegistry registry;
  EXPECT_EQ(registry.ForManifest("cart.v1.Comand").status(),
            absl::UnimplementedError(
                "serialization: unknown manifest cart.v1.Comand; nothing is registered"));
  ASSERT_EQ(RegisterPrimitives(registry), absl::OkStatus());
  ASSERT_EQ(registry.Register<cart::Receipt>(), absl::OkStatus());
  ASSERT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
  const absl::Status status = registry.ForManifest("cart.v1.Comand").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  constexpr std::string_view kStart =
      "serialization: unknown manifest cart.v1.Comand; registered and most like it: "
      "cart.v1.Command, cart.v1.Receipt, ";
  EXPECT_TRUE(
      std::string_view(status.message().data(), status.message().size()).starts_with(kStart))
      << status;
}

TEST(SerializationRegistryTest, AManifestThatIsNoNameIsNotRepeated) {
  SerializationRegistry registry;
  const absl::Status status = registry.ForManifest("a\nforged line").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message().find("forged"), absl::string_view::npos);
}

TEST(SerializationRegistryTest, ATypeWithoutACodecIsUnimplemented) {
  EXPECT_EQ(SerializationRegistry::ForType(kMessageType<Unregistered>).status(),
            absl::UnimplementedError("serialization: no codec for sampo::Unregistered; specialise "
                                     "ProtoCodec and register the type"));
}

TEST(SerializationRegistryTest, DeserializeAsRefusesAnotherSchema) {
  CodecContext context;
  std::string frame;
  ASSERT_EQ(SerializationRegistry::Serialize(cart::Receipt{1}, context, frame), absl::OkStatus());
  EXPECT_EQ(
      SerializationRegistry::DeserializeAs<cart::Command>(frame, context).status(),
      absl::InvalidArgumentError("serialization: found a cart.v1.Receipt, want a cart.v1.Command"));
}

TEST(SerializationRegistryTest, ThreadsRegisterAndLookUpAtTheSameTime) {
  SerializationRegistry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&registry] {
      EXPECT_EQ(registry.Register<cart::Command>(), absl::OkStatus());
      CodecContext context;
      const cart::AddItem item{"mill", 1};
      for (int n = 0; n < 200; ++n) {
        std::string frame;
        EXPECT_EQ(registry.Serialize(kMessageType<cart::AddItem>, &item, context, frame),
                  absl::OkStatus());
        EXPECT_EQ((*registry.Deserialize(frame, context))->As<cart::AddItem>(), item);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sampo
