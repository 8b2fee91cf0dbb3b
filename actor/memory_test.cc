// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Memory returns to the machine after a flood: 8 million messages are queued before the first is
// handled, and when the system is quiet again only what the pool keeps on purpose is left.
#include <chrono>
#include <latch>
#include <thread>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/block_pool.h"

namespace sampo {
namespace {

constexpr int64_t kMessages = 8'000'000;
// What may stay: the pool's own reserve, and some slabs in the hands of each thread.
constexpr int64_t kSlabsLeftMax = kRestingSlabsMax + 64;
// A message takes a block of 64 bytes, a slab is 64 KiB.
constexpr int64_t kSlabsOfFlood = kMessages / 1024;

struct Gate {
  std::latch* open;
};
struct Item {
  int64_t number;
  std::latch* done;  // null but in the last one
};
struct Command : std::variant<Gate, Item> {
  using variant::variant;
};

// Handles nothing before the gate is open.
Behavior<Command> Sink() {
  return Receive<Command>(On{[](const Gate& m) {
                               m.open->wait();
                               return Same();
                             },
                             [](const Item& m) {
                               if (m.done != nullptr) m.done->count_down();
                               return Same();
                             }});
}

void Flood(const ActorRef<Command>& sink, int64_t messages, std::latch* done) {
  for (int64_t i = 1; i < messages; ++i) sink.Tell(Item{i, nullptr});
  sink.Tell(Item{messages, done});
}

// Workers give memory back when they go to sleep, which no message announces.
int64_t SlabsWhenQuiet() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  int64_t slabs = GetBlockPoolStats().slabs_held;
  while (slabs > kSlabsLeftMax && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
    slabs = GetBlockPoolStats().slabs_held;
  }
  return slabs;
}

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (SAMPO_BLOCK_POOL == 0) GTEST_SKIP() << "no slabs: sanitizers switch the block pool off";
  }
  static SystemSettings Settings() {
    SystemSettings settings;
    settings.threads = 2;
    settings.log_level = "off";  // a handler that blocks on purpose is reported
    return settings;
  }
};

TEST_F(MemoryTest, ReturnsAfterAFloodFromOutside) {
  ActorSystem<Command> system(Sink(), "flood", Settings());
  std::latch open(1);
  std::latch done(1);
  system.Tell(Gate{&open});
  Flood(system.guardian(), kMessages, &done);
  EXPECT_GT(GetBlockPoolStats().slabs_held, kSlabsOfFlood / 2) << "the flood was not queued";
  open.count_down();
  done.wait();
  EXPECT_LE(SlabsWhenQuiet(), kSlabsLeftMax);
}

struct Begin {
  ActorRef<Command> sink;
  std::latch* open;
  std::latch* done;
};

TEST_F(MemoryTest, ReturnsAfterAFloodFromAnActor) {
  ActorSystem<Command> system(Sink(), "flood", Settings());
  std::latch open(1);
  std::latch done(1);
  auto source = system.SpawnAnonymous(Receive<Begin>([](const Begin& m) {
    m.sink.Tell(Gate{m.open});
    Flood(m.sink, kMessages, m.done);
    m.open->count_down();
    return Same();
  }));
  source.Tell({system.guardian(), &open, &done});
  done.wait();
  EXPECT_LE(SlabsWhenQuiet(), kSlabsLeftMax);
}

TEST_F(MemoryTest, ReturnsWhenTheSystemEndsWithTheFloodUnhandled) {
  std::latch open(1);
  {
    ActorSystem<Command> system(Sink(), "flood", Settings());
    std::latch never(1);
    system.Tell(Gate{&open});
    Flood(system.guardian(), kMessages / 8, &never);  // each becomes a dead letter
    system.Terminate();
    open.count_down();
    const absl::Status ended = system.AwaitTermination(absl::Seconds(60));
    ASSERT_TRUE(ended.ok()) << ended.ToString();
  }
  TrimBlockPool();  // this thread's, where the messages came from
  EXPECT_LE(GetBlockPoolStats().slabs_held, kSlabsLeftMax);
}

}  // namespace
}  // namespace sampo
