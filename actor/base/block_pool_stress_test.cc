// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Random allocations and frees on threads that come and go and pass blocks to each other. Every
// block is filled with a tag of its own, verified when it is freed: a block handed out twice, or
// written by the pool while in use, shows as a foreign tag. At the end no slab may be left.
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/block_pool.h"

namespace sampo {
namespace {

#if SAMPO_POOL_SEES_ASAN || SAMPO_POOL_SEES_TSAN
constexpr int kSteps = 20'000;
#else
constexpr int kSteps = 100'000;
#endif
constexpr int kThreads = 6;
constexpr int kRounds = 8;  // each round starts new threads, which adopt what the last ones left
constexpr size_t kBlocksMax = 4000;

struct TaggedBlock {
  uint64_t* words;
  size_t bytes;
  uint64_t tag;
};

std::atomic<uint64_t> next_tag{1};
std::atomic<uint64_t> live_sum{0};  // of the tags of live blocks; zero when none is lost

TaggedBlock Allocate(size_t bytes) {
  // Relaxed: the tags must differ, no more.
  TaggedBlock block{static_cast<uint64_t*>(AllocateBlock(bytes)), bytes,
                    next_tag.fetch_add(1, std::memory_order_relaxed)};
  for (size_t i = 0; i < bytes / 8; ++i) block.words[i] = block.tag;
  live_sum.fetch_add(block.tag, std::memory_order_relaxed);
  return block;
}

void Free(const TaggedBlock& block) {
  for (size_t i = 0; i < block.bytes / 8; ++i) {
    ASSERT_EQ(block.words[i], block.tag) << "word " << i << " of a block of " << block.bytes;
  }
  live_sum.fetch_sub(block.tag, std::memory_order_relaxed);
  FreeBlock(block.words, block.bytes);
}

// Blocks on their way to another thread.
struct Channel {
  std::mutex mutex;
  std::vector<TaggedBlock> blocks;
};

class Actor {
 public:
  Actor(uint64_t seed, int self, std::array<Channel, kThreads>& channels)
      : random_(seed), self_(self), channels_(channels) {}

  void Run() {
    for (int step = 0; step < kSteps; ++step) Step();
    // What is left goes on, so that blocks outlive their thread.
    Pass(static_cast<int>(random_() % kThreads), mine_.size());
  }

 private:
  void Step() {
    const uint64_t dice = random_() % 1000;
    if (dice < 480) {
      if (mine_.size() < kBlocksMax) mine_.push_back(Allocate(8 + random_() % 140 * 8));
    } else if (dice < 900) {
      FreeOne();
    } else if (dice < 978) {
      Pass(static_cast<int>(random_() % kThreads), random_() % 200);
    } else if (dice < 980) {
      Burst();
    } else if (dice < 996) {
      Receive();
    } else if (dice < 998) {
      FlushRemoteFrees();
    } else if (dice < 999) {
      RestBlockPool();
    } else {
      TrimBlockPool();
    }
  }

  void FreeOne() {
    if (mine_.empty()) return;
    std::swap(mine_[random_() % mine_.size()], mine_.back());
    Free(mine_.back());
    mine_.pop_back();
  }

  void Pass(int to, size_t count) {
    std::lock_guard lock(channels_[to].mutex);
    for (; count > 0 && !mine_.empty(); --count) {
      channels_[to].blocks.push_back(mine_.back());
      mine_.pop_back();
    }
  }

  // Blocks of whole slabs (63 each), so that slabs become complete away from home.
  void Burst() {
    if (mine_.size() > kBlocksMax) return;
    for (int i = 0; i < 200; ++i) mine_.push_back(Allocate(1024));
    Pass(static_cast<int>(random_() % kThreads), 200);
  }

  void Receive() {
    std::vector<TaggedBlock> received;
    {
      std::lock_guard lock(channels_[self_].mutex);
      received.swap(channels_[self_].blocks);
    }
    // Most are consumed at once, as messages are.
    const bool consume_all = random_() % 2 == 0;
    for (const TaggedBlock& block : received) {
      if (!consume_all && random_() % 8 == 0) {
        mine_.push_back(block);
      } else {
        Free(block);
      }
    }
  }

  std::mt19937_64 random_;
  const int self_;
  std::array<Channel, kThreads>& channels_;
  std::vector<TaggedBlock> mine_;
};

TEST(BlockPoolStressTest, NeverHandsOutABlockTwiceAndLosesNone) {
  const char* given = std::getenv("SAMPO_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("SAMPO_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::array<Channel, kThreads> channels;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] { Actor(seed + round * kThreads + i, i, channels).Run(); });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (Channel& channel : channels) {
    for (const TaggedBlock& block : channel.blocks) Free(block);
  }
  EXPECT_EQ(live_sum.load(), 0u);
  TrimBlockPool();
  EXPECT_EQ(GetBlockPoolStats().slabs_held, 0);
}

}  // namespace
}  // namespace sampo
