// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SalvageJournal: makes a whole journal of what is whole in a damaged one, and tells what is lost.
//
// Why: one flipped bit must not cost more than the record it is in. What can be relied on is
// proven record by record, by checksums and hash chains, wherever its page comes from:
//   1. the file with the valid commits of its WAL, as SQLite sees them;
//   2. where the WAL is damaged: a copy of the file with the pages of all frames laid over it, also
//      of those that SQLite does not trust. A page that is damaged, or missing, shows in its
//      records.
// For each id the stretch of events is taken that leads furthest: from the anchor, or from a
// snapshot. Where the chain is proven up to the head, nothing is doubtful. Where it cannot be (the
// events that would prove it are lost), the events have right checksums and none is missing, but
// an older version of one would go unnoticed: the id is reported as unproven.
//
//   | what is damaged               | what is kept                            | lost         |
//   | event 41 of 50, no snapshot   | 1 to 40, unproven                       | 41 to 50     |
//   | event 1 of 50, no snapshot    | nothing of the id                       | 1 to 50      |
//   | event 41 of 50, snapshot 45   | snapshot 45 and 46 to 50, proven: the   | 1 to 45      |
//   |                               | state                                   |              |
//   | the head's row                | 1 to 50, unproven                       | nothing      |
//   | a snapshot                    | the events                              | the snapshot |
//   | an index, the table of tags,  | everything: they are made anew from the | nothing      |
//   | a state's column `deleted`    | records                                 |              |
//
// The files are left as they are. Orderings, epochs and sequence numbers stay; what a lost tail
// had is given to new events. An append of several events may be cut in its middle.
// Threads: one for each call. Bounds: losses go to the callback one by one.
// Limits: what SQLite's own tables have lost (a page of the inner tree) is found only as far as the
// index of the events leads there; ids whose row is lost cannot be named.
//
//   absl::StatusOr<SalvageReport> report =
//       SalvageJournal("shop.db", "salvaged.db", {.on_loss = PrintLoss});
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_SALVAGE_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_SALVAGE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {

// A finding of salvage: what is not in the new file (`lost`), or is there without proof.
struct SalvageNote {
  Finding about;
  bool lost = true;
};

struct SalvageOptions {
  std::function<void(const SalvageNote&)> on_note;
  OnProgress on_progress;
};

struct SalvageReport {
  int64_t ids = 0;           // of which something was taken
  int64_t ids_whole = 0;     // of them: everything was taken
  int64_t ids_unproven = 0;  // of them: taken without a chain that leads to a head
  // Of which nothing was taken: their events are lost from the first on, or their rows cannot be
  // read.
  int64_t ids_lost = 0;
  int64_t events = 0;
  int64_t snapshots = 0;
  int64_t states = 0;
  int64_t events_lost = 0;
  int64_t snapshots_lost = 0;
  int64_t states_lost = 0;
  // Of the events: those that come from WAL frames which SQLite would have dropped.
  int64_t events_behind_damage = 0;
  std::string wal;           // what is wrong with the WAL, and what of it was used; empty: nothing
  bool wal_damaged = false;  // a torn tail is no damage
  bool lossless() const { return events_lost + snapshots_lost + states_lost + ids_lost == 0; }
  // And what was taken is proven, and all of it was where SQLite finds it.
  bool whole() const { return lossless() && ids_unproven == 0 && !wal_damaged; }
};

// "journal: FILE: Cart|7: events 42 to 50: lost: ..."; a note that is no loss says "kept".
std::string NoteText(const std::string& file, const SalvageNote& note);

// Makes `to`, verifies it, and only then gives it its name. Takes the journal's lock where its
// folder can be written. UNAVAILABLE: `file` is in use. ALREADY_EXISTS: `to` is there. DATA_LOSS:
// nothing can be read at all.
absl::StatusOr<SalvageReport> SalvageJournal(const std::string& file, const std::string& to,
                                             const SalvageOptions& options);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_SALVAGE_H_
