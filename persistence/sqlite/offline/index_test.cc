// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Indexes that do not have what their tables have. An id that the index of names has lost, as by a
// page whose write never reached the disk: the store must not take it for a new one, verify names
// it, and salvage finds what it has. An event that the index of events gives to another id.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/persistence/sqlite/offline/findings.h"
#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/persistence/sqlite/offline/salvage.h"
#include "sampo/persistence/sqlite/offline/test_journal.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence::offline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kIdLost[] = "Cart|lost: its row in `ids` is missing in the index of names";
constexpr char kStateLost[] = "Cart|lost: its row in `states` is missing in the index of names";

// A closed journal of "Cart|kept" and "Cart|lost", each with events and a state; both indexes are
// as they were before "Cart|lost" came.
class NameIndexTest : public ::testing::Test {
 protected:
  NameIndexTest() {
    journal_.Append("Cart|kept", 2);
    journal_.Upsert("Cart|kept", "kept-state;");
    journal_.Close();
    const std::string ids = journal_.RootPageOf(kIndexOfIds);
    const std::string states = journal_.RootPageOf(kIndexOfStates);
    journal_.Append("Cart|lost", 3);
    journal_.Upsert("Cart|lost", "lost-state;");
    journal_.Close();
    EXPECT_THAT(FindingsOf(journal_.file()), IsEmpty());
    journal_.PutRootPageOf(kIndexOfIds, ids);
    journal_.PutRootPageOf(kIndexOfStates, states);
  }

  void Open() {
    SqliteStoreOptions options;
    options.file = journal_.file();
    options.durability = SqliteDurability::kNormal;  // nobody cuts the power here
    absl::StatusOr<std::unique_ptr<SqliteWriter>> writer = SqliteWriter::Open(options);
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options);
    ASSERT_TRUE(reader.ok()) << reader.status();
    reader_ = *std::move(reader);
  }
  WriteResult Write(WriteOp op) { return writer_->CommitGroup(std::span(&op, 1))[0]; }
  // Granted, with what was written before, and it takes an event more.
  void ExpectGoesOn(const std::string& id, int64_t highest_seq) {
    const WriteResult granted = Write(AcquireWriterOp{id});
    ASSERT_EQ(granted.outcome, WriteOutcome::kWritten) << granted.status;
    EXPECT_EQ(granted.grant.highest_seq, highest_seq);
    AtomicAppend append;
    append.persistence_id = id;
    append.epoch = granted.grant.epoch;
    append.after_seq = highest_seq;
    append.events.push_back({.manifest = "m", .payload = "one more"});
    EXPECT_EQ(Write(std::move(append)).outcome, WriteOutcome::kWritten);
    const absl::StatusOr<EventsPage> page = reader_->ReadEvents({.persistence_id = id});
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(static_cast<int64_t>(page->events.size()), highest_seq + 1);
  }
  static void ExpectLost(const absl::Status& status, const std::string& words) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(status.ToString(), HasSubstr(words));
  }

  TestJournal journal_;
  std::unique_ptr<SqliteWriter> writer_;
  std::unique_ptr<SqliteReader> reader_;  // ends first
};

TEST_F(NameIndexTest, TheIdIsDataLossForWritersAndReadersAndOthersGoOn) {
  Open();
  for (int time = 0; time < 2; ++time) {
    const WriteResult granted = Write(AcquireWriterOp{"Cart|lost"});
    EXPECT_EQ(granted.outcome, WriteOutcome::kFailed);
    ExpectLost(granted.status, kIdLost);
    ExpectLost(reader_->ReadEvents({.persistence_id = "Cart|lost"}).status(), kIdLost);
    ExpectLost(reader_->ReadHead("Cart|lost").status(), kIdLost);
  }
  ExpectGoesOn("Cart|kept", 2);
  ExpectGoesOn("Cart|new", 0);
  EXPECT_TRUE(writer_->health().ok()) << writer_->health();
  // In one group with the lost one, too.
  const WriteOp group[] = {AcquireWriterOp{"Cart|lost"}, AcquireWriterOp{"Cart|kept"}};
  const std::vector<WriteResult> results = writer_->CommitGroup(group);
  ExpectLost(results[0].status, kIdLost);
  EXPECT_EQ(results[1].outcome, WriteOutcome::kWritten) << results[1].status;
  EXPECT_EQ(results[1].grant.highest_seq, 3);
}

