// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/stateful.h"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sampo/actor/behaviors.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

Source<int> Five() { return Source<int>::Range(1, 5); }

// What was opened and closed, in order: "open", then "close" with the state.
struct Life {
  int opened = 0;
  int closed = 0;
  int state = 0;  // of the last one closed
};

class StatefulTest : public OpsTest {
 protected:
  // Adds up, and ends with the negative sum.
  auto Summing(Life* life) {
    return Flow<int>().StatefulMap(
        [life] {
          ++life->opened;
          return 0;
        },
        [](int& sum, int n) { return sum += ThrowAt(4, n); },
        [life](int sum) {
          ++life->closed;
          life->state = sum;
          return std::optional<int>(-sum);
        });
  }
  auto Reading(Life* life) {
    return Flow<int>().MapWithResource(
        [life] {
          ++life->opened;
          return std::make_unique<int>(100);
        },
        [](std::unique_ptr<int>& base, int n) { return *base + ThrowAt(4, n); },
        [life](std::unique_ptr<int> base) {
          ++life->closed;
          return std::optional<int>(-*base);
        });
  }
  // Behaviour 59g for one flow: runs it in each of the ways a stream can end.
  template <class MakeFlow>
  void ExpectClosedOnceHoweverItEnds(MakeFlow make) {
    {
      Life life;
      Seq(Source<int>::Range(1, 3).Via(make(&life)));
      EXPECT_EQ(life.closed, 1) << "completion";
    }
    {
      Life life;
      auto [source, sink] = TestSource<int>::Probe()
                                .Via(make(&life))
                                .ToMat(TestSink<int>::Probe(), KeepBoth())
                                .Run(system());
      sink.Request(1);
      source.SendNext(1);
      sink.ExpectNext();
      source.SendError(absl::DataLossError("x"));
      kit_.Run();
      EXPECT_EQ(life.closed, 1) << "failure";
      sink.Cancel();
    }
    {
      Life life;
      EXPECT_EQ(FailureOf(Source<int>::Range(1, 5).Via(make(&life))).message(), "bad element");
      EXPECT_EQ(life.closed, 1) << "an exception";
    }
    for (const absl::Status& cause : {absl::OkStatus(), absl::Status(absl::DataLossError("x"))}) {
      Life life;
      auto sink = Source<int>::Never().Via(make(&life)).RunWith(TestSink<int>::Probe(), system());
      sink.Request(1);
      kit_.Run();
      EXPECT_EQ(life.closed, 0);
      sink.Cancel(cause);
      kit_.Run();
      EXPECT_EQ(life.opened, 1);
      EXPECT_EQ(life.closed, 1) << "cancellation " << cause;
    }
    Life life;
    auto stopped = kit_.Spawn(sampo::Setup<int>([&](ActorContext<int>& context) {
      Source<int>::Never()
          .Via(make(&life))
          .RunWith(Sink<int>::Ignore(), Materializer::ForActor(context));
      return Receive<int>([](int) { return Stopped(); });
    }));
    kit_.Run();
    EXPECT_EQ(life.opened, 1);
    EXPECT_EQ(life.closed, 0);
    stopped.Tell(1);
    kit_.Run();
    EXPECT_EQ(life.closed, 1) << "abrupt stop";
  }
};

TEST_F(StatefulTest, StatefulMapGoesOnWithTheStateAndEndsWithALastElement) {
  Life life;
  EXPECT_EQ(Seq(Source<int>::Range(1, 3).Via(Summing(&life))), Ints({1, 3, 6, -6}));
  EXPECT_EQ(life.opened, 1);
  EXPECT_EQ(life.closed, 1);
}

TEST_F(StatefulTest, StatefulMapDropsTheLastElementOfAFailure) {
  Life life;
  auto sink = Source<int>::Failed(absl::DataLossError("x"))
                  .Via(Summing(&life))
                  .RunWith(TestSink<int>::Probe(), system());
  sink.Request(1).ExpectError(absl::DataLossError("x"));
}

TEST_F(StatefulTest, StatefulMapKeepsTheStateWhereItResumesAndEndsItWhereItRestarts) {
  Life resumed;
  EXPECT_EQ(Seq(Five().Via(Summing(&resumed)).WithAttributes(Resuming())),
            Ints({1, 3, 6, 11, -11}));
  EXPECT_EQ(resumed.closed, 1);
  Life restarted;
  EXPECT_EQ(Seq(Five().Via(Summing(&restarted)).WithAttributes(Restarting())),
            Ints({1, 3, 6, 5, -5}));
  EXPECT_EQ(restarted.opened, 2);
  EXPECT_EQ(restarted.closed, 2);
}

