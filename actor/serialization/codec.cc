// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/codec.h"

#include <exception>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {

Codec::Codec(const MessageType& type, Names names)
    : type_(type),
      manifest_(std::move(names.manifest)),
      old_manifests_(std::move(names.old_manifests)),
      version_(names.version),
      forward_version_(names.forward_version) {
  SAMPO_CHECK(version_ >= 1, StrCat(manifest_, ": versions count from 1"));
  SAMPO_CHECK(forward_version_ >= version_,
              StrCat(manifest_, ": the forward version is below the version"));
}

absl::Status Codec::Encode(const void* message, CodecContext& context, std::string& payload) const {
  const size_t before = payload.size();
  const size_t replies_before = context.written_replies.size();
  absl::Status status;
  try {
    status = DoEncode(message, context, payload);
  } catch (...) {
    status = StatusOfException();
  }
  // The context's failure is the cause where there are two.
  if (absl::Status failure = context.TakeFailure(); !failure.ok()) status = std::move(failure);
  if (!status.ok()) {
    payload.resize(before);
    context.written_replies.resize(replies_before);
  }
  return status;
}

absl::StatusOr<EnvelopePtr> Codec::Decode(std::string_view payload, uint32_t version,
                                          CodecContext& context) const {
  if (absl::Status readable = CheckReadable(payload.size(), version); !readable.ok()) {
    return readable;
  }
  try {
    return DoDecode(payload, version, context);
  } catch (...) {
    return StatusOfException();
  }
}

absl::Status Codec::CheckReadable(size_t bytes, uint32_t version) const {
  if (bytes > kPayloadBytesMax) {
    return absl::ResourceExhaustedError(StrCat("serialization: ", manifest_, ": payload has ",
                                               bytes, " bytes, at most ", kPayloadBytesMax));
  }
  if (version == 0) {
    return absl::DataLossError(StrCat("serialization: ", manifest_, ": version 0"));
  }
  if (version > forward_version_) {
    return absl::UnimplementedError(StrCat("serialization: ", manifest_, ": version ", version,
                                           " is newer than ", forward_version_,
                                           ", which this program reads"));
  }
  return absl::OkStatus();
}

absl::Status Codec::StatusOfException() const {
  try {
    throw;
  } catch (const std::exception& error) {
    return absl::UnknownError(
        StrCat("serialization: ", manifest_, ": an exception: ", error.what()));
  } catch (...) {
    return absl::UnknownError(
        StrCat("serialization: ", manifest_, ": an exception that is no std::exception"));
  }
}

}  // namespace sampo
