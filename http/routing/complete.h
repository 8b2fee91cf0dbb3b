// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Complete: answers with a value: text, a Status, a StatusCode, an HttpResponse, what comes later.
//
//   Complete("text")                     200, text/plain; charset=utf-8
//   Complete(StatusCode::kCreated)       no body; from 400 on an error's JSON
//   Complete(StatusCode::kCreated, v)    that code with the body of `v`
//   Complete(status)                     OK: 200 without a body; else StatusCodeOf and its JSON
//   Complete(status_or), (optional)      the value's; the error's; 404 for an empty optional
//   Complete(future)                     what comes: Ask's Future<T>, Future<void> ...
//   Complete(response), (entity), (bytes)
// JSON comes with http/json/json.h, sources of bytes and of events with routing/streams.h; a type
// of your own by a specialisation of Marshaller.
//
// A value whose content type the request's Accept excludes is not acceptable: 406. Errors and
// HttpResponses are answered whatever Accept says.
// Threads: as Route.
#ifndef SAMPO_HTTP_ROUTING_COMPLETE_H_
#define SAMPO_HTTP_ROUTING_COMPLETE_H_

#include <concepts>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

// How a T becomes a body: `static Entity ToEntity(T value)`, or a StatusOr<Entity>; its content
// type is offered.
template <class T>
struct Marshaller {
  static constexpr bool kMissing = true;
};

namespace internal {

// What Complete was given, before the request is looked at.
struct Reply {
  HttpResponse response;
  absl::Status status;     // not OK: an error is answered in place of `response`
  bool negotiable = true;  // Accept may exclude it
};

template <class T>
Reply ReplyOf(T&& value);

Reply ReplyOfText(std::string_view text);
Reply ReplyOfCode(StatusCode code);
Reply ReplyOfStatus(absl::Status status);
Reply ReplyOfEntity(Entity entity);

template <class R>
struct IsStatusOr : std::false_type {};
template <class U>
struct IsStatusOr<absl::StatusOr<U>> : std::true_type {};
template <class R>
struct IsOptional : std::false_type {};
template <class U>
struct IsOptional<std::optional<U>> : std::true_type {};

}  // namespace internal

class Completion {
 public:
  explicit Completion(internal::Reply reply) : reply_(std::move(reply)) {}
  explicit Completion(Future<internal::Reply> later) : reply_(std::move(later)) {}

  // In place of the code that the value would have. Errors keep theirs.
  Completion WithStatus(StatusCode code) &&;

 private:
  friend RouteAnswer internal::AnswerOfCompletion(Completion&&, const RequestContext&);
  friend std::shared_ptr<const internal::RouteNode> internal::NodeOfCompletion(Completion&&);
  std::variant<internal::Reply, Future<internal::Reply>> reply_;
};

template <class T>
Completion Complete(T&& value) {
  using V = std::remove_cvref_t<T>;
  if constexpr (sampo::internal::IsFuture<V>::value) {
    V future = std::forward<T>(value);
    if (future.IsComplete()) {
      return Completion(internal::ReplyOf(sampo::internal::FutureAccess::Take(std::move(future))));
    }
    return Completion(std::move(future)
                          .Map([](auto&&... result) {
                            if constexpr (sizeof...(result) == 0) {
                              return internal::ReplyOfCode(StatusCode::kOk);
                            } else {
                              return internal::ReplyOf(std::forward<decltype(result)>(result)...);
                            }
                          })
                          .Recover([](absl::Status status) {
                            return internal::ReplyOfStatus(std::move(status));
                          }));
  } else {
    return Completion(internal::ReplyOf(std::forward<T>(value)));
  }
}
template <class T>
Completion Complete(StatusCode code, T&& value) {
  return Complete(std::forward<T>(value)).WithStatus(code);
}

// One way to answer: the body is made only where the request's Accept prefers its type.
struct Offer {
  ContentType type;
  std::function<Entity()> make;  // its content type is replaced by `type`
};
// Answers with the offer that Accept likes best, the first of equal ones; 406 names all of them.
Route CompleteAnyOf(std::vector<Offer> offers);

// An answer that sends the client elsewhere. `location`: an absolute URI or a path; one with
// characters that may not be in a field is answered 500: encode what came from outside.
Completion Redirect(std::string_view location, StatusCode code = StatusCode::kFound);

// --- implementation ---

namespace internal {

template <class T>
Reply ReplyOf(T&& value) {
  using V = std::remove_cvref_t<T>;
  if constexpr (std::is_same_v<V, Reply>) {
    return std::forward<T>(value);
  } else if constexpr (std::is_same_v<V, HttpResponse>) {
    return Reply{.response = std::forward<T>(value), .status = {}, .negotiable = false};
  } else if constexpr (std::is_same_v<V, StatusCode>) {
    return ReplyOfCode(value);
  } else if constexpr (std::is_same_v<V, absl::Status>) {
    return ReplyOfStatus(std::forward<T>(value));
  } else if constexpr (IsStatusOr<V>::value) {
    if (!value.ok()) return ReplyOfStatus(value.status());
    return ReplyOf(*std::forward<T>(value));
  } else if constexpr (IsOptional<V>::value) {
    if (!value.has_value()) return ReplyOfStatus(absl::NotFoundError("there is no such thing"));
    return ReplyOf(*std::forward<T>(value));
  } else if constexpr (std::is_same_v<V, Entity>) {
    return ReplyOfEntity(std::forward<T>(value));
  } else if constexpr (std::is_same_v<V, Bytes>) {
    return ReplyOfEntity(Entity::Strict(ContentType::OctetStream(), std::forward<T>(value)));
  } else if constexpr (std::is_convertible_v<T&&, std::string_view>) {
    return ReplyOfText(std::string_view(value));
  } else {
    static_assert(
        !requires { Marshaller<V>::kMissing; },
        "Sampo: no Marshaller for this type: include sampo/http/json/json.h for JSON, "
        "sampo/http/routing/streams.h for sources, or specialise Marshaller.");
    return ReplyOf(Marshaller<V>::ToEntity(std::forward<T>(value)));
  }
}

}  // namespace internal

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_COMPLETE_H_
