// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <utility>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/ask_base.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/lifecycle.h"
#include "sampo/actor/internal/tasks.h"
#include "sampo/actor/internal/tracing.h"
#include "sampo/actor/task.h"

namespace sampo::internal {

struct AskAccess {
  static AskBase* FromTimer(ActorTimerNode* node) {
    return reinterpret_cast<AskBase*>(reinterpret_cast<char*>(node) - kTimerOffset);
  }
  static void Link(AskBase* ask, Extras& extras) {
    ask->next_ = extras.asks;
    if (extras.asks != nullptr) extras.asks->previous_ = ask;
    extras.asks = ask;
  }
  static void Unlink(AskBase* ask, Extras& extras) {
    (ask->previous_ == nullptr ? extras.asks : ask->previous_->next_) = ask->next_;
    if (ask->next_ != nullptr) ask->next_->previous_ = ask->previous_;
  }

  // Any thread: the answer (or why there is none), once.
  static bool Claim(AskBase* ask) {
    AskBase::State pending = AskBase::kPending;
    // acq_rel: the asker's Close either sees the claim or refuses it.
    return ask->state_.compare_exchange_strong(pending, AskBase::kAnswered,
                                               std::memory_order_acq_rel);
  }
  static void Send(AskBase* ask) {
    ActorCell* asker = ask->asker_;
    if (ask->awaited_ || asker->queue != nullptr) {
      auto* wakeup = ::new (AllocateBlock(sizeof(AskBase::Wakeup)))
          AskBase::Wakeup(&HandleWakeup, &DiscardWakeup);
      wakeup->ask = ask;
      if (!asker->EnqueueSystem(wakeup)) DiscardWakeup(wakeup, asker);
    } else {
      asker->Enqueue(&ask->node_);
    }
  }

  static void Deliver(RefTarget* target, Envelope* envelope) {
    auto* ask = static_cast<AskBase*>(target);
    if (!Claim(ask)) {
      // That an answer which nobody waits for was dropped is no news.
      if (envelope->index == kReplyDroppedIndex) return RetireEnvelope(envelope);
      return DropEnvelope(ask->asker_, envelope, "the ask has timed out or was answered before");
    }
    if (envelope->index == kReplyDroppedIndex) {
      ask->status_ = envelope->As<absl::Status>();
      RetireEnvelope(envelope);
    } else {
      StampEnqueued(ask->asker_, envelope);
      ask->reply_ = envelope;
    }
    Send(ask);
  }
  static void Destroy(RefTarget* target) { delete static_cast<AskBase*>(target); }
  static void AppendPath(const RefTarget* target, std::string* out) {
    static_cast<const AskBase*>(target)->asker_->AppendPath(out, /*with_uid=*/true);
    *out += "/ask";
  }

  // On the asker's turn: the answer has come.
  static void Finish(AskBase* ask, ContextBase& context) {
    ask->handled_ = true;
    if (context.traced()) [[unlikely]]
      DropTrace(context, reinterpret_cast<uintptr_t>(ask));
    Unlink(ask, context.extras());
    DisarmTimer(context, &ask->timer_);
  }
  // The answer works for the trace of whoever gave it, else for that of the question.
  static void AdoptTrace(AskBase* ask, ContextBase& context) {
    thread_trace = {KeptTrace(context, reinterpret_cast<uintptr_t>(ask)), 0};
    if (ask->reply_ == nullptr) return;
    ThreadTrace answered = TraceOf(*ask->reply_);
    if (!answered.ids.IsValid()) answered.ids = thread_trace.ids;
    thread_trace = answered;
  }
  static Envelope* Produce(DeferredNode* node, ContextBase& context) {
    AskBase* ask = static_cast<AskBase::Node*>(node)->ask;
    if (context.traced()) [[unlikely]]
      AdoptTrace(ask, context);
    Finish(ask, context);
    return ask->Map(context);
  }
  // The mailbox is done with the node: it was handled, the stash of a restart was full (the actor
  // still knows the ask then), or the actor had ended.
  static void Retire(EmbeddedEnvelope* node) {
    AskBase* ask = static_cast<AskBase::Node*>(static_cast<DeferredNode*>(node))->ask;
    if (!ask->handled_) Finish(ask, *ask->asker_->body);
    ask->Unref();
  }
  static void HandleWakeup(SystemMessage* message, RefTarget* cell) {
    auto* wakeup = static_cast<AskBase::Wakeup*>(message);
    AskBase* ask = wakeup->ask;
    FreeBlock(wakeup, sizeof(AskBase::Wakeup));
    ContextBase& context = *ActorCell::FromTarget(cell)->body;
    if (!ask->awaited_) {  // a special mailbox: as a message, outside its bound
      context.EnqueueSelf(&ask->node_);
      return;
    }
    Finish(ask, context);
    const uint64_t task_id = ask->task_id_;
    ask->Unref();
    if (task_id != 0) ResumeTask(context, task_id);
  }
  static void DiscardWakeup(SystemMessage* message, RefTarget*) {
    auto* wakeup = static_cast<AskBase::Wakeup*>(message);
    wakeup->ask->Unref();
    FreeBlock(wakeup, sizeof(AskBase::Wakeup));
  }

