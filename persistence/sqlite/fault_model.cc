// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/fault_model.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence {
namespace {

// Most payloads are small; some fill pages of their own.
std::string RandomPayload(Random& random) {
  const uint64_t word = random.Next();
  const size_t bytes = random.Below(16) == 0 ? random.Below(9000) : random.Below(200);
  return StrCat(word) + std::string(bytes, static_cast<char>('a' + word % 26));
}

AtomicAppend RandomAppend(Random& random, size_t index, IdModel& id) {
  AtomicAppend append{
      .persistence_id = IdName(index), .epoch = id.epoch, .after_seq = id.highest_seq()};
  const uint64_t events = random.Below(3) == 0 ? 1 + random.Below(4) : 1;
  for (uint64_t i = 0; i < events; ++i) {
    EventRecord event{.manifest = "test.Event", .payload = RandomPayload(random)};
    if (random.Below(4) == 0) event.tags = {"tag"};
    id.events.push_back(event.payload);
    append.events.push_back(std::move(event));
  }
  return append;
}

SaveSnapshotOp RandomSnapshot(Random& random, size_t index, IdModel& id) {
  id.snapshot_seq = id.highest_seq();
  id.snapshot = RandomPayload(random);
  return {.snapshot = {.persistence_id = IdName(index),
                       .seq = id.snapshot_seq,
                       .epoch = id.epoch,
                       .hash = id.hash,
                       .manifest = "test.State",
                       .payload = id.snapshot}};
}

UpsertStateOp RandomState(Random& random, size_t index, IdModel& id) {
  ++id.revision;
  id.state = RandomPayload(random);
  return {.state = {.persistence_id = IdName(index),
                    .revision = id.revision,
                    .epoch = id.state_epoch,
                    .manifest = "test.State",
                    .payload = id.state}};
}

DeleteEventsOp DeleteToSnapshot(size_t index, IdModel& id) {
  id.deleted_to = std::max(id.deleted_to, id.snapshot_seq);
  std::fill_n(id.events.begin(), id.deleted_to, std::string());
  return {.persistence_id = IdName(index), .epoch = id.epoch, .to_seq = id.snapshot_seq};
}

// Adds one write of any kind to `group`.
void AddRandomOp(Random& random, Group& group) {
  const size_t index = random.Below(group.after.size());
  IdModel& id = group.after[index];
  // A snapshot has the hash of what was acknowledged, not of what is on its way in this group.
  const bool appended = std::any_of(group.ops.begin(), group.ops.end(), [&](const WriteOp& op) {
    const auto* append = std::get_if<AtomicAppend>(&op);
    return append != nullptr && append->persistence_id == IdName(index);
  });
  const uint64_t kind = random.Below(16);
  bool fenced = false;
  if (kind == 0) {
    IdModel stale = id;
    --stale.epoch;
    group.ops.emplace_back(RandomAppend(random, index, stale));
    fenced = true;
  } else if (kind <= 2 && id.highest_seq() > 0 && !appended) {
    group.ops.emplace_back(RandomSnapshot(random, index, id));
  } else if (kind == 3 && id.snapshot_seq > 0) {
    group.ops.emplace_back(DeleteToSnapshot(index, id));
  } else if (kind == 4 && id.snapshot_seq > 0) {
    group.ops.emplace_back(DeleteSnapshotsOp{.persistence_id = IdName(index),
                                             .epoch = id.epoch,
                                             .criteria = {.seq_max = id.snapshot_seq - 1}});
  } else if (kind <= 6) {
    group.ops.emplace_back(RandomState(random, index, id));
  } else {
    group.ops.emplace_back(RandomAppend(random, index, id));
  }
  group.fenced.push_back(fenced);
}

absl::Status ReadEventsOf(SqliteReader& reader, const EventsRequest& first, IdModel& id) {
  EventsRequest request = first;
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(EventsPage page, reader.ReadEvents(request));
    for (StoredEvent& event : page.events) id.events.push_back(std::move(event.payload));
    if (page.at_end) return absl::OkStatus();
    request.from_seq = id.highest_seq() + 1;
    request.hash_before = page.hash_after;
  }
}

