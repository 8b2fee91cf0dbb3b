// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/spawn.h"

#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/tracing.h"

namespace sampo::internal {
namespace {

bool IsNameCharacter(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("-_.*$+:@&=,!~';%").find(c) != std::string_view::npos;
}

absl::Status SpawnError(ActorCell* parent, std::string_view name, const absl::Status& why) {
  std::string path = parent->Path();
  if (path == "/") path.clear();
  return absl::Status(why.code(),
                      StrCat("spawn of ", path, "/", name.empty() ? "(anonymous)" : name, ": ",
                             ToStd(why.message())));
}

// A cell that never became an actor: nobody else has seen it.
void DiscardCell(ActorCell* cell) {
  delete std::exchange(cell->body, nullptr);
  cell->Unref();
  cell->Unref();
}

}  // namespace

absl::Status CheckActorName(std::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("the name is empty");
  if (name.front() == '$') {
    return absl::InvalidArgumentError(
        "a name must not begin with '$' (those are anonymous actors')");
  }
  for (char c : name) {
    if (!IsNameCharacter(c)) {
      return absl::InvalidArgumentError(
          StrCat("character '", std::string_view(&c, 1),
                 "' in the name; allowed are letters, digits and -_.*$+:@&=,!~';%"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RefTarget*> SpawnChild(ActorCell* parent, ActorSystemBase& system,
                                      BodyFactory factory, Word behavior, std::string_view name,
                                      const Props& props) {
  BehaviorNode* node = NodeOf(behavior);
  absl::Status check = name.empty() ? absl::OkStatus() : CheckActorName(name);
  if (check.ok() && node != nullptr) check = node->NodeCheckSpawnable();
  if (check.ok() && (behavior == kSame || behavior == kUnhandled)) {
    check = absl::InvalidArgumentError("Same() and Unhandled() are no initial behaviors");
  }
  if (check.ok() && behavior == 0) {
    check = absl::InvalidArgumentError("the behavior was moved away");
  }
  if (!check.ok()) {
    DestroyWord(behavior);
    return SpawnError(parent, name, check);
  }
  uint32_t flags = parent->flags.load(std::memory_order_relaxed) & kTraced;
  if (props.mailbox() != nullptr || (flags & kTraced) != 0) flags |= kSlowDelivery;
  ActorCell* cell =
      ActorCell::New(parent, system.DispatcherFor(props, parent->dispatcher), name, flags);
  if (props.mailbox() != nullptr) cell->queue = props.mailbox()->Make().release();
  cell->body = factory(cell, &system, behavior);
  if (simulation_hook != nullptr) [[unlikely]]
    cell->body->set(kObserved);
  if (!props.tags().empty()) cell->body->extras().tags = props.tags();
  bool starts = node == nullptr || node->node_needs_start();
  if (flags & kTraced) [[unlikely]] {
    ObserveCell(cell, *system.root()->observation);
    starts = true;  // so that each one's start is seen before its messages
  }
  if (starts) {
    cell->body->set(kStarting);
    // Not idle from its birth: its first turn is the one that is scheduled below. relaxed: nobody
    // else knows the cell yet.
    cell->head.store(reinterpret_cast<uintptr_t>(&cell->stub), std::memory_order_relaxed);
    cell->ScheduledWithoutMessage();
  }
  absl::Status added = ActorChildren::Of(parent).Add(cell);
  if (!added.ok()) {
    DiscardCell(cell);
    return SpawnError(parent, name, added);
  }
  if (starts) cell->Schedule();
  return cell;
}

}  // namespace sampo::internal
