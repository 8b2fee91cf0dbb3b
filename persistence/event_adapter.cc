// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/event_adapter.h"

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {

ManifestParts SplitManifest(std::string_view manifest) {
  const size_t at = manifest.find(kHintSeparator);
  if (at == std::string_view::npos) return {manifest, {}};
  return {manifest.substr(0, at), manifest.substr(at + 1)};
}

bool ReadsManifest(const Codec& codec, std::string_view schema) {
  if (codec.manifest() == schema) return true;
  const std::vector<std::string>& old = codec.old_manifests();
  return std::find(old.begin(), old.end(), schema) != old.end();
}

absl::Status UnknownManifest(std::string_view manifest) {
  return absl::UnimplementedError(
      StrCat("stored as \"", manifest,
             "\", which this program does not read: name it in kOldManifests of the ProtoCodec, or "
             "in an adapter's AlsoReading"));
}

absl::Status EncodeValue(const Codec& codec, const void* value, std::string_view hint,
                         EncodedValue& out) {
  CodecContext context;
  out.payload.clear();
  SAMPO_RETURN_IF_ERROR(codec.Encode(value, context, out.payload));
  out.manifest = codec.manifest();
  if (!hint.empty()) {
    out.manifest += kHintSeparator;
    out.manifest += hint;
  }
  out.version = codec.version();
  return absl::OkStatus();
}

}  // namespace sampo::persistence::internal
