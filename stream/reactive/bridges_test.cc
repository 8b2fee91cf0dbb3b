// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/reactive/bridges.h"

#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/shape.h"
#include "sampo/stream/stage.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/all_stages_stopped.h"
#include "sampo/stream/testkit/manual_publisher.h"
#include "sampo/stream/testkit/manual_subscriber.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

class BridgesTest : public testing::Test {
 protected:
  template <class T>
  std::shared_ptr<Publisher<T>> Publish(const Source<T>& source, bool fanout = false) {
    return source.RunWith(Sink<T>::AsPublisher(fanout), kit_.system());
  }
  ActorTestKit kit_;
};

TEST_F(BridgesTest, AStreamThroughAPublisherIsTheSameStream) {
  auto numbers = Publish(Source<int>::Range(1, 1000));
  auto all = Source<int>::FromPublisher(numbers).RunWith(Sink<int>::Seq(), kit_.system());
  auto got = Await(all, absl::Seconds(5));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->size(), 1000u);
  EXPECT_EQ(std::accumulate(got->begin(), got->end(), 0), 500500);
  AssertAllStagesStopped(kit_.system());
}

TEST_F(BridgesTest, ASubscriberGetsWhatItAsksFor) {
  ManualSubscriber<int> subscriber;
  Publish(Source<int>::Range(1, 5))->Subscribe(subscriber.subscriber());
  subscriber.ExpectSubscription().ExpectNoMessage();
  subscriber.Request(2).ExpectNext(1).ExpectNext(2).ExpectNoMessage();
  subscriber.Request(kUnboundedDemand).Request(kUnboundedDemand);
  subscriber.ExpectNextN({3, 4, 5}).ExpectComplete();
  AssertAllStagesStopped(kit_.system());
}

TEST_F(BridgesTest, DemandBelowOneIsAnErrorThatNamesTheRule) {
  auto [in, numbers] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsPublisher(false), KeepBoth()).Run(kit_.system());
  ManualSubscriber<int> subscriber;
  numbers->Subscribe(subscriber.subscriber());
  subscriber.ExpectSubscription();
  subscriber.Request(0);
  const absl::Status failure = subscriber.ExpectError();
  EXPECT_EQ(failure.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(failure.message().find("3.9"), std::string::npos) << failure;
  EXPECT_EQ(in.ExpectCancellation().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BridgesTest, CancellingPassesItsCauseOnAndLetsTheSubscriberGo) {
  auto [in, numbers] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsPublisher(false), KeepBoth()).Run(kit_.system());
  TestSinkProbe<int> out =
      Source<int>::FromPublisher(numbers).RunWith(TestSink<int>::Probe(), kit_.system());
  out.Request(1);
  in.SendNext(1);
  out.ExpectNext(1);
  out.Cancel(absl::AbortedError("enough"));
  in.ExpectCancellation(absl::AbortedError("enough"));
  AssertAllStagesStopped(kit_.system());
}

TEST_F(BridgesTest, ASecondSubscriberOfAnUnicastPublisherIsRefused) {
  auto numbers = Publish(Source<int>::Range(1, 2));
  ManualSubscriber<int> first;
  ManualSubscriber<int> second;
  numbers->Subscribe(first.subscriber());
  numbers->Subscribe(second.subscriber());
  second.ExpectSubscription();
  EXPECT_EQ(second.ExpectError().code(), absl::StatusCode::kFailedPrecondition);
  first.ExpectSubscription().Request(5).ExpectNextN({1, 2}).ExpectComplete();
}

TEST_F(BridgesTest, AFanOutGoesAtTheRateOfTheSlowest) {
  auto [in, numbers] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsPublisher(true), KeepBoth()).Run(kit_.system());
  ManualSubscriber<int> fast;
  ManualSubscriber<int> slow;
  numbers->Subscribe(fast.subscriber());
  numbers->Subscribe(slow.subscriber());
  fast.ExpectSubscription().Request(10);
  slow.ExpectSubscription().Request(1);
  in.SendNext(1);
  fast.ExpectNext(1).ExpectNoMessage();
  slow.ExpectNext(1);
  slow.Cancel();
  in.SendNext(2).SendNext(3).SendComplete();
  fast.ExpectNextN({2, 3}).ExpectComplete();
  ManualSubscriber<int> late;
  AssertAllStagesStopped(kit_.system());
  numbers->Subscribe(late.subscriber());
  late.ExpectSubscription().ExpectComplete();
}

