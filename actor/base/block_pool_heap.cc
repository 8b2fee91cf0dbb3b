// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/block_pool_heap.h"

#include <sys/mman.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string_view>
#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo::internal {
namespace {

// Bit i is slot i; slot 0 holds the headers.
constexpr uint64_t kAllSlabs = ~uint64_t{1};
// Regions are of huge pages once so many slabs are held: a small process keeps a small footprint, a
// flood saves three quarters of its page faults' cost (24 -> 6 ns a 64-byte block, 2026-11).
constexpr int64_t kHugePagesFromSlabs = 63;

uint64_t BitOf(const Slab* slab) {
  return uint64_t{1} << (reinterpret_cast<uintptr_t>(slab) % kRegionBytes / sizeof(Slab));
}

Region* RegionOf(const Slab* slab) {
  return reinterpret_cast<Region*>(reinterpret_cast<uintptr_t>(slab) & ~(kRegionBytes - 1));
}

void Unmap(void* address, size_t bytes) {
  // The address may come back from another mmap, whose user knows nothing of our poison.
  SAMPO_POOL_UNPOISON(address, bytes);
  munmap(address, bytes);
}

}  // namespace

void DieOutOfMemory(size_t bytes) {
  // No StrCat: there is no memory for its string.
  char message[96];
  int length = std::snprintf(message, sizeof(message), "out of memory: %zu bytes refused, errno %d",
                             bytes, errno);
  CheckFailed(__FILE__, __LINE__, "memory != nullptr",
              std::string_view(message, static_cast<size_t>(length)));
}

unsigned char* MapOrDie(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) DieOutOfMemory(bytes);
  return static_cast<unsigned char*>(memory);
}

Region* SlabHeap::MapRegion(bool huge) {
  // mmap aligns to 4 KiB only: map twice as much and cut both ends.
  unsigned char* const memory = MapOrDie(2 * kRegionBytes);
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t before = (0 - address) % kRegionBytes;
  if (before != 0) munmap(memory, before);
  if (before != kRegionBytes) munmap(memory + before + kRegionBytes, kRegionBytes - before);
  // Advice only: without huge pages everything works, slower.
  if (huge) (void)madvise(memory + before, kRegionBytes, MADV_HUGEPAGE);
  auto* const region = new (memory + before) Region;
  region->cold = kAllSlabs;
  return region;
}

void SlabHeap::Unlink(Region* region) {
  if (!region->linked) return;
  region->linked = false;
  (region->previous != nullptr ? region->previous->next : first_) = region->next;
  (region->next != nullptr ? region->next->previous : last_) = region->previous;
  region->next = region->previous = nullptr;
}

void SlabHeap::Place(Region* region) {
  Unlink(region);
  if ((region->warm | region->cold) == 0) return;
  region->linked = true;
  const bool front = region->warm != 0 || first_ == nullptr;
  if (front) {
    region->next = first_;
    (first_ != nullptr ? first_->previous : last_) = region;
    first_ = region;
  } else {
    region->previous = last_;
    last_->next = region;
    last_ = region;
  }
}

Slab* SlabHeap::Take() {
  std::unique_lock lock(mutex_);
  if (first_ == nullptr) {
    const bool huge = held() >= kHugePagesFromSlabs;
    lock.unlock();  // two threads may both map a region: one is used later
    Region* const fresh = MapRegion(huge);
    lock.lock();
    Place(fresh);
  }
  Region* const region = first_;
  const bool was_warm = region->warm != 0;
  uint64_t& bits = was_warm ? region->warm : region->cold;
  const int slot = std::countr_zero(bits);
  bits &= bits - 1;
  if (bits == 0) Place(region);
  if (was_warm) {
    warm_.store(warm() - 1, std::memory_order_relaxed);
  } else {
    held_.store(held() + 1, std::memory_order_relaxed);
    taken_.store(taken() + 1, std::memory_order_relaxed);
  }
  lock.unlock();
  auto* const memory = reinterpret_cast<unsigned char*>(region);
  Slab* const slab = new (memory + slot * sizeof(Slab)) Slab;
  slab->base = memory + slot * kSlabBytes;
  return slab;
}

void SlabHeap::Give(Slab* slabs) {
  if (slabs == nullptr) return;
  std::lock_guard lock(mutex_);
  int64_t count = 0;
  for (; slabs != nullptr; ++count) {
    Region* const region = RegionOf(slabs);
    const bool first_warm = region->warm == 0;
    region->warm |= BitOf(slabs);
    slabs = slabs->next;
    if (first_warm) Place(region);
  }
  warm_.store(warm() + count, std::memory_order_relaxed);
}

void SlabHeap::Release(int64_t keep) {
  while (true) {
    std::unique_lock lock(mutex_);
    Region* const region = first_;
    if (warm() <= keep || region == nullptr || region->warm == 0) return;
    uint64_t bits = region->warm;
    for (int64_t excess = std::popcount(bits) - (warm() - keep); excess > 0; --excess) {
      bits &= bits - 1;
    }
    region->warm &= ~bits;
    const int64_t count = std::popcount(bits);
    warm_.store(warm() - count, std::memory_order_relaxed);
    held_.store(held() - count, std::memory_order_relaxed);
    if ((bits | region->cold) == kAllSlabs) {
      Unlink(region);
      lock.unlock();
      Unmap(region, kRegionBytes);
    } else {
      // Neither warm nor cold while the machine takes them back: nobody can be handed one, and the
      // region cannot be unmapped.
      Place(region);
      lock.unlock();
      ReleaseSome(region, bits);
    }
  }
}

void SlabHeap::ReleaseSome(Region* region, uint64_t bits) {
  auto* const memory = reinterpret_cast<unsigned char*>(region);
  for (uint64_t left = bits; left != 0;) {
    const int slot = std::countr_zero(left);
    const int run = std::countr_one(left >> slot);
    (void)madvise(memory + slot * kSlabBytes, run * kSlabBytes, MADV_DONTNEED);
    left &= left + (uint64_t{1} << slot);  // the carry clears the run
  }
  std::unique_lock lock(mutex_);
  region->cold |= bits;
  if (region->cold != kAllSlabs) {
    Place(region);
    return;
  }
  Unlink(region);
  lock.unlock();
  Unmap(region, kRegionBytes);
}

}  // namespace sampo::internal
