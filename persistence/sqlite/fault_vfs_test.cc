// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/fault_vfs.h"

#include <sqlite3.h>

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace sampo::persistence {
namespace {

constexpr char kFile[] = "/t.db";

// A connection to a database in a FaultVfs.
class Database {
 public:
  explicit Database(const FaultVfs& vfs) {
    opened_ = sqlite3_open_v2(kFile, &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              vfs.name().c_str());
    sqlite3_extended_result_codes(database_, 1);
  }
  Database(const Database&) = delete;
  ~Database() { EXPECT_EQ(sqlite3_close(database_), SQLITE_OK); }

  int Try(const std::string& sql) {
    return opened_ != SQLITE_OK ? opened_
                                : sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  void Run(const std::string& sql) { EXPECT_EQ(Try(sql), SQLITE_OK) << sql; }
  // Of the first column of the last row; none: an error.
  std::optional<std::string> Text(const std::string& sql) {
    std::string text;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0] == nullptr ? "" : values[0];
      return 0;
    };
    const int code = sqlite3_exec(database_, sql.c_str(), take, &text, nullptr);
    return code == SQLITE_OK ? std::optional(text) : std::nullopt;
  }
  void Prepare() {
    Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(n INTEGER PRIMARY KEY, "
        "x BLOB)");
  }
  int Insert() { return Try("INSERT INTO t(x) VALUES(zeroblob(3000))"); }
  int Rows() { return std::stoi(Text("SELECT count(*) FROM t").value_or("-1")); }

 private:
  sqlite3* database_ = nullptr;
  int opened_ = SQLITE_OK;
};

TEST(FaultVfsTest, ConnectionsShareFilesLocksAndTheWalsMemory) {
  FaultVfs vfs(1);
  {
    Database writer(vfs);
    writer.Prepare();
    Database reader(vfs);
    writer.Insert();
    reader.Run("BEGIN");
    EXPECT_EQ(reader.Rows(), 1);
    writer.Run("BEGIN IMMEDIATE");
    EXPECT_EQ(writer.Insert(), SQLITE_OK);
    Database other(vfs);
    EXPECT_EQ(other.Try("BEGIN IMMEDIATE"), SQLITE_BUSY);
    writer.Run("COMMIT");
    EXPECT_EQ(reader.Rows(), 1);
    reader.Run("COMMIT");
    EXPECT_EQ(reader.Rows(), 2);
    EXPECT_GT(vfs.open_files(), 3);
    EXPECT_TRUE(vfs.disk().Exists("/t.db-wal"));
  }
  EXPECT_EQ(vfs.open_files(), 0);
  EXPECT_FALSE(vfs.disk().Exists("/t.db-wal"));
  Database again(vfs);
  EXPECT_EQ(again.Rows(), 2);
  EXPECT_EQ(again.Text("PRAGMA integrity_check"), "ok");
}

TEST(FaultVfsTest, WorksWithARollbackJournalAndVacuumToo) {
  FaultVfs vfs(1);
  Database database(vfs);
  database.Run("CREATE TABLE t(n INTEGER PRIMARY KEY, x BLOB)");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(database.Insert(), SQLITE_OK);
  database.Run("BEGIN; DELETE FROM t; ROLLBACK");
  EXPECT_EQ(database.Rows(), 20);
  database.Run("DELETE FROM t WHERE n > 3; VACUUM");
  EXPECT_EQ(database.Rows(), 3);
  EXPECT_EQ(database.Text("PRAGMA integrity_check"), "ok");
}

TEST(FaultVfsTest, AfterAPowerCutAtAnyWriteWhatWasCommittedIsThere) {
  int64_t left_out = 0;
  for (const size_t sector_bytes : {512, 4096}) {
    for (uint64_t cut_at = 1; cut_at < 150; ++cut_at) {
      FaultVfs vfs(cut_at);
      int committed = 0;
      {
        Database database(vfs);
        database.Prepare();
        vfs.disk().SetPlan(
            {.power_cut_at = vfs.disk().changes() + cut_at, .sector_bytes = sector_bytes});
        while (committed < 30 && database.Insert() == SQLITE_OK) {
          ++committed;
          if (committed % 8 == 0) (void)database.Try("PRAGMA wal_checkpoint(RESTART)");
        }
        vfs.disk().KillProcess();
      }
      left_out += vfs.disk().dead() && committed < 30 ? 1 : 0;
      vfs.disk().Restart();
      Database database(vfs);
      EXPECT_GE(database.Rows(), committed) << cut_at;
      EXPECT_LE(database.Rows(), committed + 1) << cut_at;
      EXPECT_EQ(database.Text("PRAGMA integrity_check"), "ok") << cut_at;
    }
  }
  EXPECT_GT(left_out, 200);
}

TEST(FaultVfsTest, WithoutSyncsAPowerCutLosesWritesAndAProcessDeathDoesNot) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    for (const bool power : {false, true}) {
      FaultVfs vfs(seed);
      {
        Database database(vfs);
        database.Prepare();
        database.Run("PRAGMA synchronous=OFF");
        for (int i = 0; i < 5; ++i) EXPECT_EQ(database.Insert(), SQLITE_OK);
        power ? vfs.disk().CutPower() : vfs.disk().KillProcess();
        EXPECT_NE(database.Insert(), SQLITE_OK);
      }
      EXPECT_EQ(vfs.open_files(), 0);
      vfs.disk().Restart();
      Database database(vfs);
      if (power) {
        lost += database.Rows() < 5 ? 1 : 0;
      } else {
        EXPECT_EQ(database.Rows(), 5);
      }
    }
  }
  EXPECT_GT(lost, 5);
}

