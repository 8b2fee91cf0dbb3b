// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// verify.h, salvage.h and maintain.h on journals that are whole, and on damaged ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/findings.h"
#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/persistence/sqlite/offline/maintain.h"
#include "sampo/persistence/sqlite/offline/salvage.h"
#include "sampo/persistence/sqlite/offline/test_journal.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Salvaged {
  SalvageReport report;
  std::vector<std::string> notes;
};

// Salvages into a new file beside the journal, which is expected to verify.
Salvaged SalvageOf(const std::string& file, const std::string& to) {
  Salvaged salvaged;
  absl::StatusOr<SalvageReport> report = SalvageJournal(
      file, to,
      {.on_note =
           [&](const SalvageNote& note) {
             const std::string text = NoteText("F", note);
             salvaged.notes.push_back(text.substr(std::string("journal sqlite: F: ").size()));
           },
       .on_progress = nullptr});
  EXPECT_TRUE(report.ok()) << report.status();
  if (!report.ok()) return salvaged;
  salvaged.report = *report;
  EXPECT_THAT(FindingsOf(to), IsEmpty());
  EXPECT_FALSE(FileExists(to + "-partial"));
  EXPECT_FALSE(FileExists(to + "-overlay-partial"));
  return salvaged;
}

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() { journal_.Fill(); }
  std::vector<std::string> Findings() { return FindingsOf(journal_.file()); }
  Salvaged Salvage() { return SalvageOf(journal_.file(), To()); }
  std::string To() { return journal_.PathOf("new.db"); }
  std::string Kept(const std::string& id) { return EventsOf(To(), id); }

  TestJournal journal_;
};

// --- verify ---

TEST_F(DamageTest, AWholeJournalHasNoFindingsAndIsLeftAsItIs) {
  const std::string before = BytesOf(journal_.file());
  absl::StatusOr<VerifyReport> report = VerifyJournal(journal_.file(), {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->findings, 0);
  EXPECT_EQ(report->ids, 3);
  EXPECT_EQ(report->events, 10 + 4 + 5);
  EXPECT_EQ(report->snapshots, 2);
  EXPECT_EQ(report->states, 2);
  EXPECT_EQ(report->tags, 10);
  EXPECT_EQ(BytesOf(journal_.file()), before);
  EXPECT_FALSE(FileExists(journal_.file() + "-wal"));
  EXPECT_FALSE(FileExists(journal_.file() + "-shm"));
  EXPECT_FALSE(FileExists(journal_.file() + "-lock"));
}

TEST_F(DamageTest, AByteFlippedInAPayloadIsFoundWithIdAndSequenceNumber) {
  journal_.FlipByteOf("Cart|7-event-4;");
  EXPECT_THAT(
      Findings(),
      ElementsAre(testing::MatchesRegex("Cart.7: event 4: crc [0-9a-f]+ != [0-9a-f]+: DATA_LOSS")));
  Salvaged salvaged = Salvage();
  EXPECT_THAT(
      salvaged.notes,
      ElementsAre(AllOf(HasSubstr("Cart|7: events 1 to 5: the snapshot at 5 has their state; "
                                  "event 4: crc"),
                        HasSubstr(": LOST"))));
  EXPECT_EQ(salvaged.report.events_lost, 5);
  EXPECT_EQ(salvaged.report.ids_whole, 2);
  EXPECT_EQ(salvaged.report.states, 2);
  EXPECT_EQ(Kept("Cart|7"), "6 to 10");
  EXPECT_EQ(Kept("Cart|8"), "1 to 4");
  EXPECT_EQ(Kept("Order|1"), "4 to 8");
}

TEST_F(DamageTest, AByteFlippedInAManifestOrInTheTagsIsFound) {
  journal_.Sql("UPDATE events SET manifest = 'cart.v2.Event' WHERE ordering = 12");
  journal_.Sql("UPDATE events SET tags = x'0100000003000000726564' WHERE ordering = 2");
  EXPECT_THAT(Findings(),
              ElementsAre(HasSubstr("Cart|7: event 2: crc"), HasSubstr("Cart|8: event 2: crc"),
                          HasSubstr("Cart|7: event 2: the table of tags has it under \"blue\"")));
}

TEST_F(DamageTest, MissingEventsInTheMiddleAndAtTheHeadAreFound) {
  journal_.Sql("DELETE FROM events WHERE ordering IN (8, 12, 13)");  // 8 of Cart|7; 2, 3 of Cart|8
  journal_.Sql("DELETE FROM events WHERE ordering = 22");
  EXPECT_THAT(Findings(), ElementsAre("Cart|7: event 8: is missing: DATA_LOSS",
                                      "Cart|8: events 2 to 3: are missing: DATA_LOSS",
                                      "Order|1: event 8: is missing: DATA_LOSS"));
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes,
              ElementsAre(HasSubstr("Cart|7: events 8 to 10: event 8: is missing: LOST"),
                          HasSubstr("Cart|7: events 1 to 7: their checksums are right"),
                          HasSubstr("Cart|8: events 2 to 4: events 2 to 3: are missing: LOST"),
                          HasSubstr("Cart|8: event 1: their checksums are right"),
                          HasSubstr("Order|1: event 8: is missing: LOST"),
                          HasSubstr("Order|1: events 4 to 7: their checksums are right")));
  EXPECT_EQ(Kept("Cart|7"), "1 to 7");
  EXPECT_EQ(Kept("Order|1"), "4 to 7");
}

