// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateSignal: what the actor of a DurableStateBehavior is told besides its commands.
//
// Why: as signals.h, for an actor that has states and no events. RecoveryCompleted::seq is the
// revision; nothing is replayed. Threads: values, given on the actor's turn.
//
//   .on_signal = On{[](const State& s, const RecoveryCompleted& r) { ... },
//                   [](const State& s, const PostStop&) { ... }}
#ifndef SAMPO_PERSISTENCE_STATE_SIGNALS_H_
#define SAMPO_PERSISTENCE_STATE_SIGNALS_H_

#include <variant>

#include "absl/status/status.h"
#include "sampo/actor/signal.h"
#include "sampo/persistence/signals.h"

namespace sampo::persistence {

// The outcome of the write or the deletion is not known; the actor fails with this status next.
struct StatePersistFailed {
  absl::Status status;
};
// Certainly not stored, the revision is as before; the actor fails with this status next.
struct StatePersistRejected {
  absl::Status status;
};

// The actor's own: PreRestart also before it recovers again by `on_persist_failure`.
using DurableStateSignal =
    std::variant<RecoveryCompleted, RecoveryFailed, StatePersistFailed, StatePersistRejected,
                 WriterFenced, PreRestart, PostStop, Terminated, ChildFailed>;

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_STATE_SIGNALS_H_
