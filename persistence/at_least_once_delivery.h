// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WithAtLeastOnceDelivery: an event-sourced actor whose messages to others arrive, whatever
// crashes: they are sent until their arrival is confirmed by an event.
//
// How: the event handler notes what is owed in a part of the state (deliveries.h). When the event
// is stored its messages are sent; again after 5 s, 10 s, 20 s... (RedeliverySettings), and after a
// recovery, until an event has confirmed them. The receiver answers with the delivery's id; that
// command persists the event that confirms.
// Guarantees: each message arrives at least once, if its receiver lives and answers in the end;
// none is sent before its event is stored, none again after its confirmation is. It may arrive
// twice, and a repetition may come behind newer messages: the receiver tells it by the id. First
// attempts come in the order of the ids.
// Bounds: unconfirmed_max messages. The command handler asks CheckRoom; an event that passes the
// bound none the less fails the actor with RESOURCE_EXHAUSTED and is not stored (in a coroutine
// handler it is what the co_await gives).
// Destinations are not stored: `send` knows where to, so that refs of another life are no problem.
// A coroutine command handler is as good: what one of its writes notes is sent before its co_await
// gives OK. While the handler runs nothing is sent again.
// Threads: the functions run on the actor's turn. Lifetime: made inside of Setup, so that each
// start has its own.
//
//   return Setup<Command>([=](ActorContext<Command>& context) {
//     return WithAtLeastOnceDelivery<Order>(
//         context,
//         EventSourcedOptions<Command, Event, State>{.persistence_id = ..., ...},
//         {.deliveries = &State::outbox,
//          .send = [depot, self = context.Self()](const Delivery<Order>& d) {
//            depot.Tell(Ship{d.id, d.message, self});
//          }});
//   });
#ifndef SAMPO_PERSISTENCE_AT_LEAST_ONCE_DELIVERY_H_
#define SAMPO_PERSISTENCE_AT_LEAST_ONCE_DELIVERY_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/behavior.h"
#include "sampo/persistence/deliveries.h"
#include "sampo/persistence/detail/redelivery.h"
#include "sampo/persistence/event_sourced_behavior.h"

namespace sampo::persistence {

template <class State, class M>
struct DeliveryOptions {
  // Where the state keeps them: a pointer to a member, or a function of the state.
  std::function<const Deliveries<M>&(const State&)> deliveries;
  // Tells the receiver; a message that gets lost on the way is sent again.
  std::function<void(const Delivery<M>&)> send;
  // Called beside the log's warning, once for each message, with the attempts until now.
  std::function<void(const Delivery<M>&, int attempts)> on_unconfirmed = {};
  RedeliverySettings redelivery = {};
};

namespace internal {

// Sends what is owed. One for each start of the actor.
template <class Command, class State, class M>
class Courier : public std::enable_shared_from_this<Courier<Command, State, M>> {
 public:
  Courier(ActorContext<Command>& context, DeliveryOptions<State, M> options)
      : context_(context), options_(std::move(options)), queue_(options_.redelivery) {}

  const Deliveries<M>& Of(const State& state) const { return options_.deliveries(state); }
  // The bound holds for new events, not for those of a recovery: they were acknowledged.
  absl::Status Check(size_t before, size_t after) const {
    const bool above =
        after > before && static_cast<int64_t>(after) > options_.redelivery.unconfirmed_max;
    if (!recovered_ || !above) return absl::OkStatus();
    return TooManyUnconfirmed(after, options_.redelivery.unconfirmed_max);
  }

  void OnRecovered(const State& state) {
    recovered_ = true;
    queue_.Clear();
    armed_nanos_ = std::numeric_limits<int64_t>::max();
    last_sent_ = 0;
    Sync(state, std::max(1, options_.redelivery.burst));
  }
  void OnRestart() { recovered_ = false; }
  // The state of now: what is new in it is sent.
  void OnWritten(const State& state) { Sync(state, std::numeric_limits<int>::max()); }

