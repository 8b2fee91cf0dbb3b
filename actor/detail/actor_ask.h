// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The typed parts of asking and piping inside an actor.
#ifndef SAMPO_ACTOR_DETAIL_ACTOR_ASK_H_
#define SAMPO_ACTOR_DETAIL_ACTOR_ASK_H_

#include <coroutine>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/detail/ask_base.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/future.h"
#include "sampo/actor/reply_to.h"
#include "sampo/actor/task.h"

namespace sampo {

template <class C>
class ActorContext;

namespace internal {

RefTarget* CellTarget(const ContextBase& context);
// The same with one more count, for EnqueueDeferred alone: where messages are traced it also
// remembers the current trace.
RefTarget* ShareForPipe(const ContextBase& context);

// An envelope of protocol C around one alternative, or around what a whole C holds.
template <class C, class M>
Envelope* EnvelopeFor(M&& message) {
  using T = std::remove_cvref_t<M>;
  if constexpr (AlternativeOf<C, T>) {
    return MakeEnvelope<T>(false, static_cast<uint16_t>(kIndexOf<C, T>), std::forward<M>(message));
  } else if constexpr (std::is_constructible_v<C, M>) {
    return EnvelopeOfWhole(false, 0, C(std::forward<M>(message)), Alternatives<C>{});
  } else {
    static_assert(!sizeof(T*), "Sampo: this is no message of the actor's own protocol.");
    return nullptr;
  }
}

// A copyable message that can be made again and again.
template <class C, class M>
UniqueFunction<Envelope*()> MessageMaker(M message) {
  return [message = std::move(message)]() mutable {
    if constexpr (std::is_copy_constructible_v<M>) {
      return EnvelopeFor<C>(M(message));
    } else {
      return EnvelopeFor<C>(std::move(message));
    }
  };
}

// The message of protocol P that the envelope holds, moved out.
template <class P, class... A>
P WholeOf(Envelope& envelope, TypeList<A...>) {
  if constexpr (sizeof...(A) == 1 && (std::is_same_v<P, A> && ...)) {
    return std::move(envelope.As<P>());
  } else {
    std::optional<P> whole;
    uint16_t at = 0;
    (void)((envelope.index == at++ && (whole.emplace(std::move(envelope.As<A>())), true)) || ...);
    return *std::move(whole);
  }
}
template <class P>
P WholeMessage(Envelope& envelope) {
  return WholeOf<P>(envelope, Alternatives<P>{});
}

template <class R, class Result>
Result AskResult(const AskBase& ask) {
  if (ask.reply() == nullptr) return Result(ask.status());
  return Result(std::move(ask.reply()->template As<R>()));
}

inline int64_t TimeoutNanos(absl::Duration timeout) {
  return timeout == absl::InfiniteDuration() ? kNeverNanos : absl::ToInt64Nanoseconds(timeout);
}

// Tells the request, or fails the ask at once where the target is gone. `ask` carries one count.
void RefuseIfGone(RefTarget* target, AskBase* ask, const MessageType* request);

template <class R, class P, class Make>
void SendRequest(const ActorRef<P>& target, AskBase* ask, Make& make) {
  RefuseIfGone(RefAccess::Target(target), ask, &kMessageType<RequestOf<R, Make>>);
  target.Tell(make(ReplySlot<R>(ask)));
}

// An ask whose answer becomes a message of the asker's protocol C.
template <class C, class R, class Result, class MapFunction>
class MappedAsk final : public AskBase {
 public:
  template <class P, class Make>
  static void Start(ContextBase& context, const ActorRef<P>& target, absl::Duration timeout,
                    Make& make, MapFunction map) {
    context.CheckThread("Ask");
    auto* ask = new MappedAsk(context, &kMessageType<RequestOf<R, Make>>, TimeoutNanos(timeout),
                              std::move(map));
    SendRequest<R>(target, ask, make);
  }

 private:
  MappedAsk(ContextBase& context, const MessageType* request, int64_t timeout_nanos,
            MapFunction map)
      : AskBase(context, request, timeout_nanos), map_(std::move(map)) {}
  Envelope* Map(ContextBase&) override { return EnvelopeFor<C>(map_(AskResult<R, Result>(*this))); }
  [[no_unique_address]] MapFunction map_;
};

// An ask that a coroutine waits for.
template <class R>
class AwaitedAsk final : public AskBase {
 public:
  AwaitedAsk(ContextBase& context, const MessageType* request, int64_t timeout_nanos)
      : AskBase(context, request, timeout_nanos) {
    set_awaited();
  }
  using AskBase::Abandon;
  using AskBase::AwaitFrom;
  using AskBase::done;

