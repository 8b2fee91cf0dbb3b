// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/restart.h"

#include <memory>
#include <stdexcept>
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

RestartSettings Settings(int64_t max_restarts = 1'000'000) {
  return {.backoff = {.min = absl::Seconds(1), .max = absl::Seconds(4), .random_factor = 0},
          .max_restarts = max_restarts,
          .max_restarts_within = absl::Seconds(60)};
}
auto FailAt(int at) {
  return [at](int n) {
    if (n == at) throw std::runtime_error("at");
    return n;
  };
}

TEST(RestartSourceTest, RestartsAfterFailuresAndCompletionsWithGrowingPauses) {
  SimulatedStream sim;
  auto starts = std::make_shared<std::vector<int64_t>>();
  const absl::Duration begin = sim.now();
  auto out = RestartSource::WithBackoff(Settings(), [starts, &sim, begin] {
               starts->push_back(absl::ToInt64Milliseconds(sim.now() - begin));
               return Source<int>::Range(1, 2).Map(FailAt(starts->size() % 2 == 0 ? 2 : 99));
             }).RunWith(TestSink<int>::Probe(), sim.system());
  out.Request(99);
  sim.RunFor(absl::Seconds(12));
  out.ExpectNextN({1, 2, 1, 1, 2, 1, 1, 2});
  EXPECT_EQ(*starts, (std::vector<int64_t>{0, 1000, 3000, 7000, 11000}));
  out.Cancel();
  sim.RunFor(absl::Minutes(1));
  EXPECT_EQ(starts->size(), 5u);
}

TEST(RestartSourceTest, OnFailuresCompletesWithTheSource) {
  SimulatedStream sim;
  auto all = RestartSource::OnFailuresWithBackoff(Settings(), [count = 0]() mutable {
               return Source<int>::Range(1, 3).Map(FailAt(++count < 3 ? 2 : 99));
             }).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (Ints{1, 1, 1, 2, 3}));
}

TEST(RestartSourceTest, GivesUpWhenRestartsAreUsedUpOrNotWanted) {
  SimulatedStream sim;
  auto always_fails = [] { return Source<int>::Range(1, 3).Map(FailAt(2)); };
  auto out = RestartSource::WithBackoff(Settings(2), always_fails)
                 .RunWith(TestSink<int>::Probe(), sim.system());
  out.Request(9).ExpectNextN({1, 1, 1});
  EXPECT_TRUE(absl::IsUnknown(out.ExpectError()));
  auto completed = RestartSource::WithBackoff(Settings(2), [] {
                     return Source<int>::Single(1);
                   }).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(completed), (Ints{1, 1, 1}));
  RestartSettings settings = Settings();
  settings.restart_on = [](const absl::Status& failure) { return absl::IsDataLoss(failure); };
  auto unwanted =
      RestartSource::WithBackoff(settings, always_fails).RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_TRUE(absl::IsUnknown(sim.Await(unwanted).status()));
}

TEST(RestartSourceTest, CountsAnewAfterALongRun) {
  SimulatedStream sim;
  RestartSettings settings = Settings(1);
  settings.max_restarts_within = absl::Seconds(2);
  auto all = RestartSource::WithBackoff(settings,
                                        [count = 0]() mutable {
                                          // The third lives too shortly.
                                          return Source<int>::Single(1).Map(FailAt(1)).InitialDelay(
                                              absl::Seconds(++count < 4 ? 3 : 0));
                                        })
                 .CompletionTimeout(absl::Hours(1))
                 .RunWith(Sink<int>::Seq(), sim.system());
  const absl::Duration begin = sim.now();
  EXPECT_TRUE(absl::IsUnknown(sim.Await(all).status()));
  EXPECT_EQ(sim.now() - begin, absl::Seconds(12));
}

TEST(RestartFlowTest, GoesOnWithANewFlow) {
  SimulatedStream sim;
  auto made = std::make_shared<int>(0);
  auto [in, out] = TestSource<int>::Probe()
                       .Via(RestartFlow::WithBackoff(Settings(),
                                                     [made] {
                                                       ++*made;
                                                       return Flow<int>().Map(FailAt(3));
                                                     }))
                       .ToMat(TestSink<int>::Probe(), KeepBoth())
                       .Run(sim.system());
  out.Request(9);
  in.SendNext(1).SendNext(2);
  out.ExpectNext(1).ExpectNext(2);
  in.SendNext(3);  // is lost
  out.ExpectNoMessage();
  in.SendNext(4).SendNext(5);
  out.ExpectNext(4).ExpectNext(5);
  EXPECT_EQ(*made, 2);
  in.SendComplete();
  out.ExpectComplete();
}

TEST(RestartFlowTest, RestartsAfterACompletionUnlessOnFailuresAlone) {
  SimulatedStream sim;
  auto take_two = [] { return Flow<int>().Take(2); };
  auto all = Source<int>::Range(1, 6)
                 .Via(RestartFlow::WithBackoff(Settings(), take_two))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(all), (Ints{1, 2, 3, 4, 5, 6}));
  auto two = Source<int>::Range(1, 6)
                 .Via(RestartFlow::OnFailuresWithBackoff(Settings(), take_two))
                 .RunWith(Sink<int>::Seq(), sim.system());
  EXPECT_EQ(*sim.Await(two), (Ints{1, 2}));
}

TEST(RestartFlowTest, PassesEndsFromOutside) {
  SimulatedStream sim;
  auto run = [&sim] {
    return TestSource<int>::Probe()
        .Via(RestartFlow::WithBackoff(Settings(), [] { return Flow<int>().Map(FailAt(3)); }))
        .ToMat(TestSink<int>::Probe(), KeepBoth())
        .Run(sim.system());
  };
  auto [in, out] = run();
  out.Cancel(absl::AbortedError("no"));
  in.ExpectCancellation(absl::AbortedError("no"));
  auto [in2, out2] = run();
  in2.SendError(absl::DataLossError("gone"));
  out2.ExpectError(absl::DataLossError("gone"));
  auto [in3, out3] = run();  // while it pauses
  out3.Request(1);
  in3.SendNext(3);
  sim.RunUntilIdle();
  in3.SendComplete();
  out3.ExpectComplete();
}

TEST(RestartSinkTest, GoesOnWithANewSink) {
  SimulatedStream sim;
  auto seen = std::make_shared<std::vector<Ints>>();
  auto in = TestSource<int>::Probe()
                .To(RestartSink::WithBackoff(Settings(2),
                                             [seen] {
                                               seen->emplace_back();
                                               return Flow<int>().Take(2).To(Sink<int>::Foreach(
                                                   [seen](int n) { seen->back().push_back(n); }));
                                             }))
                .Run(sim.system());
  for (int i = 1; i <= 6; ++i) in.SendNext(i);
  in.ExpectCancellation(absl::OkStatus());
  EXPECT_EQ(*seen, (std::vector<Ints>{{1, 2}, {3, 4}, {5, 6}}));
}

}  // namespace
}  // namespace sampo::stream