 private:
  void Sync(const State& state, int burst) {
    owed_ = Of(state);
    const int64_t now = context_.NowNanos();
    owed_.ForEachAfter(last_sent_, [&](const Delivery<M>& each) {
      if (burst-- > 0) {
        Send(each, 1, now);
      } else {
        queue_.PutOff(each.id, now);
      }
    });
    last_sent_ = std::max(last_sent_, owed_.last_id());
    queue_.Prune(owed_.size(), IsOwed());
    Arm(now);
  }
  void OnTick() {
    armed_nanos_ = std::numeric_limits<int64_t>::max();
    const int64_t now = context_.NowNanos();
    for (const RedeliveryQueue::Due& due : queue_.TakeDue(now, IsOwed())) {
      const Delivery<M>& delivery = *owed_.Find(due.id);
      if (due.attempts == options_.redelivery.warn_after) Warn(delivery, due.attempts);
      Send(delivery, due.attempts + 1, now);
    }
    Arm(now);
  }
  void Send(const Delivery<M>& delivery, int attempts, int64_t now) {
    queue_.NoteSent(delivery.id, attempts, now);
    options_.send(delivery);
  }
  void Warn(const Delivery<M>& delivery, int attempts) {
    context_.Log().Warning("delivery ", delivery.id, " is not confirmed after ", attempts,
                           " attempts");
    if (options_.on_unconfirmed) options_.on_unconfirmed(delivery, attempts);
  }
  std::function<bool(int64_t)> IsOwed() const {
    return [this](int64_t id) { return owed_.Find(id) != nullptr; };
  }
  // An earlier tick that is armed does no harm: it arms the next one.
  void Arm(int64_t now) {
    const std::optional<int64_t> next = queue_.next_nanos();
    if (!next.has_value() || *next >= armed_nanos_) return;
    armed_nanos_ = *next;
    // Messages that are due one after the other share ticks.
    const absl::Duration delay =
        std::max(absl::Nanoseconds(*next - now), options_.redelivery.interval / 50);
    StartRedeliveryTimer(context_, delay, [self = this->shared_from_this()] { self->OnTick(); });
  }

  ActorContext<Command>& context_;
  const DeliveryOptions<State, M> options_;
  RedeliveryQueue queue_;
  Deliveries<M> owed_;  // of the visible state
  bool recovered_ = false;
  int64_t last_sent_ = 0;
  int64_t armed_nanos_ = std::numeric_limits<int64_t>::max();
};

}  // namespace internal

// Only inside of Setup: the behavior is for this start of the actor of `context`.
template <class M, class Command, class Event, class State, bool kReplies>
Behavior<Command> WithAtLeastOnceDelivery(
    ActorContext<Command>& context,
    internal::BasicEventSourcedOptions<Command, Event, State, kReplies> options,
    DeliveryOptions<State, M> delivery) {
  auto courier =
      std::make_shared<internal::Courier<Command, State, M>>(context, std::move(delivery));
  options.on_command.SetOnWritten([courier](const State& now) { courier->OnWritten(now); });
  options.on_event = [courier, inner = options.on_event](
                         State state, const Event& event) mutable -> absl::StatusOr<State> {
    const size_t before = courier->Of(state).size();
    absl::StatusOr<State> next = inner.ApplyTo(std::move(state), event);
    if (!next.ok()) return next;
    absl::Status room = courier->Check(before, courier->Of(*next).size());
    if (!room.ok()) return room;
    return next;
  };
  options.on_signal = [courier, inner = std::move(options.on_signal)](
                          const State& state, const PersistenceSignal& signal) mutable {
    if (std::holds_alternative<PreRestart>(signal)) courier->OnRestart();
    const bool handled = inner.Call(state, signal);
    if (std::holds_alternative<RecoveryCompleted>(signal)) courier->OnRecovered(state);
    return handled;
  };
  return internal::MakeEventSourced(std::move(options));
}

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_AT_LEAST_ONCE_DELIVERY_H_
