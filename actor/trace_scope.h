// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TraceScope: the trace that this thread works for now, which goes with every message it tells.
//
// While an actor of a system with an instrumentation handles a message, the message's trace is the
// current one; so are, later, that of the asker when its answer comes, of whoever started a timer,
// and of whoever called PipeToSelf. At the edge of the system (a request comes in) the program sets
// it with a TraceScope. In a system without instrumentation messages carry no trace.
// A tracestate stays at the edge: 32 bytes travel with a message, which are the ids and the flags.
// Threads: the current trace belongs to one thread. Lifetime: scopes end in the reverse order of
// their beginning, so one must not live across a co_await.
//
//   TraceScope scope(incoming.Child(random));
//   cart.Tell(AddItem{"mill", 1});                   // the cart's handler sees the same trace id
//   headers["traceparent"] = CurrentTrace().ToTraceParent();
#ifndef SAMPO_ACTOR_TRACE_SCOPE_H_
#define SAMPO_ACTOR_TRACE_SCOPE_H_

#include <cstdint>
#include <utility>

#include "sampo/actor/base/trace_context.h"

namespace sampo {

// The part of a TraceContext that travels with a local message.
struct TraceIds {
  TraceContext::TraceId trace_id{};
  TraceContext::ParentId parent_id{};
  uint8_t flags = 0;

  static TraceIds Of(const TraceContext& context) {
    return {context.trace_id(), context.parent_id(), context.flags()};
  }
  // Without tracestate; the default value where this is not valid.
  TraceContext ToContext() const;
  bool IsValid() const { return trace_id != TraceContext::TraceId{}; }
  friend bool operator==(const TraceIds&, const TraceIds&) = default;
};

namespace internal {

// What a thread knows of the message it handles.
struct ThreadTrace {
  TraceIds ids;
  // When the message was put into the mailbox, as TraceRecord::word has it; 0: not known.
  uint64_t enqueued = 0;
};
extern thread_local constinit ThreadTrace thread_trace __attribute__((tls_model("initial-exec")));

}  // namespace internal

// The current trace of this thread; not valid where there is none.
inline const TraceIds& CurrentTraceIds() { return internal::thread_trace.ids; }
inline TraceContext CurrentTrace() { return CurrentTraceIds().ToContext(); }

class [[nodiscard]] TraceScope {
 public:
  explicit TraceScope(const TraceIds& ids)
      : saved_(std::exchange(internal::thread_trace, internal::ThreadTrace{ids, 0})) {}
  explicit TraceScope(const TraceContext& context) : TraceScope(TraceIds::Of(context)) {}
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;
  ~TraceScope() { internal::thread_trace = saved_; }

 private:
  const internal::ThreadTrace saved_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TRACE_SCOPE_H_
