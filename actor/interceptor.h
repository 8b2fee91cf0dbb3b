// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Interceptors: what stands between an actor and its messages: Intercept, Monitor, LogMessages,
// TransformMessages.
//
// Lifetime: the interceptor's factory runs again at each restart, so its state starts anew.
// Threads: the actor's turn.
//
//   class Audit final : public BehaviorInterceptor<Command> { ... };
//   return Intercept<Command>([] { return std::make_unique<Audit>(); }, Cart());
#ifndef SAMPO_ACTOR_INTERCEPTOR_H_
#define SAMPO_ACTOR_INTERCEPTOR_H_

#include <memory>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "sampo/actor/actor_context.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/detail/wrapper_node.h"

namespace sampo {

// The message on its way, seen by an interceptor without its type.
class InterceptedMessage {
 public:
  explicit InterceptedMessage(Envelope& envelope) : envelope_(envelope) {}
  // The C++ name of the message's type.
  std::string_view type_name() const { return envelope_.type->name; }
  // The message if it is an M, else null.
  template <class M>
  const M* As() const {
    return envelope_.type == &kMessageType<M> ? &envelope_.As<M>() : nullptr;
  }

 private:
  Envelope& envelope_;
};

template <class C>
class BehaviorInterceptor {
 public:
  virtual ~BehaviorInterceptor() = default;
  // Before the behavior starts.
  virtual void AroundStart(ActorContext<C>&) {}
  // Before each message. False: the behavior does not see it (the message is dropped silently).
  virtual bool BeforeReceive(ActorContext<C>&, const InterceptedMessage&) { return true; }
  // After the behavior has handled the message without failing.
  virtual void AfterReceive(ActorContext<C>&) {}
  // Before each signal. False: the behavior does not see it.
  virtual bool BeforeSignal(ActorContext<C>&, internal::SignalKind) { return true; }
  // True where two of them in a row are one too many. By default: the same class.
  virtual bool IsSame(const BehaviorInterceptor& other) const {
    return typeid(*this) == typeid(other);
  }
};

namespace internal {

template <class C>
class InterceptNode final : public WrapperNode {
 public:
  explicit InterceptNode(std::unique_ptr<BehaviorInterceptor<C>> interceptor)
      : WrapperNode(kIgnore), interceptor_(std::move(interceptor)) {}

  // Before what is inside is made, and its Setup runs.
  void BeforeStart(ContextBase& context) { interceptor_->AroundStart(Typed(context)); }
  Word NodeReceive(ContextBase& context, Envelope& envelope) override {
    if (!interceptor_->BeforeReceive(Typed(context), InterceptedMessage(envelope))) return kSame;
    WordHolder next(DispatchInner(context, envelope));
    NoteHandled(context, next.get());
    return Absorb(context, next.Release());
  }
  Word NodeComplete(ContextBase& context, Word late) override {
    NoteHandled(context, late);
    return WrapperNode::NodeComplete(context, late);
  }
  Word NodeSignal(ContextBase& context, SignalRef signal) override {
    if (!interceptor_->BeforeSignal(Typed(context), signal.kind)) return kSame;
    return WrapperNode::NodeSignal(context, signal);
  }
  bool NodeIsSameWrapper(const BehaviorNode& other) const override {
    const auto* node = dynamic_cast<const InterceptNode*>(&other);
    return node != nullptr && interceptor_->IsSame(*node->interceptor_);
  }
  bool node_restartable() const override { return false; }  // Intercept makes it anew

 private:
  static ActorContext<C>& Typed(ContextBase& context) {
    return static_cast<ActorContext<C>&>(context);
  }
  // A coroutine handler is done when it completes.
  void NoteHandled(ContextBase& context, Word next) {
    const bool handled = next != kUnhandled && next != kSuspended;
    if (handled && (next & kWordTagMask) != kFailTag) interceptor_->AfterReceive(Typed(context));
  }
  WrapperNode* CloneAround(ContextBase&, Word) const override { return nullptr; }
  std::unique_ptr<BehaviorInterceptor<C>> interceptor_;
};

// A factory of behaviors out of one that is given once: made again where it can be.
template <class C>
class Blueprint {
 public:
  explicit Blueprint(Behavior<C> behavior) : word_(BehaviorAccess::Release(std::move(behavior))) {}
  Blueprint(Blueprint&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  Blueprint& operator=(Blueprint&&) = delete;
  ~Blueprint() { DestroyWord(word_); }
  bool restartable() const {
    BehaviorNode* node = NodeOf(word_);
    return node == nullptr || node->node_restartable();
  }
  absl::Status CheckSpawnable() const {
    BehaviorNode* node = NodeOf(word_);
    return node == nullptr ? absl::OkStatus() : node->NodeCheckSpawnable();
  }
  // For the only start of a behavior that can't be made again, or for each of one that can.
  Word Make(ContextBase& context) const {
    BehaviorNode* node = NodeOf(word_);
    if ((word_ & kWordTagMask) == kConstantTag) return word_;
    if (node != nullptr && node->node_restartable()) return node->NodeInstantiate(context);
    return std::exchange(word_, kIgnore);
  }

 private:
  mutable Word word_;
};

// A wrapper that is made at each start, and what it wraps after it.
template <class C, class MakeWrapper>
class DeferredWrapper final : public BehaviorNode {
 public:
  DeferredWrapper(MakeWrapper make, Behavior<C> inner)
      : make_(std::move(make)), inner_(std::move(inner)) {}
  Word NodeReceive(ContextBase&, Envelope&) override { return kUnhandled; }
  bool node_needs_start() const override { return true; }
  Word NodeStart(ContextBase& context) override { return NodeInstantiate(context); }
  bool node_restartable() const override { return inner_.restartable(); }
  Word NodeInstantiate(ContextBase& context) const override {
    auto node = make_();
    if constexpr (requires { node->BeforeStart(context); }) node->BeforeStart(context);
    Word next = node->StartAround(context, inner_.Make(context));
    if (next != kSame) return next;
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(node.release()));
  }
  absl::Status NodeCheckSpawnable() const override { return inner_.CheckSpawnable(); }

