// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Instrumentation: an SPI that sees the actors and messages of a system, for metrics and tracing.
//
// Why: what a program does is only known from outside if each message can be followed (its trace)
// and each class of actors can be counted. With SystemSettings::instrumentation null nothing of it
// is paid: no byte, no branch that is not there anyway. With one, each message carries 32 bytes
// more and costs two looks at the clock.
//
// Threads: hooks of actors and messages run on the actor's turn, the others on any thread, at the
// same time too. They must be short, must not block and must not throw. Lifetime: kept until the
// last ref into the system is gone.
//
//   SystemSettings settings;
//   settings.instrumentation = std::make_shared<MetricsInstrumentation>();
#ifndef SAMPO_ACTOR_INSTRUMENTATION_H_
#define SAMPO_ACTOR_INSTRUMENTATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/dispatch/message_type.h"
#include "sampo/actor/trace_scope.h"

namespace sampo {

class ActorSystemBase;
namespace internal {
class ContextBase;
}

// Classes of actors in one system; what comes after them is in the class "other". Chosen, not
// measured: protocols are written by people, tags may not be.
inline constexpr size_t kActorClassesMax = 1'000;

// A class of actors, by the first tag of their Props, else by the name of their protocol. Made once
// for each name and kept with the system; an instrumentation may derive its own with its counters.
class ActorClass {
 public:
  explicit ActorClass(std::string name) : name_(std::move(name)) {}
  virtual ~ActorClass() = default;
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
};

// An actor, during a hook.
class ObservedActor {
 public:
  ObservedActor(internal::ContextBase& context, ActorClass& actor_class)
      : context_(context), class_(actor_class) {}
  ActorClass& actor_class() const { return class_; }
  ActorSystemBase& system() const;
  // Made at each call: not for every message.
  std::string path() const;
  uint32_t uid() const;

 private:
  internal::ContextBase& context_;
  ActorClass& class_;
};

struct ObservedMessage {
  const MessageType& type;
  // From Tell to the handler, in nanoseconds of the system's clock, the time in a stash included;
  // -1: not known.
  int64_t mailbox_nanos;
  // Messages that wait behind this one, about: those that this turn has handled may count.
  int64_t depth;
};

// A message that reached nobody, or whose receiver did not handle it.
struct UndeliveredMessage {
  const MessageType& type;
  std::string_view recipient;  // path
  std::string_view reason;
};

class Instrumentation {
 public:
  virtual ~Instrumentation() = default;

  // Before the first actor starts.
  virtual void OnSystemStart(ActorSystemBase&) {}
  virtual std::unique_ptr<ActorClass> MakeActorClass(std::string_view name) {
    return std::make_unique<ActorClass>(std::string(name));
  }

  // Before the behavior's Setup.
  virtual void OnActorStarted(const ObservedActor&) {}
  // `decision`: "stopped", "restarting" or "resumed".
  virtual void OnActorFailed(const ObservedActor&, const absl::Status&, std::string_view) {}
  // The new behavior is there.
  virtual void OnActorRestarted(const ObservedActor&) {}
  // After PostStop. An actor that was stopped before its start is neither started nor stopped.
  virtual void OnActorStopped(const ObservedActor&) {}

  // Before the handler. May change the trace that the handler works for: a tracer puts the id of
  // its new span into `trace.parent_id`, or begins a trace where there is none.
  virtual void BeforeMessage(const ObservedActor&, const ObservedMessage&, TraceIds& /*trace*/) {}
  // After the handler has returned or failed, or a coroutine handler was suspended for the first
  // time. Takes what BeforeMessage left in `trace`.
  virtual void AfterMessage(const ObservedActor&, const ObservedMessage&, const TraceIds&,
                            int64_t /*handling_nanos*/) {}

  // As the events of the same name on the EventStream.
  virtual void OnDeadLetter(const UndeliveredMessage&) {}
  virtual void OnDropped(const UndeliveredMessage&) {}
  virtual void OnUnhandled(const UndeliveredMessage&) {}
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_INSTRUMENTATION_H_
