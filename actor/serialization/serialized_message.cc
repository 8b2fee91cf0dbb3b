// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/serialized_message.h"

#include <algorithm>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/serialization/codec.h"

namespace sampo {
namespace {

// Reads the fields of a frame, front to back; remembers where it is, for the error texts.
class FrameReader {
 public:
  explicit FrameReader(std::string_view bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }

  absl::StatusOr<uint8_t> Byte(std::string_view what) {
    if (position_ == bytes_.size()) return CutShort(what);
    return static_cast<uint8_t>(bytes_[position_++]);
  }

  absl::StatusOr<uint32_t> Varint(std::string_view what) {
    const size_t start = position_;
    uint64_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      SAMPO_ASSIGN_OR_RETURN(const uint8_t byte, Byte(what));
      value |= uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80) != 0) continue;
      const bool overlong = byte == 0 && shift > 0;
      if (overlong || value > UINT32_MAX) break;
      return static_cast<uint32_t>(value);
    }
    return absl::DataLossError(
        StrCat("serialized message: ", what, " at byte ", start, " is no varint of 32 bits"));
  }

  absl::StatusOr<std::string_view> Bytes(size_t count, std::string_view what) {
    if (count > bytes_.size() - position_) return CutShort(what);
    position_ += count;
    return bytes_.substr(position_ - count, count);
  }

 private:
  absl::Status CutShort(std::string_view what) const {
    return absl::DataLossError(StrCat("serialized message: cut short in ", what, " at byte ",
                                      position_, " of ", bytes_.size()));
  }

  std::string_view bytes_;
  size_t position_ = 0;
};

void AppendVarint(uint32_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

bool IsManifestChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == '/' || c == '$';
}

absl::Status PayloadTooLarge(std::string_view manifest, size_t bytes) {
  return absl::ResourceExhaustedError(StrCat("serialized message: ", manifest, ": payload has ",
                                             bytes, " bytes, at most ", kPayloadBytesMax));
}

}  // namespace

absl::Status ValidateManifest(std::string_view manifest) {
  if (manifest.empty() || manifest.size() > kManifestBytesMax) {
    return absl::InvalidArgumentError(StrCat("serialized message: a manifest of ", manifest.size(),
                                             " bytes, want 1 to ", kManifestBytesMax));
  }
  if (!std::all_of(manifest.begin(), manifest.end(), IsManifestChar)) {
    // Not quoted: the bytes may come from a hostile peer, and the text goes to the log.
    return absl::InvalidArgumentError(
        "serialized message: a manifest has letters, digits and . _ - / $ alone");
  }
  return absl::OkStatus();
}

absl::StatusOr<SerializedView> ReadSerialized(std::string_view& bytes) {
  FrameReader reader(bytes);
  SAMPO_ASSIGN_OR_RETURN(const uint8_t format, reader.Byte("the format"));
  if (format != kSerializedFormat) {
    return absl::UnimplementedError(StrCat("serialized message: format ", int{format},
                                           ", this program reads ", int{kSerializedFormat}));
  }
  SerializedView view;
  SAMPO_ASSIGN_OR_RETURN(const uint32_t manifest_bytes, reader.Varint("the manifest's length"));
  if (manifest_bytes > kManifestBytesMax) {
    return absl::DataLossError(StrCat("serialized message: a manifest of ", manifest_bytes,
                                      " bytes, at most ", kManifestBytesMax));
  }
  SAMPO_ASSIGN_OR_RETURN(view.manifest, reader.Bytes(manifest_bytes, "the manifest"));
  if (absl::Status valid = ValidateManifest(view.manifest); !valid.ok()) {
    return absl::DataLossError(valid.message());
  }
  SAMPO_ASSIGN_OR_RETURN(view.version, reader.Varint("the version"));
  if (view.version == 0) {
    return absl::DataLossError(StrCat("serialized message: ", view.manifest, ": version 0"));
  }
  SAMPO_ASSIGN_OR_RETURN(const uint32_t payload_bytes, reader.Varint("the payload's length"));
  if (payload_bytes > kPayloadBytesMax) return PayloadTooLarge(view.manifest, payload_bytes);
  SAMPO_ASSIGN_OR_RETURN(view.payload, reader.Bytes(payload_bytes, "the payload"));
  bytes.remove_prefix(reader.position());
  return view;
}

absl::StatusOr<SerializedView> ParseSerialized(std::string_view bytes) {
  absl::StatusOr<SerializedView> view = ReadSerialized(bytes);
  if (view.ok() && !bytes.empty()) {
    return absl::DataLossError(StrCat("serialized message: ", view->manifest, ": ", bytes.size(),
                                      " bytes follow the payload"));
  }
  return view;
}

absl::Status AppendSerialized(const SerializedView& message, std::string& frame) {
  SAMPO_RETURN_IF_ERROR(ValidateManifest(message.manifest));
  if (message.version == 0) {
    return absl::InvalidArgumentError(
        StrCat("serialized message: ", message.manifest, ": versions count from 1"));
  }
  if (message.payload.size() > kPayloadBytesMax) {
    return PayloadTooLarge(message.manifest, message.payload.size());
  }
  // 13: the format byte, a varint of two bytes, and two of five at most.
  frame.reserve(frame.size() + 13 + message.manifest.size() + message.payload.size());
  frame.push_back(static_cast<char>(kSerializedFormat));
  AppendVarint(static_cast<uint32_t>(message.manifest.size()), frame);
  frame.append(message.manifest);
  AppendVarint(message.version, frame);
  AppendVarint(static_cast<uint32_t>(message.payload.size()), frame);
  frame.append(message.payload);
  return absl::OkStatus();
}

}  // namespace sampo
