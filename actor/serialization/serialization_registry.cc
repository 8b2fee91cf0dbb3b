// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/serialization_registry.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

// Names in the text of an unknown manifest.
constexpr size_t kNearbyMax = 3;

// How alike two names are: the bytes they share at both ends. Linear, because a hostile peer may
// send as many unknown names as it likes.
size_t Likeness(std::string_view a, std::string_view b) {
  const auto front = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
  const auto back = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin();
  return static_cast<size_t>(front + back);
}

}  // namespace

absl::Status SerializationRegistry::Add(const Codec& codec) {
  SAMPO_RETURN_IF_ERROR(AddManifest(codec.manifest(), codec));
  for (const std::string& old : codec.old_manifests()) {
    SAMPO_RETURN_IF_ERROR(AddManifest(old, codec));
  }
  return BindType(codec);
}

absl::Status SerializationRegistry::AddManifest(const std::string& manifest, const Codec& codec) {
  SAMPO_RETURN_IF_ERROR(ValidateManifest(manifest));
  std::lock_guard<std::shared_mutex> hold(mutex_);
  const auto [at, inserted] = by_manifest_.emplace(manifest, &codec);
  if (inserted || at->second == &codec) return absl::OkStatus();
  return absl::AlreadyExistsError(StrCat("serialization: manifest ", manifest, " belongs to ",
                                         at->second->type().name, "; ", codec.type().name,
                                         " needs a schema of its own"));
}

absl::Status SerializationRegistry::BindType(const Codec& codec) {
  const void* bound = nullptr;
  const void* const wanted = &codec;
  // acq_rel, acquire: release the codec to the loads in ForType; acquire what another one bound.
  if (codec.type().codec.compare_exchange_strong(bound, wanted, std::memory_order_acq_rel,
                                                 std::memory_order_acquire) ||
      bound == wanted) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(
      StrCat("serialization: ", codec.type().name, " is written as ",
             static_cast<const Codec*>(bound)->manifest(), " already, so not as ", codec.manifest(),
             "; a message of two protocols needs a ProtoCodec of its own"));
}

absl::StatusOr<const Codec*> SerializationRegistry::ForType(const MessageType& type) {
  // acquire: pairs with BindType.
  const void* codec = type.codec.load(std::memory_order_acquire);
  if (codec != nullptr) return static_cast<const Codec*>(codec);
  return absl::UnimplementedError(StrCat("serialization: no codec for ", type.name,
                                         "; specialise ProtoCodec and register the type"));
}

absl::StatusOr<const Codec*> SerializationRegistry::ForManifest(std::string_view manifest) const {
  {
    std::shared_lock<std::shared_mutex> hold(mutex_);
    if (auto at = by_manifest_.find(manifest); at != by_manifest_.end()) return at->second;
  }
  // A name that is not well formed is not repeated: it may come from a hostile peer.
  SAMPO_RETURN_IF_ERROR(ValidateManifest(manifest));
  return absl::UnimplementedError(
      StrCat("serialization: unknown manifest ", manifest, "; ", Nearby(manifest)));
}

std::string SerializationRegistry::Nearby(std::string_view manifest) const {
  std::shared_lock<std::shared_mutex> hold(mutex_);
  if (by_manifest_.empty()) return "nothing is registered";
  std::vector<std::pair<size_t, std::string_view>> names;
  for (const auto& [name, codec] : by_manifest_) names.push_back({Likeness(manifest, name), name});
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text = "registered and most like it: ";
  for (size_t i = 0; i < std::min(names.size(), kNearbyMax); ++i) {
    StrAppend(text, i == 0 ? "" : ", ", names[i].second);
  }
  return text;
}

std::vector<std::string> SerializationRegistry::Manifests() const {
  std::shared_lock<std::shared_mutex> hold(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, codec] : by_manifest_) names.push_back(name);
  return names;
}

absl::Status SerializationRegistry::Serialize(const MessageType& type, const void* message,
                                              CodecContext& context, std::string& frame) {
  SAMPO_ASSIGN_OR_RETURN(const Codec* const codec, ForType(type));
  return SerializeBy(*codec, message, context, frame);
}

absl::Status SerializationRegistry::SerializeBy(const Codec& codec, const void* message,
                                                CodecContext& context, std::string& frame) {
  std::string payload;
  SAMPO_RETURN_IF_ERROR(codec.Encode(message, context, payload));
  return AppendSerialized(
      {.manifest = codec.manifest(), .version = codec.version(), .payload = payload}, frame);
}

absl::StatusOr<EnvelopePtr> SerializationRegistry::Deserialize(std::string_view frame,
                                                               CodecContext& context) const {
  SAMPO_ASSIGN_OR_RETURN(const SerializedView view, ParseSerialized(frame));
  SAMPO_ASSIGN_OR_RETURN(const Codec* const codec, ForManifest(view.manifest));
  return codec->Decode(view.payload, view.version, context);
}

absl::Status SerializationRegistry::CheckManifest(const Codec& codec, std::string_view manifest) {
  const std::vector<std::string>& old = codec.old_manifests();
  if (manifest == codec.manifest() || std::find(old.begin(), old.end(), manifest) != old.end()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      StrCat("serialization: found a ", manifest, ", want a ", codec.manifest()));
}

}  // namespace sampo
