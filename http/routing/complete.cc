// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/complete.h"

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/routing/accept.h"
#include "sampo/http/routing/error_response.h"
#include "sampo/http/routing/field_text.h"

namespace sampo::http {
namespace {

RouteAnswer NotAcceptable(std::string offered, const RequestContext& context) {
  return Rejection{.kind = RejectionKind::kNotAcceptable,
                   .place = "header Accept",
                   .value = Shortened(context.request().headers.Get("Accept").value_or("")),
                   .allowed = std::move(offered)};
}

RouteAnswer AnswerOfReply(internal::Reply&& reply, const RequestContext& context) {
  if (!reply.status.ok()) return StatusResponse(reply.status, context);
  HttpResponse& response = reply.response;
  if (ToNumber(response.status) >= 400 && reply.negotiable && response.entity.IsEmpty()) {
    return ErrorResponse({.code = response.status, .request_id = context.request().request_id});
  }
  const ContentType& type = response.entity.content_type();
  if (reply.negotiable && !type.empty() &&
      WeightOfType(context.request().headers, type.media_type()) == 0) {
    return NotAcceptable(std::string(type.media_type()), context);
  }
  return std::move(response);
}

// The route of one Completion for all requests.
class CompletionNode final : public internal::RouteNode {
 public:
  explicit CompletionNode(Completion completion, bool once)
      : completion_(std::move(completion)), once_(once) {}
  RouteAnswer Run(const RequestContext& context) const override {
    if (once_ && used_.exchange(true)) {
      return RouteAnswer::Failed(absl::InternalError(
          "a route answers all requests with one future, which was made with the route; write a "
          "function: [=] { return Complete(...); }"));
    }
    return internal::AnswerOfCompletion(Completion(completion_), context);
  }

 private:
  const Completion completion_;
  const bool once_;
  mutable std::atomic<bool> used_{false};
};

}  // namespace

namespace internal {

Reply ReplyOfText(std::string_view text) { return ReplyOfEntity(Entity::Text(text)); }
Reply ReplyOfCode(StatusCode code) {
  Reply reply;
  reply.response.status = code;
  return reply;
}
Reply ReplyOfStatus(absl::Status status) {
  Reply reply;
  reply.status = std::move(status);
  return reply;
}
Reply ReplyOfEntity(Entity entity) {
  Reply reply;
  reply.response.entity = std::move(entity);
  return reply;
}

RouteAnswer AnswerOfCompletion(Completion&& completion, const RequestContext& context) {
  if (Reply* reply = std::get_if<Reply>(&completion.reply_)) {
    return AnswerOfReply(std::move(*reply), context);
  }
  return std::get<Future<Reply>>(std::move(completion.reply_)).FlatMap([context](Reply reply) {
    return AnswerOfReply(std::move(reply), context).future();
  });
}

std::shared_ptr<const RouteNode> NodeOfCompletion(Completion&& completion) {
  const bool once = completion.reply_.index() == 1;
  return std::make_shared<const CompletionNode>(std::move(completion), once);
}

}  // namespace internal

Completion Completion::WithStatus(StatusCode code) && {
  const auto with = [code](internal::Reply reply) {
    reply.response.status = code;
    return reply;
  };
  if (auto* reply = std::get_if<internal::Reply>(&reply_)) {
    return Completion(with(std::move(*reply)));
  }
  return Completion(std::get<Future<internal::Reply>>(std::move(reply_)).Map(with));
}

Route CompleteAnyOf(std::vector<Offer> offers) {
  return Route([offers = std::move(offers)](const RequestContext& context) -> RouteAnswer {
    const Offer* best = nullptr;
    int best_weight = 0;
    std::string all;
    for (const Offer& offer : offers) {
      const std::string_view type = offer.type.media_type();
      const int weight = WeightOfType(context.request().headers, type);
      all += StrCat(all.empty() ? "" : ", ", type);
      if (weight > best_weight) {
        best = &offer;
        best_weight = weight;
      }
    }
    if (best == nullptr) return NotAcceptable(std::move(all), context);
    HttpResponse response{.entity = best->make()};
    response.entity.set_content_type(best->type);
    response.headers.AddUnchecked("Vary", "Accept");
    return response;
  });
}

Completion Redirect(std::string_view location, StatusCode code) {
  HttpResponse response{.status = code};
  if (!response.headers.Add("Location", location).ok()) {
    return Complete(absl::InternalError(StrCat("redirect to ", Shortened(location),
                                               ": a field may not have such characters; "
                                               "encode what came from outside")));
  }
  return Complete(std::move(response));
}

}  // namespace sampo::http
