// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ShutdownState: the run of a coordinated shutdown: its tasks, its phases one after another.
//
// Why it is not a part of CoordinatedShutdown itself: a task's future may complete long after the
// system has gone, so what it calls is counted. The system is entered by its root's header.
// Threads: any; all fields are guarded by mutex_ unless they say otherwise. User code, the timer
// service and the dispatcher are called without it.
#ifndef SAMPO_ACTOR_INTERNAL_SHUTDOWN_STATE_H_
#define SAMPO_ACTOR_INTERNAL_SHUTDOWN_STATE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/future.h"
#include "sampo/actor/internal/system_core.h"
#include "sampo/actor/shutdown_phases.h"

namespace sampo::internal {

// A task that waits for its phase. Fields but `name` and `run` are guarded by
// ShutdownState::mutex_.
struct ShutdownTaskState {
  std::string phase;
  std::string name;
  UniqueFunction<Future<void>()> run;
  std::string (*describe)(SystemCore& core) = nullptr;  // what it waits for, where that is known
  bool waiting = true;                                  // in its phase's list, at `place`
  std::list<std::shared_ptr<ShutdownTaskState>>::iterator place = {};
};

class ShutdownState;
struct PhaseRun;

// One task of the running phase, called on the blocking dispatcher.
struct TaskCall : Runnable {
  TaskCall(PhaseRun* phase_run, size_t task_index, std::shared_ptr<ShutdownTaskState> what);
  static bool Run(Runnable* runnable, Turn& turn);

  PhaseRun* const run;
  const size_t index;
  const std::shared_ptr<ShutdownTaskState> task;
  std::shared_ptr<PhaseRun> keep;  // from Execute to the call
  bool done = false;
};

// The phase that runs now. Kept by its calls and its timer until they are over.
struct PhaseRun : std::enable_shared_from_this<PhaseRun> {
  struct Timer : TimerEntry {
    using TimerEntry::TimerEntry;
    PhaseRun* run = nullptr;
    std::shared_ptr<PhaseRun> keep;  // while it is scheduled
  };
  PhaseRun(std::shared_ptr<ShutdownState> of, ShutdownPhase which);
  static void OnTimer(TimerEntry* entry);
  std::string PendingNames() const;

  const std::shared_ptr<ShutdownState> owner;
  const ShutdownPhase phase;
  std::vector<std::unique_ptr<TaskCall>> calls;
  size_t left = 0;
  bool over = false;
  int64_t begun_nanos = 0;
  absl::Status failure;  // the first
  Timer timer;
};

class ShutdownState final : public ShutdownDriver,
                            public std::enable_shared_from_this<ShutdownState> {
 public:
  explicit ShutdownState(SystemCore& core);
  ~ShutdownState();

  absl::Status Configure(CoordinatedShutdownSettings settings);
  absl::Status AddPhase(ShutdownPhase phase, const std::vector<std::string>& before);
  std::vector<ShutdownPhase> Phases() const;
  absl::StatusOr<std::shared_ptr<ShutdownTaskState>> AddTask(std::string_view phase,
                                                             std::string_view name,
                                                             UniqueFunction<Future<void>()> run);
  bool Cancel(ShutdownTaskState& task);
  Future<void> Run(ShutdownReason reason, std::string_view first);
  std::optional<ShutdownReason> reason() const;
  int ExitCode() const;
  std::vector<std::string> Problems() const;
  absl::Duration TotalTimeout() const;
  // The system ends; its dispatchers and timers are over.
  void OnSystemEnd();

  // ShutdownDriver:
  void Begin() override;
  Future<void> Done() const override;
  std::string Describe() const override;

 private:
  friend struct TaskCall;
  friend struct PhaseRun;
  using TaskList = std::list<std::shared_ptr<ShutdownTaskState>>;

  // Calls `use(core)` while the system is there.
  template <class Use>
  void WithSystem(Use use) const {
    ActorSystemBase* system = root_->Enter();
    if (system == nullptr) return;
    use(system->core());
    root_->Leave();
  }
  // Runs the next phase that has tasks, or completes.
  void Advance();
  std::shared_ptr<PhaseRun> NextRun();
  void StartRun(PhaseRun& run);
  void OnTaskDone(PhaseRun& run, size_t index, const absl::Status& status);
  void OnTimeout(PhaseRun& run);
  void EndRun(PhaseRun& run);
  void Complete(absl::Status status);
  void NoteProblem(std::string line);
  absl::Status CheckPhaseTakesTasks(std::string_view phase) const;

  RootCell* const root_;  // counted
  const Logger log_;
  mutable std::mutex mutex_;
  CoordinatedShutdownSettings settings_;
  std::vector<ShutdownPhase> order_;
  std::map<std::string, TaskList, std::less<>> tasks_;
  size_t task_count_ = 0;
  std::optional<ShutdownReason> reason_;  // set: it runs or ran
  size_t next_ = 0;                       // of order_; those before it have begun or are over
  std::shared_ptr<PhaseRun> current_;
  std::vector<std::string> problems_;
  bool begun_by_terminate_ = false;
  bool aborted_ = false;
  bool done_ = false;
  Promise<void> promise_;
  const Future<void> future_;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_SHUTDOWN_STATE_H_