TEST(FaultDiskTest, NoLaterSyncBringsBackWhatAFailedOneLost) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    FaultDisk disk(seed);
    const FaultDisk::FilePtr file = disk.Open("/f", true);
    EXPECT_EQ(disk.Write(file, 0, "before"), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Sync(file), FaultDisk::Outcome::kDone);
    disk.SetPlan({.sync_error_in = 1});
    EXPECT_EQ(disk.Write(file, 0, "behind"), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Sync(file), FaultDisk::Outcome::kFailed);
    disk.SetPlan({});
    EXPECT_EQ(disk.Sync(file), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Contents("/f"), "behind");
    disk.CutPower();
    disk.Restart();
    lost += disk.Contents("/f") == "before" ? 1 : 0;
  }
  EXPECT_GT(lost, 5);
  EXPECT_LT(lost, 20);
}

TEST(FaultDiskTest, ANameIsThereAfterAPowerCutWhenItWasSynced) {
  int made = 0;
  int removed = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    FaultDisk disk(seed);
    EXPECT_EQ(disk.Sync(disk.Open("/synced", true)), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Sync(disk.Open("/gone", true)), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Remove("/gone", true), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Sync(disk.Open("/going", true)), FaultDisk::Outcome::kDone);
    EXPECT_EQ(disk.Remove("/going", false), FaultDisk::Outcome::kDone);
    EXPECT_NE(disk.Open("/new", true), nullptr);
    disk.CutPower();
    disk.Restart();
    EXPECT_TRUE(disk.Exists("/synced"));
    EXPECT_FALSE(disk.Exists("/gone"));
    made += disk.Exists("/new") ? 1 : 0;
    removed += disk.Exists("/going") ? 0 : 1;
  }
  for (const int count : {made, removed}) {
    EXPECT_GT(count, 3);
    EXPECT_LT(count, 17);
  }
}

TEST(FaultVfsTest, AFullDiskRefusesGrowthAndNothingElse) {
  FaultVfs vfs(1);
  Database database(vfs);
  database.Prepare();
  EXPECT_EQ(database.Insert(), SQLITE_OK);
  database.Run("PRAGMA wal_checkpoint(TRUNCATE)");
  vfs.disk().SetPlan({.disk_bytes_max = 60'000});
  int committed = 1;
  int code = SQLITE_OK;
  while (committed < 100 && (code = database.Insert()) == SQLITE_OK) ++committed;
  EXPECT_EQ(code, SQLITE_FULL);
  EXPECT_GT(committed, 3);
  EXPECT_EQ(database.Rows(), committed);
  EXPECT_EQ(vfs.disk().count(FaultKind::kDiskFull), 1);
  vfs.disk().SetPlan({});
  EXPECT_EQ(database.Insert(), SQLITE_OK);
  EXPECT_EQ(database.Text("PRAGMA integrity_check"), "ok");
}

TEST(FaultVfsTest, FailedReadsAndWritesAreErrorsAndDamageNothing) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    FaultVfs vfs(seed);
    int committed = 0;
    {
      Database database(vfs);
      database.Prepare();
      vfs.disk().SetPlan({.read_error_in = 30, .write_error_in = 30});
      for (int i = 0; i < 30; ++i) committed += database.Insert() == SQLITE_OK ? 1 : 0;
      vfs.disk().SetPlan({});
    }
    Database database(vfs);
    EXPECT_EQ(database.Rows(), committed);
    EXPECT_EQ(database.Text("PRAGMA integrity_check"), "ok");
  }
}

TEST(FaultVfsTest, DestroysSyncedBytesAndSaysWhere) {
  for (const FaultKind kind :
       {FaultKind::kBitFlip, FaultKind::kLostWrite, FaultKind::kMisdirectedWrite}) {
    int changed = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const auto run = [&](bool faults) {
        FaultVfs vfs(seed);
        {
          Database database(vfs);
          database.Prepare();
          if (faults) {
            vfs.disk().SetPlan(
                {.bit_flip_in = kind == FaultKind::kBitFlip ? 20 : 0,
                 .lost_write_in = kind == FaultKind::kLostWrite ? 3 : 0,
                 .misdirected_write_in = kind == FaultKind::kMisdirectedWrite ? 3 : 0});
          }
          sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 1, nullptr);
          for (int i = 0; i < 10; ++i) (void)database.Insert();
          vfs.disk().SetPlan({});
          vfs.disk().CutPower();
        }
        vfs.disk().Restart();
        EXPECT_EQ(vfs.disk().damage().empty(), !faults);
        for (const Damage& damage : vfs.disk().damage()) {
          EXPECT_EQ(damage.kind, kind);
          EXPECT_LE(damage.offset + damage.bytes,
                    static_cast<int64_t>(vfs.disk().Contents(damage.file).size()));
          EXPECT_GT(damage.written_at, 0U);
        }
        return vfs.disk().Contents("/t.db-wal");
      };
      changed += run(true) != run(false) ? 1 : 0;
    }
    EXPECT_GE(changed, 15) << NameOf(kind);
  }
}

TEST(FaultVfsTest, TheSameSeedIsTheSameRun) {
  const auto run = [](uint64_t seed) {
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 7, nullptr);
    FaultVfs vfs(seed);
    {
      Database database(vfs);
      database.Prepare();
      vfs.disk().SetPlan({.power_cut_at = 60, .bit_flip_in = 10, .lost_write_in = 5});
      for (int i = 0; i < 20; ++i) (void)database.Insert();
    }
    vfs.disk().Restart();
    return vfs.disk().Contents("/t.db") + vfs.disk().Contents("/t.db-wal");
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

}  // namespace
}  // namespace sampo::persistence
