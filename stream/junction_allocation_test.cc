// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In steady state an element takes nothing from the machine where streams meet and part, nor does a
// substream.
#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/allocation_hooks.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

struct Nothing {};
constexpr int64_t kElements = 200'000;

// Counts what the second half of the elements take.
AllocationCounts Count(const Source<int64_t>& source) {
  SystemSettings settings;
  settings.threads = 1;
  settings.log_level = "error";
  settings.spare_threads_max = 0;
  settings.blocked_after = absl::Hours(1);
  ActorSystem<Nothing> system(Ignore(), "count", settings);
  static AllocationCounts counted;
  counted = {};
  auto done = source.RunWith(Sink<int64_t>::Foreach([counter = std::shared_ptr<AllocationCounter>(),
                                                     seen = int64_t{0}](int64_t) mutable {
                               ++seen;
                               if (seen == kElements / 2)
                                 counter = std::make_shared<AllocationCounter>();
                               if (seen == kElements - 1000) counted = counter->Stop();
                             }),
                             system);
  EXPECT_EQ(Await(done, absl::Minutes(2)), absl::OkStatus());
  return counted;
}

Source<int64_t> Numbers(int64_t count) { return Source<int64_t>::Range(1, count); }

TEST(JunctionAllocationTest, MergeZipAndBroadcastAllocateNothing) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  EXPECT_EQ(Count(Numbers(kElements / 2).Merge(Numbers(kElements / 2))), AllocationCounts{});
  EXPECT_EQ(Count(Numbers(kElements)
                      .ZipWith(Numbers(kElements), [](int64_t a, int64_t b) { return a + b; })
                      .AlsoTo(Sink<int64_t>::Ignore())),
            AllocationCounts{});
}

TEST(JunctionAllocationTest, SubstreamsAllocateNothing) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  EXPECT_EQ(Count(Numbers(kElements / 10).FlatMapConcat([](int64_t) { return Numbers(10); })),
            AllocationCounts{});
  EXPECT_EQ(Count(Numbers(kElements)
                      .GroupBy(64, [](const int64_t& n) { return n & 63; })
                      .Map([](int64_t n) { return n + 1; })
                      .MergeSubstreams()),
            AllocationCounts{});
}

}  // namespace
}  // namespace sampo::stream