TEST_F(DamageTest, RowsThatChangedPlacesBetweenIdsAreFound) {
  journal_.Sql("UPDATE events SET seq = 100 WHERE ordering = 3");
  journal_.Sql("UPDATE events SET id = 1, seq = 3 WHERE ordering = 13");
  journal_.Sql("UPDATE events SET id = 2, seq = 3 WHERE ordering = 3");
  EXPECT_THAT(Findings(), AllOf(Contains(HasSubstr("Cart|7: event 3: crc")),
                                Contains(HasSubstr("Cart|8: event 3: crc"))));
}

TEST_F(DamageTest, AnOlderVersionOfARowIsFoundByTheChain) {
  TestJournal other;  // the same id with another event 2: a row with a right checksum
  other.Append("Cart|8", 1);
  other.AppendPayload("Cart|8", "an older event");
  other.Append("Cart|8", 2);
  other.Close();
  journal_.Sql(StrCat("ATTACH '", other.file(),
                      "' AS other; UPDATE events SET (payload, crc) = "
                      "(SELECT payload, crc FROM other.events WHERE seq = 2) WHERE ordering = 12"));
  EXPECT_THAT(Findings(),
              ElementsAre(HasSubstr("Cart|8: events 1 to 4: the chain does not lead to the head")));
  Salvaged salvaged = Salvage();
  EXPECT_TRUE(salvaged.report.lossless());
  EXPECT_EQ(salvaged.report.ids_unproven, 1);
  EXPECT_THAT(salvaged.notes,
              ElementsAre(AllOf(HasSubstr("Cart|8: events 1 to 4"), HasSubstr(": KEPT"))));
}

TEST_F(DamageTest, DamagedSnapshotsAndThoseOfAnotherChainAreFound) {
  journal_.FlipByteOf("Cart|7-snapshot-5;");
  TestJournal other;
  other.Append("Order|1", 5);
  other.AppendPayload("Order|1", "another event");
  other.SaveSnapshot("Order|1");
  other.Close();
  journal_.Sql(StrCat("ATTACH '", other.file(),
                      "' AS other; UPDATE snapshots SET (hash, crc) = "
                      "(SELECT hash, crc FROM other.snapshots) WHERE seq = 6"));
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("Cart|7: snapshot 5: crc"),
                                      HasSubstr("Order|1: snapshot 6: hash ")));
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes, ElementsAre(HasSubstr("Cart|7: snapshot 5: crc"),
                                          HasSubstr("Order|1: snapshot 6: it does not belong")));
  EXPECT_EQ(salvaged.report.events_lost, 0);
  EXPECT_EQ(salvaged.report.snapshots_lost, 2);
  EXPECT_EQ(Kept("Order|1"), "4 to 8");
}

TEST_F(DamageTest, ADamagedStateIsFound) {
  journal_.FlipByteOf("state-of-7;");
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("Cart|7: state, revision 1: crc")));
  EXPECT_EQ(Salvage().report.states_lost, 1);
}

