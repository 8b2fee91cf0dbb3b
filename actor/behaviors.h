// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Behaviors made of others: Setup, WithTimers, WithStash, Interleaving, OrElse. (Interceptors:
// interceptor.h.)
//
// Lifetime: a factory given to Setup may be called again (restart), so it must not move out of what
// it captured. The context it gets outlives all behaviors of the actor.
//
//   return Setup<Command>([](ActorContext<Command>& context) { return Idle(context); });
#ifndef SAMPO_ACTOR_BEHAVIORS_H_
#define SAMPO_ACTOR_BEHAVIORS_H_

#include <type_traits>
#include <utility>

#include "sampo/actor/actor_context.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/wrapper_node.h"
#include "sampo/actor/stash_buffer.h"
#include "sampo/actor/timer_scheduler.h"

namespace sampo {
namespace internal {

// Runs what Setup returned until it takes messages.
Word StartMade(ContextBase& context, Word made);

template <class C, class Factory>
class SetupNode final : public BehaviorNode {
 public:
  explicit SetupNode(Factory factory) : factory_(std::move(factory)) {}
  Word NodeReceive(ContextBase&, Envelope&) override { return kUnhandled; }
  bool node_needs_start() const override { return true; }
  Word NodeStart(ContextBase& context) override { return Call(context); }
  bool node_restartable() const override { return std::is_invocable_v<const Factory&, Argument>; }
  Word NodeInstantiate(ContextBase& context) const override {
    if constexpr (std::is_invocable_v<const Factory&, Argument>) {
      return StartMade(context, Release(factory_(static_cast<ActorContext<C>&>(context))));
    } else {
      return BehaviorNode::NodeInstantiate(context);
    }
  }

 private:
  using Argument = ActorContext<C>&;
  static Word Release(Behavior<C> behavior) { return BehaviorAccess::Release(std::move(behavior)); }
  Word Call(ContextBase& context) {
    return Release(factory_(static_cast<ActorContext<C>&>(context)));
  }
  [[no_unique_address]] Factory factory_;
};

// Holds the stash that a WithStash factory was given; the buffer ends with the behavior.
template <class C>
class StashNode final : public WrapperNode {
 public:
  StashNode(ContextBase& context, size_t capacity)
      : WrapperNode(kIgnore), capacity_(capacity), stash_(context, capacity) {}
  StashBuffer<C>& stash() { return stash_; }
  void Begin(Word inner) {
    set_inner(inner);
    set_started();
  }
  bool node_restartable() const override { return false; }

 private:
  WrapperNode* CloneAround(ContextBase&, Word) const override { return nullptr; }
  const size_t capacity_;
  StashBuffer<C> stash_;
};

Word MakeOrElse(Word first, Word second);
Word MakeInterleaving(Word behavior);

}  // namespace internal

// A behavior that `factory(ActorContext<C>&)` makes when the actor starts, and again at a restart.
// It must not return Same() or Unhandled().
template <class C, class Factory>
Behavior<C> Setup(Factory factory) {
  return internal::MakeNode<C, internal::SetupNode<C, Factory>>(std::move(factory));
}

// Alias of Setup for readers of Pekko: the factory gets the actor's timers.
template <class C, class Factory>
Behavior<C> WithTimers(Factory factory) {
  return Setup<C>([factory = std::move(factory)](ActorContext<C>& context) -> Behavior<C> {
    return factory(context.Timers());
  });
}

// The factory gets a stash for `capacity` messages, new at each start. Put outside Supervise, the
// stash survives restarts; inside, it is new after one, and what was in it is dead letters.
template <class C, class Factory>
Behavior<C> WithStash(size_t capacity, Factory factory) {
  return Setup<C>([capacity, factory = std::move(factory)](ActorContext<C>& context) {
    auto node = std::make_unique<internal::StashNode<C>>(context, capacity);
    Behavior<C> inner = factory(node->stash());
    internal::Word started =
        internal::StartMade(context, internal::BehaviorAccess::Release(std::move(inner)));
    if (internal::NodeOf(started) == nullptr && started != internal::kIgnore &&
        started != internal::kEmpty) {
      return internal::BehaviorAccess::Make<C>(started);
    }
    node->Begin(started);
    return internal::BehaviorAccess::Make<C>(
        reinterpret_cast<internal::Word>(static_cast<internal::BehaviorNode*>(node.release())));
  });
}

// Messages are handled while a coroutine handler of `behavior` waits: handlers take turns at their
// co_awaits, so what one has read of the state may have changed when it goes on. Without it the
// actor's other user messages wait in the mailbox. An actor that becomes a behavior without it goes
// back to that once the new behavior is in place.
template <class C>
Behavior<C> Interleaving(Behavior<C> behavior) {
  return internal::BehaviorAccess::Make<C>(
      internal::MakeInterleaving(internal::BehaviorAccess::Release(std::move(behavior))));
}

// Tries `first`; what it leaves unhandled goes to `second`. Both may change independently: what one
// returns takes its place, but for another OrElse, which takes the place of both.
template <class C>
Behavior<C> OrElse(Behavior<C> first, Behavior<C> second) {
  return internal::BehaviorAccess::Make<C>(
      internal::MakeOrElse(internal::BehaviorAccess::Release(std::move(first)),
                           internal::BehaviorAccess::Release(std::move(second))));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_BEHAVIORS_H_