 private:
  MakeWrapper make_;
  Blueprint<C> inner_;
};

template <class C, class MakeWrapper>
Behavior<C> DeferWrapper(MakeWrapper make, Behavior<C> inner) {
  return MakeNode<C, DeferredWrapper<C, MakeWrapper>>(std::move(make), std::move(inner));
}

}  // namespace internal

// `behavior` behind an interceptor that `make` makes at each start.
template <class C, class Make>
Behavior<C> Intercept(Make make, Behavior<C> behavior) {
  return internal::DeferWrapper<C>(
      [make = std::move(make)] { return std::make_unique<internal::InterceptNode<C>>(make()); },
      std::move(behavior));
}

// A copy of each message of type M goes to `monitor` before it is handled.
template <class M, class C>
Behavior<C> Monitor(ActorRef<M> monitor, Behavior<C> behavior) {
  class Copying final : public BehaviorInterceptor<C> {
   public:
    explicit Copying(ActorRef<M> to) : to_(std::move(to)) {}
    bool BeforeReceive(ActorContext<C>&, const InterceptedMessage& message) override {
      if (const M* copy = message.As<M>()) to_.Tell(M(*copy));
      return true;
    }
    bool IsSame(const BehaviorInterceptor<C>& other) const override {
      const auto* copying = dynamic_cast<const Copying*>(&other);
      return copying != nullptr && copying->to_ == to_;
    }

   private:
    ActorRef<M> to_;
  };
  return Intercept<C>([monitor] { return std::make_unique<Copying>(monitor); },
                      std::move(behavior));
}

// A log line for each message before it is handled.
template <class C>
Behavior<C> LogMessages(Behavior<C> behavior, LogLevel level = LogLevel::kDebug) {
  class Logging final : public BehaviorInterceptor<C> {
   public:
    explicit Logging(LogLevel at) : level_(at) {}
    bool BeforeReceive(ActorContext<C>& context, const InterceptedMessage& message) override {
      context.Log().Log(level_, "received ", message.type_name());
      return true;
    }

   private:
    LogLevel level_;
  };
  return Intercept<C>([level] { return std::make_unique<Logging>(level); }, std::move(behavior));
}

namespace internal {

template <class Outer, class Inner, class Map>
class TransformNode final : public WrapperNode {
 public:
  explicit TransformNode(Map map) : WrapperNode(kIgnore), map_(std::move(map)) {}
  Word NodeReceive(ContextBase& context, Envelope& envelope) override {
    // One that the inner behavior has sent itself (Self(), timers, answers, its stash).
    if (!IsOf<Outer>(envelope)) return WrapperNode::NodeReceive(context, envelope);
    Envelope* inner = EnvelopeFor<Inner>(map_(WholeMessage<Outer>(envelope)));
    struct Guard {
      Envelope* envelope;
      Envelope* outer;
      ~Guard() {
        if (!(envelope->flags & kKept)) DestroyPayload(envelope);
        FreeEnvelope(envelope);
        SetCurrentEnvelope(outer);
      }
    } guard{inner, &envelope};
    SetCurrentEnvelope(inner);
    Word next = DispatchInner(context, *inner);
    return Absorb(context, next);
  }
  bool NodeIsSameWrapper(const BehaviorNode& other) const override {
    return dynamic_cast<const TransformNode*>(&other) != nullptr;
  }
  bool node_restartable() const override { return false; }

 private:
  WrapperNode* CloneAround(ContextBase&, Word) const override { return nullptr; }
  Map map_;
};

}  // namespace internal

// An actor of protocol Outer that runs a behavior of protocol Inner: `map` turns each message into
// one of Inner.
template <class Outer, class Inner, class Map>
Behavior<Outer> TransformMessages(Behavior<Inner> behavior, Map map) {
  return internal::BehaviorAccess::Make<Outer>(
      internal::BehaviorAccess::Release(internal::DeferWrapper<Inner>(
          [map = std::move(map)] {
            return std::make_unique<internal::TransformNode<Outer, Inner, Map>>(map);
          },
          std::move(behavior))));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_INTERCEPTOR_H_
