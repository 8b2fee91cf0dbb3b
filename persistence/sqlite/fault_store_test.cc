// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// What the store says and does at each kind of fault, one at a time; fault_seeds_test.cc has them
// together.

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/fault_vfs.h"
#include "sampo/persistence/sqlite/store.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence {
namespace {

using testing::HasSubstr;

// SQLite without the store: another process, or somebody who looks.
struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using ConnectionPtr = std::unique_ptr<sqlite3, CloseConnection>;

ConnectionPtr Connect(const SqliteStoreOptions& options) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(options.file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                            options.vfs.empty() ? nullptr : options.vfs.c_str()),
            SQLITE_OK);
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return ConnectionPtr(db);
}
int Execute(const ConnectionPtr& db, const char* sql) {
  return sqlite3_exec(db.get(), sql, nullptr, nullptr, nullptr);
}
int64_t QueryInt64(const ConnectionPtr& db, const char* sql) {
  sqlite3_stmt* query = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db.get(), sql, -1, &query, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(query), SQLITE_ROW);
  const int64_t value = sqlite3_column_int64(query, 0);
  sqlite3_finalize(query);
  return value;
}

// A store on a disk that fails.
class FaultStoreTest : public testing::Test {
 protected:
  explicit FaultStoreTest(uint64_t seed = 1) : vfs_(seed) {
    options_.file = std::filesystem::canonical(testing::TempDir()) / "fault_store.db";
    options_.vfs = vfs_.name();
    options_.busy_timeout = absl::ZeroDuration();
  }

  FaultDisk& disk() { return vfs_.disk(); }
  std::string wal() { return disk().Contents(options_.file + "-wal"); }

  absl::Status Open() {
    absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options_);
    if (!opened.ok()) return opened.status();
    writer_ = *std::move(opened);
    return absl::OkStatus();
  }
  void Acquire() {
    const std::vector<WriteOp> group = {AcquireWriterOp{"Cart|0"}, AcquireWriterOp{"Cart|1"}};
    for (WriteResult& result : writer_->CommitGroup(group)) {
      EXPECT_EQ(result.status, absl::OkStatus());
      epoch_ = result.grant.epoch;
    }
  }
  // Appends one event of `bytes` bytes behind event `after_seq`.
  WriteResult Append(int64_t after_seq, size_t bytes = 100, std::string id = "Cart|0") {
    const std::vector<WriteOp> group = {
        AtomicAppend{.persistence_id = std::move(id),
                     .epoch = epoch_,
                     .after_seq = after_seq,
                     .events = {{.manifest = "test.Event", .payload = std::string(bytes, 'x')}}}};
    return writer_->CommitGroup(group)[0];
  }
  void AppendThree(std::string id = "Cart|0") {
    for (int64_t seq = 0; seq < 3; ++seq) {
      EXPECT_EQ(Append(seq, 100, id).status, absl::OkStatus());
    }
  }
  absl::StatusOr<EventsPage> Read(std::string id = "Cart|0") {
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options_);
    if (!reader.ok()) return reader.status();
    return (*reader)->ReadEvents({.persistence_id = std::move(id)});
  }
  size_t EventsThere() {
    absl::StatusOr<EventsPage> page = Read();
    EXPECT_EQ(page.status(), absl::OkStatus());
    return page.ok() ? page->events.size() : 0;
  }
  // After an error nothing works, closing writes nothing, and the WAL stays.
  void ExpectNoMoreWork(std::string_view error) {
    disk().SetPlan({});
    const std::string words = StrCat("does no more work since an error: ", error);
    const WriteResult refused = Append(3);
    EXPECT_EQ(refused.outcome, WriteOutcome::kFailed);
    EXPECT_EQ(refused.status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(refused.status.message()), HasSubstr(words));
    EXPECT_THAT(writer_->CheckpointIfDue().ToString(), HasSubstr(words));
    EXPECT_FALSE(writer_->health().ok());
    const uint64_t changes = disk().changes();
    const std::string wal_before = wal();
    EXPECT_THAT(writer_->Close().ToString(), HasSubstr(words));
    writer_.reset();
    EXPECT_EQ(disk().changes(), changes);
    EXPECT_EQ(wal(), wal_before);
    EXPECT_FALSE(wal_before.empty());
  }

  FaultVfs vfs_;
  SqliteStoreOptions options_;
  std::unique_ptr<SqliteWriter> writer_;
  uint64_t epoch_ = 0;
};

