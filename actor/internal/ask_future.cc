// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/ask_future.h"

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/adapter_cell.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/turn.h"
#include "sampo/actor/reply_to.h"

namespace sampo::internal {

struct AskFutureAccess {
  static bool Claim(AskFutureBase* ask) {
    // acq_rel: whoever completes sees what the constructor wrote.
    return !ask->claimed_.exchange(true, std::memory_order_acq_rel);
  }
  // Takes the timeout back if it has not fired; only with the claim.
  static void CancelTimeout(AskFutureBase* ask) {
    if (ask->root_ == nullptr) return;
    auto* root = static_cast<RootCell*>(ActorCell::FromTarget(ask->root_));
    ActorSystemBase* system = root->Enter();
    if (system == nullptr) return;  // its end lets go of the count
    const bool owned = system->timers().Cancel(&ask->timeout_);
    if (owned) system->UnlinkAsk(ask);
    root->Leave();
    if (owned) ask->Unref();
  }
  static void Deliver(RefTarget* target, Envelope* envelope) {
    auto* ask = static_cast<AskFutureBase*>(target);
    if (!Claim(ask)) {
      if (envelope->index == kReplyDroppedIndex) return RetireEnvelope(envelope);
      RefTarget* root = ask->root_ == nullptr ? target : ask->root_;
      return DropEnvelope(root, envelope, "the ask has timed out or was answered before");
    }
    CancelTimeout(ask);
    if (envelope->index == kReplyDroppedIndex) {
      ask->CompleteWith(nullptr, envelope->As<absl::Status>());
    } else {
      ask->CompleteWith(envelope, absl::OkStatus());
    }
    RetireEnvelope(envelope);
  }
  static void OnTimeout(TimerEntry* entry) {
    AskFutureBase* ask = static_cast<AskFutureBase::Timeout*>(entry)->ask;
    if (Claim(ask)) {
      ask->CompleteWith(nullptr,
                        absl::DeadlineExceededError(StrCat(
                            "ask of ", ask->request_->name,
                            ": no answer in time; whether the request was handled is not known")));
    }
    auto* root = static_cast<RootCell*>(ActorCell::FromTarget(ask->root_));
    if (ActorSystemBase* system = root->Enter()) {
      system->UnlinkAsk(ask);
      root->Leave();
    }
    ask->Unref();
  }
  static void Destroy(RefTarget* target) { delete static_cast<AskFutureBase*>(target); }
  static void AppendPath(const RefTarget*, std::string* out) { *out += "/temp/ask"; }
};

const RefTargetOps AskFutureBase::kOps = {&AskFutureAccess::Deliver, nullptr,
                                          &AskFutureAccess::Destroy, &AskFutureAccess::AppendPath};

AskFutureBase::AskFutureBase(const MessageType* request)
    : RefTarget(&kOps, kSlowDelivery), request_(request), timeout_(&AskFutureAccess::OnTimeout) {
  timeout_.ask = this;
}

AskFutureBase::~AskFutureBase() {
  if (root_ != nullptr) root_->Unref();
}

void AskFutureBase::Begin(RefTarget* target, absl::Duration timeout) {
  RefTarget* owner = OwnerOf(target);
  bool local =
      owner != nullptr && (owner->flags.load(std::memory_order_acquire) & kLocalActor) != 0;
  if (owner == nullptr || (local && ActorCell::FromTarget(owner)->terminated())) {
    refused_ = true;
    claimed_.store(true, std::memory_order_relaxed);
    CompleteWith(nullptr, absl::CancelledError(StrCat("ask of ", request_->name, ": ",
                                                      TargetPath(target), " has terminated")));
    return;
  }
  if (!local) return;
  auto* root = static_cast<RootCell*>(ActorCell::FromTarget(owner)->Root());
  ActorSystemBase* system = root->Enter();
  if (system == nullptr) return;  // the Tell that follows finds the dead letters
  root_ = root;
  root->Ref();
  Ref();
  system->LinkAsk(this);
  system->timers().Schedule(&timeout_, DeadlineNanos(system->timers().NowNanos(), timeout));
  root->Leave();
}

void AskFutureBase::OnSystemEnd() {
  if (AskFutureAccess::Claim(this)) {
    CompleteWith(nullptr,
                 absl::CancelledError(StrCat("ask of ", request_->name, ": the system has ended")));
  }
  Unref();
}

thread_local constinit const DropCause* drop_cause __attribute__((tls_model("initial-exec"))) =
    nullptr;

namespace {

// What the asker of a dropped request is told.
absl::Status ReplyDropped(const MessageType* reply_type) {
  if (drop_cause != nullptr) {
    return absl::Status(
        drop_cause->code,
        StrCat("request dropped unanswered on its way to ", TargetPath(drop_cause->receiver), ": ",
               drop_cause->reason, " (wanted a ", reply_type->name, ")"));
  }
  ContextBase* context = CurrentContext();
  std::string who = context != nullptr ? context->path() : "dead letters";
  return absl::CancelledError(
      StrCat("request dropped unanswered by ", who, " (wanted a ", reply_type->name, ")"));
}

}  // namespace

void DropReply(RefTarget* target, const MessageType* reply_type) {
  const uint32_t flags = target->flags.load(std::memory_order_relaxed);
  // Anything but an ask (a plain ref given to ReplyTo::To) is not told.
  if ((flags & kSlowDelivery) != 0 && (flags & kLocalActor) == 0) {
    Envelope* dropped =
        MakeEnvelope<absl::Status>(false, kReplyDroppedIndex, ReplyDropped(reply_type));
    DropScope scope(nullptr);  // the asker's callbacks may drop requests of their own
    target->ops->deliver(target, dropped);
  }
  target->Unref();
}

}  // namespace sampo::internal
