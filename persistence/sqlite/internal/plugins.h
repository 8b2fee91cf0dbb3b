// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The three plugins of one SQLite file: each call becomes an operation or a read in the core's
// queues.
//
// Threads: as the SPI says: all methods from any. Lifetime: they share the core.
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_PLUGINS_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_PLUGINS_H_

#include <memory>

#include "sampo/persistence/persistence.h"
#include "sampo/persistence/sqlite/internal/storage_core.h"

namespace sampo::persistence::internal {

StoragePlugins MakePlugins(std::shared_ptr<StorageCore> core);

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_PLUGINS_H_