class FailedSyncTest : public FaultStoreTest, public testing::WithParamInterface<uint64_t> {
 protected:
  FailedSyncTest() : FaultStoreTest(GetParam()) {}
};

TEST_P(FailedSyncTest, EndsAllWorkAndKeepsWhatWasAcknowledged) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  disk().SetPlan({.sync_error_in = 1});
  const WriteResult failed = Append(3);
  EXPECT_EQ(failed.outcome, WriteOutcome::kFailed);
  EXPECT_EQ(failed.status.code(), absl::StatusCode::kUnavailable);
  const std::string error =
      StrCat("journal sqlite: ", options_.file, ": commit: disk I/O error (SQLite 1034)");
  EXPECT_EQ(failed.status.message(), error);
  EXPECT_EQ(EventsThere(), 3U);
  ExpectNoMoreWork(error);
  // The process ends; in half of the cases the machine too. Then the same again in another life.
  GetParam() % 2 == 0 ? disk().KillProcess() : disk().CutPower();
  disk().Restart();
  ASSERT_EQ(Open(), absl::OkStatus());
  const size_t there = EventsThere();
  EXPECT_TRUE(there == 3 || there == 4) << there;
  Acquire();
  EXPECT_EQ(Append(static_cast<int64_t>(there)).status, absl::OkStatus());
  disk().CutPower();
  writer_.reset();
  disk().Restart();
  ASSERT_EQ(Open(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), there + 1);
}

TEST_P(FailedSyncTest, OfACheckpointEndsAllWorkToo) {
  options_.wal_pages = 1;
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  disk().SetPlan({.sync_error_in = 1});
  const absl::Status failed = writer_->CheckpointIfDue();
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(failed.message()), HasSubstr("disk I/O error"));
  ExpectNoMoreWork(std::string(failed.message()));
  disk().CutPower();
  disk().Restart();
  ASSERT_EQ(Open(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FailedSyncTest, testing::Range<uint64_t>(1, 13));

TEST_F(FaultStoreTest, AFullDiskHasNoRoomAndGoesOnWhenItHas) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  disk().SetPlan({.disk_full_in = 1});
  const WriteResult full = Append(3, 100'000);
  EXPECT_EQ(full.outcome, WriteOutcome::kNoRoom);
  EXPECT_EQ(full.status, absl::ResourceExhaustedError(
                             StrCat("journal sqlite: ", options_.file,
                                    ": the disk is full; nothing of the group was stored")));
  EXPECT_EQ(writer_->health(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), 3U);
  disk().SetPlan({});
  EXPECT_EQ(Append(3).outcome, WriteOutcome::kWritten);
  disk().CutPower();
  writer_.reset();
  disk().Restart();
  ASSERT_EQ(Open(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), 4U);
}

TEST_F(FaultStoreTest, AFullDiskAtACheckpointIsSaidAndIsNotTheEnd) {
  options_.wal_pages = 1;
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  for (int64_t seq = 0; seq < 10; ++seq) {
    EXPECT_EQ(Append(seq, 10'000).outcome, WriteOutcome::kWritten);
  }
  disk().SetPlan({.disk_full_in = 1});
  const absl::Status full = writer_->CheckpointIfDue();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(full.message()), HasSubstr("the disk is full"));
  disk().SetPlan({});
  EXPECT_EQ(Append(10).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(writer_->Close(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), 11U);
}

TEST_F(FaultStoreTest, AFailedWriteEndsAllWork) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  disk().SetPlan({.write_error_in = 1});
  const WriteResult failed = Append(3);
  EXPECT_EQ(failed.outcome, WriteOutcome::kFailed);
  EXPECT_EQ(failed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(failed.status.message()), HasSubstr("disk I/O error (SQLite 778)"));
  ExpectNoMoreWork(std::string(failed.status.message()));
  ASSERT_EQ(Open(), absl::OkStatus());
  EXPECT_EQ(EventsThere(), 3U);
}

TEST_F(FaultStoreTest, AFailedReadIsAnErrorAndNoEndOfTheEvents) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  disk().SetPlan({.read_error_in = 1});
  EXPECT_EQ(Read().status().code(), absl::StatusCode::kUnavailable);
  disk().SetPlan({});
  EXPECT_EQ(EventsThere(), 3U);
}

TEST_F(FaultStoreTest, AReadOnlyFileIsRefused) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  ASSERT_EQ(writer_->Close(), absl::OkStatus());
  vfs_.SetReadOnly(true);
  EXPECT_EQ(Open(),
            absl::UnavailableError(StrCat("journal sqlite: ", options_.file, ": is read-only")));
}

