// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BareJournal: the least that SQLite must do for the same rows: the tables, statements and settings
// of the store, without checksums, chains, checks, actors. The floor of the benchmarks.
//
// Threads: one. Failures abort: it is a measuring instrument. Lifetime: the file stays.
//
//   BareJournal journal("/tmp/bare.db", /*ids=*/1000);
//   journal.CommitRound();                        // an event for each id, one transaction
//   int64_t rows = journal.SelectAll();           // id by id, as a recovery
#ifndef SAMPO_PERSISTENCE_SQLITE_BARE_JOURNAL_H_
#define SAMPO_PERSISTENCE_SQLITE_BARE_JOURNAL_H_

#include <cstdint>
#include <memory>
#include <string>

namespace sampo::persistence {

class BareJournal {
 public:
  BareJournal(const std::string& file, int64_t ids);
  ~BareJournal();
  // One transaction and one fsync with the next event, "added-<n>", of each id.
  void CommitRound();
  // Reads every column of every event, one SELECT for each id. The number of events.
  int64_t SelectAll();

 private:
  struct Db;
  const std::unique_ptr<Db> db_;
  const int64_t ids_;
  int64_t seq_ = 0;  // of all ids
};

// A new folder on the disk that $TMPDIR, or /tmp, is on; with all in it gone when this is.
class BenchFolder {
 public:
  BenchFolder();
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_BARE_JOURNAL_H_
