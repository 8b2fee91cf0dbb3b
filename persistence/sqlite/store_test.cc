// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/sqlite/internal/schema.h"

namespace sampo::persistence {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

bool Exists(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0;
}

std::string TextOf(const absl::Status& status) { return status.ToString(); }

EventRecord Event(std::string payload, std::vector<std::string> tags = {}) {
  return {.manifest = "test.Event", .payload = std::move(payload), .tags = std::move(tags)};
}

AtomicAppend Append(std::string id, uint64_t epoch, int64_t after_seq,
                    std::vector<EventRecord> events) {
  return {.persistence_id = std::move(id),
          .epoch = epoch,
          .after_seq = after_seq,
          .events = std::move(events)};
}

// A new file in a folder of its own.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = ::testing::TempDir() + "/storeXXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    options_.file = folder + "/j.db";
    // Most of these tests are not about power cuts; the disk's fsync is slow.
    options_.durability = SqliteDurability::kNormal;
  }

  void Open() {
    absl::StatusOr<std::unique_ptr<SqliteWriter>> writer = SqliteWriter::Open(options_);
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options_);
    ASSERT_TRUE(reader.ok()) << reader.status();
    reader_ = *std::move(reader);
  }
  absl::Status Close() {
    reader_.reset();
    absl::Status closed = writer_->Close();
    writer_.reset();
    return closed;
  }

  WriteResult Write(WriteOp op) { return writer_->CommitGroup(std::span(&op, 1))[0]; }
  uint64_t Acquire(const std::string& id) { return Write(AcquireWriterOp{id}).grant.epoch; }
  // Events 1 to `count` of a new id, one at a time.
  void Fill(const std::string& id, int count) {
    const uint64_t epoch = Acquire(id);
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(Write(Append(id, epoch, i, {Event(StrCat("event-", i + 1))})).outcome,
                WriteOutcome::kWritten);
    }
  }
  std::vector<std::string> Payloads(const std::string& id) {
    absl::StatusOr<EventsPage> page = reader_->ReadEvents({.persistence_id = id});
    std::vector<std::string> payloads;
    if (!page.ok()) return {TextOf(page.status())};
    for (const StoredEvent& event : page->events) payloads.push_back(event.payload);
    return payloads;
  }

  // Changes the file beside the store, as a disk or a person would.
  void Sql(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(options_.file.c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    sqlite3_close(db);
  }
  // Flips a bit of the first byte of `text` in the closed file.
  void FlipIn(const std::string& text) {
    std::fstream file(options_.file, std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const size_t at = bytes.find(text);
    ASSERT_NE(at, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(bytes[at] ^ 1));
  }

  SqliteStoreOptions options_;
  std::unique_ptr<SqliteWriter> writer_;
  std::unique_ptr<SqliteReader> reader_;
};

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

// --- damage ---

TEST_F(StoreTest, AByteFlippedInTheFileIsDataLossOfThatEventAndOtherIdsGoOn) {
  Open();
  Fill("a", 5);
  const uint64_t b = Acquire("b");
  ASSERT_EQ(Write(Append("b", b, 0, {Event("other")})).outcome, WriteOutcome::kWritten);
  ASSERT_TRUE(Close().ok());
  FlipIn("event-3");
  Open();
  absl::Status damage = reader_->ReadEvents({.persistence_id = "a"}).status();
  EXPECT_EQ(damage.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(TextOf(damage), HasSubstr("event 3 of a: its checksum is "));
  EXPECT_THAT(std::string(damage.message()), StartsWith("journal sqlite: /"));
  // What is damaged is not deleted, either.
  EXPECT_EQ(Write(DeleteEventsOp{"a", 1, 5}).status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(reader_->ReadEvents({.persistence_id = "a", .to_seq = 2})->events.size(), 2u);
  EXPECT_EQ(Payloads("b"), std::vector<std::string>{"other"});
  EXPECT_EQ(Write(Append("b", b, 1, {Event("more")})).outcome, WriteOutcome::kWritten);
}

TEST_F(StoreTest, EventsThatAreMissingOrOlderAreFoundByTheChain) {
  const struct {
    const char* sql;
    const char* words;
  } cases[] = {
      {"DELETE FROM events WHERE seq = 3", "event 3 of a: it is missing"},
      {"DELETE FROM events WHERE seq = 5", "event 5 of a: it is missing"},
      {"DELETE FROM events WHERE seq = 5; UPDATE ids SET highest_seq = 4",
       "a: its chain up to event 4 ends with "},
      {"UPDATE ids SET highest_seq = 4", "event 5 of a: it stands behind the head of its id"},
      {"UPDATE ids SET deleted_to = 1", "a: its chain up to event 5 ends with "},
      {"UPDATE ids SET head_hash = x'00'", "a: its row in `ids` contradicts itself"},
      {"UPDATE events SET tags = x'05' WHERE seq = 2", "event 2 of a: its tags are no list"},
  };
  for (const auto& each : cases) {
    SetUp();
    Open();
    Fill("a", 5);
    Sql(each.sql);
    absl::Status damage = reader_->ReadEvents({.persistence_id = "a"}).status();
    EXPECT_EQ(damage.code(), absl::StatusCode::kDataLoss) << each.sql;
    EXPECT_THAT(TextOf(damage), HasSubstr(each.words)) << each.sql;
    ASSERT_TRUE(Close().ok());
  }
}

// As after a write of a page of `ids` that was lost: the row is an older one, and right in itself.
TEST_F(StoreTest, AHeadThatIsOlderThanItsEventsIsFoundByWhoeverReadsUpToItAndByTheNextWriter) {
  Open();
  const uint64_t epoch = Acquire("a");
  ChainHash hash = Write(Append("a", epoch, 0, {Event("1"), Event("2")})).hash;
  for (int64_t seq = 2; seq < 5; ++seq) {
    hash = Write(Append("a", epoch, seq, {Event("more")})).hash;
  }
  ASSERT_EQ(Write(Append("a", epoch, 5, {Event("lost")})).outcome, WriteOutcome::kWritten);
  ASSERT_TRUE(Close().ok());
  Sql(StrCat("UPDATE ids SET highest_seq = 5, head_hash = x'", HashText(hash), "'"));
  Open();
  const char* words = "event 6 of a: it stands behind the head of its id";
  // As an actor recovers, which knows the head; pages that end before it, at it and behind it.
  for (const int64_t to_seq : {int64_t{5}, int64_t{6}, kSeqMax}) {
    for (const int64_t events_max : {1, 3, 5, 1000}) {
      const int64_t from_seq = events_max < 5 ? 6 - events_max : 1;
      const absl::Status damage = reader_
                                      ->ReadEvents({.persistence_id = "a",
                                                    .from_seq = from_seq,
                                                    .to_seq = to_seq,
                                                    .events_max = events_max})
                                      .status();
      EXPECT_EQ(damage.code(), absl::StatusCode::kDataLoss) << to_seq << " " << events_max;
      EXPECT_THAT(TextOf(damage), HasSubstr(words));
    }
  }
  // What ends before the head is whole.
  EXPECT_EQ(reader_->ReadEvents({.persistence_id = "a", .to_seq = 4})->events.size(), 4u);
  const WriteResult grant = Write(AcquireWriterOp{"a"});
  EXPECT_EQ(grant.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(TextOf(grant.status), HasSubstr(words));
  // Other ids go on.
  EXPECT_GT(Acquire("b"), 0u);
}

// Whoever does not replay would write behind a gap.
TEST_F(StoreTest, AHeadThatIsAheadOfItsEventsIsFoundByTheNextWriter) {
  Open();
  const uint64_t epoch = Acquire("a");
  ASSERT_EQ(Write(Append("a", epoch, 0, {Event("1"), Event("2")})).outcome, WriteOutcome::kWritten);
  ASSERT_TRUE(Close().ok());
  Sql("UPDATE ids SET highest_seq = 1026");
  Open();
  const WriteResult grant = Write(AcquireWriterOp{"a"});
  EXPECT_EQ(grant.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(TextOf(grant.status),
              HasSubstr("event 1026 of a: it is missing, and the head of its id names it"));
  EXPECT_GT(Acquire("b"), 0u);
}

TEST_F(StoreTest, ASnapshotIsCheckedAgainstTheChain) {
  Open();
  const uint64_t epoch = Acquire("a");
  const ChainHash one = Write(Append("a", epoch, 0, {Event("1")})).hash;
  const ChainHash two = Write(Append("a", epoch, 1, {Event("2")})).hash;
  ASSERT_EQ(Write(Append("a", epoch, 2, {Event("3")})).outcome, WriteOutcome::kWritten);
  const auto from = [&](int64_t seq, const ChainHash& hash) {
    return reader_->ReadEvents({.persistence_id = "a", .from_seq = seq, .hash_before = hash});
  };
  EXPECT_TRUE(from(2, one).ok());
  EXPECT_TRUE(from(3, two).ok());
  EXPECT_EQ(from(3, one).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(from(4, two).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(TextOf(from(9, two).status()),
              HasSubstr("a: its newest event is 3, the reader (a snapshot) has seen event 8"));
  ASSERT_EQ(Write(DeleteEventsOp{"a", epoch, 2}).outcome, WriteOutcome::kWritten);
  EXPECT_TRUE(from(3, two).ok());
  EXPECT_THAT(TextOf(from(3, one).status()), HasSubstr("a: the hash of its chain at event 2 is "));
}

TEST_F(StoreTest, ADamagedSnapshotIsNamedAndTheOneBeforeIsTaken) {
  Open();
  const uint64_t epoch = Acquire("a");
  for (int64_t seq = 1; seq <= 3; ++seq) {
    ASSERT_EQ(Write(SaveSnapshotOp{{.persistence_id = "a",
                                    .seq = seq,
                                    .epoch = epoch,
                                    .written_at_micros = seq,
                                    .manifest = "m",
                                    .payload = StrCat("state-", seq)}})
                  .outcome,
              WriteOutcome::kWritten);
  }
  EXPECT_EQ(Write(SaveSnapshotOp{{.persistence_id = "a", .seq = 4, .manifest = "m"}}).outcome,
            WriteOutcome::kFenced);
  ASSERT_TRUE(Close().ok());
  FlipIn("state-3");
  Open();
  absl::StatusOr<SnapshotLoad> load = reader_->LoadSnapshot("a", {});
  ASSERT_TRUE(load.ok());
  ASSERT_TRUE(load->snapshot.has_value());
  EXPECT_EQ(load->snapshot->payload, "state-2");
  ASSERT_EQ(load->unreadable.size(), 1u);
  EXPECT_THAT(TextOf(load->unreadable[0]), HasSubstr("snapshot 3 of a: its checksum is "));
  EXPECT_EQ(reader_->LoadSnapshot("a", {.seq_max = 1})->snapshot->payload, "state-1");
  ASSERT_EQ(Write(DeleteSnapshotsOp{"a", epoch, {.seq_max = 2}}).outcome, WriteOutcome::kWritten);
  EXPECT_FALSE(reader_->LoadSnapshot("a", {})->snapshot.has_value());
}

TEST_F(StoreTest, StatesAreFencedByEpochAndRevisionAndTheirDamageIsFound) {
  Open();
  ASSERT_EQ(Write(AcquireStateOp{"s"}).state.epoch, 1u);
  const auto upsert = [&](int64_t revision, uint64_t epoch) {
    return Write(UpsertStateOp{{.persistence_id = "s",
                                .revision = revision,
                                .epoch = epoch,
                                .manifest = "m",
                                .payload = StrCat("value-", revision)}});
  };
  EXPECT_EQ(upsert(1, 1).outcome, WriteOutcome::kWritten);
  EXPECT_EQ(upsert(1, 1).outcome, WriteOutcome::kFenced);
  WriteResult grant = Write(AcquireStateOp{"s"});
  EXPECT_EQ(grant.state.epoch, 2u);
  EXPECT_EQ(grant.state.state->payload, "value-1");
  EXPECT_EQ(grant.state.state->epoch, 1u);
  EXPECT_THAT(TextOf(upsert(2, 1).status),
              HasSubstr("revision 2 of the state of s by the writer of epoch 1: the store is at "
                        "revision 1 and epoch 2"));
  EXPECT_EQ(Write(DeleteStateOp{"s", 2, 2}).outcome, WriteOutcome::kWritten);
  EXPECT_FALSE(reader_->ReadState("s")->state.has_value());
  EXPECT_EQ(reader_->ReadState("s")->revision, 2);
  EXPECT_EQ(upsert(3, 2).outcome, WriteOutcome::kWritten);
  ASSERT_TRUE(Close().ok());
  FlipIn("value-3");
  Open();
  EXPECT_THAT(TextOf(reader_->ReadState("s").status()), HasSubstr("state of s: its checksum is "));
  EXPECT_EQ(Write(AcquireStateOp{"s"}).status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Write(AcquireStateOp{"t"}).state.epoch, 1u);
  EXPECT_EQ(reader_->ListStateIds(0, 10)->ids, (std::vector<std::string>{"s", "t"}));
}

}  // namespace
}  // namespace sampo::persistence
