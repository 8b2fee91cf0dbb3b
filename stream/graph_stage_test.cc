// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/graph_stage.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/test_util.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

// A flow of one stage, made by `factory` for each run.
template <class In, class Out, class Factory>
Flow<In, Out> FlowOf(Factory factory) {
  return Flow<In, Out>(
      internal::MakeStage<NotUsed>("probe", SourceLocation::Current(), std::move(factory)));
}

class GraphStageTest : public testing::Test {
 protected:
  template <class T>
  auto Result(Future<T> future) {
    return Await(std::move(future), absl::Seconds(10));
  }
  template <class Out, class Mat>
  auto RunToSeq(const Source<Out, Mat>& source) {
    return Result(source.RunWith(Sink<Out>::Seq(), kit_.system()));
  }
  SimulatedKit kit_;
};

// Counts what happens to it.
struct Counts {
  int pre_start = 0;
  int post_stop = 0;
  int finish = 0;
  int failure = 0;
  int cancel = 0;
  absl::Status cause;
  absl::Status abort;
};

class Passing : public GraphStageLogic, public InHandler, public OutHandler {
 public:
  explicit Passing(Counts* counts) : counts_(*counts) {
    in_.SetHandler(this);
    out_.SetHandler(this);
  }
  void PreStart() override { ++counts_.pre_start; }
  void PostStop() override {
    ++counts_.post_stop;
    counts_.abort = abort_status();
  }
  void OnPush() override { out_.Push(in_.Grab()); }
  void OnPull() override { in_.Pull(); }
  void OnUpstreamFinish() override {
    ++counts_.finish;
    CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    ++counts_.failure;
    FailStage(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    ++counts_.cancel;
    counts_.cause = cause;
    CancelStage(cause);
  }

 protected:
  Counts& counts_;
  Inlet<int> in_{this, "in"};
  Outlet<int> out_{this, "out"};
};

TEST_F(GraphStageTest, LivesFromPreStartToPostStopOnce) {
  Counts counts;
  auto flow = FlowOf<int, int>([&] { return std::make_unique<Passing>(&counts); });
  EXPECT_EQ(RunToSeq(Source<int>::Range(1, 3).Via(flow)).value(), (std::vector{1, 2, 3}));
  kit_.Run();
  EXPECT_EQ(counts.pre_start, 1);
  EXPECT_EQ(counts.post_stop, 1);
  EXPECT_EQ(counts.finish, 1);
  EXPECT_EQ(counts.cancel, 0);
}

TEST_F(GraphStageTest, IsToldOfACancellationAndItsCause) {
  Counts counts;
  auto flow = FlowOf<int, int>([&] { return std::make_unique<Passing>(&counts); });
  EXPECT_EQ(RunToSeq(Source<int>::Range(1, 1000).Via(flow).Take(2)).value(), (std::vector{1, 2}));
  kit_.Run();
  EXPECT_EQ(counts.cancel, 1);
  EXPECT_TRUE(counts.cause.ok());
  auto failed = RunToSeq(Source<int>::Range(1, 1000).Via(flow).Map(
      [](int) -> int { throw std::runtime_error("boom"); }));
  EXPECT_EQ(failed.status(), absl::UnknownError("boom"));
  kit_.Run();
  EXPECT_EQ(counts.cancel, 2);
  EXPECT_EQ(counts.cause, absl::UnknownError("boom"));
  EXPECT_EQ(counts.post_stop, 2);
}

TEST_F(GraphStageTest, FailsWithWhatAHandlerThrows) {
  struct Throwing final : Passing {
    using Passing::Passing;
    void OnPush() override { throw std::logic_error("handler"); }
  };
  Counts counts;
  Counts upstream;
  auto result =
      RunToSeq(Source<int>::Range(1, 3)
                   .Via(FlowOf<int, int>([&] { return std::make_unique<Passing>(&upstream); }))
                   .Via(FlowOf<int, int>([&] { return std::make_unique<Throwing>(&counts); })));
  EXPECT_EQ(result.status(), absl::UnknownError("handler"));
  kit_.Run();
  EXPECT_EQ(upstream.cause, absl::UnknownError("handler"));
  EXPECT_EQ(counts.post_stop, 1);
}

TEST_F(GraphStageTest, ASecondPullIsAFailureThatNamesStageAndPort) {
  struct Greedy final : Passing {
    using Passing::Passing;
    void OnPull() override {
      in_.Pull();
      in_.Pull();
    }
  };
  Counts counts;
  auto result = RunToSeq(Source<int>::Range(1, 3).Via(
      FlowOf<int, int>([&] { return std::make_unique<Greedy>(&counts); })));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(result.status().message().find("Pull of port in"), absl::string_view::npos);
  EXPECT_NE(result.status().message().find("graph_stage_test.cc:"), absl::string_view::npos);
}

TEST_F(GraphStageTest, APushWithoutAPullIsAFailure) {
  struct Pushy final : Passing {
    using Passing::Passing;
    void OnPush() override {
      const int element = in_.Grab();
      out_.Push(element);
      out_.Push(element);
    }
  };
  Counts counts;
  auto result = RunToSeq(Source<int>::Range(1, 3).Via(
      FlowOf<int, int>([&] { return std::make_unique<Pushy>(&counts); })));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(GraphStageTest, AGrabOfNothingIsAFailure) {
  struct Grabby final : Passing {
    using Passing::Passing;
    void OnPull() override { (void)in_.Grab(); }
  };
  Counts counts;
  auto result = RunToSeq(Source<int>::Range(1, 3).Via(
      FlowOf<int, int>([&] { return std::make_unique<Grabby>(&counts); })));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(GraphStageTest, EmitsSeveralElementsAndThenCompletes) {
  struct Tripler final : Passing {
    using Passing::Passing;
    void OnPush() override {
      const int n = in_.Grab();
      out_.EmitMultiple({n, n, n});
    }
    void OnUpstreamFinish() override {
      out_.Emit(-1);
      CompleteStage();
    }
  };
  Counts counts;
  auto result = RunToSeq(Source<int>::Range(1, 2).Via(
      FlowOf<int, int>([&] { return std::make_unique<Tripler>(&counts); })));
  EXPECT_EQ(result.value(), (std::vector{1, 1, 1, 2, 2, 2, -1}));
}

TEST_F(GraphStageTest, ReadsSeveralElementsAtOnce) {
  struct Pairs final : Passing {
    using Passing::Passing;
    void OnPull() override {
      in_.ReadN(
          2, [this](std::vector<int> pair) { out_.Push(pair[0] * 10 + pair[1]); },
          [this](std::vector<int> rest) {
            if (!rest.empty()) out_.Emit(rest[0]);
          });
    }
  };
  Counts counts;
  auto result = RunToSeq(Source<int>::Range(1, 5).Via(
      FlowOf<int, int>([&] { return std::make_unique<Pairs>(&counts); })));
  EXPECT_EQ(result.value(), (std::vector{12, 34, 5}));
}

TEST_F(GraphStageTest, TimersAreNeverEarlyAndEndWithTheStage) {
  struct Ticking final : Passing {
    using Passing::Passing;
    void PreStart() override { ScheduleWithFixedDelay(7, absl::Seconds(1), absl::Seconds(2)); }
    void OnPull() override {}
    void OnTimer(int64_t key) override {
      if (out_.IsAvailable())
        out_.Push(static_cast<int>(key) + static_cast<int>(NowNanos() / 1'000'000'000));
    }
  };
  Counts counts;
  const int64_t start = kit_.simulation().NowNanos();
  auto result =
      RunToSeq(Source<int>::Range(1, 1)
                   .Via(FlowOf<int, int>([&] { return std::make_unique<Ticking>(&counts); }))
                   .Take(3));
  ASSERT_EQ(result.value().size(), 3u);
  EXPECT_GE(kit_.simulation().NowNanos() - start, 5'000'000'000);
  kit_.Run();
  EXPECT_EQ(counts.post_stop, 1);
}

TEST_F(GraphStageTest, AnAsyncCallbackReachesTheStageUntilItEnds) {
  struct Called final : Passing {
    Called(Counts* counts, AsyncCallback<int>* callback) : Passing(counts), callback_(callback) {}
    void PreStart() override {
      *callback_ = GetAsyncCallback<int>([this](int n) { out_.Emit(n); });
    }
    void OnPull() override {}
    AsyncCallback<int>* callback_;
  };
  Counts counts;
  AsyncCallback<int> callback;
  auto sum =
      Source<int>::Range(1, 1)
          .Via(FlowOf<int, int>([&] { return std::make_unique<Called>(&counts, &callback); }))
          .Take(2)
          .RunWith(Sink<int>::Seq(), kit_.system());
  kit_.Run();
  callback.Invoke(5);
  Future<void> delivered = callback.InvokeWithFeedback(6);
  EXPECT_EQ(Result(sum).value(), (std::vector{5, 6}));
  EXPECT_EQ(Result(delivered), absl::OkStatus());
  kit_.Run();
  EXPECT_EQ(Result(callback.InvokeWithFeedback(7)).code(), absl::StatusCode::kCancelled);
}

TEST_F(GraphStageTest, GoesOnWhileToldTo) {
  struct Lingering final : Passing {
    using Passing::Passing;
    void PreStart() override { SetKeepGoing(true); }
    void OnUpstreamFinish() override {
      out_.Complete();
      ScheduleOnce(1, absl::Seconds(5));
    }
    void OnTimer(int64_t) override {
      ++counts_.finish;
      SetKeepGoing(false);
    }
  };
  Counts counts;
  auto flow = FlowOf<int, int>([&] { return std::make_unique<Lingering>(&counts); });
  EXPECT_EQ(RunToSeq(Source<int>::Range(1, 1).Via(flow)).value(), std::vector{1});
  kit_.Run();
  EXPECT_EQ(counts.post_stop, 0);
  kit_.RunFor(absl::Seconds(6));
  EXPECT_EQ(counts.finish, 1);
  EXPECT_EQ(counts.post_stop, 1);
}

TEST_F(GraphStageTest, CancellationStrategiesDecideWhatBecomesOfTheStage) {
  struct Case {
    CancellationStrategyKind kind;
    bool fails_above;
  };
  for (const Case& c : {Case{CancellationStrategyKind::kCompleteStage, false},
                        Case{CancellationStrategyKind::kFailStage, true}}) {
    Counts above;
    Counts counts;
    auto result =
        RunToSeq(Source<int>::Range(1, 1000)
                     .Via(FlowOf<int, int>([&] { return std::make_unique<Passing>(&above); }))
                     .Via(FlowOf<int, int>([&] {
                            return std::make_unique<Passing>(&counts);
                          }).WithAttributes(Attributes().Cancellation({.kind = c.kind})))
                     .Take(1));
    EXPECT_TRUE(result.ok());
    kit_.Run();
    EXPECT_EQ(above.cause.ok(), !c.fails_above);
  }
}

}  // namespace
}  // namespace sampo::stream
