// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WriteOutcome: what became of a write to a journal, a snapshot store or a state store.
//
// Why: an actor must do different things after "certainly not stored" and after "nobody knows", and
// a status code alone does not tell them apart.
// Threads: a value.
//
//   | outcome   | stored?     | the actor                                                        |
//   | kWritten  | yes         | goes on                                                          |
//   | kRejected | no          | stops with the status unless supervised: the record was refused  |
//   | kNoRoom   | no          | waits and tries again (a snapshot is left out: SnapshotFailed);  |
//   |           |             | its commands wait in its stash                                   |
//   | kFenced   | no          | stops for good: another writer has taken the id over             |
//   | kFailed   | not known   | stops, or restarts by its backoff policy and recovers            |
#ifndef SAMPO_PERSISTENCE_WRITE_OUTCOME_H_
#define SAMPO_PERSISTENCE_WRITE_OUTCOME_H_

#include <cstdint>

namespace sampo::persistence {

enum class WriteOutcome : uint8_t { kWritten, kRejected, kNoRoom, kFenced, kFailed };

// "written", "rejected"... for messages.
constexpr const char* NameOf(WriteOutcome outcome) {
  switch (outcome) {
    case WriteOutcome::kWritten:
      return "written";
    case WriteOutcome::kRejected:
      return "rejected";
    case WriteOutcome::kNoRoom:
      return "no room";
    case WriteOutcome::kFenced:
      return "fenced";
    case WriteOutcome::kFailed:
      return "failed";
  }
  return "?";
}

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_WRITE_OUTCOME_H_
