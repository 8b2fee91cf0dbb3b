// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/actor_ask.h"

#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/tasks.h"

namespace sampo {

SleepOperation::SleepOperation(internal::ContextBase& context, absl::Duration duration)
    : context_(context),
      deadline_nanos_(DeadlineNanos(context.NowNanos(), duration)),
      timer_(&OnDue) {
  context.CheckThread("Sleep");
}

SleepOperation::~SleepOperation() { internal::DisarmTimer(context_, &timer_); }

void SleepOperation::await_suspend(std::coroutine_handle<> handle) {
  timer_.task_id = internal::SuspendCurrentTask(handle);
  internal::ArmTimer(context_, &timer_, deadline_nanos_);
}

void SleepOperation::OnDue(internal::ActorTimerNode* node, internal::ContextBase& context) {
  internal::ResumeTask(context, static_cast<Timer*>(node)->task_id);
}

namespace internal {
namespace {

struct ResumeMessage : SystemMessage {
  ResumeMessage(uint64_t id, UniqueFunction<void()> first)
      : SystemMessage(&Handle, &Discard), task_id(id), before(std::move(first)) {}
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  static void Handle(SystemMessage* message, RefTarget* target) {
    std::unique_ptr<ResumeMessage> self(static_cast<ResumeMessage*>(message));
    ContextBase& context = *ActorCell::FromTarget(target)->body;
    if (!IsTaskWaiting(context, self->task_id)) return;
    self->before();
    ResumeTask(context, self->task_id);
  }
  static void Discard(SystemMessage* message, RefTarget*) {
    delete static_cast<ResumeMessage*>(message);
  }
  const uint64_t task_id;
  UniqueFunction<void()> before;
};

// A Tell that the timer service does; owned by itself.
struct ScheduledTell : TimerEntry {
  explicit ScheduledTell(UniqueFunction<void()> what)
      : TimerEntry(&Fire), tell(std::move(what)) {}
  static void Fire(TimerEntry* entry) {
    std::unique_ptr<ScheduledTell> self(static_cast<ScheduledTell*>(entry));
    self->tell();
  }
  UniqueFunction<void()> tell;
};

}  // namespace

void ContextBase::EnqueueResume(RefTarget* target, uint64_t task_id,
                                UniqueFunction<void()> before) {
  auto* message = new ResumeMessage(task_id, std::move(before));
  if (!ActorCell::FromTarget(target)->EnqueueSystem(message)) delete message;
}

void ScheduleTell(ContextBase& context, absl::Duration delay, UniqueFunction<void()> tell) {
  context.CheckThread("ScheduleOnce");
  TimerService& timers = context.System().timers();
  timers.Schedule(new ScheduledTell(std::move(tell)), DeadlineNanos(timers.NowNanos(), delay));
}

void RefuseIfGone(RefTarget* target, AskBase* ask, const MessageType* request) {
  bool gone = target == nullptr ||
              (target->flags.load(std::memory_order_acquire) & kTerminated) != 0;
  if (gone) {
    ask->FailNow(absl::CancelledError(
        StrCat("ask of ", request->name, ": ", TargetPath(target), " has terminated")));
  }
}

void* AllocateTracedBlock(size_t bytes, uint16_t* flags) {
  *flags = static_cast<uint16_t>(NewFlags(bytes + kTraceBytes, (*flags & kNoDestroy) != 0) |
                                 kHasTrace);
  return AllocateBlock(bytes + kTraceBytes);
}

}  // namespace internal
}  // namespace sampo
