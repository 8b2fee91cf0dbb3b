// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/block_pool.h"

#include <pthread.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <latch>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

using internal::kClassBytes;
using internal::SizeClassOf;

static_assert(kClassBytes[SizeClassOf(0)] == 16);
static_assert(kClassBytes[SizeClassOf(16)] == 16);
static_assert(kClassBytes[SizeClassOf(17)] == 32);
static_assert(kClassBytes[SizeClassOf(64)] == 64);
static_assert(kClassBytes[SizeClassOf(65)] == 96);
static_assert(kClassBytes[SizeClassOf(769)] == 1024);
static_assert(kClassBytes[SizeClassOf(kPooledBytesMax)] == 1024);

// Enough to fill many slabs; a sanitizer is about ten times slower.
#if SAMPO_POOL_SEES_ASAN || SAMPO_POOL_SEES_TSAN
constexpr int kFlood = 100'000;
constexpr int kShortThreads = 300;
#else
constexpr int kFlood = 1'000'000;
constexpr int kShortThreads = 2000;
#endif
constexpr size_t kMessageBytes = 64;
// One slab of 64-byte blocks holds 992; a flood needs at least so many slabs.
constexpr int64_t kFloodSlabs = kFlood / 1000;

// What a live thread may keep: a current slab a class, 8 empty ones, and some partial ones.
constexpr int64_t kThreadSlabsMax = 12 + 8 + 16;

int64_t SlabsHeld() { return GetBlockPoolStats().slabs_held; }
int64_t SlabsTaken() { return GetBlockPoolStats().slabs_taken; }

void RunThread(auto function) { std::thread(std::move(function)).join(); }

std::vector<void*> AllocateMany(int count, size_t bytes = kMessageBytes) {
  std::vector<void*> blocks(count);
  for (void*& block : blocks) block = AllocateBlock(bytes);
  return blocks;
}

void FreeMany(const std::vector<void*>& blocks, size_t bytes = kMessageBytes) {
  for (void* block : blocks) FreeBlock(block, bytes);
}

// Ends with as many slabs as it started with, none lost: the oracle of every test here. (Not zero:
// static_user below holds a block.)
class BlockPoolTest : public testing::Test {
 protected:
  void SetUp() override {
    TrimBlockPool();
    held_at_start_ = SlabsHeld();
    ASSERT_LE(held_at_start_, 1);
  }
  void TearDown() override {
    TrimBlockPool();
    EXPECT_EQ(SlabsHeld(), held_at_start_);
  }
  int64_t held_at_start_ = 0;
};

// Counting slabs makes sense only where there are any.
class BlockPoolSlabTest : public BlockPoolTest {
 protected:
  void SetUp() override {
    if (!SAMPO_BLOCK_POOL) GTEST_SKIP() << "each block is its own operator new in this build";
    BlockPoolTest::SetUp();
  }
};

TEST_F(BlockPoolTest, AlignsBySize) {
  for (size_t bytes = 0; bytes <= 3000; ++bytes) {
    void* first = AllocateBlock(bytes);
    void* second = AllocateBlock(bytes);
    const uintptr_t alignment = bytes % 64 == 0 && bytes > 0 ? 64 : 16;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % alignment, 0u) << bytes;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(second) % alignment, 0u) << bytes;
    EXPECT_NE(first, second);
    std::memset(first, 1, bytes);
    std::memset(second, 2, bytes);
    FreeBlock(first, bytes);
    FreeBlock(second, bytes);
  }
}

