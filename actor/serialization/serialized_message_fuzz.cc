// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Hostile bytes: reading a frame, and decoding what is in it, gives a Status and never crashes.
// What can be read is written back to the same bytes (frame) and to an equal message (payload).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/stubs/logging.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/serialization/cart_example_codec.h"
#include "sampo/actor/serialization/primitives.h"
#include "sampo/actor/serialization/serialization_registry.h"
#include "sampo/actor/serialization/serialized_message.h"

namespace {

using namespace sampo;  // NOLINT: the whole file is about it

const SerializationRegistry& Registry() {
  static const auto* const registry = [] {
    auto* made = new SerializationRegistry;
    SAMPO_CHECK_OK(RegisterPrimitives(*made));
    SAMPO_CHECK_OK(made->Register<cart::Command>());
    SAMPO_CHECK_OK(made->Register<cart::Receipt>());
    return made;
  }();
  return *registry;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const google::protobuf::LogSilencer silencer;  // it reports each bad string on stderr
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<SerializedView> view = ParseSerialized(bytes);
  if (!view.ok()) return 0;
  std::string again;
  SAMPO_CHECK_OK(AppendSerialized(*view, again));
  SAMPO_CHECK(again == bytes);

  CodecContext context;
  absl::StatusOr<EnvelopePtr> message = Registry().Deserialize(bytes, context);
  if (!message.ok()) return 0;
  // Not the same bytes: the input may have unknown fields, or fields in another order.
  std::string written;
  SAMPO_CHECK_OK(Registry().Serialize(*(*message)->type, (*message)->payload(), context, written));
  absl::StatusOr<EnvelopePtr> copy = Registry().Deserialize(written, context);
  SAMPO_CHECK_OK(copy.status());
  std::string rewritten;
  SAMPO_CHECK_OK(Registry().Serialize(*(*copy)->type, (*copy)->payload(), context, rewritten));
  SAMPO_CHECK(written == rewritten);
  return 0;
}
