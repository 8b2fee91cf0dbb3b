// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_H_
#define SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_H_

// The protocol of the example in README.md: plain structs, no protobuf.
//
// Why it exists: the README's code must compile, and the tests need a protocol. A real protocol
// would hold an ActorRef<Receipt> where this one has a RefParts.
// Threads and lifetime: values.
//
//   cart::Command command = cart::AddItem{.sku = "mill", .quantity = 1};

#include <cstdint>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "sampo/actor/serialization/codec_context.h"

namespace cart {

struct AddItem {
  std::string sku;
  int64_t quantity = 0;
  friend bool operator==(const AddItem&, const AddItem&) = default;
};

struct Checkout {
  sampo::RefParts reply_to;
  absl::Duration patience;
  friend bool operator==(const Checkout& a, const Checkout& b) {
    return a.reply_to.target == b.reply_to.target && a.patience == b.patience;
  }
};

struct Command : std::variant<AddItem, Checkout> {
  using variant::variant;
};

struct Receipt {
  int64_t cents = 0;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

}  // namespace cart

#endif  // SAMPO_ACTOR_SERIALIZATION_CART_EXAMPLE_H_
