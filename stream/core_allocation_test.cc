// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In steady state an element takes nothing from the machine: no malloc, no mmap, no slab, fused or
// across an asynchronous boundary.
#include <array>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/allocation_hooks.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

struct Nothing {};

SystemSettings Settings() {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_level = "error";
  settings.spare_threads_max = 0;
  settings.blocked_after = absl::Hours(1);
  return settings;
}

// Counts what the last `counted` of the elements take: `begin` runs when they begin.
template <class MakeSource>
AllocationCounts CountElements(MakeSource make) {
  constexpr int64_t kElements = 2'000'000;
  ActorSystem<Nothing> system(Ignore(), "count", Settings());
  static AllocationCounts counted;
  auto done = make(Source<int64_t>::Range(1, kElements))
                  .RunWith(Sink<int64_t>::Foreach(
                               [counter = std::shared_ptr<AllocationCounter>()](int64_t n) mutable {
                                 if (n == kElements / 2)
                                   counter = std::make_shared<AllocationCounter>();
                                 if (n == kElements - 100) counted = counter->Stop();
                               }),
                           system);
  EXPECT_EQ(Await(done, absl::Minutes(2)), absl::OkStatus());
  return counted;
}

TEST(StreamAllocationTest, AFusedElementAllocatesNothing) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  EXPECT_EQ(CountElements([](Source<int64_t> source) {
              return source.Map([](int64_t n) { return n; }).Filter([](int64_t) { return true; });
            }),
            AllocationCounts{});
}

TEST(StreamAllocationTest, AnElementAcrossABoundaryAllocatesNothing) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  EXPECT_EQ(CountElements([](Source<int64_t> source) { return source.Async(); }),
            AllocationCounts{});
}

TEST(StreamAllocationTest, TheSimpleOperatorsAllocateNothing) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  EXPECT_EQ(CountElements([](Source<int64_t> source) {
              return source.Drop(1)
                  .DropRepeated()
                  .Limit(int64_t{1} << 40)
                  .TakeWhile([](int64_t) { return true; })
                  .Collect([](int64_t n) { return std::optional(n); })
                  .DoOnFirst([](int64_t) {})
                  .Scan(int64_t{0}, [](int64_t, int64_t n) { return n; })
                  .StatefulMap([] { return int64_t{0}; },
                               [](int64_t& sum, int64_t n) { return sum += n, n; },
                               [](int64_t) { return std::optional<int64_t>(); })
                  .MapConcat([](int64_t n) { return std::array<int64_t, 1>{n}; })
                  .Detach();
            }),
            AllocationCounts{});
}

}  // namespace
}  // namespace sampo::stream
