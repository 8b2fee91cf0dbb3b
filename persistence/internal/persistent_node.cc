// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/persistent_node.h"

#include <algorithm>
#include <atomic>
#include <string>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/signal.h"
#include "sampo/persistence/persistence.h"

namespace sampo::persistence::internal {
namespace {

using ::sampo::internal::kSame;
using ::sampo::internal::MakeFailWord;
using ::sampo::internal::NodeOf;
using ::sampo::internal::SignalRef;

// Above all protocols, below the cell's own messages.
constexpr uint16_t kStepIndex = 0xFE00;

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
      self_(std::make_shared<PersistentNode*>(this)),
      incarnation_(NextIncarnation()),
      timer_(this),
      stash_(context, settings.stash_capacity) {}

PersistentNode::~PersistentNode() {
  *self_ = nullptr;
  ::sampo::internal::DisarmTimer(context_, &timer_);
}

PersistentNode* PersistentNode::Of(const ContextBase& context) {
  if (running_node != nullptr && &running_node->context_ == &context) return running_node;
  BehaviorNode* node = NodeOf(context.behavior());
  for (; node != nullptr; node = NodeOf(node->node_inner())) {
    if (auto* persistent = dynamic_cast<PersistentNode*>(node)) return persistent;
  }
  return nullptr;
}

void PersistentNode::NewIncarnation() { incarnation_ = NextIncarnation(); }

// --- steps ---

void PersistentNode::Post(RefTarget* cell, StepTarget target, StepFunction run) {
  ContextBase::EnqueueDeferred(cell,
                               [target = std::move(target),
                                run = std::move(run)](ContextBase& context) mutable -> Envelope* {
                                 PersistentNode* node = *target.node;
                                 if (node == nullptr || node->incarnation_ != target.incarnation)
                                   return nullptr;
                                 Envelope* step = MakeEnvelope<Step>(/*traced=*/false, kStepIndex,
                                                                     Step{std::move(run)});
                                 node->gate_.Open(context);
                                 return step;
                               });
}

// What is produced on a turn is handled at once: nothing sees the actor without its behavior.
void PersistentNode::Gate::Open(ContextBase& context) {
  behavior_ = context.behavior();
  context.set_behavior(reinterpret_cast<Word>(static_cast<BehaviorNode*>(this)));
  has_receive_timeout_ = context.has(::sampo::internal::kReceiveTimeout);
  context.clear(::sampo::internal::kReceiveTimeout);
}

Word PersistentNode::Gate::NodeReceive(ContextBase& context, Envelope& envelope) {
  context.set_behavior(behavior_);
  if (has_receive_timeout_) context.set(::sampo::internal::kReceiveTimeout);
  return node_->RunStep(context, envelope.As<Step>());
}

void PersistentNode::FeedIfReady() {
  if (!ready() || !stash_.Feed()) return;
  if (NodeOf(context_.behavior()) == this) return;
  // Whoever stands before this node may swallow the command: an interceptor, a first side of an
  // OrElse. This comes after it in any case, and feeds on.
  Post(::sampo::internal::CellTarget(context_), step_target(), [](ContextBase&) { return kSame; });
}

Word PersistentNode::RunStep(ContextBase& context, Step& step) {
  Scope scope(this);
  const Word next = step.run(context);
  FeedIfReady();
  return next;
}

Word PersistentNode::NodeReceive(ContextBase& context, Envelope& envelope) {
  Scope scope(this);
  const bool fed = stash_.TakeFed(envelope);
  if (fed && !ready()) {
    stash_.ReturnInternal(envelope);
    return kSame;
  }
  Word next = kSame;
  if (!ready() || (!fed && stash_.HasWaiting())) {
    next = StashInternal(context, envelope);
  } else {
    next = OnCommand(context, envelope);
  }
  FeedIfReady();
  return next;
}

Word PersistentNode::NodeSignal(ContextBase& context, SignalRef signal) {
  Scope scope(this);
  if (signal.kind == ::sampo::internal::SignalKind::kPostStop) ReleasePermit();
  NotePhase();
  return OnSignal(context, signal);
}

Word PersistentNode::NodeComplete(ContextBase& context, Word late) {
  Scope scope(this);
  ::sampo::internal::DestroyWord(late);  // a handler's coroutine has no word of its own
  const Word next = OnTaskDone(context);
  FeedIfReady();
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
    FeedIfReady();
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

// --- phases ---

void PersistentNode::set_phase(Phase phase) {
  phase_ = phase;
  // Others are noted where somebody may log: a write is too short for that, mostly.
  if (phase == Phase::kRunning) NotePhase();
}

std::string_view PersistentNode::PhaseName(Phase phase) const {
  switch (phase) {
    case Phase::kPermit:
      return "get-permit";
    case Phase::kWriter:
      return "get-writer";
    case Phase::kSnapshot:
      return "replay-snap";
    case Phase::kEvents:
      return "replay-evts";
    case Phase::kRunning:
    case Phase::kTask:
      return "running-cmd";
    case Phase::kWriting:
    case Phase::kRoom:
      return "persist-evts";
    case Phase::kSaving:
      return "save-snap";
    case Phase::kEnded:
      return "ended";
  }
  return "";
}

void PersistentNode::NotePhase() {
  const std::string_view name = PhaseName(phase_);
  if (name == noted_as_) return;
  if (noted_as_.empty()) context_.SetMdc("persistenceId", persistence_id().text());
  context_.SetMdc("persistencePhase", name);
  noted_as_ = name;
}

Logger& PersistentNode::Log() {
  NotePhase();
  return context_.Log();
}

std::string PersistentNode::Named(std::string_view text) const {
  return StrCat(persistence_id().text(), ": ", text);
}

// --- recovery ---

void PersistentNode::Begin(ContextBase& context) {
  NewIncarnation();
  set_phase(Phase::kPermit);
  epoch_ = 0;
  task_end_ = absl::OkStatus();
  task_fenced_ = false;
  room_attempts_ = 0;
  ResetForRecovery();
  ResetState();
  Pipe(context, Persistence::Get(context.System()).permits().Acquire(),
       [this](ContextBase& at, absl::StatusOr<RecoveryPermit> permit) {
         return OnPermit(at, std::move(permit));
       });
}

Word PersistentNode::OnPermit(ContextBase& context, absl::StatusOr<RecoveryPermit> permit) {
  if (!permit.ok()) return FailRecovery(permit.status());
  permit_ = *std::move(permit);
  return AskForWriter(context);
}

Word PersistentNode::AskForWriter(ContextBase& context) {
  set_phase(Phase::kWriter);
  AwaitStorage(context, "becoming the writer");
  BecomeWriter(context);
  return kSame;
}

Word PersistentNode::AwaitRoom(ContextBase& context, absl::Status status, StepFunction again) {
  if (!absl::IsResourceExhausted(status)) return FailRecovery(std::move(status));
  const int64_t now = context.NowNanos();
  if (room_attempts_ == 0) room_until_nanos_ = DeadlineNanos(now, settings_.recovery_timeout);
  if (now >= room_until_nanos_) return FailRecovery(std::move(status));
  StartTimer(context, RoomDelay(room_attempts_++), std::move(again));
  return kSame;
}

void PersistentNode::AwaitStorage(ContextBase& context, std::string_view what) {
  awaited_ = what;
  StartTimer(context, settings_.recovery_timeout, [this](ContextBase&) {
    return FailRecovery(absl::DeadlineExceededError(
        StrCat(awaited_, ": no answer within ", absl::FormatDuration(settings_.recovery_timeout),
               " (recovery_timeout)")));
  });
}

// --- coroutine handlers ---

void PersistentNode::EndWithTask(absl::Status status, bool fenced) {
  task_end_ = std::move(status);
  task_fenced_ = fenced;
}

Word PersistentNode::LeaveTask() {
  if (task_end_.ok()) {
    set_phase(Phase::kRunning);
    return kSame;
  }
  set_phase(Phase::kEnded);
  if (!task_fenced_) return FailStorage(task_end_);
  NewIncarnation();
  return ::sampo::internal::kStopped;
}

// --- failures ---

Word PersistentNode::FailStorage(absl::Status status) {
  storage_failed_ = true;
  retry_failure_ = !absl::IsDataLoss(status);
  set_phase(Phase::kEnded);
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

void PersistentNode::StartTimer(ContextBase& context, absl::Duration delay, StepFunction due) {
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
  Post(::sampo::internal::CellTarget(context), node->step_target(),
       [node, number = node->timer_number_](ContextBase& at) {
         if (node->timer_number_ != number || !node->timer_due_) return kSame;
         StepFunction due = std::move(node->timer_due_);
         return due(at);
       });
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

Word PersistentBlueprintBase::NodeInstantiate(ContextBase& context) const {
  // Not found out at the spawn where a Setup made this behavior.
  absl::Status fit = NodeCheckSpawnable();
  if (!fit.ok()) return MakeFailWord(std::move(fit));
  std::unique_ptr<PersistentNode> node = MakeNode(context);
  fit = node->FindStorage();
  if (!fit.ok()) return MakeFailWord(std::move(fit));
  node->Begin(context);
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(node.release()));
}

}  // namespace sampo::persistence::internal