// The checksum does not cover the column, and the plugin refuses what contradicts itself.
TEST_F(DamageTest, AStateThatIsDeletedAndHasAValueIsFoundAndSetRight) {
  journal_.Sql("UPDATE states SET deleted = 1 - deleted");
  EXPECT_THAT(
      Findings(),
      ElementsAre("Cart|7: state, revision 1: its value and its column `deleted` contradict each "
                  "other: DATA_LOSS",
                  "Cart|9: state, revision 2: its value and its column `deleted` contradict each "
                  "other: DATA_LOSS"));
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes, IsEmpty());
  EXPECT_EQ(salvaged.report.states, 2);
  auto reader = JournalReader::Open(To());
  ASSERT_TRUE(reader.ok()) << reader.status();
  auto with_value = (*reader)->FindState("Cart|7");
  auto without = (*reader)->FindState("Cart|9");
  ASSERT_TRUE(with_value.ok() && with_value->has_value() && without.ok() && without->has_value());
  EXPECT_FALSE((*with_value)->deleted);
  EXPECT_EQ((*with_value)->state.payload, "state-of-7;");
  EXPECT_TRUE((*without)->deleted);
}

TEST_F(DamageTest, AnIdOfWhichNothingIsLeftIsCountedOnceAndUnderItsName) {
  journal_.FlipByteOf("Cart|8-event-1;");
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes,
              ElementsAre(testing::MatchesRegex(
                  "Cart.8: events 1 to 4: event 1: crc [0-9a-f]+ != [0-9a-f]+: LOST")));
  EXPECT_EQ(salvaged.report.ids, 2);
  EXPECT_EQ(salvaged.report.ids_whole, 2);
  EXPECT_EQ(salvaged.report.ids_unproven, 0);
  EXPECT_EQ(salvaged.report.ids_lost, 1);
  EXPECT_EQ(salvaged.report.events, 15);
  EXPECT_EQ(salvaged.report.events_lost, 4);
  EXPECT_EQ(Kept("Cart|8"), "none");
}

TEST_F(DamageTest, WhatIsKeptWithoutProofIsNoWholeJournal) {
  journal_.Append("Gone|1", 2);
  journal_.DeleteEvents("Gone|1", 2);
  journal_.Close();
  journal_.Sql("UPDATE ids SET head_hash = zeroblob(16) WHERE persistence_id >= 'Cart|8'");
  Salvaged salvaged = Salvage();
  EXPECT_THAT(
      salvaged.notes,
      ElementsAre("Cart|8: events 1 to 4: their checksums are right; no chain that leads to "
                  "a head proves them: KEPT",
                  "Order|1: events 4 to 8: their checksums are right; no chain that leads "
                  "to a head proves them: KEPT",
                  "Gone|1: head: it is at event 2; its hash is not proven: KEPT"));
  EXPECT_TRUE(salvaged.report.lossless());
  EXPECT_FALSE(salvaged.report.whole());
  EXPECT_EQ(salvaged.report.ids_unproven, 3);
}

// Of the ids no event is left, and their names are long: the table has some pages.
TEST_F(DamageTest, RowsThatCannotBeReadAreLossesAndThoseBehindThemAreNot) {
  const std::string name(200, 'n');
  for (int i = 10; i < 70; ++i) {
    journal_.Append(StrCat("Gone|", i, name), 1);
    journal_.DeleteEvents(StrCat("Gone|", i, name), 1);
    journal_.Upsert(StrCat("State|", i, name), std::string(500, 's'));
  }
  journal_.Close();
  std::string bytes = BytesOf(journal_.file());
  constexpr char kLeafOfATable = 0x0d;
  for (const char* lost : {"Gone|40", "State|40"}) {
    size_t page = 0;
    while (page < bytes.size() && (bytes[page] != kLeafOfATable ||
                                   bytes.substr(page, 4096).find(lost) == std::string::npos)) {
      page += 4096;
    }
    ASSERT_LT(page, bytes.size());
    bytes[page] = 0;
  }
  WriteBytes(journal_.file(), bytes);
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes,
              ElementsAre(testing::MatchesRegex("rows [0-9]+ to [0-9]+ of the ids cannot .*: LOST"),
                          testing::MatchesRegex("rows [0-9]+ to [0-9]+ of the states .*: LOST")));
  EXPECT_EQ(salvaged.report.ids + salvaged.report.ids_lost, 3 + 60);
  EXPECT_EQ(salvaged.report.states + salvaged.report.states_lost, 2 + 60);
  EXPECT_GT(salvaged.report.ids_lost, 0);
  EXPECT_LT(salvaged.report.ids_lost, 25);
  EXPECT_GT(salvaged.report.states_lost, 0);
  EXPECT_LT(salvaged.report.states_lost, 10);
  EXPECT_FALSE(salvaged.report.lossless());
  EXPECT_EQ(Kept(StrCat("Gone|", 69, name)), "empty");
}