TEST_F(StatefulTest, Behaviour59gStatefulMapEndsItsStateOnceHoweverItEnds) {
  ExpectClosedOnceHoweverItEnds([this](Life* life) { return Summing(life); });
}

TEST_F(StatefulTest, Behaviour59gMapWithResourceClosesOnceHoweverItEnds) {
  ExpectClosedOnceHoweverItEnds([this](Life* life) { return Reading(life); });
}

// On real threads: the stop comes while the stream runs.
TEST(StatefulThreadsTest, Behaviour59gMapWithResourceClosesOnceWhenASystemEnds) {
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
  absl::Status end;
  {
    ActorTestKit kit;
    auto done = Source<int>::Repeat(1)
                    .MapWithResource(
                        [&opened] {
                          ++opened;
                          return 0;
                        },
                        [](int& sum, int n) { return sum += n; }, [&closed](int) { ++closed; })
                    .Async()
                    .RunWith(Sink<int>::Ignore(), kit.system());
    // It is under way once another stream has run behind it.
    ASSERT_TRUE(Await(Source<int>::Range(1, 1000).RunWith(Sink<int>::Ignore(), kit.system()),
                      absl::Seconds(10))
                    .ok());
    kit.Shutdown();
    end = Await(done, absl::Seconds(10));
  }
  EXPECT_EQ(opened, closed);
  EXPECT_TRUE(IsAbruptTermination(end)) << end;
}

TEST_F(StatefulTest, MapWithResourceGivesALastElementAlsoOfAFailure) {
  Life life;
  EXPECT_EQ(Seq(Source<int>::Range(1, 2).Via(Reading(&life))), Ints({101, 102, -100}));
  auto sink = Source<int>::Failed(absl::DataLossError("x"))
                  .Via(Reading(&life))
                  .RunWith(TestSink<int>::Probe(), system());
  sink.RequestNext(-100).ExpectError(absl::DataLossError("x"));
}

TEST_F(StatefulTest, MapWithResourceTakesACloseThatReturnsNothing) {
  int closed = 0;
  auto source = Five().MapWithResource([] { return 10; }, [](int& base, int n) { return base * n; },
                                       [&closed](int&) { ++closed; });
  EXPECT_EQ(Seq(source), Ints({10, 20, 30, 40, 50}));
  EXPECT_EQ(closed, 1);
}

TEST_F(StatefulTest, MapConcatGivesTheElementsOfEachRange) {
  EXPECT_EQ(Seq(Source<int>::Range(0, 3).MapConcat(
                [](int n) { return std::vector<int>(static_cast<size_t>(n), n); })),
            Ints({1, 2, 2, 3, 3, 3}));
  EXPECT_EQ(Seq(Five().MapConcat([](int) { return Ints(); })), Ints());
}

TEST_F(StatefulTest, MapConcatMovesOutOfContainersAndCopiesOutOfViews) {
  static const std::string kTexts[] = {"a longer text than fits into a string", "b"};
  auto views =
      Source<int>::Range(1, 2).MapConcat([](int) { return std::span<const std::string>(kTexts); });
  EXPECT_EQ(Seq(views).size(), 4u);
  EXPECT_EQ(kTexts[0], "a longer text than fits into a string");
  auto pointers = Source<int>::Range(1, 2)
                      .MapConcat([](int n) {
                        std::vector<std::unique_ptr<int>> made;
                        made.push_back(std::make_unique<int>(n));
                        return made;
                      })
                      .Map([](std::unique_ptr<int> n) { return *n; });
  EXPECT_EQ(Seq(pointers), Ints({1, 2}));
}

TEST_F(StatefulTest, MapConcatCompletesWithTheLastElement) {
  auto sink = Source<int>::Single(1)
                  .MapConcat([](int n) {
                    return Ints({n, n});
                  })
                  .RunWith(TestSink<int>::Probe(), system());
  sink.RequestNext(1).ExpectNoMessage();
  sink.RequestNext(1).ExpectComplete();
}

TEST_F(StatefulTest, MapConcatDropsTheElementWhereTheSupervisionGoesOn) {
  auto source = Five().MapConcat([](int n) { return Ints({ThrowAt(3, n)}); });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 2, 4, 5}));
}

TEST_F(StatefulTest, StatefulMapConcatMakesAFunctionForEachRunAndRestart) {
  auto source = Five().StatefulMapConcat([] {
    return [sum = 0](int n) mutable {
      sum += ThrowAt(3, n);
      return Ints({sum});
    };
  });
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 3, 7, 12}));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({1, 3, 7, 12}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Ints({1, 3, 4, 9}));
}

}  // namespace
}  // namespace sampo::stream