TEST_F(FaultStoreTest, AFileOfOtherBytesIsRefused) {
  disk().SetContents(options_.file, std::string(8192, 'z'));
  const absl::Status refused = Open();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("file is not a database"));
  EXPECT_EQ(disk().Contents(options_.file), std::string(8192, 'z'));
}

TEST_F(FaultStoreTest, ADamagedEventIsNamedAndOtherIdsGoOn) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  for (int64_t seq = 0; seq < 3; ++seq) {
    EXPECT_EQ(Append(seq, seq == 1 ? 3333 : 50, "Cart|1").status, absl::OkStatus());
  }
  ASSERT_EQ(writer_->Close(), absl::OkStatus());
  writer_.reset();
  std::string file = disk().Contents(options_.file);
  const size_t payload = file.find(std::string(1000, 'x'));
  ASSERT_NE(payload, std::string::npos);
  file[payload + 500] ^= 0x10;
  disk().SetContents(options_.file, file);

  ASSERT_EQ(Open(), absl::OkStatus());
  const absl::Status damaged = Read("Cart|1").status();
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(damaged.message()), HasSubstr("event 2 of Cart|1: its checksum is"));
  Acquire();
  EXPECT_EQ(Append(3).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(EventsThere(), 4U);
}

TEST_F(FaultStoreTest, ADamagedFrameBeforeLaterCommitsKeepsItShutAndTheWalAsItIs) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  for (int64_t seq = 0; seq < 20; ++seq) EXPECT_EQ(Append(seq).outcome, WriteOutcome::kWritten);
  disk().KillProcess();
  writer_.reset();
  disk().Restart();
  std::string flipped = wal();
  const int64_t frames = ExamineWalOf(options_.file, options_.vfs)->frames_whole;
  ASSERT_GT(frames, 20);
  const int64_t frame = frames / 2;
  const size_t offset = kWalHeaderBytes + static_cast<size_t>(frame - 1) * (4096 + 24);
  flipped[offset + 2000] ^= 1;
  disk().SetContents(options_.file + "-wal", flipped);

  const absl::Status refused = Open();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr(StrCat("frame ", frame, " (byte ", offset, ") does not verify")));
  EXPECT_EQ(wal(), flipped);
  // This is what it prevents: SQLite opens it and finds nothing wrong.
  options_.check_wal = false;
  ASSERT_EQ(Open(), absl::OkStatus());
  EXPECT_LT(EventsThere(), 20U);
}

// --- another process holds the write lock ---