TEST_F(DamageTest, AWrongAnchorAndWrongHeadsAreFound) {
  journal_.Sql("UPDATE ids SET anchor_hash = head_hash WHERE persistence_id = 'Order|1'");
  journal_.Sql("UPDATE ids SET highest_seq = 3 WHERE persistence_id = 'Cart|8'");
  journal_.Sql("UPDATE ids SET head_hash = x'00' WHERE persistence_id = 'Cart|7'");
  const std::vector<std::string> findings = Findings();
  EXPECT_THAT(findings, Contains(HasSubstr("Cart|7: head: head_hash has 1 bytes instead of 16")));
  EXPECT_THAT(findings, Contains(HasSubstr("Cart|8: event 4: behind the head")));
  EXPECT_THAT(findings, Contains(HasSubstr("Order|1: events 4 to 6: the chain from the anchor at 3 "
                                           "does not lead to the snapshot at 6")));
  Salvaged salvaged = Salvage();
  EXPECT_EQ(Kept("Cart|7"), "1 to 10");
  EXPECT_EQ(Kept("Cart|8"), "1 to 4");
  EXPECT_EQ(Kept("Order|1"), "7 to 8");
  EXPECT_EQ(salvaged.report.events_lost, 3);
}

TEST_F(DamageTest, TagsAndRowsOfNobodyAreFound) {
  journal_.Sql("INSERT INTO tags VALUES ('red', 12345); DELETE FROM tags WHERE ordering = 1");
  journal_.Sql("INSERT INTO tags VALUES ('green', 3)");
  journal_.Sql("DELETE FROM ids WHERE persistence_id = 'Cart|8'");
  EXPECT_THAT(Findings(),
              ElementsAre(HasSubstr("(no id, row 2): events 1 to 4: 4 rows of no id"),
                          HasSubstr("Cart|7: event 1: is not in the table of tags under \"red\""),
                          HasSubstr("Cart|7: event 1: is not in the table of tags under \"blue\""),
                          HasSubstr("Cart|7: event 3: the table of tags has it under \"green\""),
                          HasSubstr("tag \"red\" points to ordering 12345")));
  Salvaged salvaged = Salvage();
  EXPECT_THAT(salvaged.notes, ElementsAre(HasSubstr("(no id, row 2): events 1 to 4")));
  EXPECT_EQ(salvaged.report.events_lost, 4);
}

TEST_F(DamageTest, FilesThatAreNoJournalAreErrorsOrDamage) {
  EXPECT_THAT(FindingsOf(journal_.PathOf("none.db")), ElementsAre(HasSubstr("NOT_FOUND")));
  journal_.Sql("PRAGMA application_id = 7");
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("INVALID_ARGUMENT")));
  journal_.Sql("PRAGMA application_id = 0x53414d50; PRAGMA user_version = 2");
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("UNIMPLEMENTED")));
  journal_.FlipByteAt(3);
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("file is not a database")));
}

