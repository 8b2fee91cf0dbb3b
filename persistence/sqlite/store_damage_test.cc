// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What is found of a file that somebody has damaged: DATA_LOSS of that record, and others go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/testing_store.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

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