// Passes elements on until it throws at the number 2.
class ThrowingStage final : public GraphStage<FlowShape<int, int>> {
 public:
  std::unique_ptr<GraphStageLogic> CreateLogic(const Attributes&) const override {
    struct Logic final : GraphStageLogic, InHandler, OutHandler {
      Logic() {
        in.SetHandler(this);
        out.SetHandler(this);
      }
      void OnPush() override {
        const int n = in.Grab();
        if (n == 2) throw std::out_of_range("2 is too many");
        out.Push(int(n));
      }
      void OnPull() override { in.Pull(); }
      Inlet<int> in{this, "in"};
      Outlet<int> out{this, "out"};
    };
    return std::make_unique<Logic>();
  }
};

TEST_F(BridgesTest, AStageThatThrowsFailsTheSubscriberWithItsText) {
  ManualSubscriber<int> subscriber;
  auto numbers =
      Publish(Source<int>::Range(1, 3).Via(Flow<int>::FromGraph(ThrowingStage())), /*fanout=*/true);
  numbers->Subscribe(subscriber.subscriber());
  subscriber.ExpectSubscription().Request(9).ExpectNext(1);
  EXPECT_EQ(subscriber.ExpectError(), absl::UnknownError("2 is too many"));
  AssertAllStagesStopped(kit_.system());
  ManualSubscriber<int> late;
  numbers->Subscribe(late.subscriber());
  late.ExpectSubscription();
  EXPECT_EQ(late.ExpectError(), absl::UnknownError("2 is too many"));
}

TEST_F(BridgesTest, AStageThatThrowsBehindABoundaryFailsTheSubscriberWithItsText) {
  ManualSubscriber<int> subscriber;
  auto [in, numbers] = TestSource<int>::Probe()
                           .Via(Flow<int>::FromGraph(ThrowingStage()))
                           .Async()
                           .ToMat(Sink<int>::AsPublisher(false), KeepBoth())
                           .Run(kit_.system());
  numbers->Subscribe(subscriber.subscriber());
  subscriber.ExpectSubscription().Request(9);
  in.SendNext(1);
  subscriber.ExpectNext(1);  // a failure overtakes what is on its way
  in.SendNext(2);
  EXPECT_EQ(subscriber.ExpectError(), absl::UnknownError("2 is too many"));
}

TEST_F(BridgesTest, AFunctionThatThrowsFailsTheSubscriberWithItsText) {
  ManualSubscriber<int> subscriber;
  Publish(Source<int>::Range(1, 3).Map([](int) -> int {
    throw std::out_of_range("no number");
  }))->Subscribe(subscriber.subscriber());
  subscriber.ExpectSubscription().Request(9);
  EXPECT_EQ(subscriber.ExpectError(), absl::UnknownError("no number"));
}

// Asks for all and throws at the first element.
struct ThrowingSubscriber final : Subscriber<int> {
  void OnSubscribe(std::shared_ptr<Subscription> subscription) override {
    subscription->Request(kUnboundedDemand);
  }
  void OnNext(int) override { throw std::out_of_range("no room"); }
  void OnError(absl::Status) override {}
  void OnComplete() override {}
};

TEST_F(BridgesTest, ASubscriberThatThrowsFailsTheOthersWithItsText) {
  auto [in, numbers] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsPublisher(true), KeepBoth()).Run(kit_.system());
  ManualSubscriber<int> other;
  numbers->Subscribe(other.subscriber());
  numbers->Subscribe(std::make_shared<ThrowingSubscriber>());
  other.ExpectSubscription().Request(9);
  in.SendNext(1);
  other.ExpectNext(1);
  EXPECT_EQ(other.ExpectError(), absl::UnknownError("no room"));
  EXPECT_EQ(in.ExpectCancellation(), absl::UnknownError("no room"));
  ManualSubscriber<int> late;
  AssertAllStagesStopped(kit_.system());
  numbers->Subscribe(late.subscriber());
  late.ExpectSubscription();
  EXPECT_EQ(late.ExpectError(), absl::UnknownError("no room"));
}

