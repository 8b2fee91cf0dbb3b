// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateStore: where actors keep their newest state and nothing else; what a storage plugin
// implements.
//
// Why: many actors need no history. A state has a revision, 1 at the first write and one more with
// each; a write names the revision it makes, so that one that did not see the newest is refused.
// Writers are fenced by an epoch as in a journal. A deleted state keeps its revision.
// Threads, lifetime, bounds: as Journal.
//
//   Future<StateGrant> grant = store.AcquireWriter("Cart|7");    // its state and the next epoch
//   Future<StateResult> written = store.Upsert({.persistence_id = "Cart|7", .revision = 1, ...});
#ifndef SAMPO_PERSISTENCE_DURABLE_STATE_STORE_H_
#define SAMPO_PERSISTENCE_DURABLE_STATE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence {

struct StateRecord {
  std::string persistence_id = {};
  int64_t revision = 0;  // that this write makes; the store's is one less
  uint64_t epoch = 0;    // of the writer
  int64_t written_at_micros = 0;
  std::string manifest = {};
  uint32_t version = 1;
  std::string payload = {};  // at most kPayloadBytesMax
  std::string tag = {};      // empty: none
};

struct StateGrant {
  uint64_t epoch = 0;                     // of the new writer
  int64_t revision = 0;                   // 0: never written
  std::optional<StateRecord> state = {};  // none where it was never written, or deleted
};

struct StateResult {
  WriteOutcome outcome = WriteOutcome::kFailed;  // kFenced also for a wrong revision
  absl::Status status = {};                      // OK for kWritten alone
};

class DurableStateStore {
 public:
  virtual ~DurableStateStore() = default;
  // For messages: "state sqlite".
  virtual std::string_view name() const = 0;

  // Makes the caller the writer and reads the state. DATA_LOSS: it is damaged.
  virtual Future<StateGrant> AcquireWriter(std::string persistence_id) = 0;
  // The state without becoming a writer; epoch is the one granted last.
  virtual Future<StateGrant> Read(std::string persistence_id) = 0;
  virtual Future<StateResult> Upsert(StateRecord state) = 0;
  // Takes the value away; `revision` is the one that this write makes.
  virtual Future<StateResult> Delete(std::string persistence_id, uint64_t epoch,
                                     int64_t revision) = 0;
  // Ids that ever had a writer, as Journal::ListIds.
  virtual Future<IdsPage> ListIds(int64_t after, int64_t ids_max) = 0;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DURABLE_STATE_STORE_H_
