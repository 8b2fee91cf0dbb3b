// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// verify.h, maintain.h, salvage.h and journal_reader.h on journals that are in use, before and
// after.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/findings.h"
#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/persistence/sqlite/offline/maintain.h"
#include "sampo/persistence/sqlite/offline/salvage.h"
#include "sampo/persistence/sqlite/offline/test_journal.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {
namespace {

using ::testing::IsEmpty;

// --- beside a writer ---

// The writer ends the process where a commit is not written: it never sees SQLITE_BUSY.
TEST(LiveTest, AllReadersRunWhileAWriterGoesOn) {
  TestJournal journal;
  journal.Fill();
  journal.Append("Cart|7", 1);
  std::atomic<bool> done = false;
  std::atomic<int> rounds = 0;
  std::thread readers([&] {
    for (int round = 0; !done || round == 0; ++round, ++rounds) {
      EXPECT_THAT(FindingsOf(journal.file()), IsEmpty());
      auto reader = JournalReader::Open(journal.file());
      ASSERT_TRUE(reader.ok()) << reader.status();
      EXPECT_TRUE((*reader)->ListIds({}).ok());
      EXPECT_TRUE((*reader)->ReadStats(nullptr).ok());
      const std::string to = journal.PathOf(StrCat("backup", round, ".db"));
      absl::StatusOr<BackupReport> backup = BackupJournal(journal.file(), to, {});
      ASSERT_TRUE(backup.ok()) << backup.status();
      EXPECT_EQ(backup->verified.findings, 0);
    }
  });
  for (int i = 0; i < 400 || rounds < 3; ++i) {
    journal.Append(StrCat("Cart|", i % 10), 1, {"red"});
    if (i % 50 == 49) journal.DeleteEvents(StrCat("Cart|", i % 10), i / 20);
    if (i % 7 == 0) journal.SaveSnapshot(StrCat("Cart|", i % 10));
    if (i % 5 == 0) journal.Upsert("Cart|1", StrCat("state ", i));
  }
  done = true;
  readers.join();
  EXPECT_EQ(CompactJournal(journal.file(), {}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(CompactJournal(journal.file(), {}).status().message()),
              testing::MatchesRegex(".*is in use by pid [0-9]+ on .*"));
  EXPECT_EQ(SalvageJournal(journal.file(), journal.PathOf("new.db"), {}).status().code(),
            absl::StatusCode::kUnavailable);
  journal.Close();
  EXPECT_THAT(FindingsOf(journal.file()), IsEmpty());
}

// A writer that comes between two pages of a journal that was at rest.
TEST(LiveTest, AWriterThatComesWhileAJournalIsReadIsNoticed) {
  TestJournal journal;
  journal.Fill();
  auto reader = JournalReader::Open(journal.file());
  ASSERT_TRUE(reader.ok()) << reader.status();
  journal.Append("Cart|7", 2);
  auto id = (*reader)->FindId("Cart|7");
  ASSERT_TRUE(id.ok() && id->has_value()) << id.status();
  EXPECT_EQ((*id)->head.highest_seq, 12);
  journal.Close();
  id = (*reader)->FindId("Cart|7");
  ASSERT_TRUE(id.ok() && id->has_value()) << id.status();
  EXPECT_EQ((*id)->head.highest_seq, 12);
}

TEST(LiveTest, ABackupIsOfOneMomentWhileAWriterGoesOn) {
  TestJournal journal;
  journal.Fill();
  for (int i = 0; i < 30; ++i) journal.AppendPayload("Big|1", std::string(500'000, 'x'));
  int steps = 0;
  const std::string to = journal.PathOf("backup.db");
  absl::StatusOr<BackupReport> backup = BackupJournal(
      journal.file(), to, {.on_progress = nullptr, .on_finding = nullptr, .between_steps = [&] {
                             ++steps;
                             journal.Append("Cart|7", 1);
                           }});
  ASSERT_TRUE(backup.ok()) << backup.status();
  EXPECT_GT(steps, 2);
  EXPECT_EQ(backup->verified.findings, 0);
  EXPECT_EQ(EventsOf(to, "Cart|7"), "1 to 10");
  EXPECT_EQ(BackupJournal(journal.file(), to, {}).status().code(),
            absl::StatusCode::kAlreadyExists);
}

// --- a WAL that nobody can write beside ---

// Takes from this thread what lets root write where permissions say no.
void ObeyPermissions() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct capabilities[2] = {};
  ASSERT_EQ(syscall(SYS_capget, &header, capabilities), 0);
  capabilities[0].effective &= ~(1u << CAP_DAC_OVERRIDE);
  capabilities[0].permitted &= ~(1u << CAP_DAC_OVERRIDE);
  ASSERT_EQ(syscall(SYS_capset, &header, capabilities), 0);
}

TEST(UnwritableFolderTest, AJournalWithAWalIsReadAndSalvaged) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  std::filesystem::create_directory(journal.PathOf("medium"));
  const std::string file = journal.CopyAfterCrash("medium/shop.db");
  ASSERT_GT(BytesOf(file + "-wal").size(), 0u);
  ASSERT_EQ(chmod(journal.PathOf("medium").c_str(), 0555), 0);
  std::thread([&] {
    ObeyPermissions();
    ASSERT_NE(faccessat(AT_FDCWD, journal.PathOf("medium").c_str(), W_OK, AT_EACCESS), 0);
    EXPECT_THAT(FindingsOf(file), IsEmpty());
    EXPECT_EQ(EventsOf(file, "Cart|7"), "1 to 3");
    const std::string backup = journal.PathOf("backup.db");
    EXPECT_TRUE(BackupJournal(file, backup, {}).ok());
    EXPECT_EQ(EventsOf(backup, "Cart|7"), "1 to 3");
    const std::string salvaged = journal.PathOf("salvaged.db");
    const absl::StatusOr<SalvageReport> report = SalvageJournal(file, salvaged, {});
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->whole());
    EXPECT_EQ(EventsOf(salvaged, "Cart|7"), "1 to 3");
  }).join();
  ASSERT_EQ(chmod(journal.PathOf("medium").c_str(), 0755), 0);
  EXPECT_FALSE(FileExists(file + "-shm"));
}

// Another writer than the one that the folder is closed to, root perhaps, goes on.
TEST(UnwritableFolderTest, AWriterThatComesMeanwhileIsNoticed) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  std::filesystem::create_directory(journal.PathOf("medium"));
  const std::string file = journal.CopyAfterCrash("medium/shop.db");
  ASSERT_EQ(chmod(journal.PathOf("medium").c_str(), 0555), 0);
  std::thread([&] {
    ObeyPermissions();
    auto reader = JournalReader::Open(file);
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ((*(*reader)->FindId("Cart|7"))->head.highest_seq, 3);
    // Its commits come into the WAL that the reader has open.
    journal.Append("Cart|7", 2);
    WriteBytes(file + "-wal", BytesOf(journal.file() + "-wal"));
    EXPECT_EQ((*(*reader)->FindId("Cart|7"))->head.highest_seq, 5);
  }).join();
  ASSERT_EQ(chmod(journal.PathOf("medium").c_str(), 0755), 0);
}

