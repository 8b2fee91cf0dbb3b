// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AbstractBehavior<Self, C>: an actor as a class: state in members, one OnMessage overload for each
// message of C, and an OnSignal overload for each signal it wants.
//
// Names: a class hides what its base declares, so the base's own names begin with Node. A message
// that is called Create or Protocol is written `struct Create` inside the class.
// Lifetime: an object for each start; Create makes a new one at each restart, so its arguments must
// be copyable. Threads: the actor's turn.
//
//   class CounterActor final : public AbstractBehavior<CounterActor, Command> {
//    public:
//     using AbstractBehavior::AbstractBehavior;
//     Behavior<Command> OnMessage(const Increment& m) { count_ += m.by; return Same(); }
//     Behavior<Command> OnMessage(const GetValue& m) { m.reply_to.Tell({count_}); return Same(); }
//    private:
//     int64_t count_ = 0;
//   };
//   system.Spawn(CounterActor::Create(), "counter");
#ifndef SAMPO_ACTOR_ABSTRACT_BEHAVIOR_H_
#define SAMPO_ACTOR_ABSTRACT_BEHAVIOR_H_

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sampo/actor/actor_context.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/detail/handler_traits.h"
#include "sampo/actor/receive.h"

namespace sampo {

template <class Self, class C>
class AbstractBehavior : public internal::BehaviorNode {
 public:
  using Protocol = C;

  // A behavior that makes a Self(context, args...) at each start.
  template <class... Args>
  static Behavior<C> Create(Args... args) {
    return Setup<C>([arguments = std::tuple<Args...>(std::move(args)...)](
                        ActorContext<C>& context) -> Behavior<C> {
      return std::apply(
          [&context](const Args&... each) { return std::make_unique<Self>(context, each...); },
          arguments);
    });
  }

  explicit AbstractBehavior(ActorContext<C>& context) : context_(context) {}

  internal::Word NodeReceive(internal::ContextBase& context, Envelope& envelope) final {
    return internal::SwitchIndex(envelope.index,
                                 Caller{static_cast<Self&>(*this), context, envelope},
                                 internal::Alternatives<C>{});
  }
  internal::Word NodeSignal(internal::ContextBase& context, internal::SignalRef signal) final {
    return internal::SwitchSignal(signal, [&](const auto& s) {
      if constexpr (requires { static_cast<Self&>(*this).OnSignal(s); }) {
        return internal::SignalResult<C>{}(context, static_cast<Self&>(*this).OnSignal(s));
      } else {
        return internal::kUnhandled;
      }
    });
  }

 protected:
  ActorContext<C>& context() const { return context_; }

 private:
  // Called with the message as an rvalue where that is the only way, else as the lvalue it is.
  struct Caller {
    Self& self;
    internal::ContextBase& context;
    Envelope& envelope;

    template <class M>
    internal::Word Call() {
      M& message = envelope.As<M>();
      if constexpr (requires { self.OnMessage(message); }) {
        if constexpr (std::is_void_v<decltype(self.OnMessage(message))>) {
          static_assert(!sizeof(M*), SAMPO_HANDLER_RESULT_TEXT);
          return internal::kSame;
        } else {
          return Finish(message, self.OnMessage(message));
        }
      } else if constexpr (requires { self.OnMessage(std::move(message)); }) {
        using R = std::remove_cvref_t<decltype(self.OnMessage(std::move(message)))>;
        static_assert(!internal::kMayBeUnhandled<R>,
                      "Sampo: a handler that may return Unhandled() takes const M& or M&.");
        return Finish(message, self.OnMessage(std::move(message)));
      } else {
        static_assert(!sizeof(M*), "Sampo: a message of the protocol has no OnMessage.");
        return internal::kUnhandled;
      }
    }
    template <class M, class R>
    internal::Word Finish(M& message, R&& result) {
      internal::Word next = internal::ResultWord<C>(context, envelope, std::forward<R>(result));
      internal::FinishPayload(envelope, message, next);
      return next;
    }
  };

  ActorContext<C>& context_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ABSTRACT_BEHAVIOR_H_
