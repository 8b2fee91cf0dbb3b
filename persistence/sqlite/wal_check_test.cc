// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/wal_check.h"

#include <sqlite3.h>

#include <bit>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence {
namespace {

constexpr int64_t kPageBytes = 1024;
constexpr int64_t kFrameBytes = kPageBytes + int64_t{kWalFrameHeaderBytes};

int64_t FrameOffset(int64_t frame) { return int64_t{kWalHeaderBytes} + (frame - 1) * kFrameBytes; }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string TestFile(std::string_view name) {
  const std::string path = StrCat(testing::TempDir(), "/", name);
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path + suffix);
  return path;
}

// A connection to a database with a table of numbers. It does not sync, for no machine crashes
// here.
class Database {
 public:
  explicit Database(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK);
    Run("PRAGMA page_size=1024; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA synchronous=OFF; CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, x BLOB)");
  }
  Database(const Database&) = delete;
  ~Database() { sqlite3_close(database_); }

  void Run(const std::string& sql) {
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_free(error);
  }
  // One commit of a row; more than 1,024 bytes make it several frames.
  void Insert(int bytes = 10) { Run(StrCat("INSERT INTO t(x) VALUES(zeroblob(", bytes, "))")); }
  std::string Text(const std::string& sql) {
    std::string text;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0];
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), take, &text, nullptr), SQLITE_OK);
    return text;
  }
  int Rows() { return std::stoi(Text("SELECT count(*) FROM t")); }

 private:
  sqlite3* database_ = nullptr;
};

// The two files of a database, as a crash leaves them.
struct Crashed {
  std::string database;
  std::string wal;

  int64_t frames() const {
    return (static_cast<int64_t>(wal.size()) - int64_t{kWalHeaderBytes}) / kFrameBytes;
  }
  WalReport Examine() const {
    const auto read = [&](int64_t offset, size_t bytes) -> absl::StatusOr<std::string_view> {
      EXPECT_LE(offset + static_cast<int64_t>(bytes), static_cast<int64_t>(wal.size()));
      return std::string_view(wal).substr(static_cast<size_t>(offset), bytes);
    };
    return ExamineWal(static_cast<int64_t>(wal.size()), read).value();
  }
  // Written under a new name; there is no -shm.
  std::string Write(std::string_view name = "crashed.db") const {
    const std::string path = TestFile(name);
    WriteFile(path, database);
    WriteFile(path + "-wal", wal);
    return path;
  }
  // What SQLite finds, which it does not complain about.
  int RowsOfSqlite() const {
    Database reopened(Write());
    EXPECT_EQ(reopened.Text("PRAGMA integrity_check"), "ok");
    return reopened.Rows();
  }
  Crashed Flipped(int64_t offset, int bit = 0) const {
    Crashed copy = *this;
    copy.wal[static_cast<size_t>(offset)] ^= static_cast<char>(1 << bit);
    return copy;
  }
};

Crashed Crash(const std::string& path) { return {ReadFile(path), ReadFile(path + "-wal")}; }

// A database of one checkpointed row, and commits of one frame each in the WAL.
Crashed SingleFrames(int commits) {
  const std::string path = TestFile("single.db");
  Database database(path);
  database.Insert();
  database.Run("PRAGMA wal_checkpoint(TRUNCATE)");
  for (int i = 0; i < commits; ++i) database.Insert(1);
  return Crash(path);
}

// Commits of 3 or 4 frames.
Crashed SeveralFrames(int commits) {
  const std::string path = TestFile("several.db");
  Database database(path);
  database.Run("PRAGMA wal_checkpoint(TRUNCATE)");
  for (int i = 0; i < commits; ++i) database.Insert(2000);
  return Crash(path);
}

bool IsCommit(const Crashed& crashed, int64_t frame) {
  return std::string_view(crashed.wal).substr(static_cast<size_t>(FrameOffset(frame)) + 4, 4) !=
         std::string_view("\0\0\0\0", 4);
}

// The first frame of the last commit.
int64_t LastCommit(const Crashed& crashed) {
  int64_t frame = crashed.frames();
  while (frame > 1 && !IsCommit(crashed, frame - 1)) --frame;
  return frame;
}

// The same WAL as a big-endian machine writes it.
Crashed BigEndianSums(Crashed crashed) {
  const auto word = [&](size_t at) {
    uint32_t value;
    std::memcpy(&value, &crashed.wal[at], 4);
    return __builtin_bswap32(value);
  };
  const auto put = [&](size_t at, uint32_t value) {
    value = __builtin_bswap32(value);
    std::memcpy(&crashed.wal[at], &value, 4);
  };
  uint32_t first = 0;
  uint32_t second = 0;
  const auto add = [&](size_t from, size_t bytes) {
    for (size_t at = from; at < from + bytes; at += 8) {
      first += word(at) + second;
      second += word(at + 4) + first;
    }
  };
  put(0, 0x377f0683);
  add(0, 24);
  put(24, first);
  put(28, second);
  for (int64_t frame = 1; frame <= crashed.frames(); ++frame) {
    const auto at = static_cast<size_t>(FrameOffset(frame));
    add(at, 8);
    add(at + kWalFrameHeaderBytes, kPageBytes);
    put(at + 16, first);
    put(at + 20, second);
  }
  return crashed;
}

