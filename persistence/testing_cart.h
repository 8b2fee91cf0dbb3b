// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The cart that the tests of event-sourced actors run: commands, events, state, and how they are
// stored.
//
// Threads: values and pure functions.
#ifndef SAMPO_PERSISTENCE_TESTING_CART_H_
#define SAMPO_PERSISTENCE_TESTING_CART_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/reply_to.h"
#include "sampo/persistence/effect.h"

namespace sampo::persistence::testing {

struct AddItem {
  std::string sku;
  ActorRef<absl::Status> reply_to;
};
// All of them in one write.
struct AddItems {
  std::vector<std::string> skus;
  ActorRef<absl::Status> reply_to;
};
struct GetItems {
  ActorRef<std::vector<std::string>> reply_to;
};
struct Checkout {
  ReplyTo<absl::Status> reply_to;
};
// From now on AddItem is put aside, and until Open.
struct Close {};
struct Open {};
struct Halt {};
struct Command : std::variant<AddItem, AddItems, GetItems, Checkout, Close, Open, Halt> {
  using variant::variant;
};

struct ItemAdded {
  std::string sku;
  int64_t quantity = 1;
  friend bool operator==(const ItemAdded&, const ItemAdded&) = default;
};
struct CheckedOut {
  friend bool operator==(const CheckedOut&, const CheckedOut&) = default;
};
struct Event : std::variant<ItemAdded, CheckedOut> {
  using variant::variant;
};

struct State {
  std::vector<std::string> items;
  bool closed = false;
  friend bool operator==(const State&, const State&) = default;
};

using CartEffect = Effect<Event, State>;

// The sku "reject" can't be encoded, "throw" makes Apply throw, "fail" makes it fail.
State Apply(State state, const Event& event);
CartEffect Decide(const State& state, Command&& command);

}  // namespace sampo::persistence::testing

#endif  // SAMPO_PERSISTENCE_TESTING_CART_H_
