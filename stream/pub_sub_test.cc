// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/pub_sub.h"

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/topic.h"
#include "sampo/stream/simulated_stream.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

TEST(PubSubTest, CarriesElementsThroughATopic) {
  SimulatedStream sim;
  using Prices = Topic<std::string>;
  ActorRef<Prices::Command> topic = sim.kit().Spawn(Prices::Create("prices"));
  auto one = PubSub::Source<std::string>(topic, 8, OverflowStrategy::kDropHead)
                 .RunWith(TestSink<std::string>::Probe(), sim.system());
  auto other = PubSub::Source<std::string>(topic, 8, OverflowStrategy::kDropHead)
                   .RunWith(TestSink<std::string>::Probe(), sim.system());
  sim.RunUntilIdle();
  auto in = TestSource<std::string>::Probe().To(PubSub::Sink<std::string>(topic)).Run(sim.system());
  in.SendNext("mill").SendNext("sampo");
  one.Request(2).ExpectNext("mill").ExpectNext("sampo");
  other.Request(2).ExpectNext("mill").ExpectNext("sampo");
  sim.kit().Stop(topic);
  sim.RunUntilIdle();
  EXPECT_FALSE(in.ExpectCancellation().ok());
}

}  // namespace
}  // namespace sampo::stream
