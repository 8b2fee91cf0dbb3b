// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorRef<M>: where messages of type M can be told to: an actor here or on another node, an ask
// waiting for its answer, a message adapter, a test probe. 16 bytes, counted.
//
// Guarantees: Tell never blocks, never throws, and delivers at most once, in order for each pair of
// sender and receiver. A message that can't be delivered goes to dead letters; it is destroyed and
// counted, a ReplyTo inside is completed with a status. Not a guarantee: that it arrives.
// Threads: copy, Tell, compare and destroy from any thread at any time, also after the actor or its
// whole ActorSystem is gone. Lifetime: holding a ref keeps the actor's header (128 bytes) alone.
//
//   struct Command : std::variant<AddItem, Checkout> { using variant::variant; };
//   ActorRef<Command> cart = ...;
//   cart.Tell(AddItem{"mill", 1});            // an alternative, or a whole Command
//   ActorRef<AddItem> adder = cart;           // narrowing: no allocation, no second call
#ifndef SAMPO_ACTOR_ACTOR_REF_H_
#define SAMPO_ACTOR_ACTOR_REF_H_

#include <compare>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/dispatch/mailbox.h"
#include "sampo/actor/dispatch/ref_target.h"

namespace sampo {

template <class M>
class ActorRef;

namespace internal {
struct RefAccess;

inline void Deliver(RefTarget* target, uint32_t flags, Envelope* envelope) {
  if (flags & kSlowDelivery) [[unlikely]] {
    target->ops->deliver(target, envelope);
  } else {
    static_cast<Mailbox*>(target)->Enqueue(envelope);
  }
}

// "/user/cart#17", or "/ignore" for null.
std::string TargetPath(const RefTarget* target);

}  // namespace internal

// A ref of unknown protocol: it can be compared, named and watched, not told.
class AnyActorRef {
 public:
  AnyActorRef() = default;
  AnyActorRef(const AnyActorRef& other) : target_(other.target_) {
    if (target_ != nullptr) target_->Ref();
  }
  AnyActorRef(AnyActorRef&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  AnyActorRef& operator=(AnyActorRef other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~AnyActorRef() {
    if (target_ != nullptr) target_->Unref();
  }

  // The path below the system, with the incarnation: "/user/cart#17". "/ignore" for Ignore().
  std::string path() const { return internal::TargetPath(target_); }
  // True for a default-constructed ref, which equals ActorRef<M>::Ignore().
  bool is_ignore() const { return target_ == nullptr; }
  friend bool operator==(const AnyActorRef& a, const AnyActorRef& b) {
    return a.target_ == b.target_;
  }

 private:
  friend struct internal::RefAccess;
  explicit AnyActorRef(RefTarget* counted) : target_(counted) {}
  RefTarget* target_ = nullptr;
};

template <class M>
class ActorRef {
 public:
  using Message = M;

  // Equal to Ignore().
  ActorRef() = default;
  // A ref that swallows every message, silently.
  static ActorRef Ignore() { return {}; }

  ActorRef(const ActorRef& other) : target_(other.target_), index_(other.index_) {
    if (target_ != nullptr) target_->Ref();
  }
  ActorRef(ActorRef&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)), index_(other.index_) {}
  // Narrowing: M is an alternative of the wider protocol.
  template <class Wide>
  requires(!std::is_same_v<Wide, M> && internal::AlternativeOf<Wide, M>)
      ActorRef(const ActorRef<Wide>& wide)  // NOLINT: implicit on purpose
      : target_(wide.target_), index_(wide.index_ + internal::kIndexOf<Wide, M>) {
    static_assert(
        !internal::VariantProtocol<M>,
        "Sampo: a ref is narrowed to one message; an alternative that is a protocol itself "
        "has no place of its own for each of its messages.");
    if (target_ != nullptr) target_->Ref();
  }
  ActorRef& operator=(ActorRef other) noexcept {
    std::swap(target_, other.target_);
    std::swap(index_, other.index_);
    return *this;
  }
  ~ActorRef() {
    if (target_ != nullptr) target_->Unref();
  }

  // Queues the message and returns; see the guarantees above. For a protocol: a whole one.
  void Tell(M message) const {
    if (target_ == nullptr) return;
    const uint32_t flags = target_->flags.load(std::memory_order_relaxed);
    if constexpr (internal::VariantProtocol<M>) {
      Envelope* envelope =
          internal::EnvelopeOfWhole((flags & kTraced) != 0, static_cast<uint16_t>(index_),
                                    std::move(message), internal::Alternatives<M>{});
      if (envelope != nullptr) internal::Deliver(target_, flags, envelope);
    } else {
      internal::Deliver(target_, flags,
                        MakeEnvelope<M>((flags & kTraced) != 0, static_cast<uint16_t>(index_),
                                        std::move(message)));
    }
  }
  // For a protocol: one of its alternatives.
  template <class A>
  requires(internal::VariantProtocol<M>&& internal::AlternativeOf<M, A>) void Tell(
      A&& alternative) const {
    using T = std::remove_cvref_t<A>;
    if (target_ == nullptr) return;
    const uint32_t flags = target_->flags.load(std::memory_order_relaxed);
    internal::Deliver(target_, flags,
                      MakeEnvelope<T>((flags & kTraced) != 0,
                                      static_cast<uint16_t>(index_ + internal::kIndexOf<M, T>),
                                      std::forward<A>(alternative)));
  }

  // Anything else: says so in one sentence.
  template <class A>
  requires(!internal::AlternativeOf<M, A> && !std::is_convertible_v<A&&, M>) void Tell(A&&) const {
    static_assert(!sizeof(std::remove_cvref_t<A>*),
                  "Sampo: the actor's protocol has no such message.");
  }

  std::string path() const { return internal::TargetPath(target_); }
  bool is_ignore() const { return target_ == nullptr; }
  operator AnyActorRef() const;  // NOLINT: implicit on purpose

  // Refs are equal when they name the same incarnation of the same actor.
  friend bool operator==(const ActorRef& a, const ActorRef& b) {
    return a.target_ == b.target_ && a.index_ == b.index_;
  }

 private:
  friend struct internal::RefAccess;
  template <class>
  friend class ActorRef;
  ActorRef(RefTarget* counted, uint32_t index) : target_(counted), index_(index) {}

  RefTarget* target_ = nullptr;
  uint32_t index_ = 0;  // place of M's first alternative in the receiver's protocol
};

namespace internal {

// For the library: makes refs of targets and takes them apart. "Adopt" takes over one count.
struct RefAccess {
  template <class M>
  static ActorRef<M> Adopt(RefTarget* target, uint32_t index = 0) {
    return ActorRef<M>(target, index);
  }
  template <class M>
  static ActorRef<M> Share(RefTarget* target, uint32_t index = 0) {
    if (target != nullptr) target->Ref();
    return ActorRef<M>(target, index);
  }
  static AnyActorRef AdoptAny(RefTarget* target) { return AnyActorRef(target); }
  static AnyActorRef ShareAny(RefTarget* target) {
    if (target != nullptr) target->Ref();
    return AnyActorRef(target);
  }
  template <class Ref>
  static RefTarget* Target(const Ref& ref) {
    return ref.target_;
  }
  template <class M>
  static uint32_t Index(const ActorRef<M>& ref) {
    return ref.index_;
  }
  // Empties `ref` without giving up its count.
  template <class Ref>
  static RefTarget* Release(Ref& ref) {
    return std::exchange(ref.target_, nullptr);
  }
};

}  // namespace internal

template <class M>
ActorRef<M>::operator AnyActorRef() const {
  return internal::RefAccess::ShareAny(target_);
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_REF_H_
