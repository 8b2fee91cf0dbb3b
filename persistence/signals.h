// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistenceSignal: what an event-sourced actor is told besides its commands: how its recovery,
// writes, snapshots and deletions went, and the actor's own signals.
//
// Why: a failed snapshot or deletion is no command's business, and a failed write ends the actor;
// whoever wants to count, log or clean up does it here. Handlers get the state that is visible: the
// one before the write while a write is under way.
// Threads: values, given on the actor's turn.
//
//   .on_signal = On{[](const State& s, const RecoveryCompleted&) { ... },
//                   [](const State& s, const Terminated& t) { ... }}
#ifndef SAMPO_PERSISTENCE_SIGNALS_H_
#define SAMPO_PERSISTENCE_SIGNALS_H_

#include <cstdint>
#include <variant>

#include "absl/status/status.h"
#include "sampo/actor/signal.h"

namespace sampo::persistence {

// The state is the newest; commands come from now on.
struct RecoveryCompleted {
  int64_t seq = 0;              // of the newest event; 0: none ever
  int64_t events_replayed = 0;  // after the snapshot
};
// The actor fails with this status next.
struct RecoveryFailed {
  absl::Status status;
};
// The outcome of the write is not known; the actor fails with this status next.
struct JournalPersistFailed {
  absl::Status status;
};
// Certainly not stored, no sequence number is used up; the actor fails with this status next,
// unless a coroutine handler was told.
struct JournalPersistRejected {
  absl::Status status;
};
// Another writer has taken the id over: the actor stops next, and no supervisor restarts it.
struct WriterFenced {
  absl::Status status;  // FAILED_PRECONDITION, naming both epochs
};
struct SnapshotCompleted {
  int64_t seq = 0;
};
// The actor goes on; a later snapshot makes up for it.
struct SnapshotFailed {
  int64_t seq = 0;
  absl::Status status;
};
struct DeleteEventsCompleted {
  int64_t to_seq = 0;
};
struct DeleteEventsFailed {
  int64_t to_seq = 0;
  absl::Status status;
};
struct DeleteSnapshotsCompleted {
  int64_t to_seq = 0;
};
struct DeleteSnapshotsFailed {
  int64_t to_seq = 0;
  absl::Status status;
};

// The actor's own: PreRestart also before it recovers again by `on_persist_failure`.
using PersistenceSignal =
    std::variant<RecoveryCompleted, RecoveryFailed, JournalPersistFailed, JournalPersistRejected,
                 WriterFenced, SnapshotCompleted, SnapshotFailed, DeleteEventsCompleted,
                 DeleteEventsFailed, DeleteSnapshotsCompleted, DeleteSnapshotsFailed, PreRestart,
                 PostStop, Terminated, ChildFailed>;

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SIGNALS_H_
