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

struct SystemCore {
  ActorSystemBase handle{this};  // what the actors' contexts point at
  std::string name;
  SystemSettings settings;
  ActorRuntime runtime;
  std::unique_ptr<LoggerRegistry> loggers;
  MetricsRegistry metrics;
  EventStream event_stream;
  std::unique_ptr<DeadLetterLog> dead_letter_log;
  RootCell* root = nullptr;             // counted
  ActorCell* user_guardian = nullptr;   // counted
  ActorCell* system_guardian = nullptr; // counted
  Promise<void> terminated;
  std::unique_ptr<Future<void>> when_terminated;
  std::atomic<bool> terminating{false};

  std::mutex mutex;
  // Guarded by mutex:
  Random random{0};
  std::map<std::type_index, std::unique_ptr<ExtensionBase>> extensions;  // looked up, not iterated
  std::vector<ExtensionBase*> extension_order;
  std::vector<std::shared_ptr<Dispatcher>> pinned;
  AskFutureBase* asks = nullptr;  // pending ones from outside actors, intrusive
};

// "/user/shop (busy since 3 s, 12 messages waiting)" for each living actor, up to `limit`.
std::vector<std::string> DescribeLiving(const SystemCore& core, size_t limit);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_SYSTEM_CORE_H_
