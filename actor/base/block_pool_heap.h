// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SlabHeap: the slabs of the block pool that are in no thread's hands, and the only place that asks
// the machine for memory or returns it. Internal to the block pool.
//
// Why: thread caches come here once per slab (about 1000 messages), so one mutex is enough, and one
// heap for all threads lets a slab that one thread emptied serve another.
// Threads: all functions from any thread. No system call is made with the lock held.
// Lifetime: constant-initialised, never destroyed; a region without a used slab is unmapped.
#ifndef SAMPO_ACTOR_BASE_BLOCK_POOL_HEAP_H_
#define SAMPO_ACTOR_BASE_BLOCK_POOL_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "sampo/actor/base/block_pool.h"

namespace sampo::internal {

// Head of a region, in the place of the header of slot 0 (which is no slab). A slab is warm (free,
// backed by memory), cold (free, not backed) or, when neither bit is set, in use.
struct alignas(64) Region {
  uint64_t warm = 0;
  uint64_t cold = 0;
  Region* next = nullptr;
  Region* previous = nullptr;
  bool linked = false;
};
static_assert(sizeof(Region) <= sizeof(Slab));

class SlabHeap {
 public:
  constexpr SlabHeap() = default;

  // A slab of unspecified contents, `base` set. Aborts when the machine has no memory.
  Slab* Take();
  // Takes back a list of slabs, linked by `next`, of which no block is in use.
  void Give(Slab* slabs);
  // Returns warm slabs to the machine until no more than `keep` are left.
  void Release(int64_t keep);

  // Approximate when other threads are at work.
  int64_t warm() const { return warm_.load(std::memory_order_relaxed); }
  int64_t held() const { return held_.load(std::memory_order_relaxed); }
  int64_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  static Region* MapRegion(bool huge);
  void Place(Region* region);
  void Unlink(Region* region);
  void ReleaseSome(Region* region, uint64_t bits);

  std::mutex mutex_;
  // Regions with a free slab; those with a warm one come first. Guarded by mutex_.
  Region* first_ = nullptr;
  Region* last_ = nullptr;
  // Counters, written with mutex_ held; atomic for the readers above.
  std::atomic<int64_t> warm_{0};
  std::atomic<int64_t> held_{0};   // in use + warm
  std::atomic<int64_t> taken_{0};  // cold slabs handed out since the start
};

// Maps `bytes` of zeroed memory; aborts when the machine has none.
unsigned char* MapOrDie(size_t bytes);
[[noreturn]] void DieOutOfMemory(size_t bytes);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_BASE_BLOCK_POOL_HEAP_H_
