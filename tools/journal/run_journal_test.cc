// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/tools/journal/run_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/test_journal.h"
#include "sampo/persistence/sqlite/offline/verify.h"
#include "sampo/tools/journal/options.h"
#include "sampo/tools/journal/progress.h"

namespace sampo::journal_tool {
namespace {

using persistence::offline::BytesOf;
using persistence::offline::FileExists;
using persistence::offline::TestJournal;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string log;
};

// A journal of two ids with events, a snapshot and deleted events, and one state.
class RunJournalTest : public ::testing::Test {
 protected:
  RunJournalTest() {
    journal_.Append("Cart|7", 2, {"red"});
    journal_.SaveSnapshot("Cart|7");
    journal_.Append("Cart|7", 1);
    journal_.Append("Order|1", 2);
    journal_.DeleteEvents("Order|1", 1);
    journal_.Upsert("Cart|9", "state-of-9;");
    journal_.Close();
  }

  // Names of files in the output become F and TO.
  Ran Run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream log;
    Ran ran;
    ran.exit_code = RunJournal(arguments, {.out = out, .log = log});
    ran.out = Replaced(Replaced(out.str(), File(), "F"), To(), "TO");
    ran.log = Replaced(Replaced(log.str(), File(), "F"), To(), "TO");
    return ran;
  }
  // Of a command that must end with 0 and say nothing else.
  std::string Output(const std::vector<std::string>& arguments) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_EQ(ran.log, "");
    return ran.out;
  }
  static std::string Replaced(std::string text, const std::string& what, const std::string& by) {
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
      text.replace(at, what.size(), by);
    }
    return text;
  }
  std::string File() const { return journal_.file(); }
  std::string To() const { return journal_.PathOf("new-file"); }

  TestJournal journal_;
};

// --- golden output: scripts read it ---

TEST_F(RunJournalTest, VerifyPrintsOneObjectAndOneLine) {
  EXPECT_EQ(Output({"verify", File(), "--json"}),
            R"({"file":"F","whole":true,"ids":2,"events":4,"snapshots":1,"states":1,"tags":2,)"
            R"("wal_commits":0,"ids_damaged":0,"findings_total":0,"findings":[]})"
            "\n");
  EXPECT_EQ(Output({"verify", File()}),
            "journal: F: 2 ids, 4 events, 1 snapshots, 1 states, 2 tags: whole\n");
}

