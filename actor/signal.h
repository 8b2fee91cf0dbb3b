// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Signals: what the system tells an actor about its own life and that of the actors it watches.
//
// A signal that a behavior does not handle is ignored, but for Terminated and
// MessageAdaptionFailure: an unhandled Terminated is a death pact (the watcher fails), an unhandled
// adaption failure fails the actor.
// Threads: delivered on the actor's turn. A handler for Terminated also gets ChildFailed.
//
//   Receive<Command>(On{...}, OnSignal{[](const PostStop&) { return Same(); }})
#ifndef SAMPO_ACTOR_SIGNAL_H_
#define SAMPO_ACTOR_SIGNAL_H_

#include <exception>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/actor_ref.h"

namespace sampo {

// What went wrong: the status of a Fail(status), or what a thrown exception was turned into. The
// exception itself stays at hand, so that OnFailure<E>() can match its type.
struct Failure {
  absl::Status status;
  std::exception_ptr exception;  // null for Fail(status)
  bool out_of_memory = false;    // bad_alloc: never resumed
};

// Sent to the old behavior before a restart; PostStop is not sent then.
struct PreRestart {};
// Sent once, when the actor has stopped and its children are gone.
struct PostStop {};
// A watched actor is gone.
struct Terminated {
  AnyActorRef ref;
};
// A watched child is gone because it failed.
struct ChildFailed : Terminated {
  Failure failure;
};
// A message adapter failed; see ActorContext::MessageAdapter.
struct MessageAdaptionFailure {
  Failure failure;
};

namespace internal {

enum class SignalKind : uint8_t {
  kPreRestart,
  kPostStop,
  kTerminated,
  kChildFailed,
  kMessageAdaptionFailure
};

// A signal on its way through the behaviors: its kind and a pointer to the struct above.
struct SignalRef {
  SignalKind kind;
  const void* signal;
};

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_SIGNAL_H_
