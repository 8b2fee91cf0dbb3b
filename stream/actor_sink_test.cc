// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/actor_sink.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

std::string Failed(const absl::Status& failure) {
  return "failed " + std::string(failure.message());
}
std::string Text(int n) { return std::to_string(n); }

TEST(ActorSinkTest, TellsElementsAndTheEnd) {
  SimulatedStream sim;
  TestProbe<std::string> probe = sim.kit().CreateTestProbe<std::string>();
  auto sink = Flow<int>().Map(&Text).To(
      Sink<std::string>::ActorRef(probe.ref(), std::string("done"), &Failed));
  Source<int>::Range(1, 2).To(sink).Run(sim.system());
  for (const char* text : {"1", "2", "done"}) probe.ExpectMessage(std::string(text));
  auto in = TestSource<int>::Probe().To(sink).Run(sim.system());
  in.SendError(absl::DataLossError("gone"));
  probe.ExpectMessage(std::string("failed gone"));
}

TEST(ActorSinkTest, IsCancelledWhenTheActorEnds) {
  ActorTestKit kit;
  ActorRef<int> mortal = kit.Spawn(Receive<int>([](int n) -> Behavior<int> {
    if (n == 2) return Stopped();
    return Same();
  }));
  auto in = TestSource<int>::Probe()
                .To(Sink<int>::ActorRef(mortal, 0, [](const absl::Status&) { return -1; }))
                .Run(kit.system());
  in.SendNext(1).SendNext(2);
  in.ExpectCancellation(absl::OkStatus());
}

TEST(ActorSinkTest, TellsThatTheStreamWasCutOff) {
  SimulatedStream sim;
  TestProbe<std::string> probe = sim.kit().CreateTestProbe<std::string>();
  auto sink = Sink<std::string>::ActorRef(probe.ref(), std::string("done"), &Failed);
  auto in = std::make_shared<std::optional<TestSourceProbe<std::string>>>();
  ActorRef<int> owner = sim.kit().Spawn(sampo::Setup<int>([sink, in](ActorContext<int>& context) {
    *in = TestSource<std::string>::Probe().To(sink).Run(Materializer::ForActor(context));
    return Receive<int>([](int) { return Stopped(); });
  }));
  sim.RunUntilIdle();
  (*in)->SendNext("1");
  probe.ExpectMessage(std::string("1"));
  owner.Tell(1);
  EXPECT_EQ(probe.ExpectMessage().substr(0, 34), "failed stream: terminated abruptly");
}

struct Ack {};
struct Item {
  std::string text;
  ActorRef<Ack> ack_to;
};

auto Protocol() {
  return AckProtocol{[](ActorRef<Ack> ack_to) {
                       return Item{"init", std::move(ack_to)};
                     },
                     [](ActorRef<Ack> ack_to, int n) {
                       return Item{std::to_string(n), std::move(ack_to)};
                     },
                     Item{"done", {}},
                     [](const absl::Status& failure) {
                       return Item{Failed(failure), {}};
                     }};
}

TEST(ActorSinkTest, WaitsForAcknowledgements) {
  SimulatedStream sim;
  TestProbe<Item> probe = sim.kit().CreateTestProbe<Item>();
  auto in = TestSource<int>::Probe()
                .To(Sink<int>::ActorRefWithBackpressure<Ack>(probe.ref(), Protocol())
                        .WithAttributes(Attributes().InputBuffer(2, 2)))
                .Run(sim.system());
  Item item = probe.ExpectMessage();
  EXPECT_EQ(item.text, "init");
  in.SendNext(1).SendNext(2);
  in.ExpectNoMessage();  // the buffer is full
  probe.ExpectNoMessage();
  item.ack_to.Tell(Ack{});
  item = probe.ExpectMessage();
  EXPECT_EQ(item.text, "1");
  in.SendNext(3).SendComplete();
  for (const char* text : {"2", "3", "done"}) {
    probe.ExpectNoMessage();
    item.ack_to.Tell(Ack{});
    Item next = probe.ExpectMessage();
    EXPECT_EQ(next.text, text);
    if (!next.ack_to.is_ignore()) item = std::move(next);
  }
}

TEST(ActorSinkTest, FailuresOvertakeWhatWaitsForAcknowledgement) {
  SimulatedStream sim;
  TestProbe<Item> probe = sim.kit().CreateTestProbe<Item>();
  auto in = TestSource<int>::Probe()
                .To(Sink<int>::ActorRefWithBackpressure<Ack>(probe.ref(), Protocol()))
                .Run(sim.system());
  in.SendNext(1).SendNext(2).SendError(absl::DataLossError("gone"));
  EXPECT_EQ(probe.ExpectMessage().text, "init");
  EXPECT_EQ(probe.ExpectMessage().text, "failed gone");
}

TEST(ActorSinkTest, TellsWhatItsOwnFunctionHasThrown) {
  SimulatedStream sim;
  TestProbe<Item> probe = sim.kit().CreateTestProbe<Item>();
  AckProtocol protocol{[](ActorRef<Ack> ack_to) {
                         return Item{"init", std::move(ack_to)};
                       },
                       [](ActorRef<Ack>, int) -> Item { throw std::out_of_range("no item"); },
                       Item{"done", {}},
                       [](const absl::Status& failure) {
                         return Item{Failed(failure), {}};
                       }};
  auto in = TestSource<int>::Probe()
                .To(Sink<int>::ActorRefWithBackpressure<Ack>(probe.ref(), protocol))
                .Run(sim.system());
  probe.ExpectMessage().ack_to.Tell(Ack{});
  in.SendNext(1);
  EXPECT_EQ(probe.ExpectMessage().text, "failed no item");
  EXPECT_EQ(in.ExpectCancellation(), absl::UnknownError("no item"));
}

}  // namespace
}  // namespace sampo::stream
