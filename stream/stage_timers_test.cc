// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The keyed timers of a stage take a bounded room: what was cancelled or replaced is cleaned up,
// long before it would be due.
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/allocation_hooks.h"
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
  int due = 0;  // OnTimer
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
  SystemSettings settings;
  settings.threads = 1;
  settings.log_level = "error";
  settings.spare_threads_max = 0;
  settings.blocked_after = absl::Hours(1);
  ActorSystem<int> system(Empty(), "timers", settings);
  const auto done =
      Source<int>::FromGraph(RestlessStage<kCancels>(&result)).RunWith(Sink<int>::Ignore(), system);
  EXPECT_EQ(Await(done, absl::Minutes(2)), absl::OkStatus());
  return result;
}

TEST(StageTimersTest, AMillionCancelledTimersOfAKeyTakeNoMoreRoomThanAFew) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  const Result result = RunRestless</*kCancels=*/true>();
  EXPECT_EQ(result.counted, AllocationCounts{});
  EXPECT_EQ(result.due, 1);
}

TEST(StageTimersTest, AMillionReplacedTimersOfAKeyTakeNoMoreRoomThanAFew) {
  if (!kAllocationsAreCounted) GTEST_SKIP() << "sanitizers bring their own malloc";
  const Result result = RunRestless</*kCancels=*/false>();
  EXPECT_EQ(result.counted, AllocationCounts{});
  EXPECT_EQ(result.due, 1);
}

}  // namespace
}  // namespace sampo::stream
