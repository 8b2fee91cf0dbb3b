// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The keyed timers of a stage take a bounded room: what was cancelled or replaced is cleaned up,
// long before it would be due.
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/allocation_hooks.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stage.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

constexpr int64_t kKey = 7;
constexpr absl::Duration kFarAway = absl::Hours(1000);
// From here on nothing may grow any more. Above the number of stale entries that stay (64).
constexpr int kWarmUp = 1000;
constexpr int kMany = 1'000'000;

struct Result {
  AllocationCounts counted;
  std::string report;  // where from
  int due = 0;         // OnTimer
};

// Starts a timer of one key again and again, then one that is due at once, which ends the stream.
template <bool kCancels>
class Restless final : public GraphStageLogic, public OutHandler {
 public:
  explicit Restless(Result* result) : result_(*result) { out_.SetHandler(this); }
  void OnPull() override {
    Restart(kWarmUp);
    AllocationCounter counter;
    Restart(kMany);
    result_.counted = counter.Stop();
    result_.report = counter.Report();
    ScheduleOnce(kKey, absl::ZeroDuration());
  }
  void OnTimer(int64_t key) override {
    EXPECT_EQ(key, kKey);
    ++result_.due;
    CompleteStage();
  }

 private:
  void Restart(int times) {
    for (int i = 0; i < times; ++i) {
      ScheduleOnce(kKey, kFarAway);
      if constexpr (kCancels) CancelTimer(kKey);
    }
  }
  Result& result_;
  Outlet<int> out_{this, "out"};
};

template <bool kCancels>
struct RestlessStage final : GraphStage<SourceShape<int>> {
  explicit RestlessStage(Result* where) : result(where) {}
  std::unique_ptr<GraphStageLogic> CreateLogic(const Attributes&) const override {
    return std::make_unique<Restless<kCancels>>(result);
  }
  Result* const result;
};

template <bool kCancels>
Result RunRestless() {
  Result result;
  SimulatedStream sim;  // no other threads, whose allocations would be counted, too
  const auto done = Source<int>::FromGraph(RestlessStage<kCancels>(&result))
                        .RunWith(Sink<int>::Ignore(), sim.system());
  EXPECT_EQ(sim.Await(done), absl::OkStatus());
  return result;
}

TEST(StageTimersTest, AMillionCancelledTimersOfAKeyTakeNoMoreRoomThanAFew) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  const Result result = RunRestless</*kCancels=*/true>();
  EXPECT_EQ(result.counted, AllocationCounts{}) << result.report;
  EXPECT_EQ(result.due, 1);
}

TEST(StageTimersTest, AMillionReplacedTimersOfAKeyTakeNoMoreRoomThanAFew) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  const Result result = RunRestless</*kCancels=*/false>();
  EXPECT_EQ(result.counted, AllocationCounts{}) << result.report;
  EXPECT_EQ(result.due, 1);
}

}  // namespace
}  // namespace sampo::stream
