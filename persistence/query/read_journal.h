// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ReadJournal: what a journal holds, as streams: all ids, the events of an id, the events of a tag.
//
// Why: projections, reports and exports read what actors have written, without being them. A stream
// reads the journal page by page, the next page when downstream has taken the one before; so a slow
// reader costs a page of memory and no more. "Current": it ends where the journal ended when it was
// reached; events that come later are for the next query, behind the offset of the last one.
//
// A read that fails fails the stream with the journal's status: DATA_LOSS names the id and the
// sequence number, and comes behind all records before the damage; RESOURCE_EXHAUSTED (its queue is
// full) may be tried again from the last offset.
// Threads: a value; its sources run any number of times. Lifetime: it shares the journal, which
// answers UNAVAILABLE after its system has ended.
//
//   ReadJournal journal = ReadJournal::For(system);
//   Future<int64_t> sold = journal.CurrentEventsByTag("sale")
//       .TryMap(DecodeEvents<Event>())                      // event_decoder.h
//       .RunWith(Sink<std::vector<Event>>::Fold(...), system);
#ifndef SAMPO_PERSISTENCE_QUERY_READ_JOURNAL_H_
#define SAMPO_PERSISTENCE_QUERY_READ_JOURNAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/persistence/journal.h"
#include "sampo/stream/source.h"

namespace sampo::persistence {

// One event as it is stored; event_decoder.h makes the application's of it.
struct EventEnvelope {
  std::string persistence_id = {};
  int64_t seq = 0;
  int64_t ordering = 0;  // its offset: the commit order of the whole journal
  absl::Time written_at = {};
  std::string manifest = {};
  uint32_t version = 1;
  std::string payload = {};
  std::vector<std::string> tags = {};
  std::string metadata = {};
};

struct ReadJournalOptions {
  // Records that a page asks for; at least 1. Chosen, not measured.
  int64_t page_records_max = 1000;
};

class ReadJournal {
 public:
  explicit ReadJournal(std::shared_ptr<Journal> journal, ReadJournalOptions options = {});
  // The journal that `system` uses (Persistence::Use). Where it has none, each source fails with
  // FAILED_PRECONDITION.
  static ReadJournal For(ActorSystemBase& system, ReadJournalOptions options = {});

  // Ids that ever had a writer, each once, in the order of their first writers; also those that
  // come while it runs.
  stream::Source<std::string> CurrentPersistenceIds() const;

  // The events `from_seq` to `to_seq` of an id, both included, as far as they were stored when the
  // first of them was read. Deleted ones are left out. From 1 on the hash chain is checked.
  stream::Source<EventEnvelope> CurrentEventsByPersistenceId(std::string persistence_id,
                                                             int64_t from_seq = 1,
                                                             int64_t to_seq = kSeqMax) const;

  // The events with a tag and an ordering above `offset`, by ordering. No event appears later below
  // one that was given: going on with the ordering of the last one misses nothing.
  stream::Source<EventEnvelope> CurrentEventsByTag(std::string tag, int64_t offset = 0) const;

 private:
  std::shared_ptr<Journal> journal_;  // may be null
  ReadJournalOptions options_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_QUERY_READ_JOURNAL_H_
