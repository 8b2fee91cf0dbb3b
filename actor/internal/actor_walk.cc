// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/actor_walk.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_children.h"

namespace sampo {
namespace internal {
namespace {

// Children that are looked at while their list is locked: a microsecond or two. Chosen, not
// measured.
constexpr size_t kBatch = 256;

// Actors looked at to find the names of running turns. Chosen, not measured: 10 to 20 ms.
constexpr size_t kWalkForNamesMax = 100'000;

std::vector<std::string> Elements(std::string_view path) {
  std::vector<std::string> elements;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) elements.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return elements;
}

bool ByName(const WalkedActor& a, const WalkedActor& b) { return a.name < b.name; }

// Takes `actor` among the `count` smallest.
void KeepSmallest(std::vector<WalkedActor>& heap, WalkedActor actor, size_t count) {
  heap.push_back(std::move(actor));
  std::push_heap(heap.begin(), heap.end(), &ByName);
  if (heap.size() <= count) return;
  std::pop_heap(heap.begin(), heap.end(), &ByName);
  heap.back().cell->Unref();
  heap.pop_back();
}

// The `count` children of the smallest names that are not below `first`, sorted; counted.
std::vector<WalkedActor> SmallestChildren(ActorCell* parent, std::string_view first, size_t count) {
  std::vector<WalkedActor> smallest;
  ActorChildren* children = parent->children.load(std::memory_order_acquire);
  if (children == nullptr) return smallest;
  std::vector<ActorChildren::Seen> batch;
  ActorCell* last = nullptr;  // counted
  for (bool more = true; more;) {
    batch.clear();
    more = children->ShareAfter(last, kBatch, &batch);
    if (last != nullptr) last->Unref();
    last = batch.empty() ? nullptr : batch.back().cell;
    if (last != nullptr) last->Ref();
    for (const ActorChildren::Seen& seen : batch) {
      WalkedActor actor{seen.cell, seen.attention, seen.cell->DisplayName()};
      if (actor.name < first) {
        seen.cell->Unref();
      } else {
        KeepSmallest(smallest, std::move(actor), count);
      }
    }
  }
  if (last != nullptr) last->Unref();
  std::sort_heap(smallest.begin(), smallest.end(), &ByName);
  return smallest;
}

// The actor of that path, counted; null: there is none.
WalkedActor FindActor(ActorCell* root, const std::vector<std::string>& path) {
  WalkedActor at{root, 0, ""};
  root->Ref();
  for (const std::string& name : path) {
    ActorChildren* children = at.cell->children.load(std::memory_order_acquire);
    ActorChildren::Found found;
    if (children != nullptr) found = children->Find(name);
    at.cell->Unref();
    at = {found.cell, found.attention, name};
    if (at.cell == nullptr) break;
  }
  return at;
}

}  // namespace

ActorWalk::ActorWalk(SystemCore& core, std::string_view below, std::string_view after, size_t limit)
    : left_(limit), after_(Elements(after)) {
  const std::vector<std::string> start = Elements(below);
  WalkedActor top = FindActor(core.root, start);
  if (top.cell == nullptr) return;
  if (start.empty()) {
    Descend(top.cell, /*follows_after=*/!after_.empty());
    top.cell->Unref();
    return;
  }
  depth_ = start.size() - 1;
  for (size_t i = 0; i < depth_; ++i) StrAppend(path_, "/", start[i]);
  // Where the two paths part, or how far they go together.
  const auto parting = std::mismatch(start.begin(), start.end() - 1, after_.begin(), after_.end());
  const bool together = parting.first == start.end() - 1;
  Level level;
  level.parent_path_bytes = path_.size();
  level.follows_after = together && parting.second != after_.end();
  level.siblings.push_back(std::move(top));
  levels_.push_back(std::move(level));
  if (!together && parting.second != after_.end() && *parting.first < *parting.second) {
    levels_.back().next = 1;  // all of it comes before `after`
  }
}

ActorWalk::~ActorWalk() {
  while (!levels_.empty()) Leave();
}

void ActorWalk::Leave() {
  for (const WalkedActor& sibling : levels_.back().siblings) sibling.cell->Unref();
  levels_.pop_back();
}

void ActorWalk::Descend(ActorCell* parent, bool follows_after) {
  Level level;
  level.parent_path_bytes = path_.size();
  level.follows_after = follows_after;
  const size_t depth = depth_ + levels_.size();
  // One more than are still wanted: the first may be on the way to `after` and not count.
  level.siblings = SmallestChildren(
      parent, follows_after ? std::string_view(after_[depth]) : std::string_view(), left_ + 1);
  levels_.push_back(std::move(level));
}

bool ActorWalk::Next() {
  if (std::exchange(at_actor_, false)) Descend(actor().cell, /*follows_after=*/false);
  while (!levels_.empty() && left_ > 0) {
    Level& level = levels_.back();
    path_.resize(level.parent_path_bytes);
    if (level.next == level.siblings.size()) {
      Leave();
      continue;
    }
    const WalkedActor& next = level.siblings[level.next++];
    StrAppend(path_, "/", next.name);
    if (level.follows_after) {
      const size_t depth = depth_ + levels_.size() - 1;
      if (next.name < after_[depth]) continue;
      if (next.name == after_[depth]) {
        // Visited on an earlier page, as was what is below it up to `after`.
        Descend(next.cell, /*follows_after=*/depth + 1 < after_.size());
        continue;
      }
    }
    --left_;
    at_actor_ = true;
    return true;
  }
  return false;
}

std::vector<RunningTurn> RunningTurns(SystemCore& core) {
  std::vector<std::shared_ptr<Dispatcher>> dispatchers;
  {
    std::lock_guard guard(core.mutex);
    dispatchers = core.pinned;
  }
  dispatchers.push_back(core.runtime.dispatcher);
  dispatchers.push_back(core.runtime.internal_dispatcher);
  dispatchers.push_back(core.runtime.blocking_dispatcher);
  std::vector<RunningTurn> turns;
  for (const std::shared_ptr<Dispatcher>& dispatcher : dispatchers) {
    if (dispatcher == nullptr) continue;
    for (const WorkerSnapshot& worker : dispatcher->Describe()) {
      if (worker.running == nullptr) continue;
      std::string thread = dispatcher->name();
      if (worker.thread >= 0) StrAppend(thread, "-", worker.thread);
      turns.push_back({worker.running, worker.busy_since_nanos, std::move(thread)});
    }
  }
  std::sort(turns.begin(), turns.end(), [](const RunningTurn& a, const RunningTurn& b) {
    return std::less<>()(a.runnable, b.runnable);
  });
  return turns;
}

const RunningTurn* FindTurn(const std::vector<RunningTurn>& turns, const ActorCell* cell) {
  const Runnable* wanted = static_cast<const Mailbox*>(cell);
  auto found = std::lower_bound(turns.begin(), turns.end(), wanted,
                                [](const RunningTurn& turn, const Runnable* runnable) {
                                  return std::less<>()(turn.runnable, runnable);
                                });
  return found != turns.end() && found->runnable == wanted ? &*found : nullptr;
}

std::vector<std::string> NamesOfRunning(SystemCore& core,
                                        const std::vector<const Runnable*>& running) {
  std::vector<std::string> names;
  ActorWalk walk(core, "/", "", kWalkForNamesMax);
  while (names.size() < running.size() && walk.Next()) {
    const Runnable* runnable = static_cast<const Mailbox*>(walk.actor().cell);
    if (std::find(running.begin(), running.end(), runnable) == running.end()) continue;
    names.push_back(walk.path());
  }
  if (names.size() < running.size()) {
    names.push_back(StrCat(running.size() - names.size(), " more that are not found"));
  }
  return names;
}

namespace {

ActorState StateOf(const WalkedActor& actor, bool runs) {
  if (actor.attention & kStopping) return ActorState::kStopping;
  if (actor.attention & kRestarting) return ActorState::kRestarting;
  if (runs) return ActorState::kRunning;
  if (actor.attention & kTaskSuspended) return ActorState::kSuspended;
  // relaxed: one look.
  const uintptr_t head = actor.cell->head.load(std::memory_order_relaxed);
  return head & Mailbox::kIdleBit ? ActorState::kIdle : ActorState::kScheduled;
}

}  // namespace

ActorPage DescribeActors(SystemCore& core, const DescribeActorsOptions& options) {
  const size_t limit = std::min(options.limit, kActorPageMax);
  const std::vector<RunningTurn> turns = RunningTurns(core);
  const int64_t now_nanos = Clock::Real().NowNanos();
  ActorPage page;
  ActorWalk walk(core, options.below, options.after, limit + 1);
  while (walk.Next()) {
    if (page.actors.size() == limit) {
      page.more = true;
      break;
    }
    const WalkedActor& actor = walk.actor();
    const RunningTurn* turn = FindTurn(turns, actor.cell);
    ActorSnapshot snapshot;
    snapshot.path = walk.path();
    snapshot.uid = actor.cell->uid();
    snapshot.state = StateOf(actor, turn != nullptr);
    snapshot.mailbox_depth = actor.cell->Depth();
    if (turn != nullptr && turn->since_nanos > 0) {
      snapshot.busy = absl::Nanoseconds(std::max<int64_t>(0, now_nanos - turn->since_nanos));
    }
    if (turn != nullptr) snapshot.thread = turn->thread;
    snapshot.dispatcher = actor.cell->dispatcher->name();
    page.actors.push_back(std::move(snapshot));
  }
  return page;
}

}  // namespace internal

std::string_view ActorStateName(ActorState state) {
  switch (state) {
    case ActorState::kIdle:
      return "idle";
    case ActorState::kScheduled:
      return "scheduled";
    case ActorState::kRunning:
      return "running";
    case ActorState::kSuspended:
      return "suspended";
    case ActorState::kRestarting:
      return "restarting";
    case ActorState::kStopping:
      return "stopping";
  }
  return "unknown";
}

std::string ActorSnapshot::ToString() const {
  std::string text = StrCat(path, " (", ActorStateName(state));
  if (busy > absl::ZeroDuration()) {
    StrAppend(text, ", busy for ", absl::FormatDuration(absl::Trunc(busy, absl::Milliseconds(1))));
  }
  StrAppend(text, ", ", mailbox_depth, mailbox_depth == 1 ? " message" : " messages", " waiting, ",
            thread.empty() ? StrCat("dispatcher ", dispatcher) : StrCat("thread ", thread), ")");
  return text;
}

ActorPage DescribeActors(ActorSystemBase& system, const DescribeActorsOptions& options) {
  return internal::DescribeActors(system.core(), options);
}

}  // namespace sampo
