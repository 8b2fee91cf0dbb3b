// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The block pool beside its floors, measured in turns in one run, because absolute times do not
// carry from one machine, or hour, to another. "Time" is the pool's of one block, on average; the
// counters are nanoseconds a block and ratios:
//   floor   on one thread: a thread-local list of 64-byte blocks that never go back, as in
//           peers/baseline/bare_actors.cc; on two: the same traffic over fixed blocks
//   malloc  malloc and free
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <type_traits>
#include <vector>

#include "benchmark/benchmark.h"
#include "sampo/actor/base/block_pool.h"

namespace sampo {
namespace {

constexpr size_t kBytes = 64;

struct Pool {
  static void* Take() { return AllocateBlock(kBytes); }
  static void Give(void* block) { FreeBlock(block, kBytes); }
  static void Flush() { FlushRemoteFrees(); }
};

struct Malloc {
  static void* Take() { return std::malloc(kBytes); }
  static void Give(void* block) { std::free(block); }
  static void Flush() {}
};

thread_local void* bare_blocks = nullptr;

struct Bare {
  static void* Take() {
    if (bare_blocks == nullptr) Refill();
    void* block = bare_blocks;
    bare_blocks = *static_cast<void**>(block);
    return block;
  }
  static void Give(void* block) {
    *static_cast<void**>(block) = bare_blocks;
    bare_blocks = block;
  }
  static void Flush() {}
  static void Refill() {
    char* slab = static_cast<char*>(std::aligned_alloc(64, 64 * 1024));
    for (int i = 0; i < 1024; ++i) Give(slab + 64 * i);
  }
};

double NanosOf(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

// Runs the three in turns; the counters are each one's time of a block in its best turn, which
// other load on the machine disturbs least. work<Allocator>() handles `blocks` blocks.
template <class Floor = Bare>
void RunBesideFloors(benchmark::State& state, int blocks, auto&& work) {
  double pool = 1e9, floor = 1e9, malloc = 1e9;
  for (auto _ : state) {
    const double nanos = NanosOf([&] { work.template operator()<Pool>(); }) / blocks;
    state.SetIterationTime(nanos * 1e-9);
    pool = std::min(pool, nanos);
    floor = std::min(floor, NanosOf([&] { work.template operator()<Floor>(); }) / blocks);
    malloc = std::min(malloc, NanosOf([&] { work.template operator()<Malloc>(); }) / blocks);
  }
  state.counters["pool"] = pool;
  state.counters["floor"] = floor;
  state.counters["malloc"] = malloc;
  state.counters["pool/floor"] = pool / floor;
  state.counters["pool/malloc"] = pool / malloc;
}

int64_t ResidentMebibytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  long total = 0, resident = 0;
  if (file == nullptr || std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
  if (file != nullptr) std::fclose(file);
  return resident * sysconf(_SC_PAGESIZE) >> 20;
}

// RSS in MiB around a flood of 8 M queued messages of 64 bytes, consumed on another thread. Not a
// time: what is left after the consumer has rested. First, since the floor gives nothing back.
void BM_ResidentAfterFlood(benchmark::State& state) {
  constexpr int kMessages = 8'000'000;
  std::vector<void*> messages(kMessages);
  TrimBlockPool();
  for (void*& message : messages) message = &message;  // touched, so not part of the difference
  for (auto _ : state) {
    state.counters["start"] = static_cast<double>(ResidentMebibytes());
    for (void*& message : messages) {
      message = AllocateBlock(kBytes);
      *static_cast<int64_t*>(message) = 1;
    }
    state.counters["flood"] = static_cast<double>(ResidentMebibytes());
    std::thread([&] {
      for (void* message : messages) FreeBlock(message, kBytes);
      RestBlockPool();
    }).join();
    state.counters["rested"] = static_cast<double>(ResidentMebibytes());
    TrimBlockPool();
    state.counters["trimmed"] = static_cast<double>(ResidentMebibytes());
  }
}
BENCHMARK(BM_ResidentAfterFlood)->Iterations(1);

// Allocate `depth` blocks, free them, on one thread. The goal is 2 ns a block.
void BM_Pair(benchmark::State& state) {
  const int depth = static_cast<int>(state.range(0));
  constexpr int kBlocks = 1 << 20;
  std::vector<void*> blocks(depth);
  const auto work = [&]<class A>() {
    for (int i = 0; i < kBlocks; i += depth) {
      for (int k = 0; k < depth; ++k) {
        blocks[k] = A::Take();
        benchmark::ClobberMemory();
      }
      for (int k = 0; k < depth; ++k) A::Give(blocks[k]);
    }
  };
  RunBesideFloors(state, kBlocks, work);
}
BENCHMARK(BM_Pair)->Arg(1)->Arg(16)->Arg(512)->Arg(1 << 14)->UseManualTime()->Iterations(20);

// Frees a random one of 16 Ki live blocks and allocates another: no slab is the current one twice
// in a row.
void BM_RandomReplace(benchmark::State& state) {
  constexpr int kBlocks = 1 << 20;
  std::vector<uint32_t> order(kBlocks);
  std::mt19937 random(1);
  for (uint32_t& index : order) index = random() % (1 << 14);
  const auto work = [&]<class A>() {
    static std::vector<void*> live;
    if (live.empty()) {
      for (int i = 0; i < 1 << 14; ++i) live.push_back(A::Take());
    }
    for (uint32_t index : order) {
      A::Give(live[index]);
      live[index] = A::Take();
    }
  };
  RunBesideFloors(state, kBlocks, work);
}
BENCHMARK(BM_RandomReplace)->UseManualTime()->Iterations(20);

// A million blocks allocated and written, then freed in order, from fresh memory each time.
void BM_Flood(benchmark::State& state) {
  constexpr int kBlocks = 1 << 20;
  std::vector<void*> blocks(kBlocks);
  const auto work = [&]<class A>() {
    for (void*& block : blocks) {
      block = A::Take();
      *static_cast<int64_t*>(block) = 1;
    }
    for (void* block : blocks) A::Give(block);
    if constexpr (std::is_same_v<A, Pool>) {
      if (state.range(0) == 1) RestBlockPool();
    }
  };
  RunBesideFloors(state, kBlocks, work);
}
BENCHMARK(BM_Flood)->ArgName("rest")->Arg(0)->Arg(1)->UseManualTime()->Iterations(10);

// A bounded ring from one producer to one consumer, published 32 blocks at a time.
class Ring {
 public:
  void Push(void* block) {
    while (pushed_ - seen_popped_ == kSize) {
      published_.store(pushed_, std::memory_order_release);  // pairs with the acquire in Pop
      // Acquire: pairs with the release in Pop; the slot has been read.
      seen_popped_ = popped_.load(std::memory_order_acquire);
      if (pushed_ - seen_popped_ == kSize) std::this_thread::yield();
    }
    slots_[pushed_++ % kSize] = block;
    // Release: pairs with the acquire in Pop.
    if (pushed_ % 32 == 0) published_.store(pushed_, std::memory_order_release);
  }
  void* Pop() {
    while (taken_ == seen_published_) {
      popped_.store(taken_, std::memory_order_release);  // pairs with the acquire in Push
      // Acquire: pairs with the release in Push; the block has been written.
      seen_published_ = published_.load(std::memory_order_acquire);
      if (taken_ == seen_published_) std::this_thread::yield();
    }
    void* block = slots_[taken_++ % kSize];
    // Release: pairs with the acquire in Push.
    if (taken_ % 32 == 0) popped_.store(taken_, std::memory_order_release);
    return block;
  }

 private:
  static constexpr uint64_t kSize = 4096;
  std::array<void*, kSize> slots_{};
  alignas(64) std::atomic<uint64_t> published_{0};
  alignas(64) std::atomic<uint64_t> popped_{0};
  alignas(64) uint64_t pushed_ = 0;
  uint64_t seen_popped_ = 0;
  alignas(64) uint64_t taken_ = 0;
  uint64_t seen_published_ = 0;
};

// No allocation at all: more fixed blocks than the ring holds, in turn.
struct Fixed {
  static void* Take() {
    static std::vector<std::array<char, kBytes>> blocks(8192);
    static size_t next = 0;
    return blocks[next++ % blocks.size()].data();
  }
  static void Give(void*) {}
  static void Flush() {}
};

// One thread allocates and writes, the other reads and frees.
void BM_ProducerConsumer(benchmark::State& state) {
  constexpr int kBlocks = 1 << 20;
  const auto work = [&]<class A>() {
    Ring ring;
    std::thread consumer([&] {
      int64_t sum = 0;
      for (int i = 0; i < kBlocks; ++i) {
        void* block = ring.Pop();
        sum += *static_cast<int64_t*>(block);
        A::Give(block);
      }
      benchmark::DoNotOptimize(sum);
      A::Flush();
    });
    for (int i = 0; i < kBlocks; ++i) {
      void* block = A::Take();
      *static_cast<int64_t*>(block) = i;
      ring.Push(block);
    }
    consumer.join();
  };
  RunBesideFloors<Fixed>(state, kBlocks, work);
}
BENCHMARK(BM_ProducerConsumer)->UseManualTime()->Iterations(20);

}  // namespace
}  // namespace sampo
