// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Philosopher: thinks, takes two forks, eats, puts them back; stops after some meals.
//
// Nobody starves in a circle because everybody takes the fork with the lower number first.
// Threads: an actor. Lifetime: until it is full; then it tells the table and stops.
#ifndef SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_PHILOSOPHER_H_
#define SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_PHILOSOPHER_H_

#include <string>
#include <variant>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/samples/dining_philosophers/fork.h"

namespace dining {

// Told to the table at the end.
struct Full {
  std::string name;
  int meals = 0;
};

namespace philosopher {

struct EnoughThought {};
struct EnoughEaten {};
struct Command : std::variant<fork::Taken, EnoughThought, EnoughEaten> {
  using variant::variant;
};

}  // namespace philosopher

struct PhilosopherSettings {
  std::string name;
  sampo::ActorRef<fork::Command> first;  // the fork with the lower number
  sampo::ActorRef<fork::Command> second;
  int meals = 0;
  absl::Duration thinks = absl::Milliseconds(1);
  absl::Duration eats = absl::Milliseconds(1);
  sampo::ActorRef<Full> table;
};

sampo::Behavior<philosopher::Command> Philosopher(PhilosopherSettings settings);

}  // namespace dining

#endif  // SAMPO_ACTOR_SAMPLES_DINING_PHILOSOPHERS_PHILOSOPHER_H_