TEST_F(FaultStoreTest, AWriteLockOfAnotherIsNoRoomUntilItIsFreed) {
  // On the machine's own disk, with SQLite's own locks; a second connection has them as another
  // process would.
  options_.vfs.clear();
  options_.file = std::filesystem::canonical(testing::TempDir()) / "locked_store.db";
  std::filesystem::remove(options_.file);
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  AppendThree();
  const ConnectionPtr other = Connect(options_);
  ASSERT_EQ(Execute(other, "BEGIN IMMEDIATE"), SQLITE_OK);
  for (int i = 0; i < 3; ++i) {
    const WriteResult locked = Append(3);
    EXPECT_EQ(locked.outcome, WriteOutcome::kNoRoom);
    EXPECT_EQ(locked.status,
              absl::UnavailableError(StrCat("journal sqlite: ", options_.file,
                                            ": begin: database is locked (SQLite 5)")));
    EXPECT_EQ(EventsThere(), 3U);  // reads do not wait for it
  }
  EXPECT_EQ(writer_->health(), absl::OkStatus());
  ASSERT_EQ(Execute(other, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(Append(3).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(EventsThere(), 4U);
  EXPECT_EQ(writer_->Close(), absl::OkStatus());
}

// --- kNormal ---

TEST_F(FaultStoreTest, NormalSurvivesTheDeathOfTheProcessAndLosesAtMostTheNewestToAPowerCut) {
  options_.durability = SqliteDurability::kNormal;
  bool lost = false;
  for (int life = 0; life < 20; ++life) {
    const bool power_cut = life % 2 == 1;
    ASSERT_EQ(Open(), absl::OkStatus());
    const size_t before = life == 0 ? 0 : EventsThere();
    Acquire();
    for (size_t i = 0; i < 10; ++i) {
      EXPECT_EQ(Append(static_cast<int64_t>(before + i)).outcome, WriteOutcome::kWritten);
    }
    power_cut ? disk().CutPower() : disk().KillProcess();
    writer_.reset();
    disk().Restart();
    ASSERT_EQ(Open(), absl::OkStatus());
    const size_t there = EventsThere();  // with its chain: none from the middle is missing
    EXPECT_LE(there, before + 10);
    EXPECT_GE(there, power_cut ? before : before + 10);
    lost = lost || there < before + 10;
    EXPECT_EQ(writer_->Close(), absl::OkStatus());
    writer_.reset();
  }
  EXPECT_TRUE(lost);  // else the power cuts show nothing of it
}

// --- what is deleted ---

class SecureDeleteTest : public FaultStoreTest {
 protected:
  // Marked records: events 1 to 9 with tags and metadata, some of them longer than a page;
  // snapshots at 3, 6 and 9; and a state that is written twice.
  void WriteMarked() {
    for (int64_t seq = 1; seq <= 9; ++seq) {
      EventRecord event{.manifest = "test.Event",
                        .payload = Marked(seq, "payload"),
                        .tags = {StrCat("tag-of-", seq, "-of-them")},
                        .metadata = StrCat("metadata-of-", seq, "-of-them")};
      if (seq % 3 == 0) event.payload += std::string(20'000, 'x') + Marked(seq, "end");
      Done(AtomicAppend{.persistence_id = "Cart|0",
                        .epoch = epoch_,
                        .after_seq = seq - 1,
                        .events = {std::move(event)}});
      if (seq % 3 != 0) continue;
      SaveSnapshotOp save{{.persistence_id = "Cart|0", .seq = seq, .epoch = epoch_}};
      save.snapshot.hash = hash_;
      save.snapshot.manifest = "test.State";
      save.snapshot.payload = Marked(seq, "snapshot") + std::string(9'000, 'y');
      Done(std::move(save));
    }
    Done(AcquireStateOp{"State|0"});
    for (int64_t revision = 1; revision <= 2; ++revision) {
      UpsertStateOp upsert{{.persistence_id = "State|0", .revision = revision, .epoch = 1}};
      upsert.state.manifest = "test.State";
      upsert.state.payload = Marked(revision, "state");
      Done(std::move(upsert));
    }
  }
  void Done(WriteOp op) {
    const std::vector<WriteOp> group = {std::move(op)};
    const WriteResult result = writer_->CommitGroup(group)[0];
    EXPECT_EQ(result.status, absl::OkStatus());
    hash_ = result.hash;
  }
  static std::string Marked(int64_t seq, std::string_view what) {
    return StrCat(what, "-of-", seq, "-of-them");
  }
  // The marks that are anywhere in the file or its WAL: "payload-of-3".
  std::vector<std::string> MarksThere() {
    const std::string file = disk().Contents(options_.file) + wal();
    std::vector<std::string> there;
    for (int64_t seq = 1; seq <= 9; ++seq) {
      for (const char* what : {"payload", "end", "tag", "metadata", "snapshot", "state"}) {
        if (file.find(Marked(seq, what)) != std::string::npos) {
          there.push_back(StrCat(what, "-of-", seq));
        }
      }
    }
    return there;
  }
  void CloseIt() {
    EXPECT_EQ(writer_->Close(), absl::OkStatus());
    writer_.reset();
  }

  ChainHash hash_{};
};

TEST_F(SecureDeleteTest, OfWhatIsDeletedNoByteIsLeftWhenTheFileIsClosed) {
  ASSERT_EQ(Open(), absl::OkStatus());
  Acquire();
  WriteMarked();
  CloseIt();
  EXPECT_EQ(MarksThere().size(), 9U * 3 + 3 + 3 + 1);  // of the state the newest alone
  ASSERT_EQ(Open(), absl::OkStatus());
  Done(DeleteEventsOp{.persistence_id = "Cart|0", .epoch = epoch_, .to_seq = 8});
  Done(DeleteSnapshotsOp{.persistence_id = "Cart|0", .epoch = epoch_, .criteria = {.seq_max = 8}});
  Done(DeleteStateOp{.persistence_id = "State|0", .epoch = 1, .revision = 3});
  CloseIt();
  EXPECT_THAT(MarksThere(), testing::ElementsAre("payload-of-9", "end-of-9", "tag-of-9",
                                                 "metadata-of-9", "snapshot-of-9"));
}

// --- a power cut while the file is made ---

TEST(FirstOpenTest, APowerCutAtAnyWriteLeavesNothingOrAllOfTheFormat) {
  int empty = 0;
  int whole = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    bool cut = true;
    for (uint64_t at = 1; cut; ++at) {
      FaultVfs vfs(seed);
      SqliteStoreOptions options;
      options.file = std::filesystem::canonical(testing::TempDir()) / "first_open.db";
      options.vfs = vfs.name();
      vfs.disk().SetPlan({.power_cut_at = at});
      const bool opened = SqliteWriter::Open(options).ok();
      cut = !opened || vfs.disk().dead();
      if (!vfs.disk().dead()) vfs.disk().CutPower();
      vfs.disk().Restart();
      {
        const ConnectionPtr look = Connect(options);
        const int64_t format = QueryInt64(look, "PRAGMA user_version");
        const int64_t tables = QueryInt64(look, "SELECT count(*) FROM sqlite_schema");
        ASSERT_EQ(format == 1, tables > 5) << "seed " << seed << ", write " << at;
        ASSERT_TRUE(format == 1 || tables == 0) << "seed " << seed << ", write " << at;
        ASSERT_TRUE(format == 1 || !opened) << "seed " << seed << ", write " << at;
        ++(format == 1 ? whole : empty);
      }
      absl::StatusOr<std::unique_ptr<SqliteWriter>> again = SqliteWriter::Open(options);
      ASSERT_TRUE(again.ok()) << "seed " << seed << ", write " << at << ": " << again.status();
      const std::vector<WriteOp> group = {AcquireWriterOp{"Cart|0"}};
      EXPECT_EQ((*again)->CommitGroup(group)[0].status, absl::OkStatus());
      EXPECT_EQ((*again)->Close(), absl::OkStatus());
    }
  }
  EXPECT_GT(empty, 10);
  EXPECT_GT(whole, 4);
}

TEST_F(FaultStoreTest, AFolderThatIsNotThereIsSaid) {
  options_.vfs.clear();
  options_.file = StrCat(testing::TempDir(), "/no/such/folder/shop.db");
  EXPECT_EQ(Open().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace sampo::persistence
