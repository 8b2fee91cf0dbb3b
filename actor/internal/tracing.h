// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How the instrumentation is woven into the core: the record behind a payload, and what is called
// where an actor or a message of an instrumented system passes.
//
// | step                    | what is done                                                       |
// | Tell (traced target)    | 32 bytes behind the payload: current trace, then the time          |
// | before a user message   | the record becomes the thread's trace; BeforeMessage               |
// | before a library's own  | the record becomes the thread's trace: what comes of it (an        |
// |                         | answer, a tick) works for it                                       |
// | after either            | AfterMessage; the thread's trace is what it was                    |
// All of it hangs on two marks that exist for other reasons: kSlowDelivery on the target, kObserved
// in the actor's attention.
#ifndef SAMPO_ACTOR_INTERNAL_TRACING_H_
#define SAMPO_ACTOR_INTERNAL_TRACING_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/instrumentation.h"
#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/trace_scope.h"

namespace sampo::internal {

// Behind the payload.
struct TraceRecord {
  TraceContext::TraceId trace_id;
  TraceContext::ParentId parent_id;
  // bits 0-7: flags; bits 8-63: 1 + nanosecond of the push modulo 2^56 (2 years), 0: not known
  uint64_t word;
};
static_assert(sizeof(TraceRecord) == kTraceBytes);

// Precondition: kHasTrace.
TraceRecord& RecordOf(Envelope& envelope);

// What an instrumented system has for all its actors. Owned by the root's header, so that a Tell
// finds it after the system's end too.
class Observation {
 public:
  Observation(std::shared_ptr<Instrumentation> instrumentation,
              std::shared_ptr<TimerService> timers);
  Instrumentation& instrumentation() const { return *instrumentation_; }
  int64_t NowNanos() const { return timers_->NowNanos(); }
  ActorClass& ClassOf(std::string_view name);

 private:
  const std::shared_ptr<Instrumentation> instrumentation_;
  const std::shared_ptr<TimerService> timers_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ActorClass>, std::less<>> classes_;  // guarded by mutex_
};

// A new actor of a traced system, before anybody knows it.
void ObserveCell(ActorCell* cell, Observation& observation);
// Notes the time at which `envelope` reached `target`.
void StampRecord(ActorCell* target, Envelope* envelope);
inline void StampEnqueued(ActorCell* target, Envelope* envelope) {
  if (envelope->flags & kHasTrace) [[unlikely]]
    StampRecord(target, envelope);
}

// Around the handling of one message of an observed actor.
class TracedMessage {
 public:
  TracedMessage(ContextBase& context, Envelope& envelope);
  TracedMessage(const TracedMessage&) = delete;
  TracedMessage& operator=(const TracedMessage&) = delete;
  ~TracedMessage();

 private:
  ContextBase& context_;
  const ThreadTrace saved_;
  const MessageType* type_ = nullptr;  // null: no message of the protocol, no hooks
  int64_t begun_nanos_ = 0;
  int64_t mailbox_nanos_ = -1;
  int64_t depth_ = 0;
};

// What the record of a message says; nothing where it has none.
ThreadTrace TraceOf(Envelope& envelope);

// A target that stands for an actor and remembers the trace of who made it; see PipeToSelf.
struct TracedTarget : RefTarget {
  explicit TracedTarget(ActorCell* of);
  ~TracedTarget();
  ActorCell* const cell;  // counted
  const TraceIds ids;
};

// The current trace, kept for later turns of an observed actor under a key: the address of an ask
// until its answer has come, the number of a task until it is done.
void KeepTrace(ContextBase& context, uintptr_t key);
TraceIds KeptTrace(ContextBase& context, uintptr_t key);
void DropTrace(ContextBase& context, uintptr_t key);

// Hooks; nothing where the actor is not observed. The decision is that of NoteFailure.
void ObserveStart(ContextBase& context);
void ObserveFailure(ContextBase& context, const absl::Status& status, std::string_view decision);
void ObserveRestart(ContextBase& context);
void ObserveStop(ContextBase& context);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_TRACING_H_
