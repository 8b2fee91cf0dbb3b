// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/samples/dining_philosophers/philosopher.h"

#include <utility>

namespace dining {
namespace {

using philosopher::Command;
using philosopher::EnoughEaten;
using philosopher::EnoughThought;
using sampo::ActorContext;
using sampo::Behavior;
using sampo::Same;

class PhilosopherActor final : public sampo::AbstractBehavior<PhilosopherActor, Command> {
 public:
  PhilosopherActor(ActorContext<Command>& context, const PhilosopherSettings& settings)
      : AbstractBehavior(context), settings_(settings) {
    Think();
  }

  Behavior<Command> OnMessage(const EnoughThought&) {
    settings_.first.Tell(fork::Take{context().Self()});
    return Same();
  }
  Behavior<Command> OnMessage(const fork::Taken&) {
    if (++forks_ == 1) {
      settings_.second.Tell(fork::Take{context().Self()});
    } else {
      context().Timers().StartSingleTimer("eat", EnoughEaten{}, settings_.eats);
    }
    return Same();
  }
  Behavior<Command> OnMessage(const EnoughEaten&) {
    forks_ = 0;
    settings_.first.Tell(fork::PutBack{});
    settings_.second.Tell(fork::PutBack{});
    if (++meals_ < settings_.meals) {
      Think();
      return Same();
    }
    settings_.table.Tell(Full{settings_.name, meals_});
    return sampo::Stopped();
  }

 private:
  void Think() { context().Timers().StartSingleTimer("think", EnoughThought{}, settings_.thinks); }

  const PhilosopherSettings settings_;
  int forks_ = 0;  // in hand
  int meals_ = 0;
};

}  // namespace

Behavior<Command> Philosopher(PhilosopherSettings settings) {
  return PhilosopherActor::Create(std::move(settings));
}

}  // namespace dining
