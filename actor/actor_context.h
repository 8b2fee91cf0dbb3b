// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorContext<C>: what an actor can do on its turn: spawn, watch, ask, schedule, and know itself.
//
// Lifetime: outlives every behavior of its actor, so that lambdas may capture it by reference.
// Threads: the actor's own turn alone; use from another thread aborts and names both threads. Only
// Self() may be called from anywhere.
// A call that can't be done (a name that is taken, a Stop of a stranger) lets the turn end as
// Fail(status): the supervisor decides. The Try... form returns the status instead.
//
//   Setup<Command>([](ActorContext<Command>& context) {
//     ActorRef<Job> worker = context.Spawn(Worker(), "worker");
//     context.Watch(worker);
//     return Running(context, worker);
//   });
#ifndef SAMPO_ACTOR_ACTOR_CONTEXT_H_
#define SAMPO_ACTOR_ACTOR_CONTEXT_H_

#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/future.h"
#include "sampo/actor/props.h"
#include "sampo/actor/timer_scheduler.h"

namespace sampo {

namespace internal {

// A ref to an actor that has ended already, so that what is told to it becomes dead letters.
RefTarget* EndedTarget(ActorSystemBase& system, std::string_view name);

}  // namespace internal

template <class C>
class ActorContext final : public internal::ContextBase {
 public:
  using Protocol = C;
  ActorContext(internal::ActorCell* cell, ActorSystemBase* system, internal::Word behavior)
      : ContextBase(cell, system, behavior, &internal::kProtocolInfo<C>) {
    static_assert(sizeof(ActorContext) == sizeof(ContextBase));
  }

  // This actor, for messages of its own protocol.
  ActorRef<C> Self() const { return internal::RefAccess::Share<C>(SelfTarget()); }

  // A new child. Fails with INVALID_ARGUMENT (the name; a restart of what can't be restarted),
  // ALREADY_EXISTS (a child of that name has not fully terminated), UNAVAILABLE (this actor stops).
  template <class B>
  absl::StatusOr<ActorRef<B>> TrySpawn(Behavior<B> behavior, std::string_view name,
                                       const Props& props = {}) {
    absl::StatusOr<RefTarget*> child = SpawnErased(
        &NewContext<B>, internal::BehaviorAccess::Release(std::move(behavior)), name, props);
    if (!child.ok()) return child.status();
    return internal::RefAccess::Adopt<B>(*child);
  }
  template <class B>
  ActorRef<B> Spawn(Behavior<B> behavior, std::string_view name, const Props& props = {}) {
    return OrFailTurn(TrySpawn(std::move(behavior), name, props));
  }
  // A new child named $a, $b, ...
  template <class B>
  ActorRef<B> SpawnAnonymous(Behavior<B> behavior, const Props& props = {}) {
    return OrFailTurn(TrySpawn(std::move(behavior), {}, props));
  }

  // As Watch, with `message` to self in place of the signal. Changing the message of a watch
  // without Unwatch fails the turn.
  template <class M>
  void WatchWith(const AnyActorRef& ref, M message) {
    WatchWithErased(ref, internal::EnvelopeFor<C>(std::move(message)));
  }

