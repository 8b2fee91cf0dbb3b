// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ReplyTo<R>: the obligation to answer a request, once. ReplySlot<R>: what Ask hands out, to become
// either an ActorRef<R> (an answer may come) or a ReplyTo<R> (an answer must).
//
// Guarantee: a ReplyTo that is dropped unanswered (the handler returned, the actor stopped, the
// message became a dead letter, a stash was discarded) completes the ask at once with CANCELLED and
// a text that says which actor dropped which request, instead of a timeout.
// Threads: movable between threads; used by one at a time. Lifetime: it may outlive asker and
// system. It can't be made empty: a default-constructed one does not compile.
//
//   struct GetValue { ReplyTo<Value> reply_to; };
//   [](GetValue&& m) { m.reply_to.Tell({42}); return Same(); }
#ifndef SAMPO_ACTOR_REPLY_TO_H_
#define SAMPO_ACTOR_REPLY_TO_H_

#include <utility>

#include "sampo/actor/actor_ref.h"

namespace sampo {

namespace internal {

// Tells the target of an ask that its request was dropped, and lets go of the count.
void DropReply(RefTarget* target, const MessageType* reply_type);
struct ReplyAccess;

}  // namespace internal

template <class R>
class [[nodiscard]] ReplyTo {
 public:
  // Answers to any ref, for tests and for passing on; dropping such a one tells nobody.
  static ReplyTo To(ActorRef<R> ref) {
    return ReplyTo(internal::RefAccess::Target(ref), internal::RefAccess::Index(ref), ref);
  }

  // The compilers quote these lines.
  ReplyTo() = delete;                // Sampo: a ReplyTo comes with a request, or from ReplyTo::To.
  ReplyTo(const ReplyTo&) = delete;  // Sampo: a request is answered once: move its ReplyTo.
  ReplyTo& operator=(const ReplyTo&) = delete;

  ReplyTo(ReplyTo&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)), index_(other.index_) {}
  ReplyTo& operator=(ReplyTo&& other) noexcept {
    if (this != &other) {
      Drop();
      target_ = std::exchange(other.target_, nullptr);
      index_ = other.index_;
    }
    return *this;
  }
  ~ReplyTo() { Drop(); }

  // Answers. The obligation is met; a second answer goes nowhere.
  void Tell(R reply) {
    ActorRef<R> ref = internal::RefAccess::Adopt<R>(std::exchange(target_, nullptr), index_);
    ref.Tell(std::move(reply));
  }
  void Tell(R) const = delete;  // Sampo: to answer, the handler takes the request as M&& or M.
  // False once it was answered or moved away.
  bool pending() const { return target_ != nullptr; }

 private:
  template <class>
  friend class ReplySlot;
  friend struct internal::ReplyAccess;
  ReplyTo(RefTarget* counted, uint32_t index) : target_(counted), index_(index) {}
  ReplyTo(RefTarget* target, uint32_t index, ActorRef<R>& ref) : target_(target), index_(index) {
    internal::RefAccess::Release(ref);
  }
  void Drop() {
    if (target_ != nullptr) {
      internal::DropReply(std::exchange(target_, nullptr), &kMessageType<R>);
    }
  }

  mutable RefTarget* target_;  // a message that was sent as bytes is const: ReplyAccess::PassOn
  uint32_t index_;
};

// Made by Ask; converts once, by move.
template <class R>
class [[nodiscard]] ReplySlot {
 public:
  explicit ReplySlot(RefTarget* counted) : target_(counted) {}
  ReplySlot(ReplySlot&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  ReplySlot& operator=(ReplySlot&&) = delete;
  ~ReplySlot() {
    if (target_ != nullptr) internal::DropReply(target_, &kMessageType<R>);
  }
  operator ActorRef<R>() && {  // NOLINT: implicit on purpose
    return internal::RefAccess::Adopt<R>(std::exchange(target_, nullptr));
  }
  operator ReplyTo<R>() && {  // NOLINT: implicit on purpose
    return ReplyTo<R>(std::exchange(target_, nullptr), 0);
  }

 private:
  RefTarget* target_;
};

namespace internal {

// For the library: what a ReplyTo consists of, and its obligation out of it.
struct ReplyAccess {
  template <class R>
  static RefTarget* Target(const ReplyTo<R>& reply_to) {
    return reply_to.target_;
  }
  template <class R>
  static uint32_t Index(const ReplyTo<R>& reply_to) {
    return reply_to.index_;
  }
  // Somebody else has to answer now: empties `reply_to` and tells nobody.
  template <class R>
  static void PassOn(const ReplyTo<R>& reply_to) {
    if (RefTarget* target = std::exchange(reply_to.target_, nullptr)) target->Unref();
  }
};

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_REPLY_TO_H_
