// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// UseSqlite: the persistent actors of a system keep their events, snapshots and states in one file.
//
// How: actors below /system/sqlite: a writer with a thread of its own, which commits all that waits
// as one group, one transaction and one fsync; readers with connections of their own on the
// blocking dispatcher. In a simulation all of them are the simulation's, and the file is real.
// What acknowledged means is SqliteSettings::durability; what each error means is in store.h.
//
// Threads: the functions and the plugins' methods from any. OpenSqlite itself reads and writes the
// file on the calling thread. Lifetime: the system's. When it ends, its users' actors end first,
// then the writer stores and answers what still waits, moves the WAL into the file and gives the
// lock back; later calls are answered UNAVAILABLE. Bounds: `queue_max` calls and `queue_bytes_max`
// bytes wait to be written, `queue_max` calls to be read; beyond that kNoRoom or
// RESOURCE_EXHAUSTED.
//
//   absl::Status opened = persistence::UseSqlite(system, {.file = "shop.db"});
#ifndef SAMPO_PERSISTENCE_SQLITE_USE_SQLITE_H_
#define SAMPO_PERSISTENCE_SQLITE_USE_SQLITE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo {
class Config;
}  // namespace sampo

namespace sampo::persistence {

struct SqliteSettings {
  std::string file = {};
  SqliteDurability durability = SqliteDurability::kFull;
  // Connections that read at the same time.
  int readers = 2;
  // Calls that wait; bytes of their payloads. Chosen, not measured.
  int64_t queue_max = 10'000;
  int64_t queue_bytes_max = int64_t{64} << 20;
  // How long a group may wait for callers that are expected back at once, at most; it is half of
  // what the last commit took. Zero: never. Chosen: an fsync of a slow disk.
  absl::Duration group_wait_max = absl::Milliseconds(5);
  // As in SqliteStoreOptions.
  absl::Duration busy_timeout = absl::Seconds(5);
  int wal_pages = 4'000;
  int64_t ids_in_memory_max = 100'000;
  std::string vfs = {};

  // From section [persistence.sqlite]; docs/configuration.md has all keys. INVALID_ARGUMENT names
  // file, line, key, what was found and what is allowed.
  static absl::StatusOr<SqliteSettings> FromConfig(const Config& config);
  // What FromConfig reads, with a comment for each key.
  std::string ToToml() const;
};

// Opens the file, or makes it, and spawns the actors. Errors: those of SqliteWriter::Open;
// UNAVAILABLE also where the system is ending; INVALID_ARGUMENT also for readers or a queue_max out
// of the range that FromConfig allows.
absl::StatusOr<StoragePlugins> OpenSqlite(ActorSystemBase& system, const SqliteSettings& settings);

// The same, and makes it the storage of the system (Persistence::Use).
absl::Status UseSqlite(ActorSystemBase& system, const SqliteSettings& settings,
                       PersistenceSettings persistence = {});

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_USE_SQLITE_H_
