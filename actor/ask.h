// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Ask from outside actors: a request whose answer is a Future. Inside actors: ActorContext::Ask.
//
// Errors of the future: DEADLINE_EXCEEDED: no answer in time (whether the request was handled is
// not known). CANCELLED: the request was dropped unanswered, or the actor or its system is gone:
// known at once, not after the timeout.
// Threads: from any. The future completes on the thread that answers.
//
//   Future<Value> value = Ask<Value>(counter, absl::Seconds(3),
//                                    [](auto reply_to) { return GetValue{std::move(reply_to)}; });
#ifndef SAMPO_ACTOR_ASK_H_
#define SAMPO_ACTOR_ASK_H_

#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/detail/ask_future.h"
#include "sampo/actor/future.h"
#include "sampo/actor/reply_to.h"

namespace sampo {
namespace internal {

template <class T>
inline constexpr bool kIsStatusLike = false;
template <>
inline constexpr bool kIsStatusLike<absl::Status> = true;
template <class T>
inline constexpr bool kIsStatusLike<absl::StatusOr<T>> = true;

template <class R>
constexpr void CheckAskResult() {
  static_assert(!kIsStatusLike<R>,
                "Sampo: Ask<Status> would let a timeout pass for an answer: use AskWithStatus<T>, "
                "which gives one flat StatusOr<T>.");
}

// What AskWithStatus<T> puts into the request: StatusOr<T>, or Status for void.
template <class T>
struct StatusReply {
  using Reply = absl::StatusOr<T>;
  using Result = absl::StatusOr<T>;
};
template <>
struct StatusReply<void> {
  using Reply = absl::Status;
  using Result = absl::Status;
};

// The request type that `make` gives for a slot.
template <class R, class Make>
using RequestOf = std::remove_cvref_t<std::invoke_result_t<Make&, ReplySlot<R>>>;

// Sends what `make` gives and completes `promise`-like `done` with StatusOr<R>.
template <class R, class P, class Make, class Done>
void AskOutside(const ActorRef<P>& target, absl::Duration timeout, Make& make, Done done) {
  auto* ask = new AskFuture<R, Done>(RefAccess::Target(target), &kMessageType<RequestOf<R, Make>>,
                                     timeout, std::move(done));
  ReplySlot<R> slot(ask);
  if (ask->refused()) return;  // completed already; the slot is dropped
  target.Tell(make(std::move(slot)));
}

}  // namespace internal

// Asks `target` with the request that `make` builds around a ReplySlot<R>.
template <class R, class P, class Make>
Future<R> Ask(const ActorRef<P>& target, absl::Duration timeout, Make make) {
  internal::CheckAskResult<R>();
  Promise<R> promise;
  Future<R> future = promise.future();
  internal::AskOutside<R>(target, timeout, make,
                          [promise = std::move(promise)](absl::StatusOr<R> answer) mutable {
                            promise.Complete(std::move(answer));
                          });
  return future;
}

// As Ask, for protocols that answer StatusOr<T> (Status for T = void): the answer's status and the
// ask's own are one.
template <class T, class P, class Make>
Future<T> AskWithStatus(const ActorRef<P>& target, absl::Duration timeout, Make make) {
  using Reply = typename internal::StatusReply<T>::Reply;
  Promise<T> promise;
  Future<T> future = promise.future();
  internal::AskOutside<Reply>(target, timeout, make,
                              [promise = std::move(promise)](absl::StatusOr<Reply> answer) mutable {
                                if (answer.ok()) {
                                  promise.Complete(*std::move(answer));
                                } else {
                                  promise.Complete(answer.status());
                                }
                              });
  return future;
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_ASK_H_
