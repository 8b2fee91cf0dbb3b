// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/shutdown_state.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {
namespace {

// The actors named where the system does not end in time. Chosen, not measured: a few lines.
constexpr size_t kActorsNamedMax = 10;

std::string DescribeActorsLeft(SystemCore& core) {
  std::string text;
  for (const std::string& actor : DescribeLiving(core, kActorsNamedMax)) {
    StrAppend(text, text.empty() ? "" : ", ", actor);
  }
  return text;
}

// What the last phase does by itself.
std::shared_ptr<ShutdownTaskState> MakeTerminateTask(SystemCore& core) {
  auto task = std::make_shared<ShutdownTaskState>();
  task->phase = std::string(kPhaseActorSystemTerminate);
  task->name = "terminate-system";
  task->run = [&core] {
    core.TerminateActors();
    return *core.when_terminated;
  };
  task->describe = &DescribeActorsLeft;
  return task;
}

int FindPhase(const std::vector<ShutdownPhase>& phases, std::string_view name) {
  auto found = std::find_if(phases.begin(), phases.end(),
                            [name](const ShutdownPhase& phase) { return phase.name == name; });
  return found == phases.end() ? -1 : static_cast<int>(found - phases.begin());
}

}  // namespace

TaskCall::TaskCall(PhaseRun* phase_run, size_t task_index, std::shared_ptr<ShutdownTaskState> what)
    : Runnable(&Run), run(phase_run), index(task_index), task(std::move(what)) {}

bool TaskCall::Run(Runnable* runnable, Turn&) {
  auto* call = static_cast<TaskCall*>(runnable);
  std::shared_ptr<PhaseRun> run = std::move(call->keep);
  {
    std::lock_guard guard(run->owner->mutex_);
    if (run->over) return false;  // timed out before a thread was free
  }
  TurnScope no_actor(nullptr);  // this thread's last turn is over
  auto invoke = [call] {
    try {
      return call->task->run();
    } catch (...) {
      return Future<void>::Failed(StatusOfUserException("a shutdown task"));
    }
  };
  invoke().OnComplete([run, index = call->index](const absl::Status& status) {
    run->owner->OnTaskDone(*run, index, status);
  });
  return false;
}

PhaseRun::PhaseRun(std::shared_ptr<ShutdownState> of, ShutdownPhase which)
    : owner(std::move(of)), phase(std::move(which)), timer(&OnTimer) {
  timer.run = this;
}

void PhaseRun::OnTimer(TimerEntry* entry) {
  auto* timer = static_cast<Timer*>(entry);
  std::shared_ptr<PhaseRun> run = std::move(timer->keep);
  run->owner->OnTimeout(*run);
}

std::string PhaseRun::PendingNames() const {
  std::string names;
  for (const auto& call : calls) {
    if (!call->done) StrAppend(names, names.empty() ? "" : ", ", call->task->name);
  }
  return names;
}

ShutdownState::ShutdownState(SystemCore& core)
    : root_(core.root),
      log_(core.loggers->Get("sampo.actor.shutdown").WithContext({core.name, "/", {}})),
      order_(DefaultShutdownPhases()),
      future_(promise_.future()) {
  root_->Ref();
}

ShutdownState::~ShutdownState() { root_->Unref(); }

absl::Status ShutdownState::Configure(CoordinatedShutdownSettings settings) {
  absl::StatusOr<std::vector<ShutdownPhase>> sorted = SortShutdownPhases(settings.phases);
  if (!sorted.ok()) return sorted.status();
  std::lock_guard guard(mutex_);
  if (reason_.has_value()) {
    return absl::FailedPreconditionError(
        "coordinated shutdown: it has begun, so that its phases "
        "can't be changed any more");
  }
  for (const auto& [phase, tasks] : tasks_) {
    if (tasks.empty() || FindPhase(*sorted, phase) >= 0) continue;
    return absl::InvalidArgumentError(StrCat("coordinated shutdown: phase ", phase, " has ",
                                             tasks.size(), " task(s) and can't be left out"));
  }
  settings_ = std::move(settings);
  order_ = *std::move(sorted);
  return absl::OkStatus();
}

