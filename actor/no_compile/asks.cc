// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What asks, answers and awaiting refuse when compiling; the words are in actor/BUILD.bazel.
#include <utility>
#include <variant>

#include "sampo/actor/actor.h"

namespace sampo {

struct Value {
  int count;
};
struct Get {
  ReplyTo<Value> reply_to;
};
struct Check {
  ReplyTo<absl::Status> reply_to;
};
struct Find {
  ReplyTo<absl::StatusOr<Value>> reply_to;
};
struct Command : std::variant<Get, Check, Find> {
  using variant::variant;
};

void Outside(const ActorRef<Command>& ref) {
  (void)Ask<Value>(ref, absl::Seconds(1), [](auto r) { return Get{std::move(r)}; });
  (void)AskWithStatus<void>(ref, absl::Seconds(1), [](auto r) { return Check{std::move(r)}; });
#ifdef CASE_ASK_FOR_A_STATUS
  (void)Ask<absl::Status>(ref, absl::Seconds(1), [](auto r) { return Check{std::move(r)}; });
#endif
#ifdef CASE_ASK_FOR_A_STATUS_OR
  (void)Ask<absl::StatusOr<Value>>(ref, absl::Seconds(1),
                                   [](auto r) { return Find{std::move(r)}; });
#endif
}

void Inside(ActorContext<Command>& context, const ActorRef<Command>& ref) {
  context.AskWithStatus<Value>(
      ref, absl::Seconds(1), [](auto r) { return Find{std::move(r)}; },
      [&context](absl::StatusOr<Value>) {
        return Get{ReplyTo<Value>::To(ActorRef<Value>::Ignore())};
      });
#ifdef CASE_CONTEXT_ASK_FOR_A_STATUS
  context.Ask<absl::Status>(
      ref, absl::Seconds(1), [](auto r) { return Check{std::move(r)}; },
      [](absl::StatusOr<absl::Status>) {
        return Get{ReplyTo<Value>::To(ActorRef<Value>::Ignore())};
      });
#endif
}

void Replies(Get request) {
#ifdef CASE_REPLY_TO_FROM_NOTHING
  ReplyTo<Value> nobody;
#endif
#ifdef CASE_COPY_OF_A_REPLY_TO
  ReplyTo<Value> copy = request.reply_to;
#endif
#ifdef CASE_ANSWER_FROM_A_CONST_REQUEST
  const Get& read_only = request;
  read_only.reply_to.Tell({1});
#endif
  request.reply_to.Tell({1});
}

Task<int> Inner(ActorContext<Command>& context) {
  auto pause = context.Sleep(absl::Seconds(1));
  co_await std::move(pause);
  co_return 1;
}

Task<void> Waits(ActorContext<Command>& context, ActorRef<Command> ref) {
  auto ask = context.Ask<Value>(ref, absl::Seconds(1), [](auto r) { return Get{std::move(r)}; });
  (void)co_await std::move(ask);
  auto inner = Inner(context);
  (void)co_await std::move(inner);
  auto future = Future<int>::Ready(1);
  (void)co_await future;
#ifdef CASE_AWAIT_OF_A_TEMPORARY_ASK
  (void)co_await context.Ask<Value>(ref, absl::Seconds(1),
                                    [](auto r) { return Get{std::move(r)}; });
#endif
#ifdef CASE_AWAIT_OF_A_TEMPORARY_SLEEP
  co_await context.Sleep(absl::Seconds(1));
#endif
#ifdef CASE_AWAIT_OF_A_TEMPORARY_TASK
  (void)co_await Inner(context);
#endif
#ifdef CASE_AWAIT_OF_A_TEMPORARY_FUTURE
  (void)co_await Future<int>::Ready(1);
#endif
#ifdef CASE_AWAIT_OF_SOMETHING_ELSE
  co_await std::suspend_always();
#endif
}

}  // namespace sampo
