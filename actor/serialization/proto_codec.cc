// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/proto_codec.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/unknown_field_set.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {

absl::Status UnknownAlternative(const google::protobuf::Message& proto) {
  const google::protobuf::UnknownFieldSet& unknown = proto.GetReflection()->GetUnknownFields(proto);
  if (unknown.empty()) {
    return absl::UnimplementedError(
        StrCat("serialization: ", proto.GetTypeName(), ": no alternative is set"));
  }
  return absl::UnimplementedError(StrCat("serialization: ", proto.GetTypeName(),
                                         ": unknown alternative, field ", unknown.field(0).number(),
                                         "; from a newer program?"));
}

namespace internal {

absl::Status AppendProto(const google::protobuf::Message& proto, std::string& payload) {
  const size_t bytes = proto.ByteSizeLong();
  if (bytes > kPayloadBytesMax) {
    return absl::ResourceExhaustedError(StrCat("serialization: ", proto.GetTypeName(),
                                               ": payload has ", bytes, " bytes, at most ",
                                               kPayloadBytesMax));
  }
  payload.reserve(payload.size() + bytes);
  google::protobuf::io::StringOutputStream sink(&payload);
  google::protobuf::io::CodedOutputStream stream(&sink);
  // Equal messages give equal bytes, which golden tests and the simulator's trace hash rely on.
  stream.SetSerializationDeterministic(true);
  if (!proto.SerializeToCodedStream(&stream)) {
    return absl::InternalError(
        StrCat("serialization: ", proto.GetTypeName(), ": protobuf could not write it"));
  }
  return absl::OkStatus();
}

absl::Status ParseProto(std::string_view payload, google::protobuf::Message& proto) {
  // The size fits an int: Codec has checked it against kPayloadBytesMax.
  if (!proto.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::DataLossError(
        StrCat("serialization: ", payload.size(), " bytes are no ", proto.GetTypeName()));
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace sampo