TEST(WalCheckTest, FindsTheCommitsThatSqliteAloneLosesWithoutAWord) {
  const Crashed whole = SingleFrames(102);
  ASSERT_EQ(whole.frames(), 102);
  EXPECT_EQ(whole.RowsOfSqlite(), 103);
  EXPECT_EQ(whole.Examine().state, WalState::kClean);

  const Crashed flipped = whole.Flipped(FrameOffset(52) + 500);
  EXPECT_EQ(flipped.RowsOfSqlite(), 103 - 51);  // integrity_check says ok: see there
  const std::string path = flipped.Write();
  const absl::Status refused = CheckWal(path);
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(
      refused.message().find("frame 52 (byte 53480) does not verify, and 51 commits end at or "
                             "behind it; 51 are whole before it"),
      std::string::npos)
      << refused;
  EXPECT_EQ(ReadFile(path + "-wal"), flipped.wal);
  EXPECT_FALSE(std::filesystem::exists(path + "-shm"));
}

TEST(WalCheckTest, TellsDamageFromATornTailByTheFrame) {
  for (const bool big_endian : {false, true}) {
    Crashed whole = SeveralFrames(8);
    if (big_endian) whole = BigEndianSums(whole);
    ASSERT_EQ(whole.RowsOfSqlite(), 8);
    ASSERT_EQ(whole.Examine().state, WalState::kClean);
    const int64_t last = LastCommit(whole);
    ASSERT_GT(whole.frames(), last + 1);
    for (int64_t frame = 1; frame <= whole.frames(); ++frame) {
      // Page number, commit size, salts, checksums, the page's first and last byte.
      for (const int64_t byte : {3, 7, 8, 15, 16, 19, 20, 23, 24, int{kFrameBytes} - 1}) {
        // A mark that is gone has a test of its own; one too many in the last commit is found.
        if (byte == 7 && (IsCommit(whole, frame) || frame >= last)) continue;
        const Crashed flipped = whole.Flipped(FrameOffset(frame) + byte, 3);
        const WalReport report = flipped.Examine();
        EXPECT_EQ(report.state, frame < last ? WalState::kDamaged : WalState::kTornTail)
            << "frame " << frame << " byte " << byte;
        EXPECT_EQ(report.bad_frame, frame);
        EXPECT_EQ(report.bad_offset, FrameOffset(frame));
      }
    }
  }
}

TEST(WalCheckTest, CountsWhatSqliteRecovers) {
  const Crashed whole = SeveralFrames(8);
  for (int64_t frame = 1; frame <= whole.frames(); frame += 3) {
    const Crashed flipped = whole.Flipped(FrameOffset(frame) + 30);
    EXPECT_EQ(flipped.Examine().commits, flipped.RowsOfSqlite()) << frame;
    Crashed cut = whole;
    cut.wal.resize(static_cast<size_t>(FrameOffset(frame)) + 700);
    const WalReport report = cut.Examine();
    EXPECT_EQ(report.commits, cut.RowsOfSqlite()) << frame;
    EXPECT_NE(report.state, WalState::kDamaged) << frame;
  }
}

TEST(WalCheckTest, ACommitMarkThatIsGoneHidesOnlyTheLastCommitButOne) {
  const Crashed whole = SingleFrames(20);
  for (int64_t frame = 1; frame <= 20; ++frame) {
    Crashed unmarked = whole;
    unmarked.wal.replace(static_cast<size_t>(FrameOffset(frame)) + 4, 4, 4, '\0');
    EXPECT_EQ(unmarked.Examine().state, frame < 19 ? WalState::kDamaged : WalState::kTornTail);
  }
}

TEST(WalCheckTest, FindsABlockThatWasNotWritten) {
  const Crashed whole = SingleFrames(60);
  // 4 KiB that are zeros, or another block of the file.
  for (size_t block = 4096; block + 4096 <= whole.wal.size(); block += 4096) {
    for (const bool zeros : {false, true}) {
      Crashed lost = whole;
      lost.wal.replace(block, 4096, zeros ? std::string(4096, '\0') : whole.wal.substr(0, 4096));
      const bool two_commits_left = static_cast<int64_t>(block) + 4096 < FrameOffset(59);
      EXPECT_EQ(lost.Examine().state, two_commits_left ? WalState::kDamaged : WalState::kTornTail)
          << block;
    }
  }
}

