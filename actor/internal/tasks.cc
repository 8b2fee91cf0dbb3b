// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/tasks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/tracing.h"
#include "sampo/actor/task.h"

namespace sampo::internal {
namespace {

// Sets the running task for a scope; ResumeTask may run inside another task's resumption never,
// but a task may begin while none is recorded.
class RunningScope {
 public:
  RunningScope(Extras& extras, ActiveTask* task)
      : extras_(extras), saved_(std::exchange(extras.running_task, task)) {}
  ~RunningScope() { extras_.running_task = saved_; }

 private:
  Extras& extras_;
  ActiveTask* const saved_;
};

void ForgetRetired(Extras& extras) {
  if (!extras.tasks.empty()) return;
  for (Word word : extras.retired) DestroyWord(word);
  extras.retired.clear();
}

std::list<ActiveTask>::iterator FindTask(Extras& extras, uint64_t id) {
  return std::find_if(extras.tasks.begin(), extras.tasks.end(),
                      [id](const ActiveTask& task) { return task.id == id; });
}

// The coroutine has run to its end: its result, or a rethrown exception. The frame is destroyed.
Word TakeResult(ActiveTask& task) {
  struct DestroyFrame {
    std::coroutine_handle<> handle;
    ~DestroyFrame() { handle.destroy(); }
  } destroy{std::exchange(task.root, nullptr)};
  return task.take(destroy.handle);
}

}  // namespace

uint64_t SuspendCurrentTask(std::coroutine_handle<> handle) {
  ContextBase* context = CurrentContext();
  Extras* extras = context == nullptr ? nullptr : context->extras_or_null();
  SAMPO_CHECK(extras != nullptr && extras->running_task != nullptr,
              "co_await of an actor's operation outside a coroutine handler of an actor");
  extras->running_task->waiting = handle;
  return extras->running_task->id;
}

Word ContextBase::RunTask(std::coroutine_handle<> handle, Envelope& envelope, TakeWord take) {
  Extras& parts = extras();
  parts.tasks.push_back({++parts.last_task_id, handle, handle, &envelope, take, false});
  auto task = std::prev(parts.tasks.end());
  KeepEnvelope(&envelope);  // its parameters may point into the message
  {
    RunningScope scope(parts, &*task);
    handle.resume();
  }
  if (!task->root.done()) {
    set(kTaskSuspended);
    if (traced()) [[unlikely]]
      KeepTrace(*this, task->id);
    return kSuspended;
  }
  ActiveTask done = *task;
  parts.tasks.erase(task);
  if (!done.stashed) envelope.flags &= static_cast<uint16_t>(~kKept);
  return TakeResult(done);
}

bool IsTaskWaiting(ContextBase& context, uint64_t task_id) {
  Extras* extras = context.extras_or_null();
  return extras != nullptr && FindTask(*extras, task_id) != extras->tasks.end();
}

void ResumeTask(ContextBase& context, uint64_t task_id) {
  Extras& extras = context.extras();
  auto task = FindTask(extras, task_id);
  if (task == extras.tasks.end()) return;
  current_turn.envelope = task->envelope;
  std::optional<TraceScope> trace;
  if (context.traced()) [[unlikely]]
    trace.emplace(KeptTrace(context, task_id));
  {
    RunningScope scope(extras, &*task);
    task->waiting.resume();
  }
  if (!task->root.done()) {
    // A Spawn that was refused, say, while it goes on to wait for the next thing.
    if (context.has(kTurnFailed)) Become(context, kSame, task->envelope);
    return;
  }
  ActiveTask done = *task;
  extras.tasks.erase(task);
  if (context.traced()) [[unlikely]]
    DropTrace(context, task_id);
  if (extras.tasks.empty()) context.clear(kTaskSuspended);
  Word next = kSame;
  bool failed = false;
  try {
    next = TakeResult(done);
    extras.completing_task_id = done.id;
    if (BehaviorNode* node = NodeOf(context.behavior())) next = node->NodeComplete(context, next);
  } catch (...) {
    failed = true;
    HandleFailure(context, FailureOfCurrentException(), /*starting=*/false);
  }
  if (!failed && (next != kSame || context.has(kTurnFailed))) {
    Become(context, next, done.envelope);
  }
  if (!done.stashed) ReleaseKept(done.envelope);
  ForgetRetired(extras);
}

void DestroyTasks(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr) return;
  std::list<ActiveTask> tasks;
  ActiveTask* running = extras->running_task;
  SAMPO_CHECK(running == nullptr, "a task ends its actor while it runs");
  tasks.swap(extras->tasks);
  context.clear(kTaskSuspended);
  for (ActiveTask& task : tasks) {
    task.root.destroy();
    if (context.traced()) [[unlikely]]
      DropTrace(context, task.id);
    if (!task.stashed) ReleaseKept(task.envelope);
  }
  ForgetRetired(*extras);
}

void RetireBehavior(ContextBase& context, Word old) {
  Extras* extras = context.extras_or_null();
  if (extras != nullptr && !extras->tasks.empty()) {
    extras->retired.push_back(old);
  } else {
    DestroyWord(old);
  }
}

}  // namespace sampo::internal
