// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MemoryJournal: events in maps, with all rules of journal.h, at once and without a lock.
//
// Why: what a journal must do, without how it gets there; in_memory_storage.h makes a plugin of it.
// Records are kept as the bytes they came as, with their checksum and their place in the chain, and
// are checked when they are read, so that damage made by a test is found as on a disk.
// Threads: the owner's lock. Bounds: memory.
#ifndef SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_JOURNAL_H_
#define SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_JOURNAL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"

namespace sampo::persistence::internal {

class MemoryJournal {
 public:
  absl::StatusOr<WriterGrant> AcquireWriter(std::string_view persistence_id);
  AppendResult Append(AtomicAppend append, int64_t now_micros);
  absl::StatusOr<EventsPage> ReadEvents(const EventsRequest& request);
  absl::StatusOr<JournalHead> ReadHead(std::string_view persistence_id) const;
  absl::Status DeleteEvents(std::string_view persistence_id, uint64_t epoch, int64_t to_seq);
  absl::StatusOr<IdsPage> ListIds(int64_t after, int64_t ids_max) const;
  absl::StatusOr<TaggedPage> ReadByTag(const std::string& tag, int64_t after, int64_t events_max);

  // The epoch granted last; 0: never.
  uint64_t EpochOf(std::string_view persistence_id) const;
  // Flips a bit of what is stored. NOT_FOUND: there is no such event.
  absl::Status Damage(std::string_view persistence_id, int64_t seq);

 private:
  struct Event {
    StoredEvent record;
    uint32_t crc = 0;
  };
  struct Entry {
    JournalHead head;
    ChainHash anchor{};  // of the chain at deleted_to
    std::map<int64_t, Event> events;
  };

  Entry* Find(std::string_view persistence_id);
  void Store(std::string_view persistence_id, Entry& entry, EventRecord event, int64_t now_micros);
  // DATA_LOSS: it is not there, or not what was written. Leaves it in digest_.
  absl::StatusOr<const Event*> Checked(std::string_view persistence_id, const Entry& entry,
                                       int64_t seq);
  absl::Status CheckEvent(std::string_view persistence_id, const Event& event);
  absl::Status ReadInto(const EventsRequest& request, const Entry& entry, EventsPage& page);

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> ids_;  // in the order of their first writers
  std::map<std::string, std::map<int64_t, const Event*>, std::less<>> tags_;  // by ordering
  int64_t last_ordering_ = 0;
  RecordDigest digest_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_MEMORY_INTERNAL_MEMORY_JOURNAL_H_
