// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Streams that stand still, each in one of the classic ways, and what the report says of them.
#include "sampo/stream/stall_report.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"
#include "sampo/stream/graph_dsl.h"
#include "sampo/stream/hub.h"
#include "sampo/stream/ops/broadcast.h"
#include "sampo/stream/ops/merge.h"
#include "sampo/stream/ops/zip.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

// A sink that takes nothing.
class Unwilling final : public GraphStageLogic, InHandler {
 public:
  Unwilling() { in_.SetHandler(this); }
  void OnPush() override {}

 private:
  Inlet<int> in_{this, "in"};
};
Sink<int> UnwillingSink() {
  return Sink<int>(internal::MakeStage<NotUsed>("unwilling", SourceLocation::Current(),
                                                [] { return std::make_unique<Unwilling>(); }));
}

class StallReportTest : public testing::Test {
 protected:
  // The names of the stages at the heads of all streams, for the whole system.
  std::vector<std::string> Heads() {
    kit_.Run();
    report_ = DescribeStreams(kit_.system());
    std::vector<std::string> names;
    for (const StreamState& stream : report_.streams) {
      for (const std::vector<int>& head : stream.heads) {
        std::string text;
        for (int stage : head) {
          const StageState& state = stream.stages[static_cast<size_t>(stage)];
          EXPECT_NE(state.file.find("stall_report_test.cc"), std::string::npos) << state.name;
          EXPECT_GT(state.line, 0);
          if (!text.empty()) text += "+";
          text += state.name;
        }
        names.push_back(text);
      }
    }
    return names;
  }

  SimulatedKit kit_;
  StreamsReport report_;
};

using Names = std::vector<std::string>;
using Tail = std::pair<std::vector<int>, Source<int>>;

TEST_F(StallReportTest, NothingRunsAndNothingIsReported) {
  EXPECT_EQ(Heads(), Names{});
  EXPECT_EQ(report_.ToText(), "no stream runs\n");
}

TEST_F(StallReportTest, AnUnbalancedZipAndBroadcast) {
  GraphBuilder b;
  auto broadcast = b.Add(Broadcast<int>(2));
  auto zip = b.Add(Zip<int, int>());
  b.Connect(Source<int>::Range(1, 100), broadcast.In());
  b.Connect(broadcast.Out(0), zip.In<0>());
  // This side loses elements, so that zip waits for it while the other one is full.
  b.Connect(b.Via(broadcast.Out(1), Flow<int>().Drop(1)), zip.In<1>());
  b.Connect(zip.Out(), Sink<std::pair<int, int>>::Ignore());
  b.Build().value().Run(kit_.system());
  EXPECT_EQ(Heads(), Names{"broadcast+zip"});
  EXPECT_NE(report_.ToText().find("deadlock: broadcast"), std::string::npos) << report_.ToText();
}

TEST_F(StallReportTest, ACycleWithoutABuffer) {
  GraphBuilder b;
  auto merge = b.Add(Merge<int>(2));
  auto broadcast = b.Add(Broadcast<int>(2));
  b.Connect(Source<int>::Range(1, 100), merge.In(0));
  b.Connect(merge.Out(), broadcast.In());
  b.Connect(broadcast.Out(0), merge.In(1));
  b.Connect(broadcast.Out(1), Sink<int>::Ignore());
  b.Build().value().Run(kit_.system());
  const Names heads = Heads();
  ASSERT_EQ(heads.size(), 1u) << report_.ToText();
  EXPECT_EQ(heads[0], "merge+broadcast") << report_.ToText();
}

