// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/recovery.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using Ints = std::vector<int>;

// 1, 2, 3 and then a failure.
auto Failing() {
  return Source<int>::Range(1, 9).Map([](int n) {
    if (n == 4) throw std::runtime_error("four");
    return n;
  });
}
std::optional<absl::Status> UnknownToAborted(const absl::Status& failure) {
  if (!absl::IsUnknown(failure)) return std::nullopt;
  return absl::AbortedError(failure.message());
}

TEST(MapErrorTest, ChangesTheFailuresItHandles) {
  SimulatedStream sim;
  auto mapped = Failing().MapError(&UnknownToAborted).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(sim.Await(mapped).status(), absl::AbortedError("four"));
  auto passed = Failing()
                    .MapError([](const absl::Status&) { return absl::DataLossError("x"); })
                    .MapError(&UnknownToAborted)
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(sim.Await(passed).status(), absl::DataLossError("x"));
}

TEST(MapErrorTest, DoesNotSeeWhatFailsBelow) {
  SimulatedStream sim;
  auto below = Source<int>::Range(1, 9)
                   .MapError(&UnknownToAborted)
                   .Map([](int) -> int { throw std::runtime_error("below"); })
                   .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(sim.Await(below).status(), absl::UnknownError("below"));
}

TEST(RecoverTest, EmitsALastElementWithDemand) {
  SimulatedStream sim;
  auto out = Failing()
                 .Recover([](const absl::Status&) { return -1; })
                 .RunWith(TestSink<int>::Probe(), sim.system());
  out.Request(3).ExpectNext(1).ExpectNext(2).ExpectNext(3).ExpectNoMessage();
  out.Request(1).ExpectNext(-1).ExpectComplete();
  auto passed = Failing()
                    .Recover([](const absl::Status&) { return std::optional<int>(); })
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsUnknown(sim.Await(passed).status()));
}

TEST(RecoverWithTest, GoesOnWithAnotherSource) {
  SimulatedStream sim;
  auto all = Failing()
                 .RecoverWith([](const absl::Status&) { return Source<int>::Range(10, 12); })
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (Ints{1, 2, 3, 10, 11, 12}));
  auto resumed = Failing()
                     .OnErrorResume([](const absl::Status&) { return Source<int>::Empty(); })
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(resumed), (Ints{1, 2, 3}));
}

TEST(RecoverWithTest, RetriesAsOftenAsItMay) {
  SimulatedStream sim;
  auto twice = [&sim](int attempts) {
    return sim.Await(
        Failing()
            .RecoverWithRetries(attempts,
                                [calls = 0](const absl::Status&) mutable {
                                  return ++calls == 2 ? std::optional(Source<int>::Single(7).Map(
                                                            [](int n) { return n; }))
                                                      : std::optional(Failing());
                                })
            .RunWith(Sink<int>::Seq(), sim.system()));
  };
  EXPECT_EQ(*twice(2), (Ints{1, 2, 3, 1, 2, 3, 7}));
  EXPECT_TRUE(absl::IsUnknown(twice(1).status()));
  EXPECT_TRUE(absl::IsUnknown(twice(0).status()));
  EXPECT_EQ(*twice(-1), (Ints{1, 2, 3, 1, 2, 3, 7}));
}

TEST(RecoverWithTest, CancelsWhatHasTakenOver) {
  SimulatedStream sim;
  auto [in, out] = TestSource<int>::Probe()
                       .RecoverWith([](const absl::Status&) { return Source<int>::Range(1, 9); })
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  in.SendError(absl::DataLossError("gone"));
  out.Request(1).ExpectNext(1);
  out.Cancel();
  sim.RunUntilIdle();
}

TEST(OnErrorCompleteTest, CompletesForTheFailuresItAccepts) {
  SimulatedStream sim;
  auto completed = Failing().OnErrorComplete().RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(completed), (Ints{1, 2, 3}));
  auto failed = Failing()
                    .OnErrorComplete([](const absl::Status& s) { return absl::IsDataLoss(s); })
                    .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsUnknown(sim.Await(failed).status()));
}

TEST(OnErrorContinueTest, DropsElementsAndTellsTheFailures) {
  SimulatedStream sim;
  auto odd_fail = Source<int>::Range(1, 6).Map([](int n) {
    if (n % 2 == 1) throw std::runtime_error(std::to_string(n));
    return n;
  });
  std::string told;
  auto tell = [&told](const absl::Status& failure) { told += std::string(failure.message()); };
  auto all = odd_fail.OnErrorContinue(tell).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (Ints{2, 4, 6}));
  EXPECT_EQ(told, "135");
  auto stopped = odd_fail
                     .OnErrorContinue(
                         [](const absl::Status& failure) { return failure.message() != "3"; }, tell)
                     .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(sim.Await(stopped).status(), absl::UnknownError("3"));
}

}  // namespace
}  // namespace sampo::stream