absl::Status ShutdownState::AddPhase(ShutdownPhase phase, const std::vector<std::string>& before) {
  CoordinatedShutdownSettings settings;
  {
    std::lock_guard guard(mutex_);
    settings = settings_;
  }
  for (const std::string& name : before) {
    int place = FindPhase(settings.phases, name);
    if (place < 0) {
      return absl::InvalidArgumentError(StrCat("coordinated shutdown: phase ", phase.name,
                                               " is to run before ", name, ", which is no phase"));
    }
    settings.phases[place].depends_on.push_back(phase.name);
  }
  settings.phases.push_back(std::move(phase));
  return Configure(std::move(settings));
}

std::vector<ShutdownPhase> ShutdownState::Phases() const {
  std::lock_guard guard(mutex_);
  return order_;
}

// Requires mutex_.
absl::Status ShutdownState::CheckPhaseTakesTasks(std::string_view phase) const {
  int place = FindPhase(order_, phase);
  if (place < 0) {
    std::string known;
    for (const ShutdownPhase& each : order_) StrAppend(known, " ", each.name);
    return absl::NotFoundError(
        StrCat("coordinated shutdown: no phase ", phase, "; there are", known));
  }
  if (done_ || static_cast<size_t>(place) < next_) {
    return absl::FailedPreconditionError(
        StrCat("coordinated shutdown: phase ", phase, " has begun or is over"));
  }
  if (task_count_ >= kShutdownTasksMax) {
    return absl::ResourceExhaustedError(
        StrCat("coordinated shutdown: ", kShutdownTasksMax, " tasks are there already"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<ShutdownTaskState>> ShutdownState::AddTask(
    std::string_view phase, std::string_view name, UniqueFunction<Future<void>()> run) {
  if (name.empty()) {
    return absl::InvalidArgumentError("coordinated shutdown: a task needs a name, for the log");
  }
  auto task = std::make_shared<ShutdownTaskState>();
  task->phase = std::string(phase);
  task->name = std::string(name);
  task->run = std::move(run);
  std::lock_guard guard(mutex_);
  if (absl::Status check = CheckPhaseTakesTasks(phase); !check.ok()) {
    return absl::Status(check.code(),
                        StrCat(ToStd(check.message()), "; task ", name, " will not run"));
  }
  TaskList& list = tasks_[task->phase];
  task->place = list.insert(list.end(), task);
  ++task_count_;
  return task;
}

bool ShutdownState::Cancel(ShutdownTaskState& task) {
  std::shared_ptr<ShutdownTaskState> taken;  // destroyed after the lock
  std::lock_guard guard(mutex_);
  if (!std::exchange(task.waiting, false)) return false;
  taken = std::move(*task.place);
  tasks_[task.phase].erase(task.place);
  --task_count_;
  return true;
}

Future<void> ShutdownState::Run(ShutdownReason reason, std::string_view first) {
  {
    std::lock_guard guard(mutex_);
    if (reason_.has_value()) return future_;
    int begin = first.empty() ? 0 : FindPhase(order_, first);
    if (begin < 0) {
      return Future<void>::Failed(
          absl::InvalidArgumentError(StrCat("coordinated shutdown: no phase ", first)));
    }
    reason_ = std::move(reason);
    next_ = static_cast<size_t>(begin);
    log_.Info("coordinated shutdown begins; reason: ", reason_->name);
  }
  Advance();
  return future_;
}

void ShutdownState::Advance() {
  if (std::shared_ptr<PhaseRun> run = NextRun()) return StartRun(*run);
  Complete(absl::OkStatus());
}

// Null: all phases are over.
std::shared_ptr<PhaseRun> ShutdownState::NextRun() {
  std::shared_ptr<ShutdownTaskState> terminate;
  WithSystem([&](SystemCore& core) { terminate = MakeTerminateTask(core); });
  std::lock_guard guard(mutex_);
  while (!done_ && next_ < order_.size()) {
    const ShutdownPhase& phase = order_[next_++];
    TaskList tasks;
    tasks.swap(tasks_[phase.name]);
    task_count_ -= tasks.size();
    for (const auto& task : tasks) task->waiting = false;  // can't be cancelled any more
    if (!phase.enabled) {
      log_.Info("phase ", phase.name, " is disabled; tasks left out: ", tasks.size());
      continue;
    }
    if (phase.name == kPhaseActorSystemTerminate && settings_.terminate_actor_system &&
        terminate != nullptr) {
      tasks.push_back(terminate);
    }
    if (tasks.empty()) continue;
    log_.Info("phase ", phase.name, ": ", tasks.size(), " task(s), timeout ",
              absl::FormatDuration(phase.timeout));
    current_ = std::make_shared<PhaseRun>(shared_from_this(), phase);
    current_->left = tasks.size();
    for (const auto& task : tasks) {
      current_->calls.push_back(
          std::make_unique<TaskCall>(current_.get(), current_->calls.size(), task));
    }
    return current_;
  }
  return nullptr;
}

void ShutdownState::StartRun(PhaseRun& run) {
  std::shared_ptr<PhaseRun> keep = run.shared_from_this();
  WithSystem([&](SystemCore& core) {
    TimerService& timers = *core.runtime.timers;
    run.begun_nanos = timers.NowNanos();
    run.timer.keep = keep;
    timers.Schedule(&run.timer, DeadlineNanos(run.begun_nanos, run.phase.timeout));
    for (const auto& call : run.calls) {
      call->keep = keep;
      core.runtime.blocking_dispatcher->Execute(call.get());
    }
  });
}

void ShutdownState::OnTaskDone(PhaseRun& run, size_t index, const absl::Status& status) {
  {
    std::lock_guard guard(mutex_);
    if (run.over || std::exchange(run.calls[index]->done, true)) return;
    if (!status.ok()) {
      NoteProblem(StrCat("phase ", run.phase.name, ": task ", run.calls[index]->task->name,
                         " failed: ", status.ToString()));
      if (run.failure.ok()) {
        run.failure =
            absl::Status(status.code(), StrCat("coordinated shutdown: ", problems_.back()));
      }
    }
    if (--run.left > 0) return;
    run.over = true;
  }
  WithSystem([&](SystemCore& core) {
    if (core.runtime.timers->Cancel(&run.timer)) run.timer.keep.reset();
  });
  EndRun(run);
}

void ShutdownState::OnTimeout(PhaseRun& run) {
  std::map<size_t, std::string> waits_for;
  WithSystem([&](SystemCore& core) {
    for (const auto& call : run.calls) {
      if (call->task->describe != nullptr) waits_for[call->index] = call->task->describe(core);
    }
  });
  {
    std::lock_guard guard(mutex_);
    if (run.over) return;
    run.over = true;
    if (run.failure.ok()) {
      run.failure = absl::DeadlineExceededError(
          StrCat("coordinated shutdown: phase ", run.phase.name, " was not done within ",
                 absl::FormatDuration(run.phase.timeout), "; it waited for: ", run.PendingNames()));
    }
    for (const auto& call : run.calls) {
      if (call->done) continue;
      std::string what = waits_for.contains(call->index) ? waits_for[call->index] : std::string();
      NoteProblem(StrCat("phase ", run.phase.name, ": task ", call->task->name,
                         " was not done within ", absl::FormatDuration(run.phase.timeout),
                         what.empty() ? "" : "; it waits for ", what));
    }
  }
  EndRun(run);
}

void ShutdownState::EndRun(PhaseRun& run) {
  std::shared_ptr<PhaseRun> ended;  // its tasks are destroyed after the lock
  bool goes_on = true;
  {
    std::lock_guard guard(mutex_);
    ended = std::move(current_);
    if (done_) return;
    goes_on = run.failure.ok() || run.phase.recover;
    aborted_ = !goes_on;
  }
  if (goes_on) return Advance();
  log_.Error("coordinated shutdown ends here, because phase ", run.phase.name,
             " does not recover: ", run.failure.ToString());
  Complete(run.failure);
}

void ShutdownState::Complete(absl::Status status) {
  {
    std::lock_guard guard(mutex_);
    if (std::exchange(done_, true)) return;
    if (status.ok()) {
      log_.Info("coordinated shutdown is done; problems: ", problems_.size());
    }
  }
  promise_.Complete(std::move(status));
}

// Requires mutex_.
void ShutdownState::NoteProblem(std::string line) {
  log_.Warning(line);
  problems_.push_back(std::move(line));
}

void ShutdownState::OnSystemEnd() {
  std::shared_ptr<PhaseRun> run;
  std::map<std::string, TaskList, std::less<>> tasks;
  absl::Status status;
  {
    std::lock_guard guard(mutex_);
    tasks.swap(tasks_);
    for (auto& [phase, list] : tasks) {
      for (auto& task : list) task->waiting = false;
    }
    if (!reason_.has_value() || done_) {
      done_ = true;
      return;
    }
    done_ = true;
    aborted_ = true;
    run = std::move(current_);
    std::string where;
    if (run != nullptr) {
      run->over = true;
      where = StrCat(" in phase ", run->phase.name, ", which waited for: ", run->PendingNames());
    }
    status = absl::CancelledError(StrCat("coordinated shutdown: the system ended", where));
  }
  if (run != nullptr) {
    // Neither the dispatcher nor the timers call any more: these counts would keep the run for
    // ever.
    run->timer.keep.reset();
    for (const auto& call : run->calls) call->keep.reset();
  }
  promise_.Complete(std::move(status));
}

void ShutdownState::Begin() {
  bool run = false;
  {
    std::lock_guard guard(mutex_);
    if (std::exchange(begun_by_terminate_, true)) return;
    run = settings_.run_by_terminate;
  }
  auto terminate = [self = shared_from_this()] {
    self->WithSystem([](SystemCore& core) { core.TerminateActors(); });
  };
  if (!run) return terminate();
  // Whatever becomes of the phases, who terminates a system wants its end.
  Run(ShutdownReason::ActorSystemTerminate(), {}).OnComplete([terminate](const absl::Status&) {
    terminate();
  });
}

Future<void> ShutdownState::Done() const {
  std::lock_guard guard(mutex_);
  return reason_.has_value() ? future_ : Future<void>::Ready();
}

std::optional<ShutdownReason> ShutdownState::reason() const {
  std::lock_guard guard(mutex_);
  return reason_;
}

int ShutdownState::ExitCode() const {
  std::lock_guard guard(mutex_);
  if (!reason_.has_value()) return 0;
  auto set = settings_.exit_codes.find(reason_->name);
  const int code = set != settings_.exit_codes.end() ? set->second : reason_->exit_code;
  return code == 0 && aborted_ ? 1 : code;
}

std::vector<std::string> ShutdownState::Problems() const {
  std::lock_guard guard(mutex_);
  return problems_;
}

absl::Duration ShutdownState::TotalTimeout() const {
  std::lock_guard guard(mutex_);
  absl::Duration total = absl::ZeroDuration();
  for (const ShutdownPhase& phase : order_) {
    auto tasks = tasks_.find(phase.name);
    bool has_tasks = tasks != tasks_.end() && !tasks->second.empty();
    bool terminates = phase.name == kPhaseActorSystemTerminate && settings_.terminate_actor_system;
    if (phase.enabled && (has_tasks || terminates)) total += phase.timeout;
  }
  return total;
}

std::string ShutdownState::Describe() const {
  int64_t now = 0;
  WithSystem([&](SystemCore& core) { now = core.runtime.timers->NowNanos(); });
  std::lock_guard guard(mutex_);
  if (!reason_.has_value()) return StrCat("not begun; tasks: ", task_count_);
  if (current_ == nullptr) return done_ ? "over" : "between two phases";
  const int64_t age = std::max<int64_t>(0, now - current_->begun_nanos);
  return StrCat("phase ", current_->phase.name, ", ",
                absl::FormatDuration(absl::Trunc(absl::Nanoseconds(age), absl::Milliseconds(1))),
                " of ", absl::FormatDuration(current_->phase.timeout),
                "; waits for: ", current_->PendingNames());
}

}  // namespace sampo::internal
