// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SchedulePolicy: which of the ready runnables a simulation runs next.
//
// Two ways to choose, because they find different bugs. Uniform: every order of a few steps is
// about equally likely. PCT: each runnable gets a random priority when it is first seen and the
// highest one runs, until it falls at one of a few random change points; a bug that needs d of them
// is found with probability at least 1/(n * k^(d-1)) for n runnables and k steps.
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs, ASPLOS 2010.
// Threads: the simulation's.
#ifndef SAMPO_ACTOR_TESTKIT_SCHEDULE_POLICY_H_
#define SAMPO_ACTOR_TESTKIT_SCHEDULE_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sampo/actor/base/random.h"

namespace sampo {

enum class SchedulePolicyKind : uint8_t {
  kUniform,  // any of the ready ones
  kPct,      // priorities with change points
  kFifo,     // the one that has waited longest: no chance at all
};

namespace internal {

struct SchedulePolicySettings {
  SchedulePolicyKind kind = SchedulePolicyKind::kUniform;
  uint64_t seed = 0;
  int change_points = 0;       // PCT
  int64_t steps_expected = 0;  // PCT: change points lie below this step
};

class SchedulePolicy {
 public:
  static std::unique_ptr<SchedulePolicy> Make(const SchedulePolicySettings& settings);
  virtual ~SchedulePolicy() = default;

  // The index in `ready` of the one to run. `ready`: identities in the order of their arrival, not
  // empty. An identity names the same runnable in every run of one seed.
  virtual size_t Pick(const std::vector<uint64_t>& ready) = 0;
};

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_SCHEDULE_POLICY_H_
