// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the operators that talk to actors are made of: Watch, Ask and its variants.
//
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_ASK_STAGE_H_
#define SAMPO_STREAM_DETAIL_ASK_STAGE_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/stage_actor.h"

namespace sampo::stream::internal {

// The protocol of a stage actor that only watches.
struct NoMessage {};

// UNAVAILABLE "stream watch: the actor /user/x has ended".
inline absl::Status WatchedActorEnded(const char* stage, const AnyActorRef& actor) {
  return absl::UnavailableError(
      StrCat("stream ", stage, ": the actor ", actor.path(), " has ended"));
}

template <class T>
class WatchLogic final : public FlowLogic<T, T> {
 public:
  explicit WatchLogic(AnyActorRef watched) : watched_(std::move(watched)) {}
  void PreStart() override {
    actor_ = this->template GetStageActor<NoMessage>(
        [](NoMessage) {},
        [this](const AnyActorRef& ended) {
          this->FailStage(WatchedActorEnded(this->stage_name(), ended));
        });
    actor_.Watch(watched_);
  }
  void OnPush() override { this->out_.Push(this->in_.Grab()); }

 private:
  const AnyActorRef watched_;
  StageActor<NoMessage> actor_;
};

// A function for MapAsync: asks about the element.
template <class R, bool kStatus, class P, class Make>
struct AskFunction {
  ActorRef<P> target;
  absl::Duration timeout;
  Make make;

  template <class In>
  Future<R> operator()(In&& element) {
    auto request = [this, &element](auto reply_to) {
      return make(std::move(element), std::move(reply_to));
    };
    if constexpr (kStatus) {
      return AskWithStatus<R>(target, timeout, request);
    } else {
      return Ask<R>(target, timeout, request);
    }
  }
};

// The same for pairs of an element and its context, which passes by.
template <class R, bool kStatus, class P, class Make>
struct ContextAskFunction {
  AskFunction<R, kStatus, P, Make> ask;

  template <class In, class Context>
  Future<std::pair<R, Context>> operator()(std::pair<In, Context>&& element) {
    return ask(std::move(element.first))
        .Map([context = std::move(element.second)](R reply) mutable {
          return std::pair<R, Context>(std::move(reply), std::move(context));
        });
  }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_ASK_STAGE_H_