  static void OnTimeout(ActorTimerNode* node, ContextBase&) {
    AskBase* ask = FromTimer(node);
    ask->FailNow(absl::DeadlineExceededError(
        StrCat("ask of ", std::string(ask->request_->name), " by ", ask->asker_->Path(),
               ": no answer in time; whether the request was handled is not known")));
  }

  // The asker ends: answers become dead letters.
  static void Close(AskBase* ask, ContextBase& context) {
    Finish(ask, context);
    AskBase::State pending = AskBase::kPending;
    if (ask->state_.compare_exchange_strong(pending, AskBase::kClosed, std::memory_order_acq_rel)) {
      ask->Unref();
    }  // else the answer is on its way, and lets go of its count itself
  }

  static const size_t kTimerOffset;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
// AskBase has virtual functions, which both compilers lay out as the ABI says: the offset holds.
const size_t AskAccess::kTimerOffset = offsetof(AskBase, timer_);
#pragma GCC diagnostic pop

const RefTargetOps AskBase::kOps = {&AskAccess::Deliver, nullptr, &AskAccess::Destroy,
                                    &AskAccess::AppendPath};

AskBase::AskBase(ContextBase& asker, const MessageType* request, int64_t timeout_nanos)
    : RefTarget(&kOps, asker.traced() ? kSlowDelivery | kTraced : kSlowDelivery),
      asker_(asker.cell()),
      request_(request),
      timer_(&AskAccess::OnTimeout) {
  references.store(2, std::memory_order_relaxed);
  asker_->Ref();
  node_.type = &kMessageType<AskBase*>;
  node_.index = kDeferredIndex;
  node_.flags = kEmbedded | kNoDestroy;
  node_.retire = &AskAccess::Retire;
  node_.produce = &AskAccess::Produce;
  node_.ask = this;
  AskAccess::Link(this, asker.extras());
  if (asker.traced()) [[unlikely]]
    KeepTrace(asker, reinterpret_cast<uintptr_t>(this));
  if (timeout_nanos != kNeverNanos) {
    int64_t now = asker.NowNanos();
    ArmTimer(asker, &timer_,
             timeout_nanos >= kNeverNanos - now ? kNeverNanos : now + timeout_nanos);
  }
}

AskBase::~AskBase() {
  if (reply_ != nullptr) RetireEnvelope(reply_);
  asker_->Unref();
}

void AskBase::FailNow(absl::Status status) {
  if (!AskAccess::Claim(this)) return;
  status_ = std::move(status);
  AskAccess::Send(this);
}

void AskBase::AwaitFrom(std::coroutine_handle<> handle) { task_id_ = SuspendCurrentTask(handle); }

void AskBase::Abandon() { task_id_ = 0; }

void CloseAsks(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr) return;
  while (AskBase* ask = extras->asks) AskAccess::Close(ask, context);
}

}  // namespace sampo::internal
