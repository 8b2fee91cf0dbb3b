// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MemorySnapshots and MemoryStates: snapshots and durable states in maps, with all rules of
// snapshot_store.h and durable_state_store.h, at once and without a lock.
//
// Why: see memory_journal.h. Threads: the owner's lock. Bounds: memory.
#ifndef SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_RECORDS_H_
#define SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_RECORDS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::internal {

// `granted` is the epoch that the journal beside it has given last; 0: it knows no such id, and
// the newest epoch that a snapshot was saved with counts.
class MemorySnapshots {
 public:
  absl::StatusOr<SnapshotLoad> Load(std::string_view persistence_id,
                                    const SnapshotCriteria& criteria);
  SaveResult Save(SnapshotRecord snapshot, uint64_t granted);
  absl::Status Delete(std::string_view persistence_id, uint64_t epoch, uint64_t granted,
                      const SnapshotCriteria& criteria);
  absl::Status Damage(std::string_view persistence_id, int64_t seq);

 private:
  struct Snapshot {
    SnapshotRecord record;
    uint32_t crc = 0;
  };
  struct Entry {
    uint64_t epoch = 0;  // the highest one seen
    std::map<int64_t, Snapshot> snapshots;
  };

  std::map<std::string, Entry, std::less<>> entries_;
  RecordDigest digest_;
};

class MemoryStates {
 public:
  absl::StatusOr<StateGrant> AcquireWriter(std::string_view persistence_id);
  absl::StatusOr<StateGrant> Read(std::string_view persistence_id);
  StateResult Upsert(StateRecord state);
  StateResult Delete(std::string_view persistence_id, uint64_t epoch, int64_t revision);
  absl::StatusOr<IdsPage> ListIds(int64_t after, int64_t ids_max) const;
  absl::Status Damage(std::string_view persistence_id);

 private:
  struct Entry {
    uint64_t epoch = 0;
    int64_t revision = 0;
    std::optional<StateRecord> state;
    uint32_t crc = 0;
  };

  // The entry to be written by this epoch as this revision; FAILED_PRECONDITION: fenced.
  absl::StatusOr<Entry*> Fence(std::string_view persistence_id, uint64_t epoch, int64_t revision);
  uint32_t CrcOf(const StateRecord& state);

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> ids_;  // in the order of their first writers
  RecordDigest digest_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_RECORDS_H_
