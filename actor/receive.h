// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Receive: a behavior out of handlers, one for each message of the protocol.
//
// A set that misses a message does not compile; ReceivePartial leaves the missing ones unhandled.
// Handlers whose lambdas are not `mutable` make a behavior that can be restarted as it is.
//
//   return Receive<Command>(On{[](const Add& m) { ... return Same(); }, ...},
//                           OnSignal{[](const PostStop&) { ... return Same(); }});
#ifndef SAMPO_ACTOR_RECEIVE_H_
#define SAMPO_ACTOR_RECEIVE_H_

#include <type_traits>
#include <utility>

#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/handler_traits.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/on.h"
#include "sampo/actor/signal.h"

namespace sampo {
namespace internal {

struct NoSignals {};

template <class C, bool kTotal, class Handlers, class Signals>
class ReceiveNode;

// Calls the right handler of an On{...} for one message.
template <class C, bool kTotal, class Set>
struct OnCaller;
template <class C, bool kTotal, class... L>
struct OnCaller<C, kTotal, On<L...>> {
  On<L...>& handlers;
  ContextBase& context;
  Envelope& envelope;

  template <class M>
  Word Call() {
    constexpr int kPlace = FindHandler<M, L...>();
    if constexpr (kPlace < 0) {
      static_assert(!kTotal,
                    "Sampo: a message of the protocol has no handler in On{...}: add one, "
                    "or use ReceivePartial.");
      return kUnhandled;
    } else {
      using Handler = typename NthType<kPlace, L...>::Type;
      using P = ParameterOf<Handler>;
      M& message = envelope.As<M>();
      using R = decltype(CallHandler<P>(static_cast<Handler&>(handlers), message));
      static_assert(!(kTakesAway<P> && kMayBeUnhandled<std::remove_cvref_t<R>>),
                    "Sampo: a handler that may return Unhandled() takes const M& or M&.");
      if constexpr (std::is_void_v<R>) {
        static_assert(!sizeof(M*), SAMPO_HANDLER_RESULT_TEXT);
        return kSame;
      } else {
        Word next = ResultWord<C>(context, envelope,
                                  CallHandler<P>(static_cast<Handler&>(handlers), message));
        FinishPayload(envelope, message, next);
        return next;
      }
    }
  }
};

template <class S, class... L>
Word CallSignal(ContextBase& context, OnSignal<L...>& handlers, const S& signal, auto convert) {
  constexpr int kPlace = FindHandler<S, L...>();
  if constexpr (kPlace < 0) {
    return kUnhandled;
  } else {
    using Handler = typename NthType<kPlace, L...>::Type;
    return convert(context, static_cast<Handler&>(handlers)(signal));
  }
}

template <class C>
struct SignalResult {
  template <class R>
  Word operator()(ContextBase&, R&& result) const {
    using T = std::remove_cvref_t<R>;
    if constexpr (std::is_same_v<T, UnhandledBehavior>) {
      return kUnhandled;
    } else if constexpr (std::is_same_v<T, Partial<C>>) {
      return BehaviorAccess::Release(std::move(result));
    } else {
      return BehaviorAccess::Release(Behavior<C>(std::forward<R>(result)));
    }
  }
};

// `call(signal)` for the struct behind the reference; a ChildFailed that is not handled as such is
// offered as the Terminated that it is.
template <class Call>
Word SwitchSignal(SignalRef ref, Call&& call) {
  switch (ref.kind) {
    case SignalKind::kPreRestart:
      return call(*static_cast<const PreRestart*>(ref.signal));
    case SignalKind::kPostStop:
      return call(*static_cast<const PostStop*>(ref.signal));
    case SignalKind::kTerminated:
      return call(*static_cast<const Terminated*>(ref.signal));
    case SignalKind::kChildFailed: {
      const auto& failed = *static_cast<const ChildFailed*>(ref.signal);
      Word next = call(failed);
      return next != kUnhandled ? next : call(static_cast<const Terminated&>(failed));
    }
    case SignalKind::kMessageAdaptionFailure:
      return call(*static_cast<const MessageAdaptionFailure*>(ref.signal));
  }
  return kUnhandled;
}

// Whether the handler for A is called without changing itself; true where there is none.
template <class A, class... L>
consteval bool IsHandledByConst() {
  constexpr int kPlace = FindHandler<A, L...>();
  if constexpr (kPlace < 0) {
    return true;
  } else {
    using Handler = typename NthType<kPlace, L...>::Type;
    if constexpr (std::is_void_v<ParameterOf<Handler>>) {
      return std::is_invocable_v<const Handler&, A&>;  // a generic lambda
    } else {
      return decltype(CallOperatorOf<Handler>())::kConst;
    }
  }
}
template <class... L, class... A>
consteval bool AreConstHandlers(TypeList<A...>) {
  return (IsHandledByConst<A, L...>() && ...);
}

template <class C, bool kTotal, class... L, class Signals>
class ReceiveNode<C, kTotal, On<L...>, Signals> final : public BehaviorNode {
 public:
  using Handlers = On<L...>;
  static constexpr bool kRestartable = AreConstHandlers<L...>(Alternatives<C>{}) &&
                                       std::is_copy_constructible_v<Handlers> &&
                                       std::is_copy_constructible_v<Signals>;

