// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_SERIALIZATION_REGISTRY_H_
#define SAMPO_ACTOR_SERIALIZATION_SERIALIZATION_REGISTRY_H_

// SerializationRegistry: which codec reads a manifest, and which writes a type.
//
// Why it exists: what comes from a wire or a disk names its schema, and only schemas that the
// program has registered are read: the registry is the allow-list. Pekko's int ids of serializers
// have no counterpart; the manifest is enough.
//
// Threads: all methods from any thread; registration is meant for the start. Lifetime: codecs are
// never destroyed. The codec of a type is shared by all registries of the process (it lies in the
// type's record), the manifests are each registry's own.
//
//   SerializationRegistry registry;
//   SAMPO_RETURN_IF_ERROR(registry.Register<cart::Command>());
//   std::string frame;
//   SAMPO_RETURN_IF_ERROR(registry.Serialize(command, context, frame));
//   absl::StatusOr<EnvelopePtr> copy = registry.Deserialize(frame, context);

#include <cstddef>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/dispatch/message_type.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/actor/serialization/serialized_message.h"

namespace sampo {

class SerializationRegistry {
 public:
  SerializationRegistry() = default;
  SerializationRegistry(const SerializationRegistry&) = delete;
  SerializationRegistry& operator=(const SerializationRegistry&) = delete;

  // Makes T readable by its manifest and writable by its type; for a protocol each alternative
  // too: by a ProtoCodec of its own where there is one, else as the protocol. Doing it twice is
  // harmless. ALREADY_EXISTS: another type has the manifest, or an alternative without a ProtoCodec
  // of its own belongs to two registered protocols.
  template <class T>
  [[nodiscard]] absl::Status Register() {
    static_assert(HasCodec<T>, "Sampo: specialise ProtoCodec<T> in a header that is seen here.");
    SAMPO_RETURN_IF_ERROR(Add(CodecOf<T>()));
    if constexpr (internal::VariantProtocol<T>) {
      return RegisterAlternatives<T>(internal::Alternatives<T>{});
    }
    return absl::OkStatus();
  }

  // The same for a codec that is no ProtoCodec. It must never be destroyed.
  [[nodiscard]] absl::Status Add(const Codec& codec);

  // The codec that writes messages of `type`; UNIMPLEMENTED with the type's name if there is none.
  [[nodiscard]] static absl::StatusOr<const Codec*> ForType(const MessageType& type);

  // The codec that reads `manifest`; UNIMPLEMENTED, with the names most like it, if it is unknown.
  [[nodiscard]] absl::StatusOr<const Codec*> ForManifest(std::string_view manifest) const;

  // All manifests, old ones too, sorted.
  [[nodiscard]] std::vector<std::string> Manifests() const;

  // Appends `message`, of `type`, with manifest and version; see serialized_message.h.
  [[nodiscard]] static absl::Status Serialize(const MessageType& type, const void* message,
                                              CodecContext& context, std::string& frame);
  template <class T>
  requires HasCodec<T>
  [[nodiscard]] static absl::Status Serialize(const T& message, CodecContext& context,
                                              std::string& frame) {
    return SerializeBy(CodecOf<T>(), &message, context, frame);
  }

  // The message in `frame`, of any registered type; see Codec::Decode.
  [[nodiscard]] absl::StatusOr<EnvelopePtr> Deserialize(std::string_view frame,
                                                        CodecContext& context) const;
  // The T in `frame`; INVALID_ARGUMENT if it holds something else. T need not be registered.
  template <class T>
  requires HasCodec<T>
  [[nodiscard]] static absl::StatusOr<T> DeserializeAs(std::string_view frame,
                                                       CodecContext& context) {
    absl::StatusOr<SerializedView> view = ParseSerialized(frame);
    if (!view.ok()) return view.status();
    SAMPO_RETURN_IF_ERROR(CheckManifest(CodecOf<T>(), view->manifest));
    return CodecOf<T>().DecodeValue(view->payload, view->version, context);
  }

 private:
  template <class P, class... A>
  absl::Status RegisterAlternatives(internal::TypeList<A...>) {
    absl::Status status;
    (void)((status = RegisterAlternative<P, A>(), status.ok()) && ...);
    return status;
  }
  template <class P, class A>
  absl::Status RegisterAlternative() {
    if constexpr (HasCodec<A>) {
      return Register<A>();
    } else {
      static_assert(internal::CodecWrites<P, A>,
                    "Sampo: the protocol's ProtoCodec needs a ToProto for each alternative.");
      return BindType(internal::AlternativeCodecOf<P, A>());
    }
  }

  static absl::Status BindType(const Codec& codec);
  static absl::Status CheckManifest(const Codec& codec, std::string_view manifest);
  static absl::Status SerializeBy(const Codec& codec, const void* message, CodecContext& context,
                                  std::string& frame);
  absl::Status AddManifest(const std::string& manifest, const Codec& codec);
  std::string Nearby(std::string_view manifest) const;

  mutable std::shared_mutex mutex_;
  std::map<std::string, const Codec*, std::less<>> by_manifest_;  // guarded by mutex_
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_SERIALIZATION_REGISTRY_H_