TEST_F(RunJournalTest, VerifyNamesTheByteThatWasFlipped) {
  journal_.FlipByteOf("Cart|7-event-1;");
  Ran ran = Run({"verify", File(), "--json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out,
            R"({"file":"F","whole":false,"ids":2,"events":4,"snapshots":1,"states":1,"tags":2,)"
            R"("wal_commits":0,"ids_damaged":1,"findings_total":1,"findings":[{"kind":"event",)"
            R"("persistence_id":"Cart|7","from":1,"to":1,"what":"crc 86fb8867 != 4ff6440b"}]})"
            "\n");
  ran = Run({"verify", File()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out,
            "journal sqlite: F: Cart|7: event 1: crc 86fb8867 != 4ff6440b: DATA_LOSS\n"
            "journal: F: 2 ids, 4 events, 1 snapshots, 1 states, 2 tags: findings: 1, ids "
            "damaged: 1\n");
}

TEST_F(RunJournalTest, VerifyPrintsABoundedNumberOfFindingsAndCountsAll) {
  journal_.Append("Cart|8", 5);
  journal_.Close();
  journal_.Sql("UPDATE events SET crc = 1");
  Ran ran = Run({"verify", File(), "--limit", "2"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("event 2: crc 00000001 != 8d0bcc66: DATA_LOSS\n"
                                 "... and 7 more; --limit prints more\n"));
  EXPECT_THAT(ran.out, HasSubstr("findings: 9, ids damaged: 3\n"));
}

TEST_F(RunJournalTest, ListPrintsALineForEachId) {
  EXPECT_EQ(Output({"list", File(), "--json"}),
            R"({"persistence_id":"Cart|7","highest_seq":3,"deleted_to":0,"epoch":1,)"
            R"("head_hash":"bc6bf7c5b2e2e572b415668b3219be4c"})"
            "\n"
            R"({"persistence_id":"Order|1","highest_seq":2,"deleted_to":1,"epoch":1,)"
            R"("head_hash":"14850e25f4023f1064652bc89946cc1b"})"
            "\n");
  EXPECT_EQ(Output({"list", File(), "--type", "Cart"}), "Cart|7  events 1 to 3, epoch 1\n");
  EXPECT_EQ(Output({"list", File(), "--after=Cart|7"}), "Order|1  events 2 to 2, epoch 1\n");
  EXPECT_EQ(Output({"list", File(), "--limit", "1"}), "Cart|7  events 1 to 3, epoch 1\n");
  EXPECT_EQ(Output({"list", File(), "--states"}),
            "Cart|9  state: revision 1, epoch 1, 2026-09-21T14:13:20.000000Z, cart.v1.State v1, 11 "
            "bytes \"state-of-9;\"\n");
  EXPECT_EQ(Run({"list", File(), "--after", "Nobody"}).exit_code, 1);
}

TEST_F(RunJournalTest, ListGoesThroughManyPages) {
  for (int i = 0; i < 2500; ++i) journal_.Append(StrCat(i % 2 == 0 ? "Even|" : "Odd|", i), 1);
  journal_.Close();
  const std::string all = Output({"list", File()});
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 2502);
  const std::string odd = Output({"list", File(), "--type", "Odd", "--limit", "1100"});
  EXPECT_EQ(std::count(odd.begin(), odd.end(), '\n'), 1100);
  EXPECT_THAT(odd, HasSubstr("Odd|2199  "));
}

TEST_F(RunJournalTest, ShowPrintsOneId) {
  EXPECT_EQ(Output({"show", File(), "Cart|7", "--from", "2", "--limit", "1"}),
            "Cart|7\n"
            "head: event 3, hash bc6bf7c5b2e2e572b415668b3219be4c, epoch 1, deleted up to 0\n"
            "snapshot 2:  epoch 1  2026-09-21T14:13:20.000000Z  cart.v1.State v1  18 bytes  "
            "\"Cart|7-snapshot-2;\"\n"
            "event 2:  epoch 1  2026-09-21T14:13:20.000000Z  cart.v1.Event v1  15 bytes  "
            "\"Cart|7-event-2;\"  #red\n"
            "there are more: --from 3\n");
  EXPECT_EQ(Output({"show", File(), "Order|1", "--json"}),
            R"({"persistence_id":"Order|1","highest_seq":2,"deleted_to":1,"epoch":1,)"
            R"("head_hash":"14850e25f4023f1064652bc89946cc1b","snapshots":[],"events":[)"
            R"({"persistence_id":"Order|1","seq":2,"ordering":5,"epoch":1,)"
            R"("written_at":"2026-09-21T14:13:20.000000Z","written_at_micros":1790000000000000,)"
            R"("manifest":"cart.v1.Event","version":1,"payload":"T3JkZXJ8MS1ldmVudC0yOw==",)"
            R"("crc":"f58d7f17","tags":[],"metadata":""}],"more":false})"
            "\n");
  EXPECT_THAT(Output({"show", File(), "Cart|9"}), StartsWith("Cart|9\nstate: revision 1"));
  journal_.FlipByteOf("Cart|7-event-1;");
  const Ran ran = Run({"show", File(), "Cart|7"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("#red  DATA_LOSS: crc 86fb8867 != 4ff6440b\n"));
}

TEST_F(RunJournalTest, ExportPrintsALineForEachRecord) {
  const std::string all = Output({"export", File()});
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 8);
  EXPECT_THAT(all, HasSubstr(R"({"record":"snapshot","persistence_id":"Cart|7","seq":2,)"));
  EXPECT_THAT(all, HasSubstr(R"({"record":"state","persistence_id":"Cart|9","revision":1,)"));
  EXPECT_EQ(Output({"export", File(), "--out", To(), "--json"}),
            R"({"file":"F","out":"TO","records":8,"left_out":0})"
            "\n");
  EXPECT_EQ(BytesOf(To()), all);
  EXPECT_EQ(Run({"export", File(), "--out", To()}).exit_code, 1);
}

TEST_F(RunJournalTest, ExportLeavesOutWhatIsDamagedAndSaysSo) {
  journal_.FlipByteOf("Cart|7-event-1;");
  journal_.Sql("DELETE FROM events WHERE ordering = 2");
  const Ran ran = Run({"export", File(), "Cart|7"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.log,
            "journal sqlite: F: Cart|7: event 1: crc 86fb8867 != 4ff6440b: DATA_LOSS, left out\n"
            "journal sqlite: F: Cart|7: event 2: is missing: DATA_LOSS, left out\n");
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3);
}

TEST_F(RunJournalTest, StatsCountsEverything) {
  EXPECT_EQ(Output({"stats", File(), "--json"}),
            R"({"file":"F","file_bytes":45056,"wal_bytes":0,"page_bytes":4096,"free_pages":0,)"
            R"("ids":2,"events":4,"event_bytes":61,"events_deleted":1,"last_ordering":5,)"
            R"("first_written_at":"2026-09-21T14:13:20.000000Z",)"
            R"("last_written_at":"2026-09-21T14:13:20.000000Z","snapshots":1,"snapshot_bytes":18,)"
            R"("states":1,"states_deleted":0,"state_bytes":11,)"
            R"("types":[{"type":"Cart","ids":1,"events":3},{"type":"Order","ids":1,"events":1}],)"
            R"("largest":[{"persistence_id":"Cart|7","events":3},)"
            R"({"persistence_id":"Order|1","events":1}]})"
            "\n");
  EXPECT_THAT(Output({"stats", File()}), HasSubstr("events: 4 (61 bytes), 1 deleted"));
}

TEST_F(RunJournalTest, BackupCompactAndSalvageReportWhatTheyMade) {
  EXPECT_EQ(Output({"backup", File(), To(), "--json"}),
            R"({"file":"F","backup":"TO","bytes":45056,"whole":true,"ids":2,"events":4,)"
            R"("snapshots":1,"states":1,"tags":2,"wal_commits":0,"ids_damaged":0,)"
            R"("findings_total":0,"findings":[]})"
            "\n");
  EXPECT_EQ(Run({"backup", File(), To()}).exit_code, 1);  // nothing is replaced
  EXPECT_EQ(Output({"compact", File()}), "journal: F: compacted from 45056 to 45056 bytes\n");
  EXPECT_EQ(
      Output({"salvage", File(), To() + "2", "--json"}),
      R"({"file":"F","salvaged":"TO2","lossless":true,"ids":2,"ids_whole":2,)"
      R"("ids_unproven":0,"events":4,"snapshots":1,"states":1,"events_lost":0,)"
      R"("snapshots_lost":0,"states_lost":0,"ids_lost":0,"events_behind_damage":0,"findings":[]})"
      "\n");
}

TEST_F(RunJournalTest, DamageStopsCompactMarksABackupAndIsNamedBySalvage) {
  journal_.FlipByteOf("Cart|7-event-1;");
  Ran ran = Run({"compact", File()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not compacted, see journal salvage"));
  ran = Run({"backup", File(), To()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("copied to TO-partial"));
  EXPECT_FALSE(FileExists(To()));
  ran = Run({"salvage", File(), To() + "2"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out,
            "journal sqlite: F: Cart|7: events 1 to 2: the snapshot at 2 has their state; event 1: "
            "crc 86fb8867 != 4ff6440b: LOST\n"
            "journal: F: salvaged to TO2: 2 ids (1 whole, 0 unproven), 2 events, 1 snapshots, 1 "
            "states; lost: 2 events, 0 snapshots, 0 states, 0 ids\n");
}

TEST_F(RunJournalTest, SalvageEndsWith1WhereWhatItKeptIsNotProven) {
  journal_.Sql("UPDATE ids SET head_hash = zeroblob(16) WHERE persistence_id = 'Cart|7'");
  const Ran ran = Run({"salvage", File(), To()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out,
            "journal sqlite: F: Cart|7: events 1 to 3: their checksums are right; no chain that "
            "leads to a head proves them: KEPT\n"
            "journal: F: salvaged to TO: 2 ids (1 whole, 1 unproven), 4 events, 1 snapshots, 1 "
            "states; lost: 0 events, 0 snapshots, 0 states, 0 ids\n");
}

// A value that says it is deleted; a head that is no value.
TEST_F(RunJournalTest, WhoeverPrintsADamagedRowSaysSoAndEndsWith1) {
  journal_.Sql("UPDATE states SET deleted = 1; UPDATE ids SET head_hash = x'00' WHERE id = 1");
  const std::string state = "its value and its column `deleted` contradict each other";
  const std::string head = "head_hash has 1 bytes instead of 16";
  const std::vector<std::pair<std::vector<std::string>, std::string>> commands = {
      {{"verify", File()}, StrCat("Cart|9: state, revision 1: ", state, ": DATA_LOSS\n")},
      {{"verify", File()}, StrCat("Cart|7: head: ", head, ": DATA_LOSS\n")},
      {{"list", File(), "--states"}, StrCat("deleted  DATA_LOSS: ", state, "\n")},
      {{"list", File(), "--states", "--json"}, StrCat(R"("problem":")", state)},
      {{"list", File()}, StrCat("epoch 1  DATA_LOSS: ", head, "\n")},
      {{"list", File(), "--json"}, StrCat(R"("problem":")", head)},
      {{"show", File(), "Cart|9"}, StrCat("deleted  DATA_LOSS: ", state, "\n")},
      {{"show", File(), "Cart|7"}, StrCat("deleted up to 0  DATA_LOSS: ", head, "\n")}};
  for (const auto& [arguments, text] : commands) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.exit_code, 1) << arguments[0];
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
  const Ran exported = Run({"export", File()});
  EXPECT_EQ(exported.exit_code, 1);
  EXPECT_THAT(exported.log, HasSubstr(StrCat("Cart|9: state, revision 1: ", state)));
  EXPECT_THAT(exported.log, HasSubstr(StrCat("Cart|7: head at event 3: ", head)));
}

TEST_F(RunJournalTest, CompactAndSalvageAreRefusedWhileTheJournalIsInUse) {
  journal_.Append("Cart|7", 1);
  for (const Ran& ran : {Run({"compact", File()}), Run({"salvage", File(), To()})}) {
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.log, testing::MatchesRegex("journal sqlite: F is in use by pid .* on .*\n"));
  }
  EXPECT_THAT(Output({"verify", File()}), HasSubstr(": whole"));
}

TEST_F(RunJournalTest, ErrorsAreJsonWhereJsonIsAskedFor) {
  const Ran ran = Run({"show", File(), "Nobody", "--json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, R"({"error":{"code":"NOT_FOUND","what":"journal: F has no id Nobody"}})"
                     "\n");
  EXPECT_EQ(ran.log, "journal: F has no id Nobody\n");
}

// --- the command line ---

TEST_F(RunJournalTest, WrongArgumentsExitWith2AndSayWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{}, "no command"},
      {{"frob"}, "unknown command frob"},
      {{"verify"}, "verify: FILE is missing"},
      {{"backup", "a"}, "backup: TO is missing"},
      {{"verify", "a", "b"}, "one argument too many: b"},
      {{"verify", "a", "--type", "x"}, "unknown argument --type; see journal verify --help"},
      {{"verify", "a", "--limit"}, "--limit needs a value"},
      {{"verify", "a", "--limit", "0"}, "--limit 0: expected a number from 1 on"},
      {{"verify", "a", "--json=1"}, "--json takes no value"},
      {{"show", "a", "b", "--from", "9", "--to", "8"}, "--from is above --to"},
      {{"verify", ""}, "an argument is empty"}};
  for (const auto& [arguments, text] : wrong) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.exit_code, 2) << text;
    EXPECT_THAT(ran.log, HasSubstr(text));
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(RunJournalTest, HelpIsThereForEachCommand) {
  for (const char* command :
       {"verify", "list", "show", "export", "stats", "backup", "compact", "salvage"}) {
    EXPECT_THAT(Output({command, "--help"}), StartsWith(StrCat("journal ", command, " FILE")));
    EXPECT_THAT(Output({"--help"}), HasSubstr(StrCat("journal ", command, " FILE")));
  }
}

TEST(OptionsTest, IdsMayLookLikeFlagsBehindTwoDashes) {
  const absl::StatusOr<Options> options = ParseOptions({"show", "--json", "--", "a.db", "--id"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->id, "--id");
  EXPECT_TRUE(options->json);
}

// --- progress ---

class StepClock final : public Clock {
 public:
  int64_t NowNanos() const override { return now; }
  absl::Time WallTime() const override { return absl::UnixEpoch(); }
  int64_t now = 0;
};

TEST(ProgressTest, ATerminalHasOneLineAndALogALineNowAndThen) {
  StepClock clock;
  std::ostringstream terminal;
  std::ostringstream log;
  {
    Progress on_terminal(terminal, {.terminal = true, .clock = &clock});
    Progress in_log(log, {.terminal = false, .clock = &clock});
    for (int i = 0; i <= 150; ++i) {
      clock.now = i * int64_t{100'000'000};  // a tenth of a second each
      on_terminal.Tell({"ids", i, 150});
      in_log.Tell({"ids", i, 0});
    }
  }
  EXPECT_EQ(log.str(), "journal: ids: 100\n");
  EXPECT_THAT(terminal.str(), StartsWith("ids: 2 of 150\r             \rids: 4 of 150"));
  EXPECT_THAT(terminal.str(), testing::EndsWith("ids: 150 of 150\r               \r"));
}

}  // namespace
}  // namespace sampo::journal_tool
