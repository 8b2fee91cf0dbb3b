// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_REPLY_CODEC_H_
#define SAMPO_ACTOR_SERIALIZATION_REPLY_CODEC_H_

// How a codec writes and reads the ReplyTo of a request.
//
// Why: a ReplyTo is an obligation, and a copy of one would be two. It is written as the path of the
// asker; when the bytes have left (CodecContext::PassObligations) the obligation has left with
// them, and the message here may be destroyed in silence. Who reads the bytes has a ReplyTo again,
// and dropping that one tells the asker.
//
// Threads, lifetime: as CodecContext; the message must live until PassObligations or the context's
// end.
//
//   out->set_reply_to(PathOfReply(context, m.reply_to));                              // ToProto
//   SAMPO_ASSIGN_OR_RETURN(auto reply_to, ReplyOfPath<Value>(context, in.reply_to()));  //
//   FromProto

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/reply_to.h"
#include "sampo/actor/serialization/codec_context.h"

namespace sampo {

// "" for one that was answered already, or that ignores answers. Where there is no path the whole
// encoding fails, as with CodecContext::PathOf.
template <class R>
std::string PathOfReply(CodecContext& context, const ReplyTo<R>& reply_to) {
  context.written_replies.push_back({&reply_to, [](const void* written) {
                                       internal::ReplyAccess::PassOn(
                                           *static_cast<const ReplyTo<R>*>(written));
                                     }});
  const RefParts parts{internal::ReplyAccess::Target(reply_to),
                       internal::ReplyAccess::Index(reply_to)};
  return context.PathOf(parts, kMessageType<R>);
}

// Errors as CodecContext::RefOf.
template <class R>
absl::StatusOr<ReplyTo<R>> ReplyOfPath(CodecContext& context, std::string_view path) {
  absl::StatusOr<RefParts> parts = context.RefOf(path, kMessageType<R>);
  if (!parts.ok()) return parts.status();
  return ReplyTo<R>::To(internal::RefAccess::Adopt<R>(parts->target, parts->index));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_SERIALIZATION_REPLY_CODEC_H_
