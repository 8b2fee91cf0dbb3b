// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Routers: one ref in front of many actors that do the same.
//
// PoolRouter spawns its routees as children, named routee-1, routee-2...; one that ends is not
// replaced (supervise it), and the router stops itself when the last one has ended. GroupRouter
// finds them through the Receptionist: while it has no listing yet, messages wait in a bounded
// stash; with an empty listing they are dropped (event Dropped), a ReplyTo inside completes with
// CANCELLED.
//
// Guarantees: a message goes to one routee (to all with Broadcast), in the order of arrival; a
// router adds no queue beyond its own mailbox. Messages may be move-only unless they are broadcast.
// Threads and lifetime: ordinary actors. A message costs one allocation more than without router.
//
//   context.Spawn(PoolRouter<Job>({.size = 8, .routee = [] { return Worker(); }}), "pool");
//   context.Spawn(GroupRouter<Job>({.key = kWorkers}), "workers");
#ifndef SAMPO_ACTOR_ROUTERS_H_
#define SAMPO_ACTOR_ROUTERS_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/props.h"
#include "sampo/actor/receptionist.h"
#include "sampo/actor/routing.h"
#include "sampo/actor/stash_buffer.h"

namespace sampo {

template <class C>
struct PoolRouterOptions {
  // How many; at least 1.
  int size = 1;
  // Makes the behavior of one; called `size` times, and again at a restart of the router.
  std::function<Behavior<C>()> routee;
  Routing<C> routing = Routing<C>::RoundRobin();
  Broadcast<C> broadcast = {};
  // How routees are run.
  Props routee_props = {};
};

template <class C>
struct GroupRouterOptions {
  ServiceKey<C> key;
  Routing<C> routing = Routing<C>::Random();
  Broadcast<C> broadcast = {};
  // Messages that wait for the first listing; the rest are dropped. 10000 is Pekko's.
  size_t stash_capacity = 10000;
};

namespace internal {

// The event Dropped for the message that this actor handles now.
void PublishCurrentAsDropped(ContextBase& context, const char* reason);

// Logs it.
void NoteRouteeEnded(ContextBase& context, const AnyActorRef& routee, size_t left);

// The routees of a router, and the choice among them.
template <class C>
class Routees {
 public:
  Routees(ActorSystemBase& system, Routing<C> routing, Broadcast<C> broadcast)
      : routing_(std::move(routing)),
        broadcast_(std::move(broadcast)),
        logic_(routing_.MakeLogic(RoutingSeed(system))) {}

  bool empty() const { return refs_.empty(); }
  size_t size() const { return refs_.size(); }
  void Set(std::vector<ActorRef<C>> refs) {
    refs_ = std::move(refs);
    Changed();
  }
  // False: it was none of them.
  bool Remove(const AnyActorRef& gone) {
    if (std::erase_if(refs_, [&](const auto& ref) { return AnyActorRef(ref) == gone; }) == 0) {
      return false;
    }
    Changed();
    return true;
  }
  // Precondition: not empty.
  template <class M>
  void Route(ContextBase& context, M& message) {
    Envelope& envelope = *context.current_envelope();
    if (!broadcast_.Matches(envelope)) {
      refs_[logic_->Select(routing_.KeyOf(envelope))].Tell(std::move(message));
      return;
    }
    if constexpr (std::is_copy_constructible_v<M>) {  // Broadcast does not match any other
      for (const ActorRef<C>& ref : refs_) ref.Tell(M(message));
    }
  }

 private:
  void Changed() {
    if (refs_.empty()) return;
    logic_->SetRoutees(std::vector<AnyActorRef>(refs_.begin(), refs_.end()));
  }

  const Routing<C> routing_;
  const Broadcast<C> broadcast_;
  const std::unique_ptr<RoutingLogic> logic_;
  std::vector<ActorRef<C>> refs_;
};

template <class C>
class PoolRouterActor final : public AbstractBehavior<PoolRouterActor<C>, C> {
  using Base = AbstractBehavior<PoolRouterActor<C>, C>;
  using Base::context;

 public:
  PoolRouterActor(ActorContext<C>& context, const PoolRouterOptions<C>& options)
      : Base(context), routees_(context.System(), options.routing, options.broadcast) {
    if (options.size < 1 || options.routee == nullptr) {
      context.FailTurn(absl::InvalidArgumentError(StrCat(
          "pool router ", context.path(), ": size ", options.size,
          options.routee == nullptr ? ", no routee" : "", ": want a routee and at least 1")));
      return;
    }
    std::vector<ActorRef<C>> refs;
    for (int i = 1; i <= options.size; ++i) {
      ActorRef<C> routee =
          context.Spawn(options.routee(), StrCat("routee-", i), options.routee_props);
      context.Watch(routee);
      refs.push_back(std::move(routee));
    }
    routees_.Set(std::move(refs));
  }

  template <class M>
  Behavior<C> OnMessage(M& message) {
    routees_.Route(context(), message);
    return Same();
  }
  Behavior<C> OnSignal(const Terminated& ended) {
    if (!routees_.Remove(ended.ref)) return Same();
    NoteRouteeEnded(context(), ended.ref, routees_.size());
    if (!routees_.empty()) return Same();
    return Stopped();
  }

 private:
  Routees<C> routees_;
};

template <class C>
class GroupRouterActor final : public AbstractBehavior<GroupRouterActor<C>, C> {
  using Base = AbstractBehavior<GroupRouterActor<C>, C>;
  using Base::context;

 public:
  GroupRouterActor(ActorContext<C>& context, const GroupRouterOptions<C>& options)
      : Base(context),
        routees_(context.System(), options.routing, options.broadcast),
        stash_(context, options.stash_capacity) {
    // The listing is taken in as it comes; it never becomes a message of protocol C.
    RefTarget* listener =
        context.AdapterErased(&kMessageType<Listing<C>>, [this](Envelope* listing) -> Envelope* {
          OnListing(std::move(listing->As<Listing<C>>()));
          return nullptr;
        });
    Receptionist::Get(context.System())
        .Subscribe(options.key, RefAccess::Share<Listing<C>>(listener));
  }

  template <class M>
  Behavior<C> OnMessage(M& message) {
    if (!listed_) {
      if (stash_.IsFull()) {
        PublishCurrentAsDropped(context(), "the stash of a group router without listing is full");
      } else {
        stash_.Stash(message);
      }
    } else if (routees_.empty()) {
      PublishCurrentAsDropped(context(), "a group router has no routees");
    } else {
      routees_.Route(context(), message);
    }
    return Same();
  }

 private:
  void OnListing(Listing<C> listing) {
    routees_.Set(std::move(listing.instances));
    if (std::exchange(listed_, true)) return;
    (void)stash_.UnstashAll(Same());
  }

  Routees<C> routees_;
  StashBuffer<C> stash_;
  bool listed_ = false;
};

}  // namespace internal

// A router over children of its own; see the head. Fails at its start (INVALID_ARGUMENT) where the
// options make no sense.
template <class C>
Behavior<C> PoolRouter(PoolRouterOptions<C> options) {
  return internal::PoolRouterActor<C>::Create(std::move(options));
}

// A router over the actors that are registered under a key.
template <class C>
Behavior<C> GroupRouter(GroupRouterOptions<C> options) {
  return internal::GroupRouterActor<C>::Create(std::move(options));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_ROUTERS_H_
