// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/graph_dsl.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

TEST(GraphDslTest, ADiamondMaterializesItsSink) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto broadcast = b.Add(Broadcast<int>(2));
    auto zip = b.Add(ZipWith<int, int>([](int x, int y) { return 100 * x + y; }));
    auto sink = b.Add(Sink<int>::Seq());
    b.Connect(Source<int>::Range(1, 3), broadcast.In());
    b.Connect(b.Via(broadcast.Out(0), Flow<int>().Map([](int n) { return 10 * n; })), zip.In<0>());
    b.Connect(broadcast.Out(1), zip.In<1>());
    b.Connect(zip.Out(), sink.In());
    auto graph = b.Build(sink.Value());
    ASSERT_TRUE(graph.ok()) << graph.status();
    for (int run = 0; run < 2; ++run) {
      EXPECT_EQ(Get(graph->Run(materializer)), (std::vector<int>{1001, 2002, 3003}));
    }
  });
}

TEST(GraphDslTest, MaterializesSeveralValues) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto source = b.Add(Source<int>::Range(1, 4).MapMaterializedValue(
        [](NotUsed) { return std::make_unique<int>(7); }));
    auto broadcast = b.Add(Broadcast<int>(2));
    auto all = b.Add(Sink<int>::Seq());
    auto sum = b.Add(Sink<int>::Fold(0, [](int a, int n) { return a + n; }));
    b.Connect(source.Out(), broadcast.In());
    b.Connect(broadcast.Out(0), all.In());
    b.Connect(broadcast.Out(1), sum.In());
    auto graph = b.Build(source.Value(), all.Value(), sum.Value());
    ASSERT_TRUE(graph.ok()) << graph.status();
    auto [seven, elements, total] = graph->Run(materializer);
    EXPECT_EQ(*seven, 7);
    EXPECT_EQ(Get(elements), (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(Get(total), 10);
  });
}

TEST(GraphDslTest, PartialGraphsBecomePartsOfOthers) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder inner;
    auto merge = inner.Add(MergeSorted<int>());
    auto second = inner.Add(MergeSorted<int>());
    inner.Connect(merge.Out(), second.In(0));
    auto three = inner.BuildFanIn<int, int>({merge.In(0), merge.In(1), second.In(1)}, second.Out());
    ASSERT_TRUE(three.ok()) << three.status();

    GraphBuilder b;
    auto part = b.Add(*three);
    b.Connect(Source<int>::From({1, 4, 7}), part.In(0));
    b.Connect(Source<int>::From({2, 5, 8}), part.In(1));
    b.Connect(Source<int>::From({3, 6, 9}), part.In(2));
    auto source = b.BuildSource(part.Out());
    ASSERT_TRUE(source.ok()) << source.status();
    EXPECT_EQ(Get(source->RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9}));

    GraphBuilder f;
    auto doubled = f.Add(Flow<int>().Map([](int n) { return 2 * n; }));
    auto flow = f.BuildFlow(doubled.In(), doubled.Out());
    ASSERT_TRUE(flow.ok()) << flow.status();
    EXPECT_EQ(Get(source->Via(*flow).Async().RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{2, 4, 6, 8, 10, 12, 14, 16, 18}));
  });
}

// A countdown that feeds itself. It would never complete, for its own inlet keeps it open; so it is
// cancelled when the one number in it has arrived.
TEST(GraphDslTest, ACycleRunsUntilItsPartitionLetsGo) {
  InSimulations([](const Materializer& materializer) {
    GraphBuilder b;
    auto merge = b.Add(MergePreferred<int>(1));
    auto partition = b.Add(Partition<int>(
        2, [](int n) { return n > 0 ? 0 : 1; }, true));
    auto sink = b.Add(Sink<int>::Seq());
    int rounds = 0;
    b.Connect(Source<int>::Single(50), merge.In(1));
    b.Connect(merge.Out(), partition.In());
    b.Connect(b.Via(partition.Out(0), Flow<int>().Map([&rounds](int n) {
      ++rounds;
      return n - 1;
    })),
              merge.In(0));
    b.Connect(b.Via(partition.Out(1), Flow<int>().Take(1)), sink.In());
    auto graph = b.Build(sink.Value());
    ASSERT_TRUE(graph.ok()) << graph.status();
    EXPECT_EQ(Get(graph->Run(materializer)), (std::vector<int>{0}));
    EXPECT_EQ(rounds, 50);
  });
}

std::string Line(int line) { return ":" + std::to_string(line); }

