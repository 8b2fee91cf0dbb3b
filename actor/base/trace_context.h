// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_TRACE_CONTEXT_H_
#define SAMPO_ACTOR_BASE_TRACE_CONTEXT_H_

// W3C trace context: which trace a message belongs to, and which span caused it.
//
// Why it exists: a trace that passes through actors, the wire, HTTP and gRPC must keep one
// identity, in the form that other systems read. Source: W3C Recommendation "Trace Context",
// level 1, 23 November 2021. The header, in lower-case hex:
//
//   traceparent  00 - 0af7651916cd43dd8448eb211c80319c - b7ad6b7169203331 - 01
//                version   trace id (16 bytes)           parent id (8)      flags
//
// Threads: values and pure functions. Lifetime: nothing is borrowed. Random bits are injected, so
// that a simulation can replay them.
//
//   absl::StatusOr<TraceContext> incoming = TraceContext::Parse(traceparent);
//   TraceContext outgoing = incoming->Child([&] { return random.Next(); });
//   headers["traceparent"] = outgoing.ToTraceParent();

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo {

// The longest tracestate kept. Section 3.3.1.5 asks for at least this much to be passed on.
inline constexpr size_t kTraceStateBytesMax = 512;

// Entries of a tracestate. Section 3.3.1.1.
inline constexpr size_t kTraceStateEntriesMax = 32;

// The only flag that level 1 defines: the caller may have recorded the trace.
inline constexpr uint8_t kTraceSampled = 0x01;

// Where random bits come from, such as Random::Next.
using RandomBits = absl::FunctionRef<uint64_t()>;

class TraceContext {
 public:
  using TraceId = std::array<uint8_t, 16>;
  using ParentId = std::array<uint8_t, 8>;

  // No trace: all ids are zero, which the standard calls invalid.
  TraceContext() = default;

  // A new trace.
  [[nodiscard]] static TraceContext NewRoot(RandomBits random, bool sampled);

  // The ids as given, such as those of a binary wire format. INVALID_ARGUMENT if one is all zero.
  [[nodiscard]] static absl::StatusOr<TraceContext> FromIds(const TraceId& trace_id,
                                                            const ParentId& parent_id,
                                                            uint8_t flags);

  // Parses a traceparent header: version 00 exactly as the standard says. A later version is read
  // as far as 00 defines it, with unknown flags cleared. INVALID_ARGUMENT otherwise; the receiver
  // then starts a new trace (section 3.2.2.3).
  [[nodiscard]] static absl::StatusOr<TraceContext> Parse(std::string_view traceparent);

  // False for the default value.
  [[nodiscard]] bool IsValid() const { return trace_id_ != TraceId{}; }

  [[nodiscard]] const TraceId& trace_id() const { return trace_id_; }
  // Of the span that caused this message.
  [[nodiscard]] const ParentId& parent_id() const { return parent_id_; }
  [[nodiscard]] uint8_t flags() const { return flags_; }
  [[nodiscard]] bool IsSampled() const { return (flags_ & kTraceSampled) != 0; }
  [[nodiscard]] const std::string& trace_state() const { return trace_state_; }

  // The header, always in version 00; "" for the default value.
  [[nodiscard]] std::string ToTraceParent() const;
  [[nodiscard]] std::string TraceIdHex() const;
  [[nodiscard]] std::string ParentIdHex() const;

  // The context of what this message causes: the same trace and tracestate with a new parent id,
  // and without flags that level 1 does not define (section 3.2.2.5.2). The default value has no
  // children but itself.
  [[nodiscard]] TraceContext Child(RandomBits random) const;

  // Takes a tracestate header (several of one message joined by commas). INVALID_ARGUMENT if it
  // is malformed: the state is then left empty, and the context stays usable, as section 3.3
  // wants. A state above kTraceStateBytesMax is shortened by whole entries: first those above 128
  // bytes, then from the end (section 3.3.1.5).
  absl::Status SetTraceState(std::string_view tracestate);

  friend bool operator==(const TraceContext&, const TraceContext&) = default;

 private:
  TraceId trace_id_{};
  ParentId parent_id_{};
  uint8_t flags_ = 0;
  std::string trace_state_;  // At most kTraceStateBytesMax.
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_TRACE_CONTEXT_H_
