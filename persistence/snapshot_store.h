// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SnapshotStore: where states are kept that shorten a recovery; what a storage plugin implements.
//
// Why: a snapshot replaces the events up to its sequence number when an actor recovers. It carries
// the hash of the event chain at that number, so that a snapshot and a journal that do not belong
// together are found out. Saves and deletes are fenced by the writer's epoch, as appends are.
// Threads, lifetime, bounds: as Journal.
//
//   Future<SnapshotLoad> load = store.Load("Cart|7", {});
#ifndef SAMPO_PERSISTENCE_SNAPSHOT_STORE_H_
#define SAMPO_PERSISTENCE_SNAPSHOT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence {

struct SnapshotRecord {
  std::string persistence_id = {};
  int64_t seq = 0;                // of the last event in the state
  uint64_t epoch = 0;             // of the writer
  ChainHash hash{};               // of the chain at `seq`
  int64_t written_at_micros = 0;  // wall clock, since 1970
  std::string manifest = {};      // the schema of the payload
  uint32_t version = 1;
  std::string payload = {};  // at most kPayloadBytesMax
  std::string metadata = {};
};

// Which snapshots: sequence numbers and times from ... to, both included.
struct SnapshotCriteria {
  int64_t seq_min = 0;
  int64_t seq_max = kSeqMax;
  int64_t written_at_micros_max = kSeqMax;
};

struct SnapshotLoad {
  std::optional<SnapshotRecord> snapshot = {};  // the newest one that is whole
  std::vector<absl::Status> unreadable = {};    // of newer ones that are damaged: DATA_LOSS, named
};

struct SaveResult {
  WriteOutcome outcome = WriteOutcome::kFailed;
  absl::Status status = {};  // OK for kWritten alone
};

class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  // For messages: "snapshots sqlite".
  virtual std::string_view name() const = 0;

  // The newest snapshot within `criteria`. A failed future: the store cannot be read at all.
  virtual Future<SnapshotLoad> Load(std::string persistence_id, SnapshotCriteria criteria) = 0;
  // One of the same sequence number is replaced.
  virtual Future<SaveResult> Save(SnapshotRecord snapshot) = 0;
  // Deletes all within `criteria`. FAILED_PRECONDITION: fenced.
  virtual Future<void> Delete(std::string persistence_id, uint64_t epoch,
                              SnapshotCriteria criteria) = 0;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SNAPSHOT_STORE_H_
