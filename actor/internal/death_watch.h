// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DeathWatch: whom an actor watches, and who watches it.
//
// A watch is a system message to the target; its end sends one back, which puts a Terminated behind
// the messages that are in the watcher's mailbox by then. Exactly one Terminated for each watch.
// Threads: the actor's turn alone; the messages cross threads.
#ifndef SAMPO_ACTOR_INTERNAL_DEATH_WATCH_H_
#define SAMPO_ACTOR_INTERNAL_DEATH_WATCH_H_

#include <list>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/signal.h"

namespace sampo::internal {

class DeathWatch {
 public:
  struct Watched {
    RefTarget* target = nullptr;  // counted
    Envelope* message = nullptr;  // of WatchWith, owned; null: the signal
  };

  DeathWatch() = default;
  DeathWatch(const DeathWatch&) = delete;
  ~DeathWatch();

  // --- the watcher's side ---
  const Watched* Find(RefTarget* target) const;
  void Add(RefTarget* target, Envelope* message);  // takes a count of its own
  // Takes the entry out; the caller owns its message and count. Nothing where it is not watched.
  std::optional<Watched> Take(RefTarget* target);
  const std::list<Watched>& watched() const { return watched_; }

  // --- the target's side ---
  struct Watcher {
    RefTarget* watcher;  // counted
    RefTarget* as;       // what it watches: this actor, or a message adapter of it; counted
  };
  void AddWatcher(Watcher watcher);  // takes over the counts
  void RemoveWatcher(const Watcher& watcher);
  std::list<Watcher> TakeWatchers();

 private:
  // Lists for the order (it decides what a simulation does next), maps to find a place in them.
  std::list<Watched> watched_;
  absl::flat_hash_map<RefTarget*, std::list<Watched>::iterator> watched_at_;
  std::list<Watcher> watchers_;
  absl::flat_hash_map<std::pair<RefTarget*, RefTarget*>, std::list<Watcher>::iterator> watcher_at_;
};

struct TerminatedMessage {
  AnyActorRef ref;
  std::optional<Failure> failure;
};

// Tells all who watch `context`'s actor that it is gone, in the order they began to watch.
void NotifyWatchers(ContextBase& context);
// Ends all watches of a watcher that is ending.
void UnwatchAll(ContextBase& context);
// A Terminated has come to the front of the mailbox.
void OnTerminated(ContextBase& context, TerminatedMessage& message);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_DEATH_WATCH_H_
