// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// For each rule of the TCK: a storage that breaks the rule, and the TCK that sees it.
#include "sampo/persistence/tck/wrong_plugins.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace sampo::persistence::tck {
namespace {

constexpr uint64_t kSeedsMax = 20;

// What a rule says of a storage, over some seeds until it says something else than OK.
absl::Status Verdict(Part part, const Rule& rule, const std::string& wrong) {
  const MakeStorage make = [&] { return std::make_unique<WrongStorage>(part, wrong); };
  for (uint64_t seed = 1; seed <= (rule.heavy ? 1 : kSeedsMax); ++seed) {
    absl::Status verdict = RunRule(part, rule, make, seed);
    if (!verdict.ok()) return verdict;
  }
  return absl::OkStatus();
}

// Each rule of the part is broken by a storage that is wrong in it, and kept by one that is wrong
// in nothing.
void ExpectSeen(Part part) {
  for (const TckCase& each : CasesOf(part, nullptr, {.seeds = 0})) {
    const Rule& rule = each.rule;
    if (!rule.heavy) {
      const absl::Status right = Verdict(part, rule, "");
      EXPECT_TRUE(right.ok()) << rule.name << ": " << right;
    }
    const absl::Status wrong = Verdict(part, rule, rule.name);
    EXPECT_FALSE(wrong.ok()) << "nobody sees a storage that breaks " << rule.name << ": "
                             << rule.text;
    EXPECT_FALSE(absl::IsUnimplemented(wrong)) << rule.name;
  }
}

TEST(WrongPluginsTest, AWrongJournalIsSeen) { ExpectSeen(Part::kJournal); }
TEST(WrongPluginsTest, AWrongSnapshotStoreIsSeen) { ExpectSeen(Part::kSnapshots); }
TEST(WrongPluginsTest, AWrongStateStoreIsSeen) { ExpectSeen(Part::kStates); }
TEST(WrongPluginsTest, AWrongJournalIsSeenByQueries) { ExpectSeen(Part::kQueries); }

}  // namespace
}  // namespace sampo::persistence::tck
