// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Topic<M>: publish and subscribe: what is published goes to all who have subscribed.
//
// Each topic is an actor. Topics of one name find each other through the Receptionist, so that a
// message published at one reaches the subscribers of all of them, once each.
// Guarantees: none beyond Tell. A subscriber gets what is published at its own topic after its
// Subscribe; the other topics learn of it a little later. Subscribing twice is once; subscribers
// that have ended leave by themselves. Published with no subscriber anywhere: a Dropped event.
// Threads: a topic's ref from any. M must be copyable.
//
//   using Prices = Topic<Price>;
//   ActorRef<Prices::Command> prices = system.Spawn(Prices::Create("prices"), "prices");
//   prices.Tell(Prices::Subscribe{context.Self()});
//   prices.Tell(Prices::Publish{{"mill", 120}});
#ifndef SAMPO_ACTOR_TOPIC_H_
#define SAMPO_ACTOR_TOPIC_H_

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/receptionist.h"
#include "sampo/actor/reply_to.h"

namespace sampo {

struct TopicStats {
  int subscribers = 0;      // of this topic
  int topic_instances = 0;  // topics of this name that have subscribers
};

namespace internal {

// The target whose end is the end of `target`: the actor behind a message adapter, else itself.
RefTarget* OwnerOf(RefTarget* target);
// Publishes `message` as Dropped by this actor, and destroys it.
void PublishDroppedBy(ContextBase& context, Envelope* message, const char* reason);

}  // namespace internal

template <class M>
class Topic {
 public:
  static_assert(std::is_copy_constructible_v<M>,
                "Sampo: a topic's message is copied to each "
                "subscriber, so it must be copyable.");
  struct Publish {
    M message;
  };
  struct Subscribe {
    ActorRef<M> subscriber;
  };
  struct Unsubscribe {
    ActorRef<M> subscriber;
  };
  struct GetTopicStats {
    ReplyTo<TopicStats> reply_to;
  };
  // Between topics: for the subscribers of the receiver alone.
  struct MessagePublished {
    M message;
  };
  struct Command;
  struct InstancesChanged {
    Listing<Command> listing;
  };
  struct Command : std::variant<Publish, Subscribe, Unsubscribe, GetTopicStats, MessagePublished,
                                InstancesChanged> {
    using std::variant<Publish, Subscribe, Unsubscribe, GetTopicStats, MessagePublished,
                       InstancesChanged>::variant;
  };

  static Behavior<Command> Create(std::string name) { return Actor::Create(std::move(name)); }

 private:
  class Actor;
};

template <class M>
class Topic<M>::Actor final : public AbstractBehavior<Topic<M>::Actor, Command> {
  using Base = AbstractBehavior<Topic<M>::Actor, Command>;
  using Base::context;

 public:
  Actor(ActorContext<Command>& context, std::string name)
      : Base(context), key_(std::move(name)), receptionist_(Receptionist::Get(context.System())) {
    receptionist_.Subscribe(
        key_, context.template MessageAdapter<Listing<Command>>(
                  [](Listing<Command> listing) { return InstancesChanged{std::move(listing)}; }));
  }

  Behavior<Command> OnMessage(Publish&& m) {
    bool reached = !subscribers_.empty();
    for (const ActorRef<Command>& topic : instances_) {
      if (topic == context().Self()) continue;
      topic.Tell(MessagePublished{m.message});
      reached = true;
    }
    if (reached) {
      Deliver(std::move(m.message));
    } else {
      internal::PublishDroppedBy(context(), internal::EnvelopeFor<M>(std::move(m.message)),
                                 "the topic has no subscribers");
    }
    return Same();
  }
  Behavior<Command> OnMessage(MessagePublished&& m) {
    Deliver(std::move(m.message));
    return Same();
  }
  Behavior<Command> OnMessage(const Subscribe& m) {
    if (m.subscriber.is_ignore()) return Same();
    if (std::find(subscribers_.begin(), subscribers_.end(), m.subscriber) != subscribers_.end()) {
      return Same();
    }
    if (subscribers_.empty()) receptionist_.Register(key_, context().Self());
    subscribers_.push_back(m.subscriber);
    context().Watch(OwnerOf(m.subscriber));
    return Same();
  }
  Behavior<Command> OnMessage(const Unsubscribe& m) {
    if (std::erase(subscribers_, m.subscriber) == 0) return Same();
    const AnyActorRef owner = OwnerOf(m.subscriber);
    const bool others = std::any_of(subscribers_.begin(), subscribers_.end(),
                                    [&](const auto& each) { return OwnerOf(each) == owner; });
    if (!others) context().Unwatch(owner);
    DeregisterIfEmpty();
    return Same();
  }
  Behavior<Command> OnMessage(GetTopicStats&& m) {
    m.reply_to.Tell({static_cast<int>(subscribers_.size()), static_cast<int>(instances_.size())});
    return Same();
  }
  Behavior<Command> OnMessage(InstancesChanged&& m) {
    instances_ = std::move(m.listing.instances);
    return Same();
  }
  Behavior<Command> OnSignal(const Terminated& ended) {
    std::erase_if(subscribers_, [&](const auto& each) { return OwnerOf(each) == ended.ref; });
    DeregisterIfEmpty();
    return Same();
  }

 private:
  static AnyActorRef OwnerOf(const ActorRef<M>& ref) {
    return internal::RefAccess::ShareAny(internal::OwnerOf(internal::RefAccess::Target(ref)));
  }
  void Deliver(M message) {
    for (size_t i = 0; i < subscribers_.size(); ++i) {
      const bool last = i + 1 == subscribers_.size();
      subscribers_[i].Tell(last ? std::move(message) : M(message));
    }
  }
  void DeregisterIfEmpty() {
    if (subscribers_.empty()) receptionist_.Deregister(key_, context().Self());
  }

  const ServiceKey<Command> key_;
  Receptionist& receptionist_;
  std::vector<ActorRef<M>> subscribers_;      // in the order of their subscriptions
  std::vector<ActorRef<Command>> instances_;  // topics of this name with subscribers
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TOPIC_H_
