// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JournalModel: what a journal should hold, as plain values; random groups of writes for it; and
// what a store really holds, to be held against it.
//
// Why: the oracle of the fault tests must be simpler than what it judges: vectors, and no disk.
// Threads: one. Lifetime: values.
//
//   JournalModel model;
//   Group group = RandomGroup(random, model);
//   ... if writer.CommitGroup(group.ops) was written: model = group.after ...
//   EXPECT_EQ(ReadJournal(*reader, model).value(), model);
#ifndef SAMPO_PERSISTENCE_SQLITE_FAULT_MODEL_H_
#define SAMPO_PERSISTENCE_SQLITE_FAULT_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/random.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {

struct IdModel {
  uint64_t epoch = 0;
  std::vector<std::string> events = {};  // payloads; those up to deleted_to are empty
  int64_t deleted_to = 0;
  int64_t snapshot_seq = 0;  // of the newest; 0: none
  std::string snapshot = {};
  uint64_t state_epoch = 0;
  int64_t revision = 0;
  std::string state = {};
  ChainHash hash{};  // of the chain; as the store says, no model of it
  bool operator==(const IdModel&) const = default;

  int64_t highest_seq() const { return static_cast<int64_t>(events.size()); }
};

// By number of the id: IdName.
using JournalModel = std::vector<IdModel>;

std::string IdName(size_t index);  // "Cart|0"

// What a group of writes would make of a model, all of them written.
struct Group {
  std::vector<WriteOp> ops;
  std::vector<bool> fenced;  // of each: a writer that is not the newest; changes nothing
  JournalModel after;        // its hashes are those of before
};

// One acquires each id, and its state.
Group AcquireAll(const JournalModel& model);
// 1 to 5 writes of any kinds.
Group RandomGroup(Random& random, const JournalModel& model);
// Takes the hashes of appends that were written into `model`, for the snapshots that follow.
void TakeHashes(const Group& group, const std::vector<WriteResult>& results, JournalModel& model);

// All that the ids of `model` have in the store. DATA_LOSS where a checksum or a chain is wrong, a
// snapshot cannot be read, or none reaches the events that are left.
absl::StatusOr<JournalModel> ReadJournal(SqliteReader& reader, const JournalModel& model);

// The checks of the file as a whole that `journal verify` makes: integrity_check, and rows that
// belong to no id. DATA_LOSS: what was found.
absl::Status VerifyFile(const SqliteStoreOptions& options);

// Where they differ, in a line; empty: nowhere.
std::string Difference(const JournalModel& found, const JournalModel& expected);

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_FAULT_MODEL_H_
