// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AllocationCounter: counts what a stretch of a test takes from the machine on any thread: malloc
// and its family (operator new ends there), mmap, and slabs of the block pool.
//
// How: linking this target defines malloc, calloc, realloc, aligned_alloc, memalign,
// posix_memalign and mmap in the program itself, before the C library's own, which they call.
// Threads: one counter at a time in a process; it counts for all threads. Under sanitizers, which
// bring their own malloc, nothing is counted: skip the test where kAllocationsAreCounted is false.
//
//   AllocationCounter counter;
//   SendAMillion();
//   EXPECT_EQ(counter.Stop(), AllocationCounts{}) << counter.Report();
#ifndef SAMPO_ACTOR_ALLOCATION_HOOKS_H_
#define SAMPO_ACTOR_ALLOCATION_HOOKS_H_

#include <cstdint>
#include <iosfwd>
#include <string>

#include "sampo/actor/base/block_pool.h"

namespace sampo {

// Where the pool is off, each block is an operator new of its own.
inline constexpr bool kAllocationsAreCounted = SAMPO_BLOCK_POOL != 0;

struct AllocationCounts {
  int64_t mallocs = 0;          // malloc, calloc, realloc, operator new
  int64_t aligned_mallocs = 0;  // aligned_alloc, memalign, posix_memalign, aligned operator new
  int64_t mmaps = 0;
  int64_t slabs = 0;  // taken by the block pool

  friend bool operator==(const AllocationCounts&, const AllocationCounts&) = default;
  friend std::ostream& operator<<(std::ostream& out, const AllocationCounts& counts);
};

class AllocationCounter {
 public:
  // Counts from here.
  AllocationCounter();
  ~AllocationCounter();
  AllocationCounter(const AllocationCounter&) = delete;
  AllocationCounter& operator=(const AllocationCounter&) = delete;

  // Ends counting and returns what was counted.
  AllocationCounts Stop();
  // Where the first few allocations came from, a stack each. After Stop.
  std::string Report() const;

 private:
  AllocationCounts before_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ALLOCATION_HOOKS_H_
