// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What mailboxes, routing and topics refuse when compiling.
#include <memory>
#include <variant>

#include "sampo/actor/mailboxes.h"
#include "sampo/actor/on.h"
#include "sampo/actor/routing.h"
#include "sampo/actor/topic.h"

namespace sampo {

struct Plain {};
struct MoveOnly {
  std::unique_ptr<int> owned;
};
struct Stranger {};
struct Command : std::variant<Plain, MoveOnly> {
  using variant::variant;
};
struct Outer : std::variant<Command, Stranger> {
  using variant::variant;
};

void Use() {
  (void)Mailboxes::ControlAware<Command>().Control<Plain>();
  (void)Broadcast<Command>::Of<Plain>();
#ifdef CASE_CONTROL_OF_A_STRANGER
  (void)Mailboxes::ControlAware<Command>().Control<Stranger>();
#endif
#ifdef CASE_PRIORITY_MISSES_A_MESSAGE
  (void)Mailboxes::Priority<Command>([](const Plain&) { return 1; });
#endif
#ifdef CASE_BROADCAST_OF_A_MOVE_ONLY_MESSAGE
  (void)Broadcast<Command>::Of<MoveOnly>();
#endif
#ifdef CASE_BROADCAST_BY_PREDICATE_OF_A_MOVE_ONLY_PROTOCOL
  (void)Broadcast<Command>::When([](const auto&) { return true; });
#endif
#ifdef CASE_HASH_KEY_MISSES_A_MESSAGE
  (void)Routing<Command>::ConsistentHashing([](const Plain&) { return 1; });
#endif
#ifdef CASE_TOPIC_OF_A_MOVE_ONLY_MESSAGE
  (void)Topic<MoveOnly>::Create("x");
#endif
#ifdef CASE_NARROWING_TO_A_PROTOCOL
  ActorRef<Outer> outer;
  ActorRef<Command> inner = outer;
#endif
}

}  // namespace sampo
