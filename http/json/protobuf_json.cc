// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/json/protobuf_json.h"

#include <string>

#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http {

absl::Status ParseProtobufJson(std::string_view json, google::protobuf::Message& message) {
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("no ", message.GetTypeName(), ": ", std::string(parsed.message())));
}

absl::StatusOr<Entity> ProtobufJsonEntity(const google::protobuf::Message& message) {
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(message, &json);
  if (!written.ok()) {
    return absl::InternalError(
        StrCat("JSON of a ", message.GetTypeName(), ": ", std::string(written.message())));
  }
  return Entity::Strict(ContentType::Json(), Bytes(json));
}

}  // namespace sampo::http
