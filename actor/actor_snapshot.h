// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DescribeActors: what every living actor does now: its state, its mailbox, how long it has been
// busy.
//
// Why: a system that is stuck can't answer messages. This looks at it from outside: it needs no
// message, no free thread and no lock that user code can hold, so it works when every worker of
// every dispatcher is blocked in a handler. An answer is a page, bounded, so that a million actors
// can be listed without a million copies. Threads: any. What it shows is one look at each actor,
// not one moment of all of them.
//
//   ActorPage page = DescribeActors(system, {.limit = 100, .below = "/user/shop"});
//   for (const ActorSnapshot& actor : page.actors) log.Info(actor.ToString());
//   if (page.more) next = DescribeActors(system, {.after = page.actors.back().path});
#ifndef SAMPO_ACTOR_ACTOR_SNAPSHOT_H_
#define SAMPO_ACTOR_ACTOR_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace sampo {

class ActorSystemBase;

enum class ActorState : uint8_t {
  kIdle,        // nothing to do
  kScheduled,   // waits for a thread
  kRunning,     // a thread runs its turn
  kSuspended,   // a coroutine handler waits for an answer
  kRestarting,  // waits for its children to end or for a backoff
  kStopping,    // waits for its children to end
};

// "idle", "scheduled", "running", "suspended", "restarting" or "stopping".
std::string_view ActorStateName(ActorState state);

struct ActorSnapshot {
  std::string path;
  uint32_t uid = 0;  // of this incarnation
  ActorState state = ActorState::kIdle;
  int64_t mailbox_depth = 0;  // messages that wait, about
  // The turn that runs now has lasted so long, to some milliseconds; zero where none does, or where
  // it has only just begun. A turn lasts long only where a handler does.
  absl::Duration busy = absl::ZeroDuration();
  std::string dispatcher;  // name
  std::string thread;      // name of the one that runs the turn, such as "default-3"; empty: none

  // "/user/shop (running, busy for 3s, 12 messages waiting, thread default-3)".
  std::string ToString() const;
};

// Actors on one page. Chosen, not measured: some 2 MB.
inline constexpr size_t kActorPageMax = 10'000;

struct DescribeActorsOptions {
  // At most kActorPageMax.
  size_t limit = 1'000;
  // The page begins behind this path: the last one of the page before. It need not be alive.
  std::string after = {};
  // Only this actor and what is below it; "/" is all.
  std::string below = "/";
};

struct ActorPage {
  // A parent comes before its children, siblings are sorted by name.
  std::vector<ActorSnapshot> actors;
  // There may be another page.
  bool more = false;
};

// "/" itself is not listed. Cost: that of looking at each sibling of each actor on the page.
ActorPage DescribeActors(ActorSystemBase& system, const DescribeActorsOptions& options = {});

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_SNAPSHOT_H_
