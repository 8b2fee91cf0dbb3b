// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Mailboxes: the queues an actor may have in place of the unbounded default, for Props.
//
// | mailbox        | order                                           | bound                     |
// | (the default)  | arrival                                         | none                      |
// | Bounded        | arrival                                         | capacity                  |
// | Priority       | lowest number first, any order among equals     | capacity, 0: none         |
// | StablePriority | lowest number first, arrival among equals       | capacity, 0: none         |
// | ControlAware   | control messages first, arrival inside a class  | none                      |
//
// A message that a bound turns away is published as Dropped; a ReplyTo inside completes at once
// with RESOURCE_EXHAUSTED. The library's own messages (Terminated, the answers of the actor's asks,
// timers, adapted messages) are outside every bound and never dropped. Threads: the makers are
// values; functions given to them run on the senders' threads, many at a time, and must be pure.
// Cost: a mutex for each message, where the default needs one exchange.
//
//   Props().WithMailbox(Mailboxes::Bounded(1000, OverflowPolicy::kDropOldest))
//   Props().WithMailbox(Mailboxes::ControlAware<Command>().Control<Shutdown>())
//   Props().WithMailbox(Mailboxes::StablePriority<Command>(
//       On{[](const Alarm&) { return 0; }, [](const auto&) { return 1; }}))
#ifndef SAMPO_ACTOR_MAILBOXES_H_
#define SAMPO_ACTOR_MAILBOXES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/dispatch/bounded_queue.h"
#include "sampo/actor/dispatch/control_aware_queue.h"
#include "sampo/actor/dispatch/overflow_policy.h"
#include "sampo/actor/dispatch/priority_queue.h"
#include "sampo/actor/props.h"

namespace sampo {

using MailboxMaker = std::shared_ptr<const MailboxFactory>;

struct PriorityMailboxOptions {
  // User messages that may wait; 0: any number.
  int64_t capacity = 0;
  // kDropNewest or kFail.
  OverflowPolicy on_full = OverflowPolicy::kDropNewest;
};

namespace internal {

class BoundedMailbox final : public MailboxFactory {
 public:
  explicit BoundedMailbox(BoundedQueueOptions options) : options_(options) {}
  std::unique_ptr<MessageQueue> Make() const override {
    return std::make_unique<BoundedQueue>(options_);
  }

 private:
  const BoundedQueueOptions options_;
};

class PriorityMailbox final : public MailboxFactory {
 public:
  explicit PriorityMailbox(PriorityQueueOptions options) : options_(std::move(options)) {}
  std::unique_ptr<MessageQueue> Make() const override {
    return std::make_unique<PriorityQueue>(options_);
  }

 private:
  const PriorityQueueOptions options_;
};

class ControlAwareFactory final : public MailboxFactory {
 public:
  explicit ControlAwareFactory(ControlPredicate is_control) : is_control_(std::move(is_control)) {}
  std::unique_ptr<MessageQueue> Make() const override {
    return std::make_unique<ControlAwareQueue>(is_control_);
  }

 private:
  const ControlPredicate is_control_;
};

// priority(message) for the message in the envelope; 0 for one that is not of the protocol.
template <class F, class... A>
int PriorityOf(const F& priority, uint16_t index, const Envelope& envelope, TypeList<A...>) {
  static_assert((std::is_invocable_r_v<int, const F&, const A&> && ...),
                "Sampo: the priority function takes each message of the protocol as a const M& and "
                "returns an int; it must not be mutable.");
  int found = 0;
  uint16_t at = 0;
  auto ask = [&]<class M>(std::type_identity<M>) {
    if (index != at++) return false;
    if (envelope.type == &kMessageType<M>)
      found = priority(const_cast<Envelope&>(envelope).As<M>());
    return true;
  };
  (void)(ask(std::type_identity<A>{}) || ...);
  return found;
}

template <class C, class F>
MailboxMaker MakePriorityMailbox(F priority, bool stable, PriorityMailboxOptions options) {
  // Shared, because a queue copies its function and F may be move-only.
  auto shared = std::make_shared<const F>(std::move(priority));
  return std::make_shared<const PriorityMailbox>(
      PriorityQueueOptions{.priority =
                               [shared](uint16_t index, const Envelope& envelope) {
                                 return PriorityOf(*shared, index, envelope, Alternatives<C>{});
                               },
                           .stable = stable,
                           .capacity = options.capacity,
                           .on_full = options.on_full});
}

}  // namespace internal

// A mailbox in the making: name the control messages, then give it to Props.
template <class C>
class ControlAwareMailbox {
 public:
  // Messages of type M overtake those that are no control messages.
  template <class M>
  ControlAwareMailbox Control() const {
    static_assert(internal::AlternativeOf<C, M>, "Sampo: M is no message of the protocol.");
    ControlAwareMailbox next = *this;
    next.control_[internal::kIndexOf<C, M>] = true;
    return next;
  }
  operator MailboxMaker() const {  // NOLINT: implicit on purpose
    return std::make_shared<const internal::ControlAwareFactory>(
        [control = control_](uint16_t index, const Envelope&) {
          return index < control.size() && control[index];
        });
  }

 private:
  std::array<bool, internal::Alternatives<C>::kSize> control_{};
};

struct Mailboxes {
  // At most `capacity` user messages wait. Precondition: capacity >= 1.
  static MailboxMaker Bounded(int64_t capacity,
                              OverflowPolicy on_full = OverflowPolicy::kDropNewest) {
    return std::make_shared<const internal::BoundedMailbox>(
        BoundedQueueOptions{.capacity = capacity, .on_full = on_full});
  }

  // `priority` gives an int for each message of protocol C: the lowest goes first. Asked once for
  // each message, on the sender's thread; one that throws counts as 0.
  template <class C, class F>
  static MailboxMaker Priority(F priority, PriorityMailboxOptions options = {}) {
    return internal::MakePriorityMailbox<C>(std::move(priority), /*stable=*/false, options);
  }
  template <class C, class F>
  static MailboxMaker StablePriority(F priority, PriorityMailboxOptions options = {}) {
    return internal::MakePriorityMailbox<C>(std::move(priority), /*stable=*/true, options);
  }

  template <class C>
  static ControlAwareMailbox<C> ControlAware() {
    return {};
  }
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_MAILBOXES_H_
