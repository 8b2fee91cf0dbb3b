// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<T>::Generate: what a coroutine yields, and that its frame ends once, whatever ends the
// stream.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "sampo/actor/behaviors.h"
#include "sampo/stream/generator.h"
#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::stream {
namespace {

// Counts how many of it are alive.
class Counted {
 public:
  explicit Counted(int* alive) : alive_(alive) { ++*alive_; }
  Counted(const Counted& other) : Counted(other.alive_) {}
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive_; }

 private:
  int* const alive_;
};

class GenerateTest : public OpsTest {
 protected:
  // Endless, with captures, locals and elements that own something.
  auto Endless(int* alive) {
    return Source<std::string>::Generate(
        [alive, captured = Counted(alive),
         text = std::string(
             "a text that does not fit into the string itself")]() -> Generator<std::string> {
          Counted local(alive);
          for (int n = 0;; ++n) {
            std::string element = text + std::to_string(n);
            co_yield Moved(element);
          }
        });
  }
};

Generator<int> UpTo(int last) {
  for (int n = 1; n <= last; ++n) co_yield n;
}

TEST_F(GenerateTest, GivesWhatIsYielded) {
  auto source = Source<int>::Generate([] { return UpTo(3); });
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
  EXPECT_EQ(Seq(Source<int>::Generate([] { return UpTo(0); })), Ints());
}

TEST_F(GenerateTest, IsResumedByDemand) {
  int reached = 0;
  auto sink = Source<int>::Generate([&reached]() -> Generator<int> {
                for (;;) {
                  ++reached;
                  co_yield reached;
                }
              }).RunWith(TestSink<int>::Probe(), system());
  kit_.Run();
  EXPECT_EQ(reached, 0);
  sink.Request(2).ExpectNext(1).ExpectNext(2).ExpectNoMessage();
  EXPECT_EQ(reached, 2);
  sink.Cancel();
}

TEST_F(GenerateTest, GivesElementsThatCanOnlyBeMoved) {
  auto source = Source<std::unique_ptr<int>>::Generate([]() -> Generator<std::unique_ptr<int>> {
                  for (int n = 1; n <= 3; ++n) {
                    auto element = std::make_unique<int>(n);
                    co_yield Moved(element);
                  }
                }).Map([](std::unique_ptr<int> n) { return *n; });
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
}

TEST_F(GenerateTest, FailsWithWhatIsThrown) {
  int alive = 0;
  auto source = Source<int>::Generate([&alive]() -> Generator<int> {
    Counted local(&alive);
    int one = 1;
    co_yield one;
    throw std::runtime_error("bad element");
  });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(alive, 0);
}

TEST_F(GenerateTest, EndsItsFrameOnceWhenItReturnsOrIsCancelled) {
  for (int taken : {0, 1, 2, 7}) {
    int alive = 0;
    EXPECT_EQ(Seq(Endless(&alive).Take(taken)).size(), static_cast<size_t>(taken));
    kit_.Run();
    EXPECT_EQ(alive, 0) << taken;
  }
}

TEST_F(GenerateTest, EndsItsFrameOnceWhenDownstreamFails) {
  int alive = 0;
  auto sink = Endless(&alive).RunWith(TestSink<std::string>::Probe(), system());
  sink.Request(2);
  kit_.Run();
  EXPECT_GT(alive, 0);
  sink.Cancel(absl::DataLossError("x"));
  kit_.Run();
  EXPECT_EQ(alive, 0);
}

TEST_F(GenerateTest, EndsItsFrameOnceWhenTheStreamIsCutOff) {
  int alive = 0;
  auto actor = kit_.Spawn(sampo::Setup<int>([&](ActorContext<int>& context) {
    Endless(&alive).Take(3).RunWith(Sink<std::string>::Never(), Materializer::ForActor(context));
    return Receive<int>([](int) { return Stopped(); });
  }));
  kit_.Run();
  actor.Tell(1);
  kit_.Run();
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace sampo::stream
