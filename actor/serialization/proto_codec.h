// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_PROTO_CODEC_H_
#define SAMPO_ACTOR_SERIALIZATION_PROTO_CODEC_H_

// ProtoCodec<T>: how a message struct becomes a protobuf message; the user specialises it.
//
// Why it exists: actors speak C++ structs, wires and disks speak protobuf, and the step between
// them is written down, so that it can be tested and can change. The specialisation must stand in a
// header (foo_codec.h) that every file sees which registers or checks T; its functions may be
// defined in foo_codec.cc.
//
//   template <>
//   struct ProtoCodec<cart::Command> {         // struct Command : std::variant<AddItem, ...>
//     using Proto = cart::v1::Command;         // the manifest is "cart.v1.Command"
//     static void ToProto(const cart::AddItem& m, CodecContext& context, Proto* out);
//     static void ToProto(const cart::Checkout& m, CodecContext& context, Proto* out);  // each one
//     static absl::StatusOr<cart::Command> FromProto(const Proto& proto, CodecContext& context);
//   };
//
// FromProto of a protocol returns UnknownAlternative(proto) for a oneof that is not set.
// For a type that is no protocol there is one ToProto, of T itself. Optional members:
//   static constexpr uint32_t kVersion = 2;           // what is written now; 1 where left out
//   static absl::Status Upcast(uint32_t from_version, Proto& proto);  // must exist if kVersion > 1
//   static constexpr uint32_t kForwardVersion = 3;    // newer ones that FromProto can read already
//   static constexpr std::array kOldManifests = {std::string_view("shop.Command")};
// Changes that protobuf takes in its stride (a new optional field) need no new version.
//
// Threads: the functions are called from any thread. Lifetime: no state.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/message_type.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/codec_context.h"

namespace sampo {

template <class T>
struct ProtoCodec;

namespace internal {

// ProtoCodec<T> writes an A: T itself or one of its alternatives.
template <class T, class A>
concept CodecWrites = requires(const A& message, CodecContext& context,
                               typename ProtoCodec<T>::Proto* out) {
  ProtoCodec<T>::ToProto(message, context, out);
};

template <class T, class... A>
consteval bool CodecWritesAll(TypeList<A...>) {
  return (CodecWrites<T, A> && ...);
}

template <class T>
concept CodecReads = requires(const typename ProtoCodec<T>::Proto& proto, CodecContext& context) {
  { ProtoCodec<T>::FromProto(proto, context) } -> std::same_as<absl::StatusOr<T>>;
};

}  // namespace internal

// T can cross nodes and be stored: ProtoCodec<T> writes it (or each of its alternatives) and reads
// it. For static_asserts of whoever needs that.
template <class T>
concept HasCodec = internal::CodecReads<T> &&
    (internal::CodecWrites<T, T> || internal::CodecWritesAll<T>(internal::Alternatives<T>{}));

// For FromProto, where the oneof of a protocol holds none of the known alternatives: UNIMPLEMENTED,
// naming the field that a newer program has set.
[[nodiscard]] absl::Status UnknownAlternative(const google::protobuf::Message& proto);

namespace internal {

// Appends the bytes of `proto`, the same for equal messages (maps are sorted). RESOURCE_EXHAUSTED
// above kPayloadBytesMax.
absl::Status AppendProto(const google::protobuf::Message& proto, std::string& payload);
// DATA_LOSS unless the bytes are such a message.
absl::Status ParseProto(std::string_view payload, google::protobuf::Message& proto);

// ToProto of the whole T; for a protocol with a ToProto for each alternative: of what it holds.
template <class T>
void WriteProto(const T& message, CodecContext& context, typename ProtoCodec<T>::Proto* out) {
  if constexpr (CodecWrites<T, T>) {
    ProtoCodec<T>::ToProto(message, context, out);
  } else {
    std::visit([&](const auto& held) { ProtoCodec<T>::ToProto(held, context, out); }, message);
  }
}

template <class T>
absl::Status UpcastProto(uint32_t from_version, typename ProtoCodec<T>::Proto& proto) {
  if constexpr (requires { ProtoCodec<T>::Upcast(from_version, proto); }) {
    return ProtoCodec<T>::Upcast(from_version, proto);
  } else {
    return absl::OkStatus();
  }
}

// The Codec of a T by its ProtoCodec.
template <class T>
class ProtoMessageCodec : public Codec {
 public:
  using Proto = typename ProtoCodec<T>::Proto;

