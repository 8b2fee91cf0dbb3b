// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Journal: where events are kept; what a storage plugin implements.
//
// Why: actors decide what happened, a journal keeps it. The rules every plugin follows, tested by
// //persistence/tck:
// - An id's events have the sequence numbers 1, 2, 3... without a gap, in the order of their
//   appends. An append is atomic: all of its events or none.
// - Writers are fenced: AcquireWriter gives an id a new epoch, greater than all before, and an
//   append of an older epoch, or one that does not start behind the last event, is kFenced:
//   nothing of it is stored, appends of other ids beside it are not touched.
// - kWritten means durable as the plugin's settings say; its default must survive a crash of the
//   machine.
// - Deleting events never lowers the highest sequence number.
// - Damage is DATA_LOSS with id and sequence number, never an end of the events.
// Threads: each method from any thread, at any time; futures complete on any thread. Lifetime:
// shared by the actors of a system; after the system has ended, or Close, calls complete with
// UNAVAILABLE. Bounds: a plugin bounds its queue and answers kNoRoom (an append) or
// RESOURCE_EXHAUSTED (a read) beyond it, at once.
//
//   Future<WriterGrant> grant = journal.AcquireWriter("Cart|7");
//   Future<std::vector<AppendResult>> written =
//       journal.Append({{.persistence_id = "Cart|7", .epoch = 1, .after_seq = 0,
//                        .events = {{.manifest = "cart.v1.Event", .payload = bytes}}}});
#ifndef SAMPO_PERSISTENCE_JOURNAL_H_
#define SAMPO_PERSISTENCE_JOURNAL_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence {

inline constexpr int64_t kSeqMax = std::numeric_limits<int64_t>::max();

// One event on its way into the journal. `tags` are for queries; `metadata` is the application's.
struct EventRecord {
  std::string manifest = {};  // the schema of the payload, at most 255 bytes
  uint32_t version = 1;       // of that schema
  std::string payload = {};   // at most kPayloadBytesMax
  std::vector<std::string> tags = {};
  std::string metadata = {};
};

// One event as it is stored.
struct StoredEvent : EventRecord {
  std::string persistence_id = {};  // empty in a page of one id: the request has it
  int64_t seq = 0;                  // from 1
  uint64_t epoch = 0;               // of the writer
  int64_t ordering = 0;             // the commit order of the whole journal, from 1; may have gaps
  int64_t written_at_micros = 0;    // wall clock of the writer, since 1970
};

// Where an id stands.
struct JournalHead {
  int64_t highest_seq = 0;  // of the newest event ever stored; 0: none
  int64_t deleted_to = 0;   // events up to here are deleted
  uint64_t epoch = 0;       // granted last; 0: never
  ChainHash hash{};         // of the chain at highest_seq
};

// The right to write under an id; given by AcquireWriter.
struct WriterGrant : JournalHead {};

// Some events of one id, to be stored together or not at all.
struct AtomicAppend {
  std::string persistence_id = {};
  uint64_t epoch = 0;                    // of the writer's grant
  int64_t after_seq = 0;                 // the highest sequence number the writer knows
  std::vector<EventRecord> events = {};  // at least one
};

struct AppendResult {
  WriteOutcome outcome = WriteOutcome::kFailed;
  absl::Status status = {};  // OK for kWritten alone
  ChainHash hash{};          // at the append's last event, for kWritten
};

struct EventsRequest {
  std::string persistence_id = {};
  int64_t from_seq = 1;
  int64_t to_seq = kSeqMax;
  int64_t events_max = 1000;  // of this page; at least 1, else INVALID_ARGUMENT
  // The chain's hash at from_seq - 1, where the reader knows it (a snapshot, the page before): the
  // journal then checks the chain from there. Left out, it is checked only from the first event
  // that is not deleted. DATA_LOSS: it is not the stored hash there (at deleted_to and at the head
  // at once, elsewhere where a page reaches the head), or the journal ends before from_seq - 1.
  // Where from_seq - 1 lies below deleted_to the chain is checked from deleted_to instead.
  std::optional<ChainHash> hash_before = {};
};

// A page. Events up to JournalHead::deleted_to are skipped. It may end before events_max: behind
// kPageRecordsMax events or kPageBytesMax (record_limits.h); it has at least one unless at_end.
struct EventsPage {
  std::vector<StoredEvent> events = {};
  bool at_end = false;  // nothing up to to_seq is left behind this page, as of its reading
  // At the last event of the page (where it is empty: as given), for the next request. Set where
  // the chain was checked.
  std::optional<ChainHash> hash_after = {};
  JournalHead head = {};  // as of the reading of this page
};

struct IdsPage {
  std::vector<std::string> ids = {};
  int64_t next = 0;  // give it to the next call
  bool at_end = false;
};

struct TaggedPage {
  std::vector<StoredEvent> events = {};  // with persistence_id, by ordering
  int64_t next = 0;                      // the ordering to go on behind; give it to the next call
  bool at_end = false;
};

class Journal {
 public:
  virtual ~Journal() = default;

  // For messages: "journal sqlite".
  virtual std::string_view name() const = 0;

  // Makes the caller the writer of `persistence_id`, now and until the next call for it.
  virtual Future<WriterGrant> AcquireWriter(std::string persistence_id) = 0;
  // The results are in the order of `batch`. An id may be in it more than once. Appends given by
  // one thread are stored in the order they were given.
  virtual Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) = 0;
  virtual Future<EventsPage> ReadEvents(EventsRequest request) = 0;
  virtual Future<JournalHead> ReadHead(std::string persistence_id) = 0;
  // Deletes the id's events up to `to_seq` (at most all) for a writer of this epoch.
  // FAILED_PRECONDITION: fenced.
  virtual Future<void> DeleteEvents(std::string persistence_id, uint64_t epoch, int64_t to_seq) = 0;
  // Ids that ever had a writer, in the order of their first, from `after` (0: the start).
  virtual Future<IdsPage> ListIds(int64_t after, int64_t ids_max) = 0;
  // Events with `tag` and an ordering above `after`. What it has shown is complete: no event
  // appears later below an ordering that was shown.
  virtual Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) = 0;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_JOURNAL_H_
