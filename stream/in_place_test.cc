// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/in_place.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/test_util.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

class InPlaceTest : public testing::Test {
 protected:
  template <class T>
  auto Result(Future<T> future) {
    return Await(std::move(future), absl::Seconds(10));
  }
  SimulatedKit kit_;
};

// Passes elements on, counts its calls, and looks at itself right after each push.
class Watchful final : public GraphStageLogic, public InHandler, public OutHandler {
 public:
  struct Seen {
    int pulls = 0;
    int pushes = 0;
    int available_after_push = 0;
    std::string cancelled;
    std::vector<std::string> order;
  };
  explicit Watchful(Seen* seen) : seen_(*seen) {
    in_.SetHandler(this);
    out_.SetHandler(this);
  }
  void OnPull() override {
    ++seen_.pulls;
    in_.Pull();
  }
  void OnPush() override {
    ++seen_.pushes;
    out_.Push(in_.Grab());
    if (out_.IsAvailable() || out_.IsClosed()) ++seen_.available_after_push;
    seen_.order.push_back("pushed");
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    seen_.cancelled = std::string(cause.message());
    CancelStage(cause);
  }

 private:
  Seen& seen_;
  Inlet<int> in_{this, "in"};
  Outlet<int> out_{this, "out"};
};

Flow<int, int> Watch(Watchful::Seen* seen) {
  return Flow<int, int>(
      internal::MakeLogicStage<Watchful>("watchful", SourceLocation::Current(), seen));
}

TEST_F(InPlaceTest, AUsersStageSeesNothingOfIt) {
  Watchful::Seen seen;
  auto sum = Source<int>::Range(1, 100)
                 .Via(Watch(&seen))
                 .RunWith(Sink<int>::Foreach([&seen](int) { seen.order.push_back("taken"); }),
                          kit_.system());
  ASSERT_TRUE(Result(std::move(sum)).ok());
  EXPECT_EQ(seen.pushes, 100);
  // One for each element, and one that the end answers.
  EXPECT_EQ(seen.pulls, 101);
  EXPECT_EQ(seen.available_after_push, 0);
  // Taken while it was pushed.
  EXPECT_EQ(seen.order[0], "taken");
  EXPECT_EQ(seen.order[1], "pushed");
}

TEST_F(InPlaceTest, WhatTheSinkThrowsFailsTheSinkAndCancelsAbove) {
  Watchful::Seen seen;
  auto done = Source<int>::Range(1, 100)
                  .Via(Watch(&seen))
                  .RunWith(Sink<int>::Foreach([](int i) {
                             if (i == 7) throw std::runtime_error("no sevens");
                           }),
                           kit_.system());
  const absl::Status status = Result(std::move(done));
  EXPECT_NE(status.message().find("no sevens"), std::string::npos) << status;
  EXPECT_EQ(seen.pushes, 7);
  EXPECT_NE(seen.cancelled.find("no sevens"), std::string::npos) << seen.cancelled;
}

TEST_F(InPlaceTest, ASinkThatHasEnoughGetsNoMore) {
  std::vector<int> made;
  auto head = Source<int>::Range(1, 100)
                  .Map([&made](int i) {
                    made.push_back(i);
                    return i;
                  })
                  .RunWith(Sink<int>::Head(), kit_.system());
  EXPECT_EQ(*Result(std::move(head)), 1);
  EXPECT_EQ(made, std::vector<int>{1});
}

// A source that goes on in its loop counts its rounds: the turn ends at the event limit. Without
// that this test would never end.
TEST_F(InPlaceTest, AnEndlessStreamLetsOthersIn) {
  auto endless = Source<int>::Repeat(1).RunWith(Sink<int>::Ignore(), kit_.system());
  auto finite = Source<int>::Range(1, 5000).RunWith(Sink<int>::Seq(), kit_.system());
  EXPECT_EQ(Result(std::move(finite))->size(), 5000u);
  EXPECT_FALSE(endless.IsComplete());
}