TEST_F(BlockPoolTest, BlocksDoNotOverlap) {
  for (size_t bytes : kClassBytes) {
    std::vector<void*> blocks = AllocateMany(10'000, bytes);
    for (size_t i = 0; i < blocks.size(); ++i) std::memset(blocks[i], static_cast<int>(i), bytes);
    for (size_t i = 0; i < blocks.size(); ++i) {
      const auto* block = static_cast<const unsigned char*>(blocks[i]);
      ASSERT_EQ(block[0], i % 256);
      ASSERT_EQ(block[bytes - 1], i % 256);
    }
    FreeMany(blocks, bytes);
  }
}

TEST_F(BlockPoolSlabTest, HandsOutTheLastFreedBlock) {
  void* block = AllocateBlock(kMessageBytes);
  FreeBlock(block, kMessageBytes);
  EXPECT_EQ(AllocateBlock(kMessageBytes), block);
  FreeBlock(block, kMessageBytes);
}

TEST_F(BlockPoolSlabTest, TakesNothingInSteadyState) {
  FreeMany(AllocateMany(20'000));
  const int64_t taken = SlabsTaken();
  for (int i = 0; i < 10; ++i) FreeMany(AllocateMany(20'000));
  EXPECT_EQ(SlabsTaken(), taken);
}

TEST_F(BlockPoolSlabTest, ReusesASlabForAnotherClass) {
  for (size_t bytes : kClassBytes) FreeMany(AllocateMany(20, bytes), bytes);
  TrimBlockPool();
  FreeMany(AllocateMany(5000, 64), 64);
  FreeMany(AllocateMany(2000, 128), 128);
  const int64_t taken = SlabsTaken();
  FreeMany(AllocateMany(2000, 128), 128);
  FreeMany(AllocateMany(5000, 64), 64);
  EXPECT_LE(SlabsTaken(), taken + 1);
}

TEST_F(BlockPoolSlabTest, RestReturnsALocalFlood) {
  std::vector<void*> blocks = AllocateMany(kFlood);
  EXPECT_GE(SlabsHeld(), kFloodSlabs);
  FreeMany(blocks);
  RestBlockPool();
  EXPECT_LE(SlabsHeld(), kRestingSlabsMax + kThreadSlabsMax);
}

TEST_F(BlockPoolSlabTest, RestOfTheConsumerReturnsTheSlabsOfASleepingProducer) {
  std::vector<void*> blocks;
  std::latch produced(1);
  std::latch checked(1);
  std::thread producer([&] {
    blocks = AllocateMany(kFlood);
    RestBlockPool();
    produced.count_down();
    checked.wait();
  });
  produced.wait();
  EXPECT_GE(SlabsHeld(), kFloodSlabs);
  FreeMany(blocks);
  RestBlockPool();
  EXPECT_LE(SlabsHeld(), kRestingSlabsMax + 2 * kThreadSlabsMax);
  EXPECT_GE(GetBlockPoolStats().remote_frees, kFlood);
  checked.count_down();
  producer.join();
}

TEST_F(BlockPoolSlabTest, RestGivesUpPartialSlabsSoThatOthersCanReturnThem) {
  constexpr int kBlocks = 20'000;  // about 20 slabs: more than a resting thread keeps
  std::vector<void*> kept;
  std::latch produced(1);
  std::latch checked(1);
  std::thread producer([&] {
    std::vector<void*> blocks = AllocateMany(kBlocks);
    for (int i = 0; i < kBlocks; ++i) {
      if (i % 2 == 0) kept.push_back(std::exchange(blocks[i], nullptr));
    }
    for (void* block : blocks) {
      if (block != nullptr) FreeBlock(block, kMessageBytes);
    }
    RestBlockPool();
    produced.count_down();
    checked.wait();
  });
  produced.wait();
  EXPECT_GE(SlabsHeld(), kBlocks / 1000);
  FreeMany(kept);
  TrimBlockPool();
  EXPECT_LE(SlabsHeld(), held_at_start_ + 16 + 1);
  checked.count_down();
  producer.join();
}

TEST_F(BlockPoolSlabTest, ConsumedBlocksGoBackToTheProducer) {
  std::vector<void*> blocks = AllocateMany(10'000);
  RunThread([&] { FreeMany(blocks); });
  const int64_t taken = SlabsTaken();
  for (int i = 0; i < 20; ++i) {
    blocks = AllocateMany(10'000);
    RunThread([&] { FreeMany(blocks); });
  }
  EXPECT_EQ(SlabsTaken(), taken);
}

TEST_F(BlockPoolSlabTest, KeepsAChainUntilFlushed) {
  std::vector<void*> blocks = AllocateMany(2 * kChainBlocksMax);
  RunThread([&] {
    const int64_t before = GetBlockPoolStats().remote_frees;
    for (int i = 0; i < kChainBlocksMax + 1; ++i) FreeBlock(blocks[i], kMessageBytes);
    EXPECT_EQ(GetBlockPoolStats().remote_frees, before + kChainBlocksMax);
    FlushRemoteFrees();
    EXPECT_EQ(GetBlockPoolStats().remote_frees, before + kChainBlocksMax + 1);
  });
  for (int i = kChainBlocksMax + 1; i < 2 * kChainBlocksMax; ++i) {
    FreeBlock(blocks[i], kMessageBytes);
  }
}

TEST_F(BlockPoolSlabTest, FreesAParkedSlabLocallyAfterAForeignFree) {
  // The foreign free makes every slab ready; the home then frees the rest without allocating.
  std::vector<void*> blocks = AllocateMany(50'000);
  RunThread([&] {
    for (size_t i = 0; i < blocks.size(); i += 500) {
      FreeBlock(std::exchange(blocks[i], nullptr), kMessageBytes);
    }
  });
  for (void* block : blocks) {
    if (block != nullptr) FreeBlock(block, kMessageBytes);
  }
  TrimBlockPool();
  EXPECT_EQ(SlabsHeld(), held_at_start_);
}

TEST_F(BlockPoolSlabTest, ShortLivedThreadsDoNotGrowThePool) {
  const int64_t caches = GetBlockPoolStats().caches;
  for (int i = 0; i < kShortThreads; ++i) {
    RunThread([] {
      for (size_t bytes : kClassBytes) FreeMany(AllocateMany(3, bytes), bytes);
    });
  }
  EXPECT_LE(GetBlockPoolStats().caches, caches + 1);
  EXPECT_LE(SlabsHeld(), 2 * kThreadSlabsMax);
}

TEST_F(BlockPoolSlabTest, BlocksOutliveTheirThread) {
  std::vector<void*> blocks;
  RunThread([&] { blocks = AllocateMany(5000); });
  for (void* block : blocks) std::memset(block, 7, kMessageBytes);
  // The new thread takes over the slabs, so these are no foreign blocks to it.
  const int64_t remote = GetBlockPoolStats().remote_frees;
  RunThread([&] { FreeMany(blocks); });
  EXPECT_EQ(GetBlockPoolStats().remote_frees, remote);
  // And slabs whose thread has ended go to the machine from any other.
  RunThread([&] { blocks = AllocateMany(5000); });
  FreeMany(blocks);
  TrimBlockPool();
  EXPECT_EQ(SlabsHeld(), held_at_start_);
}

// Uses the pool when it is destroyed.
struct LateUser {
  explicit LateUser(size_t size) : bytes(size), block(AllocateBlock(size)) {}
  ~LateUser() {
    FreeBlock(block, bytes);
    FreeMany(AllocateMany(2000, bytes), bytes);
  }
  size_t bytes;
  void* block;
};

LateUser static_user(96);                // destroyed after main, on a thread that is ending
thread_local LateUser thread_user(128);  // destroyed with each thread that touched it

TEST_F(BlockPoolTest, ServesDestructorsOfThreadLocals) {
  for (int i = 0; i < 10; ++i) {
    RunThread([] { EXPECT_NE(thread_user.block, nullptr); });
  }
}

TEST_F(BlockPoolTest, ServesThreadKeysDestroyedAfterItsOwn) {
  static pthread_key_t key;
  const auto destroy = [](void* block) {
    FreeBlock(block, 48);
    FreeMany(AllocateMany(100, 48), 48);
  };
  // Keys are destroyed in the order they were made, so the pool's comes first.
  FreeBlock(AllocateBlock(48), 48);
  ASSERT_EQ(pthread_key_create(&key, destroy), 0);
  RunThread([] { ASSERT_EQ(pthread_setspecific(key, AllocateBlock(48)), 0); });
  EXPECT_EQ(pthread_key_delete(key), 0);
}

// Threads at work in the pool while the process ends, and static destructors that use it.
TEST(BlockPoolDeathTest, LetsTheProcessExitWhileThreadsUseIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    static std::latch started(4);
    for (int i = 0; i < 4; ++i) {
      std::thread([] {
        FreeMany(AllocateMany(3000));
        started.count_down();
        while (true) FreeMany(AllocateMany(3000));
      }).detach();
    }
    started.wait();
    TrimBlockPool();
    std::exit(0);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(BlockPoolTest, ServesLargeBlocks) {
  for (size_t bytes : {kPooledBytesMax + 1, kPooledBytesMax + 64, size_t{1} << 20}) {
    void* block = AllocateBlock(bytes);
    std::memset(block, 1, bytes);
    RunThread([&] { FreeBlock(block, bytes); });
  }
}

#if !SAMPO_POOL_SEES_ASAN && !SAMPO_POOL_SEES_TSAN
TEST(BlockPoolDeathTest, NamesTheBytesWhenOutOfMemory) {
  volatile size_t bytes = size_t{1} << 62;
  EXPECT_DEATH((void)AllocateBlock(bytes), "out of memory: 4611686018427387904 bytes refused");
}
#endif

#if SAMPO_POOL_SEES_ASAN
TEST(BlockPoolDeathTest, AsanSeesUseAfterFree) {
  auto* block = static_cast<volatile char*>(AllocateBlock(64));
  FreeBlock(const_cast<char*>(block), 64);
  EXPECT_DEATH(block[40] = 1, "AddressSanitizer");
}

TEST(BlockPoolDeathTest, AsanSeesDoubleFree) {
  void* block = AllocateBlock(64);
  FreeBlock(block, 64);
  EXPECT_DEATH(FreeBlock(block, 64), "AddressSanitizer");
}
#endif

}  // namespace
}  // namespace sampo
