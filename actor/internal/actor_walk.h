// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The tree of actors as a foreign thread sees it: page by page, in the order of the paths.
//
// Why not a recursion over all children: a tree may have a million siblings or be deep; the walk
// holds at most a page of them at each level, and a spin lock for a batch of them only. Threads:
// any.
#ifndef SAMPO_ACTOR_INTERNAL_ACTOR_WALK_H_
#define SAMPO_ACTOR_INTERNAL_ACTOR_WALK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/actor/actor_snapshot.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/system_core.h"

namespace sampo::internal {

// An actor the walk has come to; counted.
struct WalkedActor {
  ActorCell* cell = nullptr;
  uint32_t attention = 0;
  std::string name;
};

class ActorWalk {
 public:
  // Begins below the actor of that path, behind `after`; at most `limit` actors will be asked for.
  ActorWalk(SystemCore& core, std::string_view below, std::string_view after, size_t limit);
  ActorWalk(const ActorWalk&) = delete;
  ActorWalk& operator=(const ActorWalk&) = delete;
  ~ActorWalk();

  // Goes to the next actor, parents before children; false: there is none.
  bool Next();
  // The actor it has come to.
  const WalkedActor& actor() const { return levels_.back().siblings[levels_.back().next - 1]; }
  std::string path() const { return path_; }

 private:
  // Siblings on the way; each counted.
  struct Level {
    std::vector<WalkedActor> siblings;  // sorted; the first `next` have been visited
    size_t next = 0;
    size_t parent_path_bytes = 0;  // of path_
    bool follows_after = false;    // the parent's path is the beginning of `after`
  };
  void Descend(ActorCell* parent, bool follows_after);
  void Leave();

  size_t left_;
  const std::vector<std::string> after_;  // elements of the path
  size_t depth_ = 0;                      // of the actors in levels_[0] below "/"
  std::string path_;                      // of the actor it has come to
  bool at_actor_ = false;
  std::vector<Level> levels_;
};

// What a thread runs now.
struct RunningTurn {
  const Runnable* runnable;
  int64_t since_nanos;  // of Clock::Real; 0: it has just begun
  std::string thread;   // name
};
// What the threads of all dispatchers run now, sorted by address.
std::vector<RunningTurn> RunningTurns(SystemCore& core);
const RunningTurn* FindTurn(const std::vector<RunningTurn>& turns, const ActorCell* cell);

// As sampo::DescribeActors.
ActorPage DescribeActors(SystemCore& core, const DescribeActorsOptions& options);

// One line for each of `running`: the path of the actor, or that it is none that lives. Looks at a
// bounded number of actors.
std::vector<std::string> NamesOfRunning(SystemCore& core,
                                        const std::vector<const Runnable*>& running);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ACTOR_WALK_H_
