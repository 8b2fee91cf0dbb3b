// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InteropOps: operators that talk to actors: Ask with parallelism, Watch.
//
// An actor that is asked and has ended fails the stream with UNAVAILABLE, a timeout with
// DEADLINE_EXCEEDED, an answer that was dropped with CANCELLED; Supervision decides about the
// latter two. Sources and sinks of actors: actor_source.h, actor_sink.h. Threads: functions run on
// the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_INTEROP_H_
#define SAMPO_STREAM_OPS_INTEROP_H_

#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/ask_stage.h"
#include "sampo/stream/detail/map_async.h"

namespace sampo::stream {

template <class Derived, class Out>
class InteropOps {
 public:
  // Fails when `actor` ends.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does, or the actor ends. Tested by: ops/interop_test.cc.
  auto Watch(AnyActorRef actor, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::WatchLogic<Out>>(self(), "watch", where,
                                                                 std::move(actor));
  }
  // The answers R of `target` to make(element, reply_to), in the order of the elements; up to
  // `parallelism` are asked and not yet emitted. The actor is watched.
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class R, class P, class Make>
  auto Ask(int parallelism, ActorRef<P> target, absl::Duration timeout, Make make,
           SourceLocation where = SourceLocation::Current()) const {
    return AskAll<internal::AskFunction<R, false, P, Make>>("ask", where, parallelism, target,
                                                            {target, timeout, std::move(make)});
  }
  // The same for protocols that answer StatusOr<T>, or Status where T is void.
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class T, class P, class Make>
  auto AskWithStatus(int parallelism, ActorRef<P> target, absl::Duration timeout, Make make,
                     SourceLocation where = SourceLocation::Current()) const {
    return AskAll<internal::AskFunction<T, true, P, Make>>(
        "askWithStatus", where, parallelism, target, {target, timeout, std::move(make)});
  }
  // Ask for elements that are pairs of what is asked about and a context, which goes along:
  // make(element.first, reply_to).
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class R, class P, class Make>
  auto AskWithContext(int parallelism, ActorRef<P> target, absl::Duration timeout, Make make,
                      SourceLocation where = SourceLocation::Current()) const {
    return AskAll<internal::ContextAskFunction<R, false, P, Make>>(
        "askWithContext", where, parallelism, target, {{target, timeout, std::move(make)}});
  }
  // AskWithStatus in the same way.
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class T, class P, class Make>
  auto AskWithStatusAndContext(int parallelism, ActorRef<P> target, absl::Duration timeout,
                               Make make, SourceLocation where = SourceLocation::Current()) const {
    return AskAll<internal::ContextAskFunction<T, true, P, Make>>(
        "askWithStatusAndContext", where, parallelism, target,
        {{target, timeout, std::move(make)}});
  }

 private:
  template <class F, class P>
  auto AskAll(const char* name, SourceLocation where, int parallelism, const ActorRef<P>& target,
              F f) const {
    using Start = internal::Starter<F, Out>;
    using Logic = internal::MapAsyncLogic<Out, Start, internal::NoPartition>;
    return internal::AppendStage<typename Logic::U, Logic>(Watch(target, where), name, where,
                                                           parallelism, Start(std::move(f)),
                                                           internal::NoPartition{});
  }
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_INTEROP_H_