TEST_F(InPlaceTest, AMergeTakesTurnsWithinTheChaseLimit) {
  auto from = [](int tag) { return Source<int>::Range(1, 1000).Map([tag](int) { return tag; }); };
  auto merged = Result(from(0).Merge(from(1)).RunWith(Sink<int>::Seq(), kit_.system()));
  ASSERT_TRUE(merged.ok());
  ASSERT_EQ(merged->size(), 2000u);
  EXPECT_EQ(std::count(merged->begin(), merged->end(), 1), 1000);
  int run = 0;
  int longest = 0;
  // Until the first of them ends nobody waits for longer than a chase.
  for (size_t i = 0; i < 900; ++i) {
    run = i > 0 && (*merged)[i] == (*merged)[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  EXPECT_LE(longest, 1 + internal::Interpreter::kChaseLimit);  // an event and its chase
}

// The stage below takes elements in events of its own, and asks before the one above is asked.
TEST_F(InPlaceTest, AMergeAsksAboveWhenItIsAskedBelow) {
  Watchful::Seen above;
  Watchful::Seen below;
  int waiting = 0;
  auto done = Source<int>::Range(1, 100)
                  .Via(Watch(&above))
                  .Map([&](int i) {
                    // The first comes to whom has not asked yet.
                    if (i > 1 && below.pulls == below.pushes) ++waiting;
                    return i;
                  })
                  .Merge(Source<int>::Empty())
                  .Via(Watch(&below))
                  .RunWith(Sink<int>::Ignore(), kit_.system());
  ASSERT_TRUE(Result(std::move(done)).ok());
  EXPECT_EQ(below.pushes, 100);
  EXPECT_EQ(waiting, 0);
}

// A future that is complete brings an element back to the merge while that is still pushing: it
// waits in its inlet.
TEST_F(InPlaceTest, ACycleComesBackWithinThePush) {
  GraphBuilder b;
  auto merge = b.Add(MergePreferred<int>(1));
  auto partition = b.Add(Partition<int>(
      2, [](int n) { return n > 0 ? 0 : 1; }, true));
  auto sink = b.Add(Sink<int>::Seq());
  b.Connect(Source<int>::Range(1, 20), merge.In(1));
  b.Connect(
      b.Via(merge.Out(), Flow<int>().MapAsync(1, [](int n) { return Future<int>::Ready(n); })),
      partition.In());
  b.Connect(b.Via(partition.Out(0), Flow<int>()
                                        .Map([](int n) { return n - 100; })
                                        .Buffer(32, OverflowStrategy::kBackpressure)),
            merge.In(0));
  b.Connect(b.Via(partition.Out(1), Flow<int>().Take(20)), sink.In());
  auto graph = b.Build(sink.Value());
  ASSERT_TRUE(graph.ok()) << graph.status();
  auto passed = Result(graph->Run(kit_.system()));
  ASSERT_TRUE(passed.ok()) << passed.status();
  std::sort(passed->begin(), passed->end());
  for (int i = 0; i < 20; ++i) EXPECT_EQ((*passed)[static_cast<size_t>(i)], i - 99);
}

TEST_F(InPlaceTest, ElementsThatWaitInAMergeKeepTheirInletsOrder) {
  auto from = [](int base) { return Source<int>::Range(base, base + 99); };
  auto merged = Result(from(0)
                           .Merge(from(1000))
                           .Merge(from(2000))
                           .MapAsync(3, [](int i) { return Future<int>::Ready(i); })
                           .RunWith(Sink<int>::Seq(), kit_.system()));
  ASSERT_TRUE(merged.ok());
  ASSERT_EQ(merged->size(), 300u);
  for (int base : {0, 1000, 2000}) {
    std::vector<int> own;
    std::copy_if(merged->begin(), merged->end(), std::back_inserter(own),
                 [base](int i) { return i / 1000 * 1000 == base; });
    EXPECT_EQ(own.size(), 100u);
    EXPECT_TRUE(std::is_sorted(own.begin(), own.end())) << base;
  }
}

TEST_F(InPlaceTest, WhereEventsAreFuzzedTheResultIsTheSame) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Materializer fuzzed(kit_.system(), Attributes().FuzzEvents(seed));
    auto sum = Source<int>::Range(1, 200)
                   .Merge(Source<int>::Range(201, 400))
                   .MapAsync(2, [](int i) { return Future<int64_t>::Ready(i); })
                   .RunWith(Sink<int64_t>::Fold(int64_t{0}, std::plus<>()), fuzzed);
    EXPECT_EQ(*Result(std::move(sum)), 400 * 401 / 2) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sampo::stream
