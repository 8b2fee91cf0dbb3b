// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PlantedBug: five bugs that can be switched on in a copy of the core that is built for that alone
// (SAMPO_PLANT_BUGS), to prove that the simulation finds them: //actor/testkit:planted_bugs_test.
//
// In every other build IsPlanted is the constant false and PreemptionPoint is empty, so nothing of
// this is in the program.
// Threads: switched by a test while no actor runs.
#ifndef SAMPO_ACTOR_DISPATCH_PLANTED_BUG_H_
#define SAMPO_ACTOR_DISPATCH_PLANTED_BUG_H_

#include <cstdint>

namespace sampo::internal {

enum class PlantedBug : uint8_t {
  kNone,
  kLostWakeup,           // a mailbox goes idle over a system message that has just come
  kTickAfterCancel,      // the tick of an old timer is taken for one of the new timer
  kStashReordered,       // new messages come before those that are being unstashed
  kDoubleTerminated,     // a second notice about one watch is delivered, too
  kRestartLosesMessage,  // a waiting restart keeps only the first message that comes meanwhile
};

using PreemptionFunction = void (*)();

#ifdef SAMPO_PLANT_BUGS

inline constexpr bool kBugsCanBePlanted = true;
inline constinit PlantedBug planted_bug = PlantedBug::kNone;
inline constinit PreemptionFunction preemption_point = nullptr;

inline bool IsPlanted(PlantedBug bug) { return planted_bug == bug; }
inline void PlantBug(PlantedBug bug) { planted_bug = bug; }
// A place between two steps of a turn where another thread could run: the simulation lets others
// run here.
inline void PreemptionPoint() {
  if (preemption_point != nullptr) preemption_point();
}
inline void SetPreemptionPoint(PreemptionFunction function) { preemption_point = function; }

#else

inline constexpr bool kBugsCanBePlanted = false;

constexpr bool IsPlanted(PlantedBug) { return false; }
constexpr void PlantBug(PlantedBug) {}
constexpr void PreemptionPoint() {}
constexpr void SetPreemptionPoint(PreemptionFunction) {}

#endif

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DISPATCH_PLANTED_BUG_H_
