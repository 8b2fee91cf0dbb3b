// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InMemoryStorage: a journal, snapshots and durable states in memory, for tests and for programs
// whose actors need no disk.
//
// Why: a test wants a storage that is there at once and follows every rule that a disk's does:
// fencing, atomic appends, checksums, chain hashes, bounds. It keeps bytes, never objects, so that
// a codec that forgets a field is found here too. The storage outlives systems: what one system has
// written, the next one recovers.
//
// How: the plugins of a system are two actors below its /system, so that a simulation explores what
// may happen: a writer that collects what is in its mailbox and then stores it as one group (as
// group commit does), and a reader that may answer before a write that was asked for earlier.
// `at_once` leaves them out: calls are complete when they return.
//
// Threads: all methods from any. Lifetime: a handle, its copies share one storage; it lives until
// the last handle and the last plugin are gone. When a system has ended, its plugins answer
// UNAVAILABLE. Bounds: `queue_max` calls of a system that wait, beyond which writes are kNoRoom and
// reads RESOURCE_EXHAUSTED; the data is bounded by memory alone.
//
//   InMemoryStorage storage;
//   Persistence::Get(system).Use(storage.PluginsFor(system));
#ifndef SAMPO_PERSISTENCE_MEMORY_IN_MEMORY_STORAGE_H_
#define SAMPO_PERSISTENCE_MEMORY_IN_MEMORY_STORAGE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "sampo/actor/actor_system.h"
#include "sampo/persistence/persistence.h"

namespace sampo::persistence {

struct InMemoryOptions {
  bool at_once = false;        // on the calling thread, without actors
  int64_t queue_max = 10'000;  // chosen, not measured
};

class InMemoryStorage {
 public:
  // Empty.
  InMemoryStorage();

  // The plugins through which `system` uses this storage. Each call makes new ones. A system that
  // is ending gets plugins that answer UNAVAILABLE.
  StoragePlugins PluginsFor(ActorSystemBase& system, InMemoryOptions options = {}) const;

  // Forgets everything, also the epochs: living writers are fenced.
  void Clear() const;

  // Flips a bit of what is stored, as a bad disk would; a read then fails with DATA_LOSS, or falls
  // back. NOT_FOUND: it is not there.
  absl::Status DamageEvent(std::string_view persistence_id, int64_t seq) const;
  absl::Status DamageSnapshot(std::string_view persistence_id, int64_t seq) const;
  absl::Status DamageState(std::string_view persistence_id) const;

  struct Data;  // defined in the .cc file

 private:
  std::shared_ptr<Data> data_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_MEMORY_IN_MEMORY_STORAGE_H_
