// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the store writes, and the file that it holds; store_damage_test.cc has what is damaged.
#include "sampo/persistence/sqlite/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/schema.h"
#include "sampo/persistence/sqlite/internal/testing_store.h"

namespace sampo::persistence {
namespace {

using ::testing::HasSubstr;

bool Exists(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0;
}

// --- groups and fencing ---

TEST_F(StoreTest, AGroupHoldsMembersThatAreWrittenFencedAndRejected) {
  Open();
  const uint64_t a = Acquire("a");
  const uint64_t old_b = Acquire("b");
  const uint64_t b = Acquire("b");
  const std::vector<WriteOp> group = {
      Append("a", a, 0, {Event("a1")}),
      Append("b", old_b, 0, {Event("lost"), Event("lost too")}),
      Append("b", b, 0, {Event("b1", {"red", "red"}), Event("b2")}),
      Append("a", a, 1, {Event(std::string(300, 'm')), EventRecord{}}),
      Append("a", a, 1, {Event("a2", {"red"})}),
      Append("nobody", 1, 0, {Event("x")}),
      Append("a", a, 1, {Event("again")}),
  };
  const std::vector<WriteResult> results = writer_->CommitGroup(group);
  const auto outcome = [&](size_t i) { return results[i].outcome; };
  EXPECT_EQ(outcome(0), WriteOutcome::kWritten);
  EXPECT_EQ(outcome(1), WriteOutcome::kFenced);
  EXPECT_EQ(results[1].status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(TextOf(results[1].status),
              HasSubstr("append to b behind event 0 by the writer of epoch 1: the journal is at "
                        "event 0 and epoch 2"));
  EXPECT_EQ(outcome(2), WriteOutcome::kWritten);
  EXPECT_EQ(outcome(3), WriteOutcome::kRejected);
  EXPECT_EQ(outcome(4), WriteOutcome::kWritten);
  EXPECT_EQ(outcome(5), WriteOutcome::kFenced);
  EXPECT_EQ(outcome(6), WriteOutcome::kFenced);
  EXPECT_EQ(Payloads("a"), (std::vector<std::string>{"a1", "a2"}));
  EXPECT_EQ(Payloads("b"), (std::vector<std::string>{"b1", "b2"}));

  absl::StatusOr<TaggedPage> red = reader_->ReadByTag("red", 0, 10);
  ASSERT_TRUE(red.ok()) << red.status();
  ASSERT_EQ(red->events.size(), 2u);
  EXPECT_EQ(red->events[0].persistence_id, "b");
  EXPECT_EQ(red->events[1].persistence_id, "a");
  EXPECT_TRUE(red->at_end);
}

TEST_F(StoreTest, AnAppendOfSeveralThatFailsHalfWayLeavesNothingAndItsNeighboursStay) {
  Open();
  const uint64_t a = Acquire("a");
  const uint64_t b = Acquire("b");
  // A row that must not be there stands in the way of a's third event.
  Sql("INSERT INTO events VALUES (1000, (SELECT id FROM ids WHERE persistence_id = 'a'), 3, 1, 0, "
      "'m', 1, NULL, NULL, x'', 0)");
  std::vector<WriteOp> group = {
      Append("b", b, 0, {Event("b1")}),
      Append("a", a, 0, {Event("a1"), Event("a2"), Event("a3", {"red"})}),
      Append("b", b, 1, {Event("b2")}),
  };
  std::vector<WriteResult> results = writer_->CommitGroup(group);
  EXPECT_EQ(results[0].outcome, WriteOutcome::kWritten);
  EXPECT_EQ(results[1].outcome, WriteOutcome::kFailed);
  EXPECT_EQ(results[1].status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(results[2].outcome, WriteOutcome::kWritten);
  EXPECT_EQ(Payloads("b"), (std::vector<std::string>{"b1", "b2"}));
  EXPECT_EQ(reader_->ReadHead("a")->highest_seq, 0);

  // One event has no savepoint: the group is tried again, one by one.
  ASSERT_EQ(Write(Append("a", a, 0, {Event("a1"), Event("a2")})).outcome, WriteOutcome::kWritten);
  group = {Append("b", b, 2, {Event("b3")}), Append("a", a, 2, {Event("a3")}),
           Append("b", b, 3, {Event("b4")})};
  results = writer_->CommitGroup(group);
  EXPECT_EQ(results[0].outcome, WriteOutcome::kWritten);
  EXPECT_EQ(results[1].outcome, WriteOutcome::kFailed);
  EXPECT_THAT(TextOf(results[1].status), HasSubstr("event 3 of a"));
  EXPECT_EQ(results[2].outcome, WriteOutcome::kWritten);
  EXPECT_EQ(reader_->ReadHead("b")->highest_seq, 4);
  EXPECT_EQ(reader_->ReadHead("a")->highest_seq, 2);
  EXPECT_TRUE(writer_->health().ok());
}

TEST_F(StoreTest, HeadsThatAreNotInMemoryAreReadFromTheFile) {
  options_.ids_in_memory_max = 2;
  Open();
  for (int round = 0; round < 3; ++round) {
    for (int id = 0; id < 10; ++id) {
      const std::string name = StrCat("id-", id);
      if (round == 0) {
        EXPECT_EQ(Acquire(name), 1u);
      }
      EXPECT_EQ(Write(Append(name, 1, round, {Event("e")})).outcome, WriteOutcome::kWritten);
    }
  }
  EXPECT_EQ(Payloads("id-7").size(), 3u);
  absl::StatusOr<IdsPage> ids = reader_->ListIds(0, 4);
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(ids->ids, (std::vector<std::string>{"id-0", "id-1", "id-2", "id-3"}));
  EXPECT_FALSE(ids->at_end);
  EXPECT_EQ(reader_->ListIds(ids->next, 100)->ids.size(), 6u);
}

TEST_F(StoreTest, ReadsThatShareATransactionSeeOneCommit) {
  Open();
  Fill("a", 1);
  {
    const SqliteReader::SharedTransaction shared(*reader_);
    EXPECT_EQ(Payloads("a").size(), 1U);
    EXPECT_EQ(Write(Append("a", 1, 1, {Event("event-2")})).outcome, WriteOutcome::kWritten);
    EXPECT_EQ(Payloads("a").size(), 1U);
    EXPECT_FALSE(reader_->ReadEvents({.persistence_id = "a", .events_max = 0}).ok());
    EXPECT_EQ(Payloads("a").size(), 1U);
  }
  EXPECT_EQ(Payloads("a").size(), 2U);
}

TEST_F(StoreTest, OrderingsAreNotUsedAgainAfterDeletesAndANewStart) {
  Open();
  Fill("a", 3);
  EXPECT_EQ(Write(DeleteEventsOp{"a", 1, kSeqMax}).grant.deleted_to, 3);
  ASSERT_TRUE(Close().ok());
  Open();
  EXPECT_EQ(Acquire("a"), 2u);
  ASSERT_EQ(Write(Append("a", 2, 3, {Event("four")})).outcome, WriteOutcome::kWritten);
  absl::StatusOr<EventsPage> page = reader_->ReadEvents({.persistence_id = "a"});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].seq, 4);
  EXPECT_EQ(page->events[0].ordering, 4);
}

TEST_F(StoreTest, ADeleteIsBoundedAndSaysHowFarItCame) {
  Open();
  const uint64_t epoch = Acquire("a");
  std::vector<EventRecord> events(7'000, Event("e", {"t"}));
  ASSERT_EQ(Write(Append("a", epoch, 0, events)).outcome, WriteOutcome::kWritten);
  ASSERT_EQ(Write(Append("a", epoch, 7'000, events)).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(Write(DeleteEventsOp{"a", epoch, 13'000}).grant.deleted_to, kEventsPerDeleteMax);
  EXPECT_EQ(Write(DeleteEventsOp{"a", epoch, 13'000}).grant.deleted_to, 13'000);
  EXPECT_EQ(Write(DeleteEventsOp{"a", epoch + 1, 14'000}).outcome, WriteOutcome::kFenced);
  EXPECT_EQ(Payloads("a").size(), 1'000u);
  EXPECT_EQ(reader_->ReadByTag("t", 0, 10'000)->events.size(), 1'000u);
}

// --- the lock and the file ---

TEST_F(StoreTest, ASecondStoreIsRefusedInThisProcessAndInAnother) {
  Open();
  const std::string want =
      StrCat("journal sqlite: ", writer_->file(), " is in use by pid ", getpid());
  absl::Status second = SqliteWriter::Open(options_).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(TextOf(second), HasSubstr(want));
  // Through a link it is the same file.
  const std::string link = options_.file + "-link";
  ASSERT_EQ(symlink(options_.file.c_str(), link.c_str()), 0);
  SqliteStoreOptions linked = options_;
  linked.file = link;
  EXPECT_THAT(TextOf(SqliteWriter::Open(linked).status()), HasSubstr(want));

  const pid_t child = fork();
  if (child == 0) {
    const std::string words = TextOf(SqliteWriter::Open(options_).status());
    _exit(words.find(want) == std::string::npos ? 1 : 0);
  }
  int ended = -1;
  waitpid(child, &ended, 0);
  EXPECT_EQ(ended, 0);

  Fill("a", 1);  // The refused ones have not taken SQLite's own locks away.
  ASSERT_TRUE(Close().ok());
  Open();
  EXPECT_EQ(Payloads("a").size(), 1u);
}

TEST_F(StoreTest, AfterACleanEndTheFileAloneIsTheJournal) {
  options_.durability = SqliteDurability::kFull;
  Open();
  Fill("a", 3);
  const std::string file = writer_->file();
  EXPECT_TRUE(Exists(file + "-wal"));
  EXPECT_TRUE(Exists(file + "-lock"));
  ASSERT_TRUE(Close().ok());
  EXPECT_FALSE(Exists(file + "-wal"));
  EXPECT_FALSE(Exists(file + "-shm"));
  EXPECT_FALSE(Exists(file + "-lock"));
  Open();
  EXPECT_EQ(Payloads("a").size(), 3u);
}

TEST_F(StoreTest, TheWalIsUsedAgainFromItsStart) {
  options_.wal_pages = 100;
  Open();
  Acquire("a");
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(Write(Append("a", 1, i, {Event(std::string(4'000, 'x'))})).outcome,
              WriteOutcome::kWritten);
    ASSERT_TRUE(writer_->CheckpointIfDue().ok());
  }
  struct stat wal;
  ASSERT_EQ(stat((writer_->file() + "-wal").c_str(), &wal), 0);
  // 400 commits of some pages each; the WAL has about 100 and those of a commit.
  EXPECT_LT(wal.st_size, 120 * 4'200);
  EXPECT_EQ(Payloads("a").size(), 400u);
}

TEST_F(StoreTest, FilesThatAreNoJournalOfThisFormatAreRefused) {
  Sql("CREATE TABLE other(x); PRAGMA application_id = 7;");
  absl::Status other = SqliteWriter::Open(options_).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(TextOf(other), HasSubstr("is no journal of Sampo (application id 0x7)"));

  Sql(StrCat("PRAGMA application_id = ", internal::kApplicationId, "; PRAGMA user_version = 2"));
  absl::Status newer = SqliteWriter::Open(options_).status();
  EXPECT_EQ(newer.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(TextOf(newer), HasSubstr("has format 2, this program knows formats up to 1"));

  std::ofstream(options_.file, std::ios::trunc) << std::string(10'000, 'z');
  absl::Status text = SqliteWriter::Open(options_).status();
  EXPECT_EQ(text.code(), absl::StatusCode::kDataLoss) << text;
  EXPECT_THAT(TextOf(text), HasSubstr("file is not a database"));

  options_.file = "/no/such/folder/j.db";
  absl::Status nowhere = SqliteWriter::Open(options_).status();
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(TextOf(nowhere), HasSubstr("its folder cannot be opened: No such file"));
}

TEST_F(StoreTest, AFileOfAnOlderFormatIsMigrated) {
  Sql(StrCat("PRAGMA application_id = ", internal::kApplicationId));  // of format 0: no tables
  Open();
  Fill("a", 1);
  ASSERT_TRUE(Close().ok());
  Open();
  EXPECT_EQ(Payloads("a").size(), 1u);
}

TEST_F(StoreTest, TheDocumentedTablesAreThoseOfTheFile) {
  std::ifstream page("docs/formats/journal.md");
  ASSERT_TRUE(page.is_open());
  std::stringstream text;
  text << page.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(internal::kFormatSteps[0]));
}

}  // namespace
}  // namespace sampo::persistence
