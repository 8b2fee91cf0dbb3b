// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorChildren: the living children of an actor.
//
// Threads: guarded by its own spin lock, held for a few instructions: children take themselves out
// on their own threads, foreign threads list a tree even when every dispatcher is stuck.
// Lifetime: as long as the parent's header.
#ifndef SAMPO_ACTOR_INTERNAL_ACTOR_CHILDREN_H_
#define SAMPO_ACTOR_INTERNAL_ACTOR_CHILDREN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "sampo/actor/dispatch/spin_lock.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

class ActorChildren {
 public:
  // The children of `cell`, made if it has none yet.
  static ActorChildren& Of(ActorCell* cell);

  // Adds a child and gives it its number. ALREADY_EXISTS: a living child has that name.
  // UNAVAILABLE: the parent is stopping. The caller keeps `child` then.
  absl::Status Add(ActorCell* child);
  // Takes a child out. True: it was the last one, and WaitUntilEmpty wants to be told.
  bool Remove(ActorCell* child);
  // From now on Add is refused.
  void Close();
  // True: there are none now. False: Remove of the last one will return true, once.
  bool EmptyOrNotify();
  // Each child with one more count, in the order of spawning.
  std::vector<ActorCell*> Share() const;
  ActorCell* ShareByName(std::string_view name) const;
  // The child of that name, anonymous ones ("$a") too, with one more count, and what it can be
  // told.
  struct Found {
    ActorCell* cell = nullptr;
    const ProtocolInfo* protocol = nullptr;
    uint32_t attention = 0;
  };
  Found Find(std::string_view name) const;
  // For a walk by a foreign thread: up to `count` children, each with one more count, of those that
  // were spawned after `last` (null: from the first). Returns false where there are no more.
  struct Seen {
    ActorCell* cell;
    uint32_t attention;
  };
  bool ShareAfter(const ActorCell* last, size_t count, std::vector<Seen>* out) const;
  size_t size() const;

 private:
  ActorCell* FirstAfter(const ActorCell* last) const;

  mutable SpinLock lock_;
  ActorCell* first_ = nullptr;
  ActorCell* last_ = nullptr;
  size_t size_ = 0;
  uint32_t spawned_ = 0;
  bool closed_ = false;
  bool notify_ = false;
  absl::flat_hash_map<std::string_view, ActorCell*> by_name_;  // looked up, never iterated
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ACTOR_CHILDREN_H_
