// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In which order the actors of a file do what waits, and that all of it is answered.
#include "sampo/persistence/sqlite/internal/storage_core.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/sqlite/internal/plugins.h"
#include "sampo/persistence/sqlite/internal/storage_actors.h"

namespace sampo::persistence {
namespace {

// A new folder, in memory where the machine has such a place; gone with all in it.
class TestFolder {
 public:
  TestFolder() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::string File() const { return path_ + "/j.db"; }

 private:
  std::string path_ =
      (access("/dev/shm", W_OK) == 0 ? std::string("/dev/shm") : ::testing::TempDir()) +
      "/sampo-core-XXXXXX";
};

struct Nothing {};

AtomicAppend Append(const std::string& id, int64_t after_seq) {
  return {.persistence_id = id,
          .epoch = 1,
          .after_seq = after_seq,
          .events = {{.manifest = "test.Event", .payload = "event"}}};
}

// Each look at it takes `step`.
class SteppingClock final : public Clock {
 public:
  explicit SteppingClock(absl::Duration step) : step_(absl::ToInt64Nanoseconds(step)) {}
  int64_t NowNanos() const override { return now_ += step_; }
  absl::Time WallTime() const override { return absl::UnixEpoch(); }

 private:
  const int64_t step_;
  mutable int64_t now_ = 0;
};

constexpr size_t kTwoReaders = 2;

std::shared_ptr<internal::StorageCore> OpenCore(ActorSystemBase& system, const std::string& file,
                                                const Clock& clock) {
  SqliteStoreOptions options;
  options.file = file;
  options.clock = &clock;
  options.durability = SqliteDurability::kNormal;
  absl::StatusOr<std::unique_ptr<SqliteWriter>> writer = SqliteWriter::Open(options);
  EXPECT_TRUE(writer.ok()) << writer.status();
  std::vector<std::unique_ptr<SqliteReader>> readers;
  for (size_t i = 0; i < kTwoReaders; ++i) readers.push_back(*SqliteReader::Open(options));
  return std::make_shared<internal::StorageCore>(
      *std::move(writer), std::move(readers),
      internal::QueueLimits{
          .calls_max = 1'000, .bytes_max = 1 << 20, .group_wait_max = absl::Milliseconds(5)},
      internal::StorageCore::Meters(system, clock));
}

// A core whose actors are the test: it is told what they are told, and does their turns.
struct CoreByHand {
  explicit CoreByHand(absl::Duration step) : clock(step) {
    core->SetWriter(writer.ref());
    EXPECT_FALSE(core->WriteOnce().more);
    for (size_t i = 0; i < kTwoReaders; ++i) {
      core->AddReader(i, readers.ref());
      EXPECT_FALSE(core->ReadSome(i));
    }
  }
  // Whether the writer was told that there is work.
  bool Told() {
    EXPECT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
    if (!writer.HasMessages()) return false;
    (void)writer.ExpectMessage();
    EXPECT_FALSE(writer.HasMessages());
    return true;
  }
  void Write(WriteOp op) {
    ++written;
    std::vector<WriteOp> ops = {std::move(op)};
    EXPECT_EQ(core->PushWrite(std::move(ops), 100,
                              [this](std::span<WriteResult> results) {
                                for (const WriteResult& each : results) stored += each.status.ok();
                                answered += static_cast<int>(results.size());
                              }),
              absl::OkStatus());
  }
  void Read(int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(core->PushRead([this](absl::StatusOr<SqliteReader*> reader) {
        if (reader.ok()) ++read;
        return internal::AnswerRead([this] { ++reads_answered; });
      }),
                absl::OkStatus());
    }
  }

  const TestFolder folder;
  SteppingClock clock;
  SimulatedRuntime simulation{1};
  ActorTestKit kit{{.settings = simulation.Settings(), .runtime = simulation.Runtime()}};
  TestProbe<internal::WriterCommand> writer = kit.CreateTestProbe<internal::WriterCommand>();
  TestProbe<internal::ReaderWork> readers = kit.CreateTestProbe<internal::ReaderWork>();
  std::shared_ptr<internal::StorageCore> core = OpenCore(kit.system(), folder.File(), clock);
  int written = 0;   // calls
  int answered = 0;  // of them
  int stored = 0;
  int read = 0;
  int reads_answered = 0;
};

TEST(StorageCoreTest, GrantsWaitForTheReadsBeforeThemAndNothingElseDoes) {
  CoreByHand hand(absl::ZeroDuration());
  hand.Read(300);
  for (const char* id : {"a", "b", "c"}) hand.Write(AcquireWriterOp{id});
  int turns = 0;
  for (; !hand.Told(); ++turns) {
    ASSERT_LT(turns, 300);
    EXPECT_TRUE(hand.core->ReadSome(static_cast<size_t>(turns) % kTwoReaders));
  }
  EXPECT_EQ(turns, 7);  // of 16 reads each, until 200 are left
  EXPECT_EQ(hand.answered, 0);
  EXPECT_FALSE(hand.core->WriteOnce().more);
  EXPECT_EQ(hand.stored, 3);

  hand.Write(AcquireWriterOp{"d"});  // few reads are left
  EXPECT_TRUE(hand.Told());
  EXPECT_FALSE(hand.core->WriteOnce().more);
  hand.Read(300);
  hand.Write(AcquireStateOp{"s"});  // its state comes with it
  EXPECT_TRUE(hand.Told());
  EXPECT_FALSE(hand.core->WriteOnce().more);
  hand.Write(AcquireWriterOp{"e"});
  EXPECT_FALSE(hand.Told());
  EXPECT_FALSE(hand.core->StopWaiting());
  hand.Write(Append("a", 0));  // others take the grant with them
  EXPECT_TRUE(hand.Told());
  EXPECT_FALSE(hand.core->WriteOnce().more);
  EXPECT_EQ(hand.stored, 7);

  hand.Write(AcquireWriterOp{"f"});
  EXPECT_FALSE(hand.Told());
  hand.core->End();
  EXPECT_EQ(hand.answered, hand.written);
  EXPECT_EQ(hand.stored, hand.written);
  EXPECT_EQ(hand.reads_answered, 600);
  EXPECT_EQ(hand.read, 7 * 16);  // the others were refused
}

TEST(StorageCoreTest, AGroupWaitsForThoseWhoAreExpectedBackButNotForLong) {
  CoreByHand hand(absl::Microseconds(500));
  for (int id = 0; id < 8; ++id) hand.Write(AcquireWriterOp{StrCat(id)});
  EXPECT_EQ(hand.core->WriteOnce().wait, absl::ZeroDuration());  // they read next
  (void)hand.Told();
  std::vector<int64_t> seqs(8);
  const auto append = [&](size_t id) { hand.Write(Append(StrCat(id), seqs[id]++)); };
  for (size_t id = 0; id < 8; ++id) append(id);
  EXPECT_TRUE(hand.Told());
  internal::StorageCore::Next next = hand.core->WriteOnce();
  EXPECT_EQ(next.wait, absl::Microseconds(750));  // half of three steps
  for (size_t id = 0; id < 6; ++id) append(id);
  EXPECT_FALSE(hand.Told());
  append(6);
  EXPECT_TRUE(hand.Told());  // 7 of 8
  next = hand.core->WriteOnce();
  EXPECT_FALSE(next.more);
  EXPECT_GT(next.wait, absl::ZeroDuration());
  for (size_t id = 0; id < 3; ++id) append(id);
  EXPECT_FALSE(hand.Told());
  EXPECT_TRUE(hand.core->StopWaiting());  // the time is over
  (void)hand.core->WriteOnce();
  (void)hand.core->StopWaiting();
  append(0);
  EXPECT_TRUE(hand.Told());
  EXPECT_EQ(hand.core->WriteOnce().wait, absl::ZeroDuration());  // of one nobody else is expected
  EXPECT_EQ(hand.answered, hand.written);
  EXPECT_EQ(hand.stored, 8 + 8 + 7 + 3 + 1);
}

TEST(StorageCoreTest, ReadsOfATurnShareATransactionForAShortTime) {
  CoreByHand hand(absl::Microseconds(150));
  hand.Write(AcquireWriterOp{"a"});
  (void)hand.core->WriteOnce();
  std::vector<size_t> seen;  // events
  std::vector<size_t> answered_before;
  size_t answered = 0;
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(hand.core->PushRead([&, i](absl::StatusOr<SqliteReader*> reader) {
      if (i == 2) {  // stored and answered in the middle of the turn
        hand.Write(Append("a", 0));
        (void)hand.core->WriteOnce();
      }
      answered_before.push_back(answered);
      seen.push_back((*reader)->ReadEvents({.persistence_id = "a"})->events.size());
      return internal::AnswerRead([&answered] { ++answered; });
    }),
              absl::OkStatus());
  }
  while (hand.core->ReadSome(0)) {
  }
  EXPECT_EQ(hand.stored, 2);
  ASSERT_EQ(seen.size(), 16u);
  EXPECT_EQ(answered, 16u);
  // One share of 8; the other reader is idle, so this one takes what is left in smaller ones.
  EXPECT_EQ(std::count(seen.begin(), seen.begin() + 8, 0), 8);
  EXPECT_EQ(std::count(seen.begin() + 8, seen.end(), 1), 8);
  EXPECT_EQ(answered_before[7], 0u);
  EXPECT_EQ(answered_before[8], 8u);
}

// Reads, both kinds of grants, appends by whom was granted; then the end, at any point of it.
TEST(StorageCoreTest, WhateverIsCalledIsAnsweredOnceAlsoWhereTheSystemEnds) {
  ForEachSeed(40, [](uint64_t seed) {
    constexpr int kCalls = 300;
    const TestFolder folder;
    const SteppingClock clock(absl::Microseconds(400));
    int reads = 0;
    int grants = 0;
    int appends = 0;
    int appends_answered = 0;
    int stored = 0;
    {
      SimulatedRuntime simulation(seed);
      ActorSystem<Nothing> system(Ignore(), "shop", simulation.Settings(), simulation.Runtime());
      auto core = OpenCore(system, folder.File(), clock);
      ASSERT_EQ(internal::SpawnStorage(system, core, kTwoReaders), absl::OkStatus());
      const StoragePlugins plugins = internal::MakePlugins(core);
      for (int i = 0; i < kCalls; ++i) {
        plugins.journal->ReadHead("1").OnComplete([&](const auto&) { ++reads; });
        if (i % 3 != 0) continue;
        plugins.states->AcquireWriter(StrCat(i)).OnComplete([&](const auto&) { ++grants; });
        plugins.journal->AcquireWriter(StrCat(i)).OnComplete([&, i](const auto& grant) {
          ++grants;
          if (!grant.ok()) return;
          ++appends;
          plugins.journal->Append({Append(StrCat(i), 0)}).OnComplete([&](const auto& results) {
            ++appends_answered;
            stored += results.ok() && results->front().status.ok() ? 1 : 0;
          });
        });
      }
      uint64_t steps = simulation.random().Below(400);
      (void)simulation.RunUntil([&] { return steps-- == 0; });
      if (seed % 4 == 0) {
        EXPECT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
        EXPECT_EQ(stored, kCalls / 3);
      }
      system.Terminate();
      ASSERT_TRUE(system.AwaitTermination(absl::Minutes(1)).ok());
    }
    EXPECT_EQ(reads, kCalls);
    EXPECT_EQ(grants, 2 * kCalls / 3);
    EXPECT_EQ(appends_answered, appends);
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader =
        SqliteReader::Open({.file = folder.File(), .vfs = {}});
    ASSERT_TRUE(reader.ok()) << reader.status();
    absl::StatusOr<IdsPage> ids = (*reader)->ListIds(0, kCalls);
    ASSERT_TRUE(ids.ok());
    int there = 0;
    for (const std::string& id : ids->ids) {
      there += static_cast<int>((*reader)->ReadHead(id)->highest_seq);
    }
    EXPECT_EQ(there, stored);
  });
}

}  // namespace
}  // namespace sampo::persistence
