// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/actor_ask.h"

#include <memory>
#include <mutex>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/adapter_cell.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/system_core.h"
#include "sampo/actor/internal/tasks.h"
#include "sampo/actor/trace_scope.h"

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

}  // namespace

// A Tell that the timer service does. Owned by the system's list, out of which it takes itself.
struct ScheduledTell : TimerEntry {
  ScheduledTell(SystemCore& of, UniqueFunction<void()> what)
      : TimerEntry(&Fire), core(of), tell(std::move(what)) {
    std::lock_guard guard(core.mutex);
    after = core.scheduled_tells;
    if (after != nullptr) after->before = this;
    core.scheduled_tells = this;
  }
  ~ScheduledTell() {
    std::lock_guard guard(core.mutex);
    (before == nullptr ? core.scheduled_tells : before->after) = after;
    if (after != nullptr) after->before = before;
  }
  static void Fire(TimerEntry* entry) {
    std::unique_ptr<ScheduledTell> self(static_cast<ScheduledTell*>(entry));
    self->tell();
  }
  SystemCore& core;
  ScheduledTell* before = nullptr;
  ScheduledTell* after = nullptr;
  UniqueFunction<void()> tell;
};

void DropScheduledTells(SystemCore& core) {
  for (;;) {
    ScheduledTell* first = nullptr;
    {
      std::lock_guard guard(core.mutex);
      first = core.scheduled_tells;
    }
    if (first == nullptr) return;
    delete first;
  }
}

void ContextBase::EnqueueResume(RefTarget* target, uint64_t task_id,
                                UniqueFunction<void()> before) {
  auto* message = new ResumeMessage(task_id, std::move(before));
  if (!ActorCell::FromTarget(target)->EnqueueSystem(message)) delete message;
}

void ScheduleTell(ContextBase& context, absl::Duration delay, UniqueFunction<void()> tell) {
  context.CheckThread("ScheduleOnce");
  NoteEffect(context, {.kind = EffectKind::kScheduled, .nanos = absl::ToInt64Nanoseconds(delay)});
  if (context.traced()) [[unlikely]] {
    tell = [ids = CurrentTraceIds(), tell = std::move(tell)]() mutable {
      TraceScope scope(ids);
      tell();
    };
  }
  TimerService& timers = context.System().timers();
  timers.Schedule(new ScheduledTell(context.System().core(), std::move(tell)),
                  DeadlineNanos(timers.NowNanos(), delay));
}

void RefuseIfGone(RefTarget* target, AskBase* ask, const MessageType* request) {
  bool gone = target == nullptr ||
              (OwnerOf(target)->flags.load(std::memory_order_acquire) & kTerminated) != 0;
  if (gone) {
    ask->FailNow(absl::CancelledError(
        StrCat("ask of ", request->name, ": ", TargetPath(target), " has terminated")));
  }
}

}  // namespace internal
}  // namespace sampo
