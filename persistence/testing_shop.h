// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Shop: a simulated actor system with a TestingStorage, in which the tests of event-sourced actors
// run their carts: told by refs, watched by probes, their signals noted.
// Threads: the test's. Lifetime: the carts end with it.
//
//   Shop shop(seed);
//   auto cart = shop.Spawn(shop.Options());
//   shop.Add(cart, {"mill"});
#ifndef SAMPO_PERSISTENCE_TESTING_SHOP_H_
#define SAMPO_PERSISTENCE_TESTING_SHOP_H_

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/persistence/testing_storage.h"

namespace sampo::persistence::testing {

using Items = std::vector<std::string>;
using CartOptions = EventSourcedOptions<Command, Event, State>;

// "RecoveryCompleted/2": the signal's type and how many items the state had.
template <class S>
std::string SignalText(const State& state, const S&) {
  const std::string_view name = ::sampo::internal::TypeName<S>();
  return std::string(name.substr(name.rfind(':') + 1)) + "/" + std::to_string(state.items.size());
}

struct Shop {
  // `log`: what gets the system's log; null: nobody.
  explicit Shop(uint64_t seed, const LogCapture* log = nullptr)
      : simulation(seed),
        kit({.settings =
                 log == nullptr ? simulation.Settings() : log->Settings(simulation.Settings()),
             .runtime = simulation.Runtime()}),
        status(kit.CreateTestProbe<absl::Status>("status")),
        items(kit.CreateTestProbe<Items>("items")) {
    Persistence::Get(kit.system()).Use(storage->Plugins());
  }

  // Options that note their signals here.
  CartOptions Options(std::string_view id = "1") {
    return {.persistence_id = PersistenceId::Of("Cart", id),
            .empty_state = State{},
            .on_command = Decide,
            .on_event = Apply,
            .on_signal = [this](const State& state, const PersistenceSignal& signal) {
              std::visit([&](const auto& s) { signals.push_back(SignalText(state, s)); }, signal);
            }};
  }
  ActorRef<Command> Spawn(CartOptions options, std::string_view name = {}) {
    return kit.Spawn(EventSourcedBehavior(std::move(options)), name);
  }
  // A new cart that has been told to add these, one after the other, and has said OK to each.
  void Add(const ActorRef<Command>& cart, const Items& skus) {
    for (const std::string& sku : skus) {
      cart.Tell(AddItem{sku, status.ref()});
      EXPECT_EQ(status.ExpectMessage(), absl::OkStatus()) << sku;
    }
  }
  Items ItemsOf(const ActorRef<Command>& cart) {
    cart.Tell(GetItems{items.ref()});
    return items.ExpectMessage();
  }
  void RunUntilIdle() { EXPECT_EQ(simulation.RunUntilIdle(), absl::OkStatus()); }
  bool HasSignal(std::string_view text) const {
    for (const std::string& each : signals) {
      if (each.starts_with(text)) return true;
    }
    return false;
  }

  SimulatedRuntime simulation;
  std::shared_ptr<TestingStorage> storage = std::make_shared<TestingStorage>();
  std::vector<std::string> signals;
  ActorTestKit kit;
  TestProbe<absl::Status> status;
  TestProbe<Items> items;
};

}  // namespace sampo::persistence::testing

#endif  // SAMPO_PERSISTENCE_TESTING_SHOP_H_