TEST(GraphDslTest, BuildNamesAnUnconnectedPortAndItsNeighbours) {
  GraphBuilder b;
  const int line = __LINE__;
  auto numbers = b.Add(Source<int>::Range(1, 3).Map([](int n) { return n; }));  // + 1
  auto broadcast = b.Add(Broadcast<int>(3));                                    // + 2
  b.Connect(numbers.Out(), broadcast.In());                                     // + 3
  b.Connect(broadcast.Out(0), Sink<int>::Ignore());                             // + 4
  b.Connect(broadcast.Out(2), Sink<int>::Ignore());                             // + 5
  const absl::Status status = b.Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string text(status.message());
  const std::string here = "stream/graph_dsl_test.cc";
  EXPECT_NE(text.find("out1 of broadcast (" + here + Line(line + 2) + ") is not connected"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("in <- out of map (" + here + Line(line + 1) + ") at " + here + Line(line + 3)),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("out1 -> nothing"), std::string::npos) << text;
  EXPECT_NE(text.find("out2 -> in of ignore (" + here + Line(line + 5)), std::string::npos) << text;
}

TEST(GraphDslTest, BuildNamesAPortThatIsConnectedTwice) {
  GraphBuilder b;
  auto merge = b.Add(Merge<int>(2));
  b.Connect(Source<int>::Range(1, 3), merge.In(0));
  b.Connect(Source<int>::Range(4, 6), merge.In(0));
  b.Connect(merge.Out(), Sink<int>::Ignore());
  const std::string text(b.Build().status().message());
  EXPECT_NE(text.find("in0 of merge ("), std::string::npos) << text;
  EXPECT_NE(text.find("is connected 2 times"), std::string::npos) << text;
  EXPECT_NE(text.find("in0 <- out of range ("), std::string::npos) << text;
}

TEST(GraphDslTest, BuildRefusesPortsThatAreNotThere) {
  GraphBuilder other;
  auto foreign = other.Add(Source<int>::Range(1, 3));
  GraphBuilder b;
  b.Connect(foreign.Out(), b.Add(Sink<int>::Ignore()).In());
  EXPECT_NE(std::string(b.Build().status().message()).find("a port of another graph"),
            std::string::npos);
  GraphBuilder c;
  auto merge = c.Add(Merge<int>(2));
  c.Connect(Source<int>::Range(1, 3), merge.In(2));
  EXPECT_NE(std::string(c.Build().status().message()).find("has 2 inlets, but number 2"),
            std::string::npos)
      << c.Build().status();
}

// --- stages of one's own ---

class DoublerLogic final : public GraphStageLogic, InHandler, OutHandler {
 public:
  DoublerLogic() {
    in_.SetHandler(this);
    out_.SetHandler(this);
  }

 private:
  void OnPush() override { out_.Push(2 * in_.Grab()); }
  void OnPull() override { in_.Pull(); }
  Inlet<int> in_{this, "in"};
  Outlet<int> out_{this, "out"};
};
struct Doubler final : GraphStage<FlowShape<int, int>> {
  const char* name() const override { return "doubler"; }
  std::unique_ptr<GraphStageLogic> CreateLogic(const Attributes&) const override {
    return std::make_unique<DoublerLogic>();
  }
};
struct NamedDoubler final : GraphStageWithValue<FlowShape<int, int>, std::string> {
  std::pair<std::unique_ptr<GraphStageLogic>, std::string> CreateLogicAndValue(
      const Attributes& attributes) const override {
    return {std::make_unique<DoublerLogic>(), attributes.name()};
  }
};

TEST(GraphDslTest, RunsStagesOfOnesOwn) {
  InSimulations([](const Materializer& materializer) {
    auto flow = Flow<int, int>::FromGraph(Doubler());
    EXPECT_EQ(Get(Source<int>::Range(1, 3).Via(flow).RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{2, 4, 6}));
    auto [name, all] =
        Source<int>::Range(1, 3)
            .ViaMat(Flow<int, int>::FromGraph(NamedDoubler()).Named("twice"), KeepRight())
            .ToMat(Sink<int>::Seq(), KeepBoth())
            .Run(materializer);
    EXPECT_EQ(name, "twice");
    EXPECT_EQ(Get(all), (std::vector<int>{2, 4, 6}));
  });
}

// --- bidirectional flows ---

TEST(BidiFlowTest, StacksJoinsAndTurnsAround) {
  InSimulations([](const Materializer& materializer) {
    auto codec = BidiFlow<int, std::string, std::string, int>::FromFunctions(
        [](int n) { return std::to_string(n); }, [](std::string s) { return std::stoi(s); });
    auto brackets = BidiFlow<std::string, std::string, std::string, std::string>::FromFunctions(
        [](std::string s) { return "[" + s + "]"; },
        [](std::string s) { return s.substr(1, s.size() - 2); });
    auto echo = Flow<std::string>().Map([](std::string s) { return "[1" + s.substr(1); });
    EXPECT_EQ(Get(Source<int>::Range(1, 3)
                      .Via(codec.Atop(brackets).Join(echo))
                      .RunWith(Sink<int>::Seq(), materializer)),
              (std::vector<int>{11, 12, 13}));
    EXPECT_EQ(Get(Source<std::string>::From({"5", "6"})
                      .Via(codec.Reversed().Join(Flow<int>().Map([](int n) { return n + 1; })))
                      .RunWith(Sink<std::string>::Seq(), materializer)),
              (std::vector<std::string>{"6", "7"}));
    EXPECT_EQ(Get(Source<std::string>::From({"5", "6"})
                      .Via(Flow<int>().Map([](int n) { return n + 2; }).Join(codec))
                      .RunWith(Sink<std::string>::Seq(), materializer)),
              (std::vector<std::string>{"7", "8"}));
  });
}

}  // namespace
}  // namespace sampo::stream
