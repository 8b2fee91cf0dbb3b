// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Dijkstra's dinner: five philosophers, five forks, no deadlock. The table is the main actor; when
// everybody is full it stops, and with it the system.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/samples/dining_philosophers/fork.h"
#include "sampo/actor/samples/dining_philosophers/philosopher.h"

namespace dining {
namespace {

using sampo::ActorContext;
using sampo::ActorRef;
using sampo::Behavior;

constexpr const char* kNames[] = {"Aristotle", "Hypatia", "Laozi", "Arendt", "Ibn Sina"};
constexpr size_t kCount = std::size(kNames);
constexpr int kMeals = 10;

class Table final : public sampo::AbstractBehavior<Table, Full> {
 public:
  explicit Table(ActorContext<Full>& context) : AbstractBehavior(context) {
    std::vector<ActorRef<fork::Command>> forks;
    for (size_t i = 0; i < kCount; ++i) {
      forks.push_back(context.Spawn(Fork(), "fork-" + std::to_string(i)));
    }
    for (size_t i = 0; i < kCount; ++i) {
      const size_t next = (i + 1) % kCount;
      context.Spawn(Philosopher({.name = kNames[i],
                                 .first = forks[std::min(i, next)],
                                 .second = forks[std::max(i, next)],
                                 .meals = kMeals,
                                 .table = context.Self()}),
                    "philosopher-" + std::to_string(i));
    }
  }

  Behavior<Full> OnMessage(const Full& m) {
    meals_[m.name] = m.meals;
    if (meals_.size() < kCount) return sampo::Same();
    for (const auto& [name, meals] : meals_) std::printf("%s ate %d times\n", name.c_str(), meals);
    return sampo::Stopped();
  }

 private:
  std::map<std::string, int> meals_;
};

}  // namespace
}  // namespace dining

int main() {
  sampo::ActorSystem<dining::Full> system(dining::Table::Create(), "dining");
  const absl::Status ended = system.AwaitTermination(absl::Seconds(60));
  if (!ended.ok()) std::fprintf(stderr, "%s\n", ended.ToString().c_str());
  return ended.ok() ? 0 : 1;
}