 private:
  Envelope* Map(ContextBase&) override { return nullptr; }
};

// Pushes the message that `map` makes of the future's result into the actor, if it still lives.
template <class C, class T, class Map>
void PipeFuture(ContextBase& context, Future<T> future, Map map) {
  context.CheckThread("PipeToSelf");
  AnyActorRef self = RefAccess::AdoptAny(ShareForPipe(context));
  std::move(future).OnComplete(
      [self = std::move(self), map = std::move(map)](FutureResult<T> result) mutable {
        RefTarget* target = RefAccess::Target(self);
        ContextBase::EnqueueDeferred(
            target, [map = std::move(map), result = std::move(result)](ContextBase&) mutable {
              return EnvelopeFor<C>(map(std::move(result)));
            });
      });
}

void ScheduleTell(ContextBase& context, absl::Duration delay, UniqueFunction<void()> tell);

}  // namespace internal

// The answer a coroutine handler waits for; see ActorContext::Ask. Destroyed before it came: the
// asker has lost interest, a late answer is dropped.
template <class R, class Result>
class [[nodiscard]] AskOperation : public internal::AwaitableOperation {
 public:
  template <class P, class Make>
  AskOperation(internal::ContextBase& context, const ActorRef<P>& target, absl::Duration timeout,
               Make& make) {
    context.CheckThread("Ask");
    ask_ = new internal::AwaitedAsk<R>(context, &kMessageType<internal::RequestOf<R, Make>>,
                                       internal::TimeoutNanos(timeout));
    ask_->Ref();  // this operation's; the slot's is given away with the request
    internal::SendRequest<R>(target, ask_, make);
  }
  // Takes over from the const value that Ask returns: in a coroutine g++ 12 does not elide this
  // copy, and treats the value as an lvalue. Nothing else can have a const one.
  AskOperation(const AskOperation& other) noexcept : ask_(std::exchange(other.ask_, nullptr)) {}
  AskOperation& operator=(const AskOperation&) = delete;
  ~AskOperation() {
    if (ask_ == nullptr) return;
    ask_->Abandon();
    ask_->Unref();
  }

  bool await_ready() const noexcept { return ask_->done(); }
  void await_suspend(std::coroutine_handle<> handle) { ask_->AwaitFrom(handle); }
  Result await_resume() { return internal::AskResult<R, Result>(*ask_); }

 private:
  mutable internal::AwaitedAsk<R>* ask_;
};

// A pause of a coroutine handler; see ActorContext::Sleep.
class [[nodiscard]] SleepOperation : public internal::AwaitableOperation {
 public:
  SleepOperation(internal::ContextBase& context, absl::Duration duration);
  // From the const value that Sleep returns, before it is awaited; see AskOperation.
  SleepOperation(const SleepOperation& other) noexcept
      : context_(other.context_), deadline_nanos_(other.deadline_nanos_), timer_(&OnDue) {}
  SleepOperation& operator=(const SleepOperation&) = delete;
  ~SleepOperation();

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  void await_resume() const noexcept {}

 private:
  struct Timer : internal::ActorTimerNode {
    using ActorTimerNode::ActorTimerNode;
    uint64_t task_id = 0;
  };
  static void OnDue(internal::ActorTimerNode* node, internal::ContextBase& context);

  internal::ContextBase& context_;
  const int64_t deadline_nanos_;
  Timer timer_;
};

namespace internal {

// Waits for a future in a coroutine handler. Trivially destructible, because g++ 12 destroys the
// temporaries of a co_await expression twice.
template <class T>
struct FutureAwaiter {
  const Future<T>* future;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    const uint64_t task_id = SuspendCurrentTask(handle);
    AnyActorRef self = RefAccess::ShareAny(CellTarget(*CurrentContext()));
    future->OnComplete([self = std::move(self), task_id, slot = &result](FutureResult<T> value) {
      ContextBase::EnqueueResume(
          RefAccess::Target(self), task_id, [slot, value = std::move(value)]() mutable {
            slot->value =
                new (AllocateBlock(sizeof(FutureResult<T>))) FutureResult<T>(std::move(value));
          });
    });
  }
  FutureResult<T> await_resume() {
    FutureResult<T> value = std::move(*result.value);
    std::destroy_at(result.value);
    FreeBlock(result.value, sizeof(FutureResult<T>));
    return value;
  }

  struct Slot {
    FutureResult<T>* value = nullptr;
  };
  Slot result{};
};

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_DETAIL_ACTOR_ASK_H_
