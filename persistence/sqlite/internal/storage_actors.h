// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The actors of one SQLite file: /system/sqlite-..., its writer, and the writer's readers.
//
// Why in this tree: children stop before their parent's PostStop, so that the readers' connections
// are closed when the writer closes its own, which removes the WAL.
// Threads: the writer has one of its own (Pinned), readers are on the blocking dispatcher.
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_ACTORS_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_ACTORS_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "sampo/actor/actor_system.h"
#include "sampo/persistence/sqlite/internal/storage_core.h"

namespace sampo::persistence::internal {

// Spawns them. UNAVAILABLE: the system is ending; then the core has ended.
absl::Status SpawnStorage(ActorSystemBase& system, std::shared_ptr<StorageCore> core,
                          size_t readers);

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_ACTORS_H_
