// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestJournal: journals for tests of the offline reader and of //tools/journal, and ways to damage
// them as a disk would.
//
// Why: the tool must not see the store, and its tests need files that the store made.
// Threads: one. Lifetime: the folder of the files is removed at the end. The wall clock stands
// still, so that files can be compared with golden output.
//
//   TestJournal journal;
//   journal.Append("Cart|7", 3);         // payloads "Cart|7-event-1"...
//   journal.Close();
//   journal.FlipByteOf("Cart|7-event-2");
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_TEST_JOURNAL_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_TEST_JOURNAL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence::offline {

class TestJournal {
 public:
  TestJournal();
  ~TestJournal();
  TestJournal(const TestJournal&) = delete;
  TestJournal& operator=(const TestJournal&) = delete;

  const std::string& file() const { return file_; }
  // A path beside the journal.
  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }

  // These open the writer where it is not; each is a commit. Any failure ends the test's process.
  void Append(const std::string& id, int count, const std::vector<std::string>& tags = {});
  void AppendPayload(const std::string& id, std::string payload);
  // At the newest event.
  void SaveSnapshot(const std::string& id);
  void DeleteEvents(const std::string& id, int64_t to_seq);
  void Upsert(const std::string& id, std::string payload);
  void DeleteState(const std::string& id);
  // Everything a journal can have, and closes: three ids, one with deleted events, snapshots, tags,
  // states.
  void Fill();
  // Checkpoints and closes; the file alone is the journal then.
  void Close();

  // Of the closed journal: runs SQL, also what the store would never do.
  void Sql(const std::string& sql);
  // One byte in the first place where `text` is, of the file or, where `ending` is "-wal", the WAL.
  void FlipByteOf(const std::string& text, const std::string& ending = "");
  void FlipByteAt(int64_t offset, const std::string& ending = "");
  // The root page of a table or an index, and an older one in its place, as where its write was
  // lost.
  std::string RootPageOf(const std::string& name);
  void PutRootPageOf(const std::string& name, const std::string& page);
  // What a crash at this moment would leave, under another name: the file and its WAL.
  std::string CopyAfterCrash(const std::string& name);

 private:
  class StillClock final : public Clock {
   public:
    int64_t NowNanos() const override { return 0; }
    absl::Time WallTime() const override { return absl::FromUnixSeconds(1'790'000'000); }
  };
  struct Position {
    uint64_t epoch = 0;
    int64_t seq = 0;
    ChainHash hash{};
  };

  int64_t RootOffsetOf(const std::string& name);
  SqliteWriter& writer();
  WriteResult Write(WriteOp op);
  Position& PositionOf(const std::string& id);
  void AppendEvent(const std::string& id, EventRecord event);

  StillClock clock_;
  std::string folder_;
  std::string file_;
  std::unique_ptr<SqliteWriter> writer_;
  std::map<std::string, Position> positions_;
  std::map<std::string, Position> states_;
};

inline constexpr char kIndexOfIds[] = "sqlite_autoindex_ids_1";
inline constexpr char kIndexOfStates[] = "sqlite_autoindex_states_1";

// All bytes of a file.
std::string BytesOf(const std::string& path);
void WriteBytes(const std::string& path, const std::string& bytes);
bool FileExists(const std::string& path);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_TEST_JOURNAL_H_