TEST_F(StallReportTest, AHubWithAStoppedConsumer) {
  auto hub = Source<int>::Range(1, 10'000)
                 .ToMat(BroadcastHub<int>::Sink(/*start_after=*/2, /*buffer_size=*/8), KeepRight())
                 .Run(kit_.system());
  hub.To(UnwillingSink()).Run(kit_.system());
  hub.RunWith(Sink<int>::Ignore(), kit_.system());
  const Names heads = Heads();
  EXPECT_NE(std::find(heads.begin(), heads.end(), "unwilling"), heads.end()) << report_.ToText();
  EXPECT_NE(std::find(heads.begin(), heads.end(), "broadcastHub"), heads.end());
  EXPECT_NE(report_.ToText().find("buffer 8 of 8, waits for its slowest consumer"),
            std::string::npos)
      << report_.ToText();
}

TEST_F(StallReportTest, AnUnreadSubstream) {
  Source<int>::Range(1, 100)
      .GroupBy(8, [](int n) { return n % 2; })
      .To(UnwillingSink())
      .Run(kit_.system());
  const Names heads = Heads();
  ASSERT_FALSE(heads.empty());
  EXPECT_NE(std::find(heads.begin(), heads.end(), "unwilling"), heads.end()) << report_.ToText();
}

TEST_F(StallReportTest, AnUnreadTail) {
  Source<int>::Range(1, 100).PrefixAndTail(2).RunWith(Sink<Tail>::Ignore(), kit_.system());
  EXPECT_EQ(Heads(), Names{"prefixAndTail"});
  EXPECT_NE(report_.ToText().find("a subscriber of the tail"), std::string::npos)
      << report_.ToText();
}

TEST_F(StallReportTest, MoreSubstreamsThanTheMergeTakes) {
  Source<int>::Range(1, 100)
      .GroupBy(8, [](int n) { return n % 4; })
      .MergeSubstreamsWithParallelism(2)
      .RunWith(Sink<int>::Ignore(), kit_.system());
  const Names heads = Heads();
  ASSERT_FALSE(heads.empty());
  EXPECT_EQ(heads[0], "groupBy") << report_.ToText();
  EXPECT_NE(report_.ToText().find("demand for a new substream"), std::string::npos)
      << report_.ToText();
}

TEST_F(StallReportTest, AFutureThatNeverEnds) {
  std::vector<Promise<int>> promises;
  Source<int>::Range(1, 100)
      .MapAsync(2,
                [&promises](int) {
                  promises.emplace_back();
                  return promises.back().future();
                })
      .RunWith(Sink<int>::Ignore(), kit_.system());
  EXPECT_EQ(Heads(), Names{"mapAsync"});
  EXPECT_NE(report_.ToText().find("futures 2 of 2"), std::string::npos) << report_.ToText();
}

TEST_F(StallReportTest, GoesAcrossAsynchronousBoundaries) {
  Source<int>::Range(1, 1000).Async().To(UnwillingSink()).Run(kit_.system());
  EXPECT_EQ(Heads(), Names{"unwilling"});
}

TEST_F(StallReportTest, IsJsonAndGraphvizToo) {
  Source<int>::Range(1, 1000).Map([](int n) { return n; }).To(UnwillingSink()).Run(kit_.system());
  EXPECT_EQ(Heads(), Names{"unwilling"});
  const std::string json = report_.ToJson();
  EXPECT_NE(json.find("\"heads\":[[1]]"), std::string::npos) << json;
  EXPECT_NE(json.find("\"operators\":[\"map ("), std::string::npos) << json;
  const std::string dot = report_.ToGraphviz();
  EXPECT_NE(dot.find("digraph"), std::string::npos);
  EXPECT_NE(dot.find("fillcolor=orange"), std::string::npos);
}

// The reader needs no message and no free thread: every dispatcher is stuck here.
TEST(StallReportOnThreadsTest, NamesTheStageWhoseHandlerDoesNotReturn) {
  ActorTestKit kit;
  std::latch entered(1);
  std::latch leave(1);
  auto done = Source<int>::Single(1).RunWith(Sink<int>::Foreach([&](int) {
                                               entered.count_down();
                                               leave.wait();
                                             }),
                                             kit.system());
  entered.wait();
  const StreamsReport report = DescribeStreams(kit.system());
  ASSERT_EQ(report.streams.size(), 1u);
  ASSERT_EQ(report.streams[0].running.size(), 1u);
  EXPECT_EQ(report.streams[0].running[0].stage.find("foreach ("), 0u);
  EXPECT_NE(report.streams[0].running[0].stage.find("stall_report_test.cc"), std::string::npos);
  EXPECT_GT(report.streams[0].running[0].since_nanos, 0);
  leave.count_down();
  EXPECT_EQ(Await(done, absl::Seconds(10)), absl::OkStatus());
}

// TSan: a stream is reported from the moment on that it is made, not before.
TEST(StallReportOnThreadsTest, SeesStreamsThatStartAndEndMeanwhileInTheirOrder) {
  constexpr int kStreams = 500;
  ActorTestKit kit;
  std::atomic<int> ended = 0;
  const auto start_some = [&] {
    for (int i = 0; i < kStreams; ++i) {
      auto done = Source<int>::Single(i).RunWith(Sink<int>::Ignore(), kit.system());
      EXPECT_EQ(Await(done, absl::Seconds(10)), absl::OkStatus());
      ++ended;
    }
  };
  std::thread one(start_some);
  std::thread other(start_some);
  while (ended < 2 * kStreams) {
    const StreamsReport report = DescribeStreams(kit.system());
    for (size_t i = 1; i < report.streams.size(); ++i) {
      EXPECT_LT(report.streams[i - 1].id, report.streams[i].id);
    }
  }
  one.join();
  other.join();
}

}  // namespace
}  // namespace sampo::stream