// --- compact ---

// After a failed fsync the page cache alone may have what the WAL shows (wal_check.h).
TEST(CompactTest, WritesTheWalAgainBeforeItTrustsIt) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  const std::string file = journal.CopyAfterCrash("crashed.db");
  const std::string wal = BytesOf(file + "-wal");
  const timespec old_times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1, .tv_nsec = 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, (file + "-wal").c_str(), old_times, 0), 0);
  int begun = 0;
  const auto on_progress = [&](const ProgressStep& step) {
    if (std::string(step.what) != "pages compacted, SQLite's steps" || step.done > 0) return;
    ++begun;
    struct stat found;
    ASSERT_EQ(stat((file + "-wal").c_str(), &found), 0);
    EXPECT_GT(found.st_mtim.tv_sec, 1);
    EXPECT_EQ(BytesOf(file + "-wal"), wal);
  };
  const absl::StatusOr<CompactReport> report =
      CompactJournal(file, {.on_finding = nullptr, .on_progress = on_progress});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(EventsOf(file, "Cart|7"), "1 to 3");
}

TEST(CompactTest, GivesSpaceBackAndKeepsWhatIsThere) {
  TestJournal journal;
  journal.Fill();
  for (int i = 0; i < 100; ++i) journal.AppendPayload("Big|1", std::string(10'000, 'x'));
  journal.DeleteEvents("Big|1", 99);
  journal.Close();
  absl::StatusOr<CompactReport> report = CompactJournal(journal.file(), {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_LT(report->bytes_after, report->bytes_before / 4);
  EXPECT_FALSE(FileExists(journal.file() + "-wal"));
  EXPECT_THAT(FindingsOf(journal.file()), IsEmpty());
  EXPECT_EQ(EventsOf(journal.file(), "Big|1"), "100 to 100");
  journal.Append("Big|1", 1);  // the store goes on with it
  journal.Close();
  EXPECT_THAT(FindingsOf(journal.file()), IsEmpty());
}

}  // namespace
}  // namespace sampo::persistence::offline
