// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_ref_resolver.h"

#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/root_cell.h"

namespace sampo {
namespace {

using internal::ActorCell;
using internal::ActorChildren;
using internal::ProtocolInfo;

// The way down the tree, as far as there are actors.
struct Walk {
  ActorCell* cell;                         // the last one found, counted
  const ProtocolInfo* protocol = nullptr;  // null for the root
  size_t depth = 0;                        // elements found
};

Walk WalkDown(ActorSystemBase& system, const std::vector<std::string>& elements) {
  ActorCell* root = system.root();
  root->Ref();
  Walk walk{root};
  for (const std::string& element : elements) {
    ActorChildren* children = walk.cell->children.load(std::memory_order_acquire);
    if (children == nullptr) break;
    ActorChildren::Found found = children->Find(element);
    if (found.cell == nullptr) break;
    walk.cell->Unref();
    walk.cell = found.cell;
    walk.protocol = found.protocol;
    ++walk.depth;
  }
  return walk;
}

// A cell that has ended already, below the last actor on the way to `path`: its messages are dead
// letters that show the path.
ActorCell* EndedCell(ActorCell* below, const std::vector<std::string>& elements, size_t depth) {
  std::string rest;
  for (size_t i = depth; i < elements.size(); ++i) {
    StrAppend(rest, rest.empty() ? "" : "/", elements[i]);
  }
  ActorCell* cell = ActorCell::New(below, below->dispatcher, rest, kTerminated);
  cell->CloseSystem();
  cell->Unref();  // the count of the living actor, which it never was
  return cell;
}

// The place of `wanted` in the protocol of an actor; -1: it has none.
int IndexIn(const ProtocolInfo& protocol, const ProtocolInfo& wanted) {
  if (protocol.whole == wanted.whole) return 0;
  for (int i = 0; i < protocol.count; ++i) {
    if (protocol.alternatives[i] == wanted.whole) return i;
  }
  return -1;
}

}  // namespace

ActorRefResolver::ActorRefResolver(ActorSystemBase& system)
    : system_(system), address_{system.name(), "", 0} {}

std::string ActorRefResolver::ToString(const AnyActorRef& ref) const {
  return StrCat(address_.ToString(), ref.path());
}

absl::StatusOr<ActorRefResolver::Found> ActorRefResolver::Find(std::string_view text,
                                                               const ProtocolInfo* wanted) const {
  absl::StatusOr<ActorPath> path = ActorPath::Parse(text, address_);
  if (!path.ok()) return path.status();
  if (path->address() != address_) {
    return absl::InvalidArgumentError(StrCat("actor path ", *path, " is of another system than ",
                                             address_, ", which can't reach it"));
  }
  const std::vector<std::string>& elements = path->elements();
  if (elements.size() == 1 && elements[0] == "ignore" && path->uid() == 0) return Found{nullptr, 0};
  Walk walk = WalkDown(system_, elements);
  const bool there = walk.depth == elements.size() && walk.depth > 0 &&
                     (path->uid() == 0 || walk.cell->uid() == path->uid());
  if (!there) {
    if (walk.depth > 0 && walk.depth == elements.size()) {  // another incarnation
      ActorCell* parent = walk.cell->parent;
      parent->Ref();
      walk.cell->Unref();
      walk.cell = parent;
      --walk.depth;
    }
    ActorCell* ended = EndedCell(walk.cell, elements, walk.depth);
    walk.cell->Unref();
    return Found{ended, 0};
  }
  const int index = wanted == nullptr ? 0 : IndexIn(*walk.protocol, *wanted);
  if (index >= 0) return Found{walk.cell, static_cast<uint32_t>(index)};
  walk.cell->Unref();
  return absl::FailedPreconditionError(StrCat("actor ", *path, " takes messages of type ",
                                              walk.protocol->whole->name, ", not ",
                                              wanted->whole->name));
}

absl::StatusOr<AnyActorRef> ActorRefResolver::ResolveAny(std::string_view text) const {
  absl::StatusOr<Found> found = Find(text, nullptr);
  if (!found.ok()) return found.status();
  return internal::RefAccess::AdoptAny(found->target);
}

}  // namespace sampo
