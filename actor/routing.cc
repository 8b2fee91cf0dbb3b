// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/routing.h"

#include <algorithm>
#include <limits>
#include <string>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {
namespace {

class RoundRobinLogic final : public RoutingLogic {
 public:
  void SetRoutees(const std::vector<AnyActorRef>& routees) override { count_ = routees.size(); }
  size_t Select(uint64_t) override { return next_++ % count_; }

 private:
  size_t count_ = 0;
  size_t next_ = 0;
};

class RandomLogic final : public RoutingLogic {
 public:
  explicit RandomLogic(uint64_t seed) : random_(seed) {}
  void SetRoutees(const std::vector<AnyActorRef>& routees) override { count_ = routees.size(); }
  size_t Select(uint64_t) override { return random_.Below(count_); }

 private:
  size_t count_ = 0;
  Random random_;
};

// A ring of 2^64 places: each routee stands at some of them, a key belongs to the next one.
// Source: D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997.
class ConsistentHashingLogic final : public RoutingLogic {
 public:
  explicit ConsistentHashingLogic(int virtual_nodes) : virtual_nodes_(virtual_nodes) {}

  void SetRoutees(const std::vector<AnyActorRef>& routees) override {
    ring_.clear();
    ring_.reserve(routees.size() * static_cast<size_t>(virtual_nodes_));
    for (size_t i = 0; i < routees.size(); ++i) {
      // Without the uid: the next incarnation of a routee gets the keys of the last one.
      std::string path = routees[i].path();
      path.resize(std::min(path.size(), path.rfind('#')));
      for (int node = 0; node < virtual_nodes_; ++node) {
        ring_.push_back({StableHash(StrCat(path, "/", node)), i});
      }
    }
    std::sort(ring_.begin(), ring_.end());
  }
  size_t Select(uint64_t key) override {
    auto place = std::lower_bound(ring_.begin(), ring_.end(), std::pair<uint64_t, size_t>(key, 0));
    return place == ring_.end() ? ring_.front().second : place->second;
  }

 private:
  const int virtual_nodes_;
  std::vector<std::pair<uint64_t, size_t>> ring_;  // hash, place of the routee
};

class SmallestMailboxLogic final : public RoutingLogic {
 public:
  void SetRoutees(const std::vector<AnyActorRef>& routees) override { routees_ = routees; }
  size_t Select(uint64_t) override {
    // Begins at another one each time, so that equals take turns.
    const size_t begin = next_++ % routees_.size();
    size_t best = begin;
    int64_t best_load = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < routees_.size() && best_load > 0; ++i) {
      const size_t at = (begin + i) % routees_.size();
      const int64_t load = LoadOf(RefAccess::Target(routees_[at]));
      if (load < best_load) {
        best = at;
        best_load = load;
      }
    }
    return best;
  }

 private:
  // 0: idle. Else 1 + the messages waiting. A look from outside: it may be old when it is used.
  static int64_t LoadOf(const RefTarget* target) {
    constexpr int64_t kUnknown = std::numeric_limits<int64_t>::max() - 1;
    if (target == nullptr) return kUnknown;
    const uint32_t flags = target->flags.load(std::memory_order_relaxed);
    if ((flags & kLocalActor) == 0 || (flags & kTerminated) != 0) return kUnknown;
    const ActorCell* cell = ActorCell::FromTarget(target);
    if ((cell->head.load(std::memory_order_relaxed) & Mailbox::kIdleBit) != 0) return 0;
    return 1 + cell->Depth();
  }

  std::vector<AnyActorRef> routees_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<RoutingLogic> MakeRoutingLogic(RoutingKind kind, int virtual_nodes, uint64_t seed) {
  switch (kind) {
    case RoutingKind::kRoundRobin:
      return std::make_unique<RoundRobinLogic>();
    case RoutingKind::kRandom:
      return std::make_unique<RandomLogic>(seed);
    case RoutingKind::kConsistentHashing:
      return std::make_unique<ConsistentHashingLogic>(virtual_nodes);
    case RoutingKind::kSmallestMailbox:
      return std::make_unique<SmallestMailboxLogic>();
  }
  SAMPO_UNREACHABLE();
}

uint64_t RoutingSeed(ActorSystemBase& system) { return system.NextRandom(); }

// FNV-1a, 64 bits (Fowler, Noll, Vo), and a mixer, because the ring needs the high bits.
uint64_t StableHash(std::string_view bytes) {
  uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ull;
  }
  return MixBits(hash);
}

}  // namespace sampo::internal