TEST(WalCheckTest, OlderGenerationsBehindTheCurrentOneAreNoDamage) {
  const std::string path = TestFile("reused.db");
  Database database(path);
  for (int i = 0; i < 30; ++i) database.Insert(2000);
  for (int round = 0; round < 6; ++round) {
    // Reuses the WAL in place from its start, each time for fewer frames than before.
    database.Run("PRAGMA wal_checkpoint(RESTART)");
    for (int i = 0; i < 12 - 2 * round; ++i) database.Insert(2000);
    const Crashed crashed = Crash(path);
    const WalReport report = crashed.Examine();
    EXPECT_EQ(report.state, WalState::kClean);
    EXPECT_EQ(report.commits, 12 - 2 * round);
    EXPECT_LT(report.frames_whole, crashed.frames());
    EXPECT_EQ(crashed.RowsOfSqlite(), database.Rows());

    const Crashed torn = crashed.Flipped(FrameOffset(report.frames_whole) + 100);
    EXPECT_EQ(torn.Examine().state, WalState::kTornTail);
    if (report.commits > 1) {
      EXPECT_EQ(crashed.Flipped(FrameOffset(1)).Examine().state, WalState::kDamaged);
    }
  }
}

TEST(WalCheckTest, ZerosAndPartsOfFramesBehindTheLastCommitAreNoDamage) {
  const Crashed whole = SeveralFrames(5);
  Crashed zeros = whole;
  zeros.wal.append(10'000, '\0');
  EXPECT_EQ(zeros.Examine().state, WalState::kClean);
  EXPECT_EQ(zeros.RowsOfSqlite(), 5);
  Crashed part = whole;
  part.wal += whole.wal.substr(kWalHeaderBytes, 500);
  EXPECT_EQ(part.Examine().state, WalState::kClean);
  Crashed all_zero = whole;
  all_zero.wal.assign(50'000, '\0');
  EXPECT_EQ(all_zero.Examine().state, WalState::kClean);
  for (const size_t size : {0, 1, 31, 32}) {
    Crashed cut = whole;
    cut.wal.resize(size);
    EXPECT_EQ(cut.Examine().state, WalState::kClean) << size;
    EXPECT_EQ(cut.RowsOfSqlite(), 0);
  }
}

TEST(WalCheckTest, ADamagedHeaderHidesAllCommits) {
  const Crashed whole = SeveralFrames(5);
  for (int64_t byte = 0; byte < int64_t{kWalHeaderBytes}; ++byte) {
    const Crashed flipped = whole.Flipped(byte, 1);
    const WalReport report = flipped.Examine();
    EXPECT_EQ(report.state, WalState::kDamaged) << byte;
    EXPECT_EQ(report.bad_frame, 0);
    EXPECT_EQ(report.commits_behind, 5) << byte;
    if (byte % 8 == 0) {
      EXPECT_EQ(flipped.RowsOfSqlite(), 0) << byte;
    }
  }
  Crashed zeros = whole;
  zeros.wal.replace(0, kWalHeaderBytes, kWalHeaderBytes, '\0');
  EXPECT_EQ(zeros.Examine().state, WalState::kDamaged);
  // Also of a byte order that is not this machine's, and where the first block is gone.
  Crashed other = BigEndianSums(whole).Flipped(3);
  EXPECT_EQ(other.Examine().state, WalState::kDamaged);
  other.wal.replace(0, 4096, 4096, '\xff');
  EXPECT_EQ(other.Examine().state, WalState::kDamaged);
}

TEST(WalCheckTest, AHeaderThatIsTornAsTheWalStartsOverIsNoDamage) {
  const std::string path = TestFile("torn_header.db");
  Database database(path);
  for (int i = 0; i < 10; ++i) database.Insert(2000);
  const Crashed before = Crash(path);
  database.Run("PRAGMA wal_checkpoint(RESTART)");
  for (int bytes = 1; bytes < int{kWalHeaderBytes}; ++bytes) {
    Crashed torn = Crash(path);
    ASSERT_EQ(torn.wal, before.wal);
    torn.wal.replace(0, static_cast<size_t>(bytes), static_cast<size_t>(bytes), '\x5a');
    const std::string crashed = torn.Write();
    EXPECT_EQ(CheckWal(crashed), absl::OkStatus()) << bytes;
    EXPECT_EQ(ExamineWalOf(crashed, "")->state, WalState::kTornTail);
    EXPECT_EQ(torn.RowsOfSqlite(), 10);
    // Without the checkpoint it is needed.
    torn.database = before.database;
    EXPECT_EQ(CheckWal(torn.Write()).code(), absl::StatusCode::kDataLoss) << bytes;
  }
}

TEST(WalCheckTest, AHeaderOfAnOlderGenerationHidesTheNewOne) {
  const std::string path = TestFile("older_header.db");
  Database database(path);
  for (int i = 0; i < 10; ++i) database.Insert();
  const std::string before = Crash(path).wal;
  database.Run("PRAGMA wal_checkpoint(RESTART)");
  for (int i = 0; i < 5; ++i) database.Insert();
  Crashed lost_header = Crash(path);
  ASSERT_EQ(lost_header.Examine().commits, 5);
  // The write of the header, and of what shares its sector, never reached the disk.
  lost_header.wal.replace(0, 512, before.substr(0, 512));
  const WalReport report = lost_header.Examine();
  EXPECT_EQ(report.state, WalState::kDamaged);
  EXPECT_EQ(report.bad_frame, 0);
  EXPECT_LT(lost_header.RowsOfSqlite(), 15);
}

TEST(WalCheckTest, WhatTornTailsOfEarlierLivesLeaveBehindIsNoDamage) {
  Random random(1);
  for (int round = 0; round < 30; ++round) {
    Crashed state = SeveralFrames(3);
    int rows = 3;
    for (int life = 0; life < 4; ++life) {
      const std::string path = state.Write("lives.db");
      Database database(path);
      ASSERT_EQ(database.Rows(), rows);
      const int commits = static_cast<int>(random.Below(3));
      for (int i = 0; i < commits; ++i) database.Insert(static_cast<int>(random.Below(6000)));
      rows += commits;
      // One more commit, of which the power cut leaves any of its frames.
      const std::string synced = Crash(path).wal;
      database.Insert(static_cast<int>(random.Below(9000)));
      state = Crash(path);
      const std::string written = state.wal;
      for (size_t sector = 0; sector < written.size(); sector += 512) {
        if (random.Below(2) == 0) continue;
        for (size_t at = sector; at < sector + 512 && at < written.size(); ++at) {
          state.wal[at] = at < synced.size() ? synced[at] : '\0';
        }
      }
      const WalReport report = state.Examine();
      EXPECT_NE(report.state, WalState::kDamaged) << round << " life " << life;
      EXPECT_GE(state.RowsOfSqlite(), rows);
      rows = state.RowsOfSqlite();
    }
  }
}

TEST(WalCheckTest, AMarkWrittenOverFramesOfAnAttemptThatFailedIsNoCommit) {
  // An attempt that found the disk full left frames without a commit; of the next one, a crash left
  // the first 8 bytes of its last frame's header (fault seed 771).
  Crashed left = SeveralFrames(4);
  const int64_t last = LastCommit(left);
  ASSERT_GE(left.frames(), last + 2);
  left.wal.resize(static_cast<size_t>(FrameOffset(left.frames())));
  left.wal[static_cast<size_t>(FrameOffset(last)) + 7] = 5;
  const WalReport report = left.Examine();
  EXPECT_EQ(report.state, WalState::kTornTail);
  EXPECT_EQ(report.bad_frame, last);
  EXPECT_EQ(left.RowsOfSqlite(), 3);
}

TEST(WalCheckTest, ReadsTheFilesOfADatabase) {
  const Crashed whole = SeveralFrames(5);
  const std::string path = whole.Write();
  EXPECT_EQ(CheckWal(path), absl::OkStatus());
  EXPECT_EQ(ExamineWalOf(path, "")->commits, 5);
  std::filesystem::remove(path + "-wal");
  EXPECT_EQ(CheckWal(path), absl::OkStatus());
  EXPECT_EQ(ExamineWalOf(path, "")->page_bytes, 0U);
  EXPECT_EQ(CheckWal(TestFile("nothing.db")), absl::OkStatus());
  EXPECT_EQ(CheckWal(path, "no such vfs").code(), absl::StatusCode::kInvalidArgument);
}

TEST(WalCheckTest, FollowsASymbolicLinkToTheWal) {
  const std::string path = SingleFrames(10).Flipped(FrameOffset(3)).Write();
  const std::string link = TestFile("link.db");
  std::filesystem::create_symlink(path, link);
  EXPECT_EQ(CheckWal(link).code(), absl::StatusCode::kDataLoss);
}

TEST(WalCheckTest, AnEmptyDatabaseWouldTakeItsWalAway) {
  Crashed emptied = SeveralFrames(5);
  emptied.database.clear();
  const std::string path = emptied.Write();
  const absl::Status refused = CheckWal(path);
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(refused.message().find("its WAL has 5 commits"), std::string::npos) << refused;
  EXPECT_EQ(emptied.RowsOfSqlite(), 0);  // and the WAL is gone
}

}  // namespace
}  // namespace sampo::persistence