absl::StatusOr<IdModel> ReadId(SqliteReader& reader, const std::string& name) {
  SAMPO_ASSIGN_OR_RETURN(const JournalHead head, reader.ReadHead(name));
  IdModel id{.epoch = head.epoch, .deleted_to = head.deleted_to, .hash = head.hash};
  SAMPO_ASSIGN_OR_RETURN(SnapshotLoad load, reader.LoadSnapshot(name, {}));
  if (!load.unreadable.empty()) return load.unreadable.front();
  if (load.snapshot.has_value()) {
    id.snapshot_seq = load.snapshot->seq;
    id.snapshot = std::move(load.snapshot->payload);
    // As an actor recovers: the chain goes on from the snapshot.
    IdModel behind;
    behind.events.resize(static_cast<size_t>(id.snapshot_seq));
    SAMPO_RETURN_IF_ERROR(ReadEventsOf(reader,
                                       {.persistence_id = name,
                                        .from_seq = id.snapshot_seq + 1,
                                        .to_seq = head.highest_seq,
                                        .events_max = 3,
                                        .hash_before = load.snapshot->hash},
                                       behind));
  }
  if (id.snapshot_seq < head.deleted_to) {
    return absl::DataLossError(StrCat(name, ": events up to ", head.deleted_to,
                                      " are deleted, the newest snapshot is of ", id.snapshot_seq));
  }
  id.events.resize(static_cast<size_t>(head.deleted_to));
  SAMPO_RETURN_IF_ERROR(ReadEventsOf(
      reader, {.persistence_id = name, .to_seq = head.highest_seq, .events_max = 50}, id));
  SAMPO_ASSIGN_OR_RETURN(const StateGrant state, reader.ReadState(name));
  id.state_epoch = state.epoch;
  id.revision = state.revision;
  if (state.state.has_value()) id.state = state.state->payload;
  return id;
}

std::string DifferenceOf(const IdModel& found, const IdModel& expected) {
  std::string text;
  const auto compare = [&](const char* what, const auto& one, const auto& other) {
    if (one != other) StrAppend(text, " ", what, " ", one, " instead of ", other);
  };
  compare("epoch", found.epoch, expected.epoch);
  compare("highest_seq", found.highest_seq(), expected.highest_seq());
  compare("deleted_to", found.deleted_to, expected.deleted_to);
  compare("snapshot", found.snapshot_seq, expected.snapshot_seq);
  compare("state epoch", found.state_epoch, expected.state_epoch);
  compare("revision", found.revision, expected.revision);
  if (found.events != expected.events) text += " other events";
  if (found.snapshot != expected.snapshot) text += " another snapshot";
  if (found.state != expected.state) text += " another state";
  return text;
}

}  // namespace

std::string IdName(size_t index) { return StrCat("Cart|", index); }

Group AcquireAll(const JournalModel& model) {
  Group group{.ops = {}, .fenced = {}, .after = model};
  for (size_t index = 0; index < model.size(); ++index) {
    group.ops.emplace_back(AcquireWriterOp{IdName(index)});
    group.ops.emplace_back(AcquireStateOp{IdName(index)});
    ++group.after[index].epoch;
    ++group.after[index].state_epoch;
  }
  group.fenced.resize(group.ops.size(), false);
  return group;
}

Group RandomGroup(Random& random, const JournalModel& model) {
  Group group{.ops = {}, .fenced = {}, .after = model};
  for (uint64_t i = 1 + random.Below(5); i > 0; --i) AddRandomOp(random, group);
  return group;
}

void TakeHashes(const Group& group, const std::vector<WriteResult>& results, JournalModel& model) {
  for (size_t i = 0; i < results.size(); ++i) {
    const auto* append = std::get_if<AtomicAppend>(&group.ops[i]);
    if (append == nullptr || results[i].outcome != WriteOutcome::kWritten) continue;
    for (size_t index = 0; index < model.size(); ++index) {
      if (append->persistence_id == IdName(index)) model[index].hash = results[i].hash;
    }
  }
}

absl::StatusOr<JournalModel> ReadJournal(SqliteReader& reader, const JournalModel& model) {
  JournalModel found;
  for (size_t index = 0; index < model.size(); ++index) {
    SAMPO_ASSIGN_OR_RETURN(IdModel id, ReadId(reader, IdName(index)));
    found.push_back(std::move(id));
  }
  return found;
}

absl::Status VerifyFile(const SqliteStoreOptions& options) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(options.file.c_str(), &opened, SQLITE_OPEN_READONLY,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, &sqlite3_close);
  if (code != SQLITE_OK) return absl::DataLossError(sqlite3_errstr(code));
  std::string found;
  const auto take = [](void* to, int, char** values, char**) {
    std::string& text = *static_cast<std::string*>(to);
    if (values[0] != nullptr && std::string_view(values[0]) != "ok") text = values[0];
    return 0;
  };
  char* error = nullptr;
  sqlite3_exec(opened,
               "PRAGMA integrity_check(1);"
               "SELECT 'events of no id' FROM events WHERE id NOT IN (SELECT id FROM ids);"
               "SELECT 'snapshots of no id' FROM snapshots WHERE id NOT IN (SELECT id FROM ids);"
               "SELECT 'an event behind its head' FROM events JOIN ids USING (id) "
               "WHERE seq > highest_seq;",
               take, &found, &error);
  if (error != nullptr) found = error;
  sqlite3_free(error);
  return found.empty() ? absl::OkStatus() : absl::DataLossError(found);
}

std::string Difference(const JournalModel& found, const JournalModel& expected) {
  for (size_t index = 0; index < expected.size(); ++index) {
    const std::string text = DifferenceOf(found[index], expected[index]);
    if (!text.empty()) return StrCat(IdName(index), ":", text);
  }
  return "";
}

}  // namespace sampo::persistence
