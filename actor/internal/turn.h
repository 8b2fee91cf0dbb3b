// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The rarer parts of a turn: everything but "take the next message and handle it".
#ifndef SAMPO_ACTOR_INTERNAL_TURN_H_
#define SAMPO_ACTOR_INTERNAL_TURN_H_

#include "absl/status/status.h"
#include "sampo/actor/internal/actor_cell.h"

namespace sampo::internal {

enum class Attended : uint8_t {
  kGoOn,            // take the next message of the mailbox
  kLookAgain,       // something changed: begin again with the system messages
  kMessageHandled,  // a message that was set aside has been handled
  kTurnOver,        // the mailbox is parked, or the actor has ended: touch nothing
};

Attended AttendBeforeMessage(ActorCell* cell);
void RunSystemMessages(ActorCell* cell);
// Why the message that this thread destroys now reaches nobody: what a ReplyTo inside tells its
// asker. RESOURCE_EXHAUSTED for a bound, CANCELLED for an actor that has ended.
struct DropCause {
  const RefTarget* receiver;
  const char* reason;
  absl::StatusCode code;
};
extern thread_local constinit const DropCause* drop_cause
    __attribute__((tls_model("initial-exec")));

// Sets the cause for a scope; null: nothing is being dropped.
class DropScope {
 public:
  explicit DropScope(const DropCause* cause) : saved_(drop_cause) { drop_cause = cause; }
  DropScope(const DropScope&) = delete;
  DropScope& operator=(const DropScope&) = delete;
  ~DropScope() { drop_cause = saved_; }

 private:
  const DropCause* const saved_;
};

// To the event stream as Dropped; destroys and frees.
void PublishDropped(RefTarget* target, Envelope* envelope, const char* reason);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_TURN_H_