// A page of SQLite's tree: other ids go on, and what the index leads to is read.
TEST_F(DamageTest, DamageOfSqlitesOwnPagesIsFoundAndOtherIdsGoOn) {
  for (int i = 0; i < 40; ++i) {
    journal_.Append(StrCat("Big|", i % 4), 1);
    journal_.AppendPayload(StrCat("Big|", i % 4),
                           std::string(1500, static_cast<char>('a' + i % 26)));
  }
  journal_.Close();
  const size_t at = BytesOf(journal_.file()).find(std::string(1500, 'm'));
  ASSERT_NE(at, std::string::npos);
  // The header of its page: type, free block, number of cells.
  journal_.FlipByteAt(static_cast<int64_t>(at / 4096 * 4096));
  const std::vector<std::string> findings = Findings();
  EXPECT_THAT(findings, Contains(HasSubstr("integrity_check")));
  EXPECT_THAT(findings, Contains(HasSubstr("malformed")));
  Salvaged salvaged = Salvage();
  EXPECT_GT(salvaged.report.events_lost, 0);
  EXPECT_EQ(Kept("Cart|7"), "1 to 10");
  EXPECT_EQ(Kept("Cart|8"), "1 to 4");
}

TEST_F(DamageTest, ADeletedToThatIsTooHighLosesNothing) {
  journal_.Sql("UPDATE ids SET deleted_to = 8 WHERE persistence_id = 'Cart|7'");
  EXPECT_THAT(Findings(),
              Contains(HasSubstr("Cart|7: event 3: stands there although it is deleted")));
  EXPECT_TRUE(Salvage().report.lossless());
  EXPECT_EQ(Kept("Cart|7"), "1 to 10");
}

// All events of a journal by id and number.
std::map<std::string, std::string> ContentOf(const std::string& file) {
  std::map<std::string, std::string> content;
  auto reader = JournalReader::Open(file);
  if (!reader.ok()) return content;
  auto ids = (*reader)->ListIds({});
  if (!ids.ok()) return content;
  for (const IdSummary& id : ids->ids) {
    auto page = (*reader)->ReadEvents(id, {});
    if (!page.ok()) continue;
    for (const EventEntry& entry : page->events) {
      content[StrCat(id.persistence_id, "#", entry.event.seq)] = entry.event.payload;
    }
  }
  return content;
}

TEST_F(DamageTest, WhateverBytesAreFlippedWhatIsMissingAfterASalvageIsCounted) {
  const std::string whole = BytesOf(journal_.file());
  const std::map<std::string, std::string> before = ContentOf(journal_.file());
  ASSERT_EQ(before.size(), 19u);
  int saved = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string bytes = whole;
    for (int flips = 0; flips < 2; ++flips) {
      // Not in the first page, whose loss is that of the file.
      const size_t at = 4096 + random.Below(bytes.size() - 4096);
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
    }
    WriteBytes(journal_.file(), bytes);
    const bool found = !Findings().empty();
    const std::string to = journal_.PathOf(StrCat("new", seed, ".db"));
    const Salvaged salvaged = SalvageOf(journal_.file(), to);
    EXPECT_EQ(BytesOf(journal_.file()), bytes);
    int64_t missing = static_cast<int64_t>(before.size());
    for (const auto& [event, payload] : ContentOf(to)) {
      const auto original = before.find(event);
      // Under a damaged name there is no event.
      ASSERT_NE(original, before.end()) << event;
      EXPECT_EQ(payload, original->second);
      --missing;
    }
    EXPECT_LE(missing, salvaged.report.events_lost);
    EXPECT_TRUE(found || missing == 0);
    saved += missing < static_cast<int64_t>(before.size()) ? 1 : 0;
  }
  EXPECT_GE(saved, 35);
}

// --- the WAL ---

