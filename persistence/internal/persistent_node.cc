// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/persistent_node.h"

#include <algorithm>
#include <atomic>
#include <string>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/signal.h"

namespace sampo::persistence::internal {
namespace {

using ::sampo::internal::kSame;
using ::sampo::internal::MakeFailWord;
using ::sampo::internal::NodeOf;
using ::sampo::internal::SignalRef;

thread_local constinit PersistentNode* running_node = nullptr;

// Numbers of incarnations: only compared for equality, so their order does not matter to a
// simulation.
uint64_t NextIncarnation() {
  static std::atomic<uint64_t> last{0};
  // relaxed: a number that nobody else has is all that is asked.
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

PersistentNode::Scope::Scope(PersistentNode* node) : outer_(std::exchange(running_node, node)) {}
PersistentNode::Scope::~Scope() { running_node = outer_; }

PersistentNode::PersistentNode(ContextBase& context, PersistentNodeSettings settings)
    : context_(context),
      settings_(settings),
      incarnation_(NextIncarnation()),
      timer_(this),
      stash_(context, settings.stash_capacity) {}

PersistentNode::~PersistentNode() { ::sampo::internal::DisarmTimer(context_, &timer_); }

PersistentNode* PersistentNode::Of(const ContextBase& context) {
  if (running_node != nullptr && &running_node->context_ == &context) return running_node;
  BehaviorNode* node = NodeOf(context.behavior());
  for (; node != nullptr; node = NodeOf(node->node_inner())) {
    if (auto* persistent = dynamic_cast<PersistentNode*>(node)) return persistent;
  }
  return nullptr;
}

void PersistentNode::NewIncarnation() { incarnation_ = NextIncarnation(); }

Envelope* PersistentNode::MakeStep(uint64_t incarnation, UniqueFunction<Word(ContextBase&)> run) {
  return MakeEnvelope<Step>(/*traced=*/false, kStepIndex, Step{incarnation, std::move(run)});
}

Word PersistentNode::NodeReceive(ContextBase& context, Envelope& envelope) {
  Scope scope(this);
  Word next = kSame;
  if (envelope.index == kStepIndex && envelope.type == &kMessageType<Step>) {
    Step& step = envelope.As<Step>();
    if (step.incarnation != incarnation_) return kSame;
    next = step.run(context);
  } else {
    const bool fed = stash_.TakeFed(envelope);
    if (fed && !ready_) {
      stash_.ReturnInternal(envelope);
      return kSame;
    }
    if (!ready_ || (!fed && stash_.HasWaiting())) {
      next = StashInternal(context, envelope);
    } else {
      next = OnCommand(context, envelope);
    }
  }
  if (ready_) stash_.Feed();
  return next;
}

Word PersistentNode::NodeSignal(ContextBase& context, SignalRef signal) {
  Scope scope(this);
  return OnSignal(context, signal);
}

Word PersistentNode::NodeComplete(ContextBase& context, Word late) {
  Scope scope(this);
  ::sampo::internal::DestroyWord(late);  // a handler's coroutine has no word of its own
  const Word next = OnTaskDone(context);
  if (ready_) stash_.Feed();
  return next;
}

bool PersistentNode::NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                                       Word* next) {
  Scope scope(this);
  if (!storage_failed_) OnFailure(context);
  if (must_stop_) {
    *next = ::sampo::internal::kStopped;
    return true;
  }
  if (!storage_failed_) {
    // Where a supervisor resumes, the stash goes on.
    if (ready_) stash_.Feed();
    return false;
  }
  if (retry_failure_ && settings_.on_persist_failure.has_value()) {
    RecoverLater(context, failure);
    *next = kSame;
    return true;
  }
  // Asked again as a failed start, which no supervisor resumes, nor restarts at once without limit.
  if (starting) return false;
  *next = MakeFailWord(failure.status);
  return true;
}

Word PersistentNode::FailStorage(absl::Status status, bool retry) {
  storage_failed_ = true;
  retry_failure_ = retry;
  ready_ = false;
  StopTimer(context_);
  NewIncarnation();
  return MakeFailWord(std::move(status));
}

void PersistentNode::RecoverLater(ContextBase& context, const Failure& failure) {
  const Backoff& backoff = *settings_.on_persist_failure;
  const int64_t now = context.NowNanos();
  const absl::Duration reset = backoff.reset_after > absl::ZeroDuration()
                                   ? backoff.reset_after
                                   : (backoff.min + backoff.max) / 2;
  if (failures_ > 0 && now - last_failure_nanos_ >= absl::ToInt64Nanoseconds(reset)) failures_ = 0;
  last_failure_nanos_ = now;
  const double chance = static_cast<double>(context.System().NextRandom() >> 11) * 0x1.0p-53;
  const absl::Duration delay =
      BackoffDelay({backoff.min, backoff.max, backoff.random_factor}, failures_++, chance);
  const std::string decision = StrCat("recovering again in ", absl::FormatDuration(delay));
  context.System().NoteFailure(context, failure, decision.c_str());
  storage_failed_ = false;
  OnPreRestart(context);
  StartTimer(context, delay, [this](ContextBase& at) {
    Begin(at);
    return kSame;
  });
}

void PersistentNode::StartTimer(ContextBase& context, absl::Duration delay,
                                UniqueFunction<Word(ContextBase&)> due) {
  ++timer_number_;
  timer_due_ = std::move(due);
  ::sampo::internal::ArmTimer(context, &timer_, DeadlineNanos(context.NowNanos(), delay));
}

void PersistentNode::StopTimer(ContextBase& context) {
  ++timer_number_;
  timer_due_ = {};
  ::sampo::internal::DisarmTimer(context, &timer_);
}

// 5 ms, doubled up to a second. Chosen, not measured: a group commit takes some milliseconds.
absl::Duration PersistentNode::RoomDelay(int attempt) {
  return std::min(absl::Seconds(1), absl::Milliseconds(5) * (1 << std::min(attempt, 8)));
}

void PersistentNode::OnDue(::sampo::internal::ActorTimerNode* timer, ContextBase& context) {
  PersistentNode* node = static_cast<Timer*>(timer)->node;
  context.EnqueueSelf(
      MakeStep(node->incarnation_, [node, number = node->timer_number_](ContextBase& at) {
        if (node->timer_number_ != number || !node->timer_due_) return kSame;
        UniqueFunction<Word(ContextBase&)> due = std::move(node->timer_due_);
        return due(at);
      }));
}

Word PersistentNode::StashInternal(ContextBase& context, Envelope& envelope) {
  if (stash_.PushInternal(envelope)) return kSame;
  return Overflow(context, envelope, "the stash for the time of writing and recovery");
}

Word PersistentNode::StashUser(ContextBase& context, Envelope& envelope) {
  if (stash_.PushUser(envelope)) return kSame;
  return Overflow(context, envelope, "the stash");
}

Word PersistentNode::Overflow(ContextBase& context, Envelope& envelope, std::string_view which) {
  const std::string text = StrCat("persistent actor ", context.path(), ": ", which, " is full (",
                                  stash_.capacity(), " commands; stash_capacity)");
  if (settings_.on_stash_full == StashOverflow::kFail) {
    return MakeFailWord(absl::ResourceExhaustedError(text));
  }
  context.System().PublishDropped(::sampo::internal::CellTarget(context), &envelope, text.c_str());
  return kSame;
}

}  // namespace sampo::persistence::internal
