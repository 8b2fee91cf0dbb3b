// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/event_sourced_behavior.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence {
namespace {

using namespace testing;  // NOLINT: the cart
using Items = std::vector<std::string>;

Behavior<Command> Cart(std::string_view id) {
  return EventSourcedBehavior<Command, Event, State>({.persistence_id = PersistenceId::Of("Cart", id),
                                                      .empty_state = State{},
                                                      .on_command = Decide,
                                                      .on_event = Apply});
}

struct Shop {
  explicit Shop(uint64_t seed)
      : simulation(seed),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}) {
    Persistence::Get(kit.system()).Use(storage->Plugins());
  }
  SimulatedRuntime simulation;
  std::shared_ptr<TestingStorage> storage = std::make_shared<TestingStorage>();
  ActorTestKit kit;
};

TEST(EventSourcedBehaviorTest, AnAcknowledgedEventIsThereAfterARestart) {
  ForEachSeed(20, [](uint64_t seed) {
    Shop shop(seed);
    auto status = shop.kit.CreateTestProbe<absl::Status>();
    auto items = shop.kit.CreateTestProbe<Items>();
    auto cart = shop.kit.Spawn(Cart("1"));
    cart.Tell(AddItem{"mill", status.ref()});
    EXPECT_EQ(status.ExpectMessage(), absl::OkStatus());
    shop.kit.Stop(cart);
    auto again = shop.kit.Spawn(Cart("1"));
    again.Tell(GetItems{items.ref()});
    EXPECT_EQ(items.ExpectMessage(), Items({"mill"}));
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").highest_seq, 1);
    EXPECT_EQ(shop.storage->HeadOf("Cart|1").epoch, 2u);
  });
}

}  // namespace
}  // namespace sampo::persistence