TEST_F(BridgesTest, AManualPublisherIsAskedInBatches) {
  ManualPublisher<int> publisher;
  auto out = Source<int>::FromPublisher(publisher.publisher())
                 .WithAttributes(Attributes().InputBuffer(4, 8))
                 .RunWith(TestSink<int>::Probe(), kit_.system());
  publisher.ExpectSubscription();
  EXPECT_EQ(publisher.ExpectRequest(), 8);
  for (int n = 0; n < 8; ++n) publisher.SendNext(n);
  publisher.ExpectNoMessage();
  out.Request(4).ExpectNextN({0, 1, 2, 3});
  EXPECT_EQ(publisher.ExpectRequest(), 4);
  publisher.SendComplete();
  EXPECT_EQ(out.ToStrict(), (std::vector<int>{4, 5, 6, 7}));
}

TEST_F(BridgesTest, APublisherThatSendsTooMuchIsCancelled) {
  ManualPublisher<int> publisher;
  auto out = Source<int>::FromPublisher(publisher.publisher())
                 .WithAttributes(Attributes().InputBuffer(1, 1))
                 .RunWith(TestSink<int>::Probe(), kit_.system());
  publisher.ExpectSubscription();
  publisher.UnsafeSendNext(1).UnsafeSendNext(2);
  const absl::Status failure = out.ExpectError();
  EXPECT_NE(failure.message().find("1.1"), std::string::npos) << failure;
  EXPECT_EQ(publisher.ExpectCancellation().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(BridgesTest, ProcessorsBothWays) {
  auto twice = [this] {
    return Flow<int>().Map([](int n) { return 2 * n; }).ToProcessor().Run(kit_.system());
  };
  auto all = Source<int>::Range(1, 5)
                 .Via(Flow<int>::FromProcessor(twice))
                 .RunWith(Sink<int>::Seq(), kit_.system());
  auto got = Await(all, absl::Seconds(5));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(*got, (std::vector<int>{2, 4, 6, 8, 10}));
  AssertAllStagesStopped(kit_.system());
}

TEST_F(BridgesTest, MoveOnlyElementsPass) {
  auto [subscriber, done] =
      Source<std::unique_ptr<int>>::AsSubscriber()
          .ToMat(
              Sink<std::unique_ptr<int>>::Foreach([](std::unique_ptr<int> n) { EXPECT_EQ(*n, 7); }),
              KeepBoth())
          .Run(kit_.system());
  auto publisher = Source<int>::Range(7, 7)
                       .Map([](int n) { return std::make_unique<int>(n); })
                       .RunWith(Sink<std::unique_ptr<int>>::AsPublisher(false), kit_.system());
  publisher->Subscribe(subscriber);
  EXPECT_TRUE(Await(done, absl::Seconds(3)).ok());
}

TEST(BridgesSimulationTest, NobodySubscribesInTime) {
  SimulatedRuntime simulation(1);
  ActorSystem<int> system(Empty(), "bridges", simulation.Settings(), simulation.Runtime());
  auto [subscriber, out] =
      Source<int>::AsSubscriber().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system);
  auto [in, publisher] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsPublisher(true), KeepBoth()).Run(system);
  ASSERT_TRUE(simulation.RunFor(absl::Seconds(6)).ok());
  EXPECT_EQ(out.ExpectError().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(in.ExpectCancellation().code(), absl::StatusCode::kDeadlineExceeded);
  ManualSubscriber<int> late;
  publisher->Subscribe(late.subscriber());
  late.ExpectSubscription();
  EXPECT_EQ(late.ExpectError().code(), absl::StatusCode::kDeadlineExceeded);
  AssertAllStagesStopped(system);
}

TEST(BridgesSimulationTest, EveryOrderGivesTheSameElements) {
  ForEachSeed(50, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    ActorSystem<int> system(Empty(), "bridges", simulation.Settings(), simulation.Runtime());
    auto numbers = Source<int>::Range(1, 100).RunWith(Sink<int>::AsPublisher(false), system);
    auto [subscriber, all] =
        Source<int>::AsSubscriber().ToMat(Sink<int>::Seq(), KeepBoth()).Run(system);
    numbers->Subscribe(subscriber);
    auto got = Await(all, absl::Seconds(5));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->size(), 100u);
    AssertAllStagesStopped(system);
  });
}

}  // namespace
}  // namespace sampo::stream
