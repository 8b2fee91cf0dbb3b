// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Persistence: which journal and stores the persistent actors of a system use, and how many of
// them recover at a time.
//
// Why: an actor names its id, not its storage; the program decides once where a system keeps its
// data, and a test puts another one there.
// Threads: all methods from any. Use comes before the first persistent actor starts. Lifetime: the
// extension lives as long as its system; plugins are shared.
//
//   Persistence::Get(system).Use(InMemoryStorage().PluginsFor(system));        // memory/
//   absl::Status opened = UseSqlite(system, {.file = "shop.db"});   // sqlite/
#ifndef SAMPO_PERSISTENCE_PERSISTENCE_H_
#define SAMPO_PERSISTENCE_PERSISTENCE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/extension.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/recovery_permits.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {

// A member that is null: actors that need it fail at their start, and say so.
struct StoragePlugins {
  std::shared_ptr<Journal> journal = {};
  std::shared_ptr<SnapshotStore> snapshots = {};
  std::shared_ptr<DurableStateStore> states = {};
};

struct PersistenceSettings {
  // Actors that read their events at the same time; others wait for their turn (Pekko's
  // max-concurrent-recoveries).
  int concurrent_recoveries_max = 50;
};

class Persistence final : public Extension {
 public:
  explicit Persistence(ActorSystemBase& system);
  static Persistence& Get(ActorSystemBase& system) { return GetExtension<Persistence>(system); }

  // The storage of actors that name none of their own. Once.
  void Use(StoragePlugins plugins, PersistenceSettings settings = {});
  StoragePlugins plugins() const;
  RecoveryPermits& permits() { return permits_; }

 private:
  mutable std::mutex mutex_;
  StoragePlugins plugins_;  // guarded by mutex_
  bool used_ = false;       // guarded by mutex_
  RecoveryPermits permits_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_PERSISTENCE_H_
