// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AssertAllStagesStopped: no stream of a system runs any more, or soon.
//
// Why: an operator that forgets to end leaks its actor. Tests call it last.
// Threads: the test's. In a simulation the waiting runs it.
//
//   AssertAllStagesStopped(system, [&] { ... run streams to their end ... });
#ifndef SAMPO_STREAM_TESTKIT_ALL_STAGES_STOPPED_H_
#define SAMPO_STREAM_TESTKIT_ALL_STAGES_STOPPED_H_

#include <string>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

// Waits until all streams of `system` have ended. A GoogleTest failure at the caller's line that
// names the stages that have not within `timeout`.
void AssertAllStagesStopped(ActorSystemBase& system, absl::Duration timeout = absl::Seconds(5),
                            SourceLocation where = SourceLocation::Current());

// Runs `block` first.
template <class Block>
void AssertAllStagesStopped(ActorSystemBase& system, Block block,
                            SourceLocation where = SourceLocation::Current()) {
  block();
  AssertAllStagesStopped(system, absl::Seconds(5), where);
}

// The stages that run, one a line; empty: none.
std::string RunningStages(ActorSystemBase& system);

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_ALL_STAGES_STOPPED_H_
