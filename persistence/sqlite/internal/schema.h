// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The format of the journal file: its tables, its version, and the steps from older versions.
//
// Why: a file outlives the program that made it. docs/formats/journal.md describes what is here.
// Threads: functions on a connection of the caller.
//
//   SAMPO_RETURN_IF_ERROR(PrepareFile(*db, SqliteDurability::kFull));    // a writer's connection
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_SCHEMA_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_SCHEMA_H_

#include <cstdint>

#include "absl/status/status.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence::internal {

inline constexpr int64_t kApplicationId = 0x53414d50;  // "SAMP"
inline constexpr int64_t kFormat = 1;

// Step i leads from format i to i + 1; the first makes the tables.
extern const char* const kFormatSteps[kFormat];

// INVALID_ARGUMENT: the file is another program's; UNIMPLEMENTED: of a newer format. Gives the
// format, 0 for a file without tables.
absl::StatusOr<int64_t> FormatOf(Connection& db);
// Settings of a connection that writes, then the steps up to kFormat, in one transaction.
absl::Status PrepareFile(Connection& db, SqliteDurability durability);
// Settings of a connection that reads, and that the format is kFormat.
absl::Status PrepareReader(Connection& db);

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_SCHEMA_H_
