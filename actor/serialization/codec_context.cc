// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/codec_context.h"

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/message_type.h"

namespace sampo {
namespace {

absl::Status NoResolver(const MessageType& protocol) {
  return absl::FailedPreconditionError(
      StrCat("serialization: an ActorRef<", protocol.name,
             "> needs a resolver, and this context has none; refs cross nodes by //remote"));
}

absl::Status TooLong(size_t bytes) {
  return absl::InvalidArgumentError(
      StrCat("serialization: a ref's path has ", bytes, " bytes, at most ", kRefPathBytesMax));
}

}  // namespace

std::string CodecContext::PathOf(RefParts ref, const MessageType& protocol) {
  if (ref.target == nullptr) return "";
  if (refs == nullptr) {
    Fail(NoResolver(protocol));
    return "";
  }
  absl::StatusOr<std::string> path = refs->ToPath(ref, protocol);
  if (path.ok() && path->size() > kRefPathBytesMax) path = TooLong(path->size());
  if (path.ok()) return *std::move(path);
  Fail(path.status());
  return "";
}

absl::StatusOr<RefParts> CodecContext::RefOf(std::string_view path, const MessageType& protocol) {
  if (path.empty()) return RefParts{};
  if (refs == nullptr) return NoResolver(protocol);
  if (path.size() > kRefPathBytesMax) return TooLong(path.size());
  return refs->FromPath(path, protocol);
}

void CodecContext::PassObligations() {
  for (const WrittenReply& each : written_replies) each.pass_on(each.reply_to);
  written_replies.clear();
}

}  // namespace sampo
