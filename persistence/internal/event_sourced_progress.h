// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an EventSourcedNode knows during its recovery, and no longer.
#ifndef SAMPO_PERSISTENCE_INTERNAL_EVENT_SOURCED_PROGRESS_H_
#define SAMPO_PERSISTENCE_INTERNAL_EVENT_SOURCED_PROGRESS_H_

#include <cstdint>
#include <optional>

#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::internal {

struct EventSourcedNode::Progress {
  JournalHead head;
  SnapshotCriteria criteria;      // of the next snapshot to be tried
  std::optional<ChainHash> hash;  // at next_read - 1
  int64_t next_read = 1;          // of the next page
  int64_t next_apply = 1;         // of the next event
  int64_t replayed = 0;           // events
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_INTERNAL_EVENT_SOURCED_PROGRESS_H_
