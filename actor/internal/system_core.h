// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SystemCore: the parts of an actor system behind ActorSystemBase.
#ifndef SAMPO_ACTOR_INTERNAL_SYSTEM_CORE_H_
#define SAMPO_ACTOR_INTERNAL_SYSTEM_CORE_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>
#include <vector>

#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/internal/dead_letter_log.h"
#include "sampo/actor/internal/root_cell.h"

namespace sampo::internal {

class AskFutureBase;
struct ScheduledTell;

// What runs before the actors are stopped; see coordinated_shutdown.h.
class ShutdownDriver {
 public:
  // Terminate was called or the guardian has ended. Calls TerminateActors sooner or later.
  virtual void Begin() = 0;
  // Complete when nothing of it runs any more.
  virtual Future<void> Done() const = 0;
  // What it does now, and what it waits for.
  virtual std::string Describe() const = 0;

 protected:
  ~ShutdownDriver() = default;
};

struct SystemCore {
  // Stops the user guardian and, when that has ended, the rest. Later calls change nothing.
  void TerminateActors();
  // TerminateActors was called, or the user guardian has ended: after both, the system guardian is
  // stopped.
  void NoteEndStep();

  ActorSystemBase handle{this};  // what the actors' contexts point at
  std::string name;
  SystemSettings settings;
  ActorRuntime runtime;
  std::unique_ptr<LoggerRegistry> loggers;
  MetricsRegistry metrics;
  EventStream event_stream;
  std::unique_ptr<DeadLetterLog> dead_letter_log;
  RootCell* root = nullptr;              // counted
  ActorCell* user_guardian = nullptr;    // counted
  ActorCell* system_guardian = nullptr;  // counted
  Promise<void> terminated;
  std::unique_ptr<Future<void>> when_terminated;
  std::atomic<bool> terminating{false};
  std::atomic<int> end_steps{0};
  std::atomic<ShutdownDriver*> shutdown{nullptr};  // null: Terminate stops the actors at once

  // Held while an extension is made, so that there is one of each; recursive, because making one
  // may need another. Taken before `mutex`.
  std::recursive_mutex extension_mutex;

  std::mutex mutex;
  // Guarded by mutex:
  Random random{0};
  std::map<std::type_index, std::unique_ptr<ExtensionBase>> extensions;  // looked up, not iterated
  std::vector<ExtensionBase*> extension_order;
  std::vector<std::shared_ptr<Dispatcher>> pinned;
  AskFutureBase* asks = nullptr;             // pending ones from outside actors, intrusive
  ScheduledTell* scheduled_tells = nullptr;  // of ScheduleOnce, intrusive
};

// The timers have ended: frees what has not fired.
void DropScheduledTells(SystemCore& core);

// A line for each living actor, up to `limit` and one about the others: first those that are busy,
// the longest first, then those that wait for nobody, then those that wait for their children.
std::vector<std::string> DescribeLiving(SystemCore& core, size_t limit);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_SYSTEM_CORE_H_
