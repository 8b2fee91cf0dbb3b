// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The rules of the SPI, and what the memory storage alone offers: damage, Clear, sharing.
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/tck/storage_tck.h"

namespace sampo::persistence {
namespace {

class MemoryUnderTest final : public tck::StorageUnderTest {
 public:
  explicit MemoryUnderTest(InMemoryOptions options) : options_(options) {}
  absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override {
    return storage_.PluginsFor(system, options_);
  }
  std::optional<absl::StatusOr<StoragePlugins>> OpenBounded(ActorSystemBase& system,
                                                            int64_t queue_max) override {
    if (options_.at_once) return std::nullopt;
    return storage_.PluginsFor(system, {.queue_max = queue_max});
  }

 private:
  const InMemoryOptions options_;
  InMemoryStorage storage_;
};

std::unique_ptr<tck::StorageUnderTest> Queued() {
  return std::make_unique<MemoryUnderTest>(InMemoryOptions{});
}
std::unique_ptr<tck::StorageUnderTest> AtOnce() {
  return std::make_unique<MemoryUnderTest>(InMemoryOptions{.at_once = true});
}

template <class T>
FutureResult<T> Get(Future<T> future) {
  return Await(std::move(future), absl::Seconds(10));
}

// One event, behind `after_seq`.
std::vector<AtomicAppend> AppendTo(const char* id, uint64_t epoch, int64_t after_seq) {
  return {{id, epoch, after_seq, {{.manifest = "m", .payload = "x"}}}};
}
WriteOutcome OutcomeOf(Future<std::vector<AppendResult>> appended) {
  const auto results = Get(std::move(appended));
  return results.ok() ? results->at(0).outcome : WriteOutcome::kFailed;
}

TEST(InMemoryStorageTest, DamageIsDataLossWithItsPlace) {
  ActorTestKit kit;
  InMemoryStorage storage;
  const StoragePlugins plugins = storage.PluginsFor(kit.system(), {.at_once = true});
  const uint64_t epoch = Get(plugins.journal->AcquireWriter("A"))->epoch;
  for (int64_t seq = 1; seq <= 3; ++seq) {
    EXPECT_EQ(OutcomeOf(plugins.journal->Append(AppendTo("A", epoch, seq - 1))),
              WriteOutcome::kWritten);
    const SaveResult saved = *Get(plugins.snapshots->Save(
        {.persistence_id = "A", .seq = seq, .epoch = epoch, .manifest = "m"}));
    EXPECT_EQ(saved.outcome, WriteOutcome::kWritten) << saved.status;
  }
  ASSERT_TRUE(storage.DamageEvent("A", 2).ok());
  const absl::Status read = Get(plugins.journal->ReadEvents({.persistence_id = "A"})).status();
  EXPECT_EQ(read.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(read.ToString().find("event 2 of A"), std::string::npos) << read;
  EXPECT_TRUE(Get(plugins.journal->ReadEvents({.persistence_id = "A", .from_seq = 3})).ok());
  EXPECT_EQ(Get(plugins.journal->DeleteEvents("A", epoch, 3)).code(), absl::StatusCode::kDataLoss);

  ASSERT_TRUE(storage.DamageSnapshot("A", 3).ok());
  const SnapshotLoad load = *Get(plugins.snapshots->Load("A", {}));
  ASSERT_TRUE(load.snapshot.has_value());
  EXPECT_EQ(load.snapshot->seq, 2);
  ASSERT_EQ(load.unreadable.size(), 1u);
  EXPECT_EQ(load.unreadable[0].code(), absl::StatusCode::kDataLoss);

  const uint64_t state_epoch = Get(plugins.states->AcquireWriter("A"))->epoch;
  EXPECT_EQ(Get(plugins.states->Upsert(
                    {.persistence_id = "A", .revision = 1, .epoch = state_epoch, .manifest = "m"}))
                ->outcome,
            WriteOutcome::kWritten);
  ASSERT_TRUE(storage.DamageState("A").ok());
  EXPECT_EQ(Get(plugins.states->AcquireWriter("A")).status().code(), absl::StatusCode::kDataLoss);

  EXPECT_EQ(storage.DamageEvent("A", 9).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(storage.DamageSnapshot("B", 1).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(storage.DamageState("B").code(), absl::StatusCode::kNotFound);
}

TEST(InMemoryStorageTest, TwoSystemsFenceEachOther) {
  InMemoryStorage storage;
  ActorTestKit first;
  ActorTestKit second;
  const auto one = storage.PluginsFor(first.system()).journal;
  const auto two = storage.PluginsFor(second.system()).journal;
  const uint64_t old = Get(one->AcquireWriter("A"))->epoch;
  const uint64_t epoch = Get(two->AcquireWriter("A"))->epoch;
  EXPECT_EQ(OutcomeOf(one->Append(AppendTo("A", old, 0))), WriteOutcome::kFenced);
  EXPECT_EQ(OutcomeOf(two->Append(AppendTo("A", epoch, 0))), WriteOutcome::kWritten);
  first.Shutdown();
  EXPECT_EQ(OutcomeOf(two->Append(AppendTo("A", epoch, 1))), WriteOutcome::kWritten);
  storage.Clear();
  EXPECT_EQ(OutcomeOf(two->Append(AppendTo("A", epoch, 2))), WriteOutcome::kFenced);
}

// What a test with this storage explores: a read may come before a write that was asked for
// earlier, or behind it.
TEST(InMemoryStorageTest, ASimulationFindsBothOrdersOfAWriteAndARead) {
  std::set<int64_t> highest;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedRuntime simulation(seed);
    ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
    const auto journal = InMemoryStorage().PluginsFor(kit.system()).journal;
    const uint64_t epoch = Get(journal->AcquireWriter("A"))->epoch;
    auto appended = journal->Append(AppendTo("A", epoch, 0));
    highest.insert(Get(journal->ReadHead("A"))->highest_seq);
    EXPECT_EQ(OutcomeOf(std::move(appended)), WriteOutcome::kWritten);
  }
  EXPECT_EQ(highest, (std::set<int64_t>{0, 1}));
}

}  // namespace
}  // namespace sampo::persistence

SAMPO_STORAGE_TCK(Memory, sampo::persistence::Queued, {.seeds = 20});
SAMPO_STORAGE_TCK(MemoryAtOnce, sampo::persistence::AtOnce, {.seeds = 1});
