// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/tck/storage_tck.h"

#include <optional>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/for_each_seed.h"

namespace sampo::persistence::tck {
namespace {

bool Offers(const StoragePlugins& plugins, Part part) {
  switch (part) {
    case Part::kJournal:
    case Part::kQueries:
      return plugins.journal != nullptr;
    case Part::kSnapshots:
      return plugins.snapshots != nullptr;
    case Part::kStates:
      return plugins.states != nullptr;
  }
  return false;
}

std::vector<Rule> RulesOf(Part part) {
  if (part == Part::kSnapshots) return SnapshotRules();
  if (part == Part::kStates) return StateRules();
  if (part == Part::kQueries) return QueryRules();
  std::vector<Rule> rules = JournalWriteRules();
  for (const Rule& rule : JournalReadRules()) rules.push_back(rule);
  return rules;
}

// Whether the rule is skipped.
bool RunInTest(const TckCase& each, std::optional<uint64_t> seed) {
  const absl::Status kept = RunRule(each.part, each.rule, each.make, seed);
  if (absl::IsUnimplemented(kept)) return true;
  EXPECT_TRUE(kept.ok()) << each.rule.text << ": " << ToStd(kept.message());
  return false;
}

void RunCase(const TckCase& each) {
  bool skipped = false;
  if (each.seeds == 0) {
    skipped = RunInTest(each, std::nullopt);
  } else {
    ForEachSeed(each.seeds, [&](uint64_t seed) { skipped = RunInTest(each, seed) || skipped; });
  }
  if (skipped) GTEST_SKIP() << "not offered: " << each.rule.text;
}

}  // namespace

absl::Status RunRule(Part part, const Rule& rule, const MakeStorage& make,
                     std::optional<uint64_t> seed) {
  Subject subject(make, seed);
  if (!subject.opened().ok()) return subject.opened();
  if (!Offers(subject.plugins(), part)) return absl::UnimplementedError("not offered");
  return rule.check(subject);
}

std::vector<TckCase> CasesOf(Part part, const MakeStorage& make, const TckOptions& options) {
  std::vector<TckCase> cases;
  for (const Rule& rule : RulesOf(part)) {
    cases.push_back({part, rule, make, 0});
    if (options.seeds > 0) cases.push_back({part, rule, make, rule.heavy ? 1 : options.seeds});
  }
  return cases;
}

std::string NameOfCase(const testing::TestParamInfo<TckCase>& info) {
  return StrCat(info.param.rule.name, info.param.seeds == 0 ? "OnThreads" : "Simulated");
}

void PrintTo(const TckCase& each, std::ostream* out) { *out << each.rule.text; }

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JournalTck);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SnapshotStoreTck);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DurableStateStoreTck);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(QueryTck);

TEST_P(JournalTck, Holds) { RunCase(GetParam()); }
TEST_P(SnapshotStoreTck, Holds) { RunCase(GetParam()); }
TEST_P(DurableStateStoreTck, Holds) { RunCase(GetParam()); }
TEST_P(QueryTck, Holds) { RunCase(GetParam()); }

}  // namespace sampo::persistence::tck