  ReceiveNode(Handlers handlers, Signals signals)
      : handlers_(std::move(handlers)), signals_(std::move(signals)) {}

  Word NodeReceive(ContextBase& context, Envelope& envelope) override {
    return SwitchIndex(envelope.index, OnCaller<C, kTotal, Handlers>{handlers_, context, envelope},
                       Alternatives<C>{});
  }
  Word NodeSignal(ContextBase& context, SignalRef signal) override {
    if constexpr (std::is_same_v<Signals, NoSignals>) {
      return kUnhandled;
    } else {
      return SwitchSignal(signal, [&](const auto& s) {
        return CallSignal(context, signals_, s, SignalResult<C>{});
      });
    }
  }
  bool node_restartable() const override { return kRestartable; }
  Word NodeInstantiate(ContextBase& context) const override {
    if constexpr (kRestartable) {
      return reinterpret_cast<Word>(
          static_cast<BehaviorNode*>(new ReceiveNode(handlers_, signals_)));
    } else {
      return BehaviorNode::NodeInstantiate(context);
    }
  }

 private:
  [[no_unique_address]] Handlers handlers_;
  [[no_unique_address]] Signals signals_;
};

}  // namespace internal

// Handlers for all messages of C.
template <class C, class... L>
Behavior<C> Receive(On<L...> handlers) {
  using Node = internal::ReceiveNode<C, true, On<L...>, internal::NoSignals>;
  return internal::MakeNode<C, Node>(std::move(handlers), internal::NoSignals{});
}
template <class C, class... L, class... S>
Behavior<C> Receive(On<L...> handlers, OnSignal<S...> signals) {
  using Node = internal::ReceiveNode<C, true, On<L...>, OnSignal<S...>>;
  return internal::MakeNode<C, Node>(std::move(handlers), std::move(signals));
}
// One handler, for a protocol of one message or a generic lambda.
template <class C, class L>
Behavior<C> Receive(L handler) {
  return Receive<C>(On{std::move(handler)});
}

// Handlers for some messages of C; the others are unhandled.
template <class C, class... L>
Behavior<C> ReceivePartial(On<L...> handlers) {
  using Node = internal::ReceiveNode<C, false, On<L...>, internal::NoSignals>;
  return internal::MakeNode<C, Node>(std::move(handlers), internal::NoSignals{});
}
template <class C, class... L, class... S>
Behavior<C> ReceivePartial(On<L...> handlers, OnSignal<S...> signals) {
  using Node = internal::ReceiveNode<C, false, On<L...>, OnSignal<S...>>;
  return internal::MakeNode<C, Node>(std::move(handlers), std::move(signals));
}

// Handlers for signals alone; every message is unhandled.
template <class C, class... S>
Behavior<C> ReceiveSignal(OnSignal<S...> signals) {
  return ReceivePartial<C>(On<>{}, std::move(signals));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_RECEIVE_H_