TEST(DamagedWalTest, CommitsBehindADamagedFrameAreSavedAndTheDamagedOneIsNamed) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  journal.Append("Cart|8", 3);
  const std::string padding(3000, 'x');  // so that each event has a page of its own
  journal.AppendPayload("Cart|7", padding);
  journal.AppendPayload("Cart|7", "the damaged one;" + padding);
  journal.AppendPayload("Cart|8", "behind it;" + padding);
  journal.AppendPayload("Cart|8", "behind it, too;" + padding);
  const std::string file = journal.CopyAfterCrash("crashed.db");
  const std::string wal = BytesOf(file + "-wal");
  const size_t at = wal.find("the damaged one;");
  ASSERT_NE(at, std::string::npos);
  std::string damaged_wal = wal;
  damaged_wal[at] ^= 1;
  WriteBytes(file + "-wal", damaged_wal);
  const std::string damaged_file = BytesOf(file);
  EXPECT_THAT(FindingsOf(file), Contains(AllOf(HasSubstr("WAL: frame"), HasSubstr("salvage"))));
  EXPECT_EQ(BackupJournal(file, journal.PathOf("backup.db"), {}).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(CompactJournal(file, {}).status().code(), absl::StatusCode::kDataLoss);

  const std::string to = journal.PathOf("new.db");
  Salvaged salvaged = SalvageOf(file, to);
  EXPECT_EQ(BytesOf(file + "-wal"), damaged_wal);
  EXPECT_EQ(BytesOf(file), damaged_file);
  EXPECT_THAT(salvaged.report.wal, HasSubstr("does not verify"));
  EXPECT_EQ(EventsOf(to, "Cart|8"), "1 to 5");
  EXPECT_EQ(EventsOf(to, "Cart|7"), "1 to 4");
  EXPECT_EQ(salvaged.report.events_behind_damage, 2);
  EXPECT_EQ(salvaged.report.events_lost, 1);
  EXPECT_TRUE(salvaged.report.wal_damaged);
  EXPECT_THAT(salvaged.notes, Contains(HasSubstr("Cart|7: event 5: ")));
}

// SQLite, let near it, would delete the WAL.
TEST(DamagedWalTest, AnEmptyFileBesideAFullWalIsDamageAndTheWalIsKept) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  const std::string file = journal.CopyAfterCrash("crashed.db");
  const std::string wal = BytesOf(file + "-wal");
  WriteBytes(file, "");
  EXPECT_THAT(FindingsOf(file), Contains(HasSubstr("the database file is empty")));
  // The WAL has the pages that changed since the tables were made: too little for a database.
  EXPECT_EQ(SalvageJournal(file, journal.PathOf("new.db"), {}).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_FALSE(JournalReader::Open(file).ok());
  EXPECT_EQ(BytesOf(file + "-wal"), wal);
}

TEST(DamagedWalTest, ATornTailIsNoDamage) {
  TestJournal journal;
  journal.Append("Cart|7", 3);
  const std::string file = journal.CopyAfterCrash("crashed.db");
  const std::string wal = BytesOf(file + "-wal");
  WriteBytes(file + "-wal", wal.substr(0, wal.size() - 100));
  absl::StatusOr<VerifyReport> report = VerifyJournal(file, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->findings, 0);
  EXPECT_THAT(report->wal_tail, HasSubstr("torn tail"));
  const SalvageReport salvaged = SalvageOf(file, journal.PathOf("new.db")).report;
  EXPECT_FALSE(salvaged.wal_damaged);
  EXPECT_TRUE(salvaged.whole());
}

TEST_F(DamageTest, CompactLeavesADamagedJournalAsItIs) {
  journal_.FlipByteOf("Cart|7-event-4;");
  const std::string before = BytesOf(journal_.file());
  absl::StatusOr<CompactReport> report = CompactJournal(journal_.file(), {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->verified.findings, 1);
  EXPECT_EQ(BytesOf(journal_.file()), before);
}

TEST_F(DamageTest, ASalvagedWholeJournalIsTheSame) {
  Salvaged salvaged = Salvage();
  EXPECT_TRUE(salvaged.report.lossless());
  EXPECT_THAT(salvaged.notes, IsEmpty());
  EXPECT_EQ(salvaged.report.ids_whole, 3);
  auto old_reader = JournalReader::Open(journal_.file());
  auto new_reader = JournalReader::Open(To());
  ASSERT_TRUE(old_reader.ok() && new_reader.ok());
  auto old_stats = (*old_reader)->ReadStats(nullptr);
  auto new_stats = (*new_reader)->ReadStats(nullptr);
  ASSERT_TRUE(old_stats.ok() && new_stats.ok());
  EXPECT_EQ(new_stats->last_ordering, old_stats->last_ordering);
  EXPECT_EQ(new_stats->event_bytes, old_stats->event_bytes);
  EXPECT_EQ(new_stats->events_deleted, old_stats->events_deleted);
  EXPECT_EQ(new_stats->states_deleted, old_stats->states_deleted);
  EXPECT_EQ(new_stats->snapshot_bytes, old_stats->snapshot_bytes);
}

}  // namespace
}  // namespace sampo::persistence::offline
