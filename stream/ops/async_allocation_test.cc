// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In steady state an element that passes a buffer, or MapAsync with a future that is complete or
// completes later, takes nothing from the machine.
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

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

// Counts what the second half of the elements take.
template <class Make>
void ExpectNoAllocations(Make make) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  constexpr int64_t kElements = 400'000;
  ActorSystem<Nothing> system(Ignore(), "count", Settings());
  auto counter = std::make_shared<std::optional<AllocationCounter>>();
  auto counted = std::make_shared<AllocationCounts>();
  auto done = make(Source<int64_t>::Range(1, kElements))
                  .RunWith(Sink<int64_t>::Foreach([counter, counted](int64_t n) {
                             if (n == kElements / 2) counter->emplace();
                             if (n == kElements - 100) *counted = (*counter)->Stop();
                           }),
                           system);
  ASSERT_EQ(Await(done, absl::Minutes(2)), absl::OkStatus());
  EXPECT_EQ(*counted, AllocationCounts{}) << (*counter)->Report();
}

TEST(AsyncAllocationTest, ReadyFuturesAllocateNothing) {
  ExpectNoAllocations([](Source<int64_t> source) {
    return source.MapAsync(4, [](int64_t n) { return Future<int64_t>::Ready(n); });
  });
  ExpectNoAllocations([](Source<int64_t> source) {
    return source.MapAsyncUnordered(4, [](int64_t n) { return Future<int64_t>::Ready(n); });
  });
}

TEST(AsyncAllocationTest, PendingFuturesAllocateNothing) {
  ExpectNoAllocations([](Source<int64_t> source) {
    // Each future is completed by the call for the next but one.
    return source.MapAsync(4, [first = std::make_shared<std::optional<Promise<int64_t>>>(),
                               value = int64_t{0}](int64_t n) mutable {
      if (*first) (*first)->Complete(value);
      value = n;
      Future<int64_t> future = first->emplace().future();
      if (n == 400'000) (*first)->Complete(n);
      return future;
    });
  });
}

TEST(AsyncAllocationTest, BuffersAllocateNothing) {
  ExpectNoAllocations([](Source<int64_t> source) {
    return source.Buffer(64, OverflowStrategy::kBackpressure)
        .Map([](int64_t n) { return n; })
        .Buffer(3, OverflowStrategy::kBackpressure);
  });
}

}  // namespace
}  // namespace sampo::stream
