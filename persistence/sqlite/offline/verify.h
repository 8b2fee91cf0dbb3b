// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// VerifyJournal: checks everything in a journal file that can be checked.
//
// Why: damage that nobody has read yet is found before the backups that would heal it are gone.
// What is checked, in this order: that the file is a journal of ours; the WAL (wal_check.h);
// SQLite's own integrity_check; of each id the anchor, every event's checksum, that none is
// missing, the hash chain up to the head, every snapshot's checksum and its hash against the chain,
// every event's tags; events and snapshots of no id; every state's checksum; tags that point
// nowhere. One id's damage does not keep the others from being checked.
//
// On a live journal it only reads, by short transactions, and takes no lock but SQLite's read
// locks, which no writer waits for; integrity_check alone is one long transaction, during which the
// WAL grows because it cannot start over.
// Threads: one for each call. Bounds: findings go to the callback one by one, nothing is kept.
// Limits: what docs/formats/journal.md lists as not found.
//
//   absl::StatusOr<VerifyReport> report = VerifyJournal("shop.db", {.on_finding = Print});
//   if (report.ok() && report->findings == 0) ...    // whole
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_VERIFY_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_VERIFY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sampo::persistence::offline {

// What a finding is about.
enum class FindingKind : uint8_t {
  kFile,      // the database as a whole: SQLite's integrity_check, a header, a table
  kWal,       // the write-ahead log
  kId,        // the row of an id
  kEvent,     // events from ... to
  kSnapshot,  // the snapshot `from`
  kState,     // a durable state, at revision `from`
  kTag,       // a tag of the event `from`
};

// "file", "wal", "id"... as in the tool's JSON.
const char* NameOf(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::kFile;
  std::string persistence_id;  // empty: of none
  int64_t from = 0;            // sequence numbers, both included
  int64_t to = 0;
  std::string what;
};

// "journal sqlite: FILE: Cart|7: event 41: crc 1234abcd != 5678abcd: DATA_LOSS".
std::string FindingText(std::string_view file, const Finding& finding);

// How far long work has come: `done` of `total` (0: not known) of `what` ("ids").
struct ProgressStep {
  const char* what = "";
  int64_t done = 0;
  int64_t total = 0;
};
using OnProgress = std::function<void(const ProgressStep&)>;

struct VerifyOptions {
  std::function<void(const Finding&)> on_finding;
  OnProgress on_progress;
};

struct VerifyReport {
  int64_t ids = 0;
  int64_t events = 0;
  int64_t snapshots = 0;
  int64_t states = 0;
  int64_t tags = 0;
  int64_t findings = 0;
  int64_t ids_damaged = 0;
  int64_t wal_commits = 0;  // that are whole
  std::string wal_tail;     // of a torn tail, which is no damage: where it is
};

// Errors: NOT_FOUND, UNAVAILABLE, INVALID_ARGUMENT and UNIMPLEMENTED where the file cannot be read
// as a journal at all. Damage is no error but a finding.
absl::StatusOr<VerifyReport> VerifyJournal(const std::string& file, const VerifyOptions& options);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_VERIFY_H_