  ProtoMessageCodec() : Codec(kMessageType<T>, MakeNames()) {}

  // As Decode, but the T itself.
  absl::StatusOr<T> DecodeValue(std::string_view payload, uint32_t version,
                                CodecContext& context) const {
    SAMPO_RETURN_IF_ERROR(CheckReadable(payload.size(), version));
    try {
      return Read(payload, version, context);
    } catch (...) {
      return StatusOfException();
    }
  }

  static Names MakeNames() {
    Names names{.manifest = Proto::default_instance().GetTypeName(), .old_manifests = {}};
    if constexpr (requires { ProtoCodec<T>::kVersion; }) {
      names.version = ProtoCodec<T>::kVersion;
      static_assert(
          ProtoCodec<T>::kVersion <= 1 ||
              requires(Proto & proto) {
                { ProtoCodec<T>::Upcast(uint32_t{1}, proto) } -> std::same_as<absl::Status>;
              },
          "Sampo: a ProtoCodec of version 2 or later needs an Upcast.");
    }
    names.forward_version = names.version;
    if constexpr (requires { ProtoCodec<T>::kForwardVersion; }) {
      names.forward_version = ProtoCodec<T>::kForwardVersion;
    }
    if constexpr (requires { ProtoCodec<T>::kOldManifests; }) {
      for (std::string_view old : ProtoCodec<T>::kOldManifests) {
        names.old_manifests.emplace_back(old);
      }
    }
    return names;
  }

 private:
  absl::Status DoEncode(const void* message, CodecContext& context,
                        std::string& payload) const override {
    Proto proto;
    WriteProto<T>(*static_cast<const T*>(message), context, &proto);
    return AppendProto(proto, payload);
  }

  absl::StatusOr<EnvelopePtr> DoDecode(std::string_view payload, uint32_t version,
                                       CodecContext& context) const override {
    absl::StatusOr<T> value = Read(payload, version, context);
    if (!value.ok()) return value.status();
    if constexpr (VariantProtocol<T>) {
      EnvelopePtr envelope(
          EnvelopeOfWhole(context.traced, 0, *std::move(value), Alternatives<T>{}));
      if (envelope == nullptr) return absl::InternalError(manifest() + ": a valueless variant");
      return envelope;
    } else {
      return EnvelopePtr(MakeEnvelope<T>(context.traced, 0, *std::move(value)));
    }
  }

  absl::StatusOr<T> Read(std::string_view payload, uint32_t from, CodecContext& context) const {
    Proto proto;
    SAMPO_RETURN_IF_ERROR(ParseProto(payload, proto));
    if (from < version()) SAMPO_RETURN_IF_ERROR(UpcastProto<T>(from, proto));
    return ProtoCodec<T>::FromProto(proto, context);
  }
};

}  // namespace internal

// The codec of T. Never destroyed; the same object each time.
template <class T>
requires HasCodec<T>
const internal::ProtoMessageCodec<T>& CodecOf() {
  static const auto* const codec = new internal::ProtoMessageCodec<T>;
  return *codec;
}

namespace internal {

// Writes an alternative of P as a P, without making one. An envelope holds an alternative, so this
// is what a remote tell uses.
template <class P, class A>
class AlternativeCodec final : public Codec {
 public:
  AlternativeCodec() : Codec(kMessageType<A>, ProtoMessageCodec<P>::MakeNames()) {}

 private:
  absl::Status DoEncode(const void* message, CodecContext& context,
                        std::string& payload) const override {
    typename ProtoCodec<P>::Proto proto;
    ProtoCodec<P>::ToProto(*static_cast<const A*>(message), context, &proto);
    return AppendProto(proto, payload);
  }
  absl::StatusOr<EnvelopePtr> DoDecode(std::string_view payload, uint32_t version,
                                       CodecContext& context) const override {
    return CodecOf<P>().Decode(payload, version, context);
  }
};

template <class P, class A>
const Codec& AlternativeCodecOf() {
  static const auto* const codec = new AlternativeCodec<P, A>;
  return *codec;
}

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_PROTO_CODEC_H_