  // Asks; the answer, or why there is none, comes back as the message `map` makes of it, so state
  // is only touched on this actor's turn. DEADLINE_EXCEEDED: no answer in time. CANCELLED: dropped
  // unanswered, or the target is gone (at once).
  template <class R, class P, class Make, class Map>
  void Ask(const ActorRef<P>& target, absl::Duration timeout, Make make, Map map) {
    internal::CheckAskResult<R>();
    internal::MappedAsk<C, R, absl::StatusOr<R>, Map>::Start(*this, target, timeout, make,
                                                             std::move(map));
  }
  // The same for a coroutine handler: `auto ask = context.Ask<R>(...); co_await std::move(ask)`
  // gives StatusOr<R>.
  template <class R, class P, class Make>
  const AskOperation<R, absl::StatusOr<R>> Ask(const ActorRef<P>& target, absl::Duration timeout,
                                               Make make) {
    internal::CheckAskResult<R>();
    return AskOperation<R, absl::StatusOr<R>>(*this, target, timeout, make);
  }
  // For protocols that answer StatusOr<T> (Status for void): one flat status.
  template <class T, class P, class Make, class Map>
  void AskWithStatus(const ActorRef<P>& target, absl::Duration timeout, Make make, Map map) {
    using Status = internal::StatusReply<T>;
    internal::MappedAsk<C, typename Status::Reply, typename Status::Result, Map>::Start(
        *this, target, timeout, make, std::move(map));
  }
  template <class T, class P, class Make>
  const AskOperation<typename internal::StatusReply<T>::Reply,
                     typename internal::StatusReply<T>::Result>
  AskWithStatus(const ActorRef<P>& target, absl::Duration timeout, Make make) {
    return {*this, target, timeout, make};
  }

  // When `future` completes: the message that `map` makes of its result, on this actor's turn.
  template <class T, class Map>
  void PipeToSelf(Future<T> future, Map map) {
    internal::PipeFuture<C>(*this, std::move(future), std::move(map));
  }

  // A ref for messages of another protocol; `map` turns each into one of this actor's own, on its
  // turn. One for each type: a later registration replaces the function, for messages on their way
  // too. What `map` throws comes as a MessageAdaptionFailure signal.
  template <class Other, class Map>
  ActorRef<Other> MessageAdapter(Map map) {
    return internal::RefAccess::Share<Other>(AdapterErased(
        &kMessageType<Other>, [map = std::move(map)](Envelope* envelope) mutable -> Envelope* {
          return internal::EnvelopeFor<C>(map(internal::WholeMessage<Other>(*envelope)));
        }));
  }

  // After `delay`, tells `target` once. Cancel by dropping nothing: use Timers() for what must be
  // cancelled.
  template <class P, class M>
  void ScheduleOnce(absl::Duration delay, ActorRef<P> target, M message) {
    internal::ScheduleTell(*this, delay,
                           [target = std::move(target), message = std::move(message)]() mutable {
                             target.Tell(std::move(message));
                           });
  }

  // `message` to self when no message has come for `after`; again after each further one.
  template <class M>
  void SetReceiveTimeout(absl::Duration after, M message) {
    static_assert(std::is_copy_constructible_v<M>,
                  "Sampo: the message of a receive timeout may be sent again and again, so it must "
                  "be copyable.");
    SetReceiveTimeoutErased(after, internal::MessageMaker<C>(std::move(message)));
  }

  // Keyed timers of this actor.
  TimerScheduler<C> Timers() { return TimerScheduler<C>(*this); }

  // Runs `message` through `behavior` and returns what comes next, to be returned by the handler.
  template <class M>
  Behavior<C> Delegate(Behavior<C> behavior, M message) {
    return internal::BehaviorAccess::Make<C>(
        DelegateErased(internal::BehaviorAccess::Release(std::move(behavior)),
                       internal::EnvelopeFor<C>(std::move(message))));
  }

  // For a coroutine handler: waits.
  const SleepOperation Sleep(absl::Duration duration) { return SleepOperation(*this, duration); }

 private:
  RefTarget* SelfTarget() const { return internal::CellTarget(*this); }

  template <class B>
  static internal::ContextBase* NewContext(internal::ActorCell* cell, ActorSystemBase* system,
                                           internal::Word behavior) {
    return new ActorContext<B>(cell, system, behavior);
  }
  template <class B>
  ActorRef<B> OrFailTurn(absl::StatusOr<ActorRef<B>> child) {
    if (child.ok()) return *std::move(child);
    FailTurn(child.status());
    return internal::RefAccess::Adopt<B>(internal::EndedTarget(System(), "failed-spawn"));
  }
};

namespace internal {

template <class C>
ContextBase* NewTypedContext(ActorCell* cell, ActorSystemBase* system, Word behavior) {
  return new ActorContext<C>(cell, system, behavior);
}

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_CONTEXT_H_