TEST_F(NameIndexTest, TheStateIsDataLossForWritersAndReadersAndOthersGoOn) {
  Open();
  for (int time = 0; time < 2; ++time) {
    const WriteResult granted = Write(AcquireStateOp{"Cart|lost"});
    EXPECT_EQ(granted.outcome, WriteOutcome::kFailed);
    ExpectLost(granted.status, kStateLost);
    ExpectLost(reader_->ReadState("Cart|lost").status(), kStateLost);
  }
  const WriteResult kept = Write(AcquireStateOp{"Cart|kept"});
  ASSERT_EQ(kept.outcome, WriteOutcome::kWritten) << kept.status;
  ASSERT_TRUE(kept.state.state.has_value());
  EXPECT_EQ(kept.state.state->payload, "kept-state;");
  EXPECT_EQ(Write(AcquireStateOp{"Cart|new"}).state.epoch, 1u);
  EXPECT_TRUE(writer_->health().ok()) << writer_->health();
}

TEST_F(NameIndexTest, VerifyNamesTheIdAndTheStateBesideSqlitesRow) {
  EXPECT_THAT(FindingsOf(journal_.file()),
              UnorderedElementsAre(
                  "integrity_check: row 2 missing from index sqlite_autoindex_ids_1: DATA_LOSS",
                  "integrity_check: wrong # of entries in index sqlite_autoindex_ids_1: DATA_LOSS",
                  "integrity_check: row 2 missing from index sqlite_autoindex_states_1: DATA_LOSS",
                  "integrity_check: wrong # of entries in index sqlite_autoindex_states_1: "
                  "DATA_LOSS",
                  "Cart|lost: head: its row is missing in the index of names: DATA_LOSS",
                  "Cart|lost: state, revision 1: its row is missing in the index of names: "
                  "DATA_LOSS"));
}

TEST_F(NameIndexTest, TheReaderFindsItAndSaysWhatIsWrong) {
  auto reader = JournalReader::Open(journal_.file());
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto lost = (*reader)->FindId("Cart|lost");
  ASSERT_TRUE(lost.ok() && lost->has_value()) << lost.status();
  EXPECT_EQ((*lost)->head.highest_seq, 3);
  EXPECT_EQ((*lost)->problem, "its row is missing in the index of names");
  const auto state = (*reader)->FindState("Cart|lost");
  ASSERT_TRUE(state.ok() && state->has_value()) << state.status();
  EXPECT_EQ((*state)->state.payload, "lost-state;");
  EXPECT_EQ((*state)->problem, "its row is missing in the index of names");
  const auto kept = (*reader)->FindId("Cart|kept");
  ASSERT_TRUE(kept.ok() && kept->has_value()) << kept.status();
  EXPECT_EQ((*kept)->problem, "");
  const auto none = (*reader)->FindId("Cart|none");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_value());
}

TEST_F(NameIndexTest, SalvageTakesAllOfItAndTheStoreGoesOnWithTheCopy) {
  const std::string to = journal_.PathOf("new.db");
  const absl::StatusOr<SalvageReport> report = SalvageJournal(journal_.file(), to, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->whole());
  EXPECT_EQ(report->ids_whole, 2);
  EXPECT_EQ(report->events, 5);
  EXPECT_EQ(report->states, 2);
  EXPECT_THAT(FindingsOf(to), IsEmpty());
  EXPECT_THAT(FindingsOf(journal_.file()), Not(IsEmpty()));
  WriteBytes(journal_.file(), BytesOf(to));
  Open();
  ExpectGoesOn("Cart|lost", 3);
  EXPECT_EQ(Write(AcquireStateOp{"Cart|lost"}).state.revision, 1);
}

// The index of the events: a byte of an entry that turns an event of one id into one of another.
TEST(EventIndexTest, AnEventThatTheIndexGivesToAnotherIdCostsThatIdNothing) {
  TestJournal journal;
  journal.Fill();
  std::string page = journal.RootPageOf("events_by_id");
  // Header, types, then id 3, number 4, ordering 18.
  const size_t at = page.find(std::string("\x04\x01\x01\x01\x03\x04\x12"));
  ASSERT_NE(at, std::string::npos);
  page[at + 4] = 2;  // whose event 4 is its newest
  journal.PutRootPageOf("events_by_id", page);
  EXPECT_THAT(FindingsOf(journal.file()),
              IsSupersetOf({"Cart|8: event 4: stands there twice: DATA_LOSS",
                            "Order|1: event 4: is missing: DATA_LOSS"}));
  const std::string to = journal.PathOf("new.db");
  const absl::StatusOr<SalvageReport> report = SalvageJournal(journal.file(), to, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(FindingsOf(to), IsEmpty());
  EXPECT_EQ(EventsOf(to, "Cart|7"), "1 to 10");
  EXPECT_EQ(EventsOf(to, "Cart|8"), "1 to 4");
  EXPECT_EQ(EventsOf(to, "Order|1"), "7 to 8");  // behind its snapshot
  EXPECT_EQ(report->events_lost, 3);
}

}  // namespace
}  // namespace sampo::persistence::offline
