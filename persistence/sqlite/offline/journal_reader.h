// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JournalReader: looks into a journal file without a system, a writer or a lock.
//
// Why: an operator wants to know what is in a file that a program is writing, or that none can open
// any more. It reads records one by one as they are and says of each whether its checksum is right;
// whether the whole fits together is verify.h's question.
// Threads: one. Lifetime: on its own. Bounds: pages; each is one short read transaction.
//
//   SAMPO_ASSIGN_OR_RETURN(auto reader, JournalReader::Open("shop.db"));
//   SAMPO_ASSIGN_OR_RETURN(IdSummaries page, reader->ListIds({.type = "Cart"}));
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_JOURNAL_READER_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_JOURNAL_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {

struct IdSummary {
  int64_t row = 0;  // in the order of the first writers
  std::string persistence_id;
  JournalHead head;
  std::string problem;  // what is wrong with its row; empty: it can be read, and is found by name
};

struct ListRequest {
  std::string type;   // entity type: ids that begin with "type|"; empty: all
  int64_t after = 0;  // row
  int64_t ids_max = 1000;
};

struct IdSummaries {
  std::vector<IdSummary> ids;
  int64_t next = 0;  // give it to the next request
  bool at_end = false;
};

// A record as it is stored, and what is wrong with it; empty: its checksum is right.
struct EventEntry {
  StoredEvent event;
  uint32_t crc = 0;
  std::string problem;
};

struct SnapshotEntry {
  SnapshotRecord snapshot;
  uint32_t crc = 0;
  std::string problem;
};

struct StateEntry {
  int64_t row = 0;
  StateRecord state;   // its epoch is that of the write
  uint64_t epoch = 0;  // granted last
  bool deleted = false;
  uint32_t crc = 0;
  std::string problem;
};

struct EventEntries {
  std::vector<EventEntry> events;
  bool at_end = false;
};

struct TypeCount {
  std::string type;  // empty: ids without a type
  int64_t ids = 0;
  int64_t events = 0;  // that are not deleted
};

struct JournalStats {
  int64_t file_bytes = 0;
  int64_t wal_bytes = 0;
  int64_t page_bytes = 0;
  int64_t free_pages = 0;  // `journal compact` gives them back
  int64_t ids = 0;
  int64_t events = 0;
  int64_t event_bytes = 0;  // payloads and metadata
  int64_t events_deleted = 0;
  int64_t last_ordering = 0;
  int64_t first_written_micros = 0;  // of the events there are; 0: none
  int64_t last_written_micros = 0;
  int64_t snapshots = 0;
  int64_t snapshot_bytes = 0;
  int64_t states = 0;
  int64_t states_deleted = 0;
  int64_t state_bytes = 0;
  std::vector<TypeCount> types;    // by name; at most kTypesMax, the rest under "..."
  std::vector<IdSummary> largest;  // ids with most events, at most kLargestMax
};
inline constexpr size_t kTypesMax = 100;
inline constexpr size_t kLargestMax = 10;

class JournalReader {
 public:
  // Errors as VerifyJournal, and DATA_LOSS where its header is damaged.
  static absl::StatusOr<std::unique_ptr<JournalReader>> Open(const std::string& file);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;

  // All reads: DATA_LOSS where SQLite finds the file damaged, UNAVAILABLE for I/O.
  absl::StatusOr<IdSummaries> ListIds(const ListRequest& request);
  // By name, also where the index of names does not lead to it, which is a problem of the row then.
  absl::StatusOr<std::optional<IdSummary>> FindId(std::string_view persistence_id);
  // `request.events_max` at most; hash_before is not looked at.
  absl::StatusOr<EventEntries> ReadEvents(const IdSummary& id, const EventsRequest& request);
  // The next snapshot above `after_seq` (-1: the first).
  absl::StatusOr<std::optional<SnapshotEntry>> ReadSnapshot(const IdSummary& id, int64_t after_seq);
  // As FindId.
  absl::StatusOr<std::optional<StateEntry>> FindState(std::string_view persistence_id);
  // States behind row `after`, a page; empty: no more.
  absl::StatusOr<std::vector<StateEntry>> ListStates(int64_t after);
  absl::StatusOr<JournalStats> ReadStats(const OnProgress& on_progress);

  // The path without symbolic links.
  const std::string& file() const;

 private:
  class Impl;
  explicit JournalReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_JOURNAL_READER_H_
