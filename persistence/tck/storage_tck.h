// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SAMPO_STORAGE_TCK: the suites that any storage plugin can run: JournalTck, SnapshotStoreTck,
// DurableStateStoreTck, QueryTck. Each rule (rule.h) is a GoogleTest of its own on threads, and one
// over some seeds in a simulation.
//
// Threads: the test's. Lifetime: a storage for each rule and seed.
//
//   struct MyStorage final : tck::StorageUnderTest {
//     absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override { ... }
//   };
//   SAMPO_STORAGE_TCK(My, [] { return std::make_unique<MyStorage>(); });
#ifndef SAMPO_PERSISTENCE_TCK_STORAGE_TCK_H_
#define SAMPO_PERSISTENCE_TCK_STORAGE_TCK_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/persistence/tck/rule.h"
#include "sampo/persistence/tck/storage_under_test.h"

namespace sampo::persistence::tck {

// What a rule is about; a plugin that lacks it skips the rule.
enum class Part : uint8_t { kJournal, kSnapshots, kStates, kQueries };

struct TckOptions {
  int seeds = 5;  // of the simulation, for each rule; 0: threads alone
};

// One GoogleTest: a rule on threads (seeds is 0), or in simulations of the seeds 1 to `seeds`.
struct TckCase {
  Part part;
  Rule rule;
  MakeStorage make;
  int seeds;
};

std::vector<TckCase> CasesOf(Part part, const MakeStorage& make, const TckOptions& options = {});
// Checks a rule once, on threads or in a simulation. UNIMPLEMENTED: not offered.
absl::Status RunRule(Part part, const Rule& rule, const MakeStorage& make,
                     std::optional<uint64_t> seed);
std::string NameOfCase(const testing::TestParamInfo<TckCase>& info);
void PrintTo(const TckCase& each, std::ostream* out);

class JournalTck : public testing::TestWithParam<TckCase> {};
class SnapshotStoreTck : public testing::TestWithParam<TckCase> {};
class DurableStateStoreTck : public testing::TestWithParam<TckCase> {};
class QueryTck : public testing::TestWithParam<TckCase> {};

}  // namespace sampo::persistence::tck

// The suites of a storage. `Name` is the prefix of the tests; behind it a function that makes an
// empty StorageUnderTest, and TckOptions where they are not the usual ones.
#define SAMPO_STORAGE_TCK(Name, ...)                                               \
  namespace sampo::persistence::tck {                                              \
  SAMPO_STORAGE_TCK_PART_(Name, JournalTck, Part::kJournal, __VA_ARGS__);          \
  SAMPO_STORAGE_TCK_PART_(Name, SnapshotStoreTck, Part::kSnapshots, __VA_ARGS__);  \
  SAMPO_STORAGE_TCK_PART_(Name, DurableStateStoreTck, Part::kStates, __VA_ARGS__); \
  SAMPO_STORAGE_TCK_PART_(Name, QueryTck, Part::kQueries, __VA_ARGS__);            \
  }                                                                                \
  static_assert(true, "a semicolon follows")

#define SAMPO_STORAGE_TCK_PART_(Name, Suite, part, ...) \
  INSTANTIATE_TEST_SUITE_P(Name, Suite, ::testing::ValuesIn(CasesOf(part, __VA_ARGS__)), NameOfCase)

#endif  // SAMPO_PERSISTENCE_TCK_STORAGE_TCK_H_
