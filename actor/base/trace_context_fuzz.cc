// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes traceparent and tracestate. What must hold for any bytes: what is accepted has valid
// ids, is written in 55 characters, and reads back the same. Corpus: testdata/trace_context_corpus,
// each file a traceparent line and a tracestate behind it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line_end = text.find('\n');
  absl::StatusOr<sampo::TraceContext> parsed = sampo::TraceContext::Parse(text.substr(0, line_end));
  if (!parsed.ok()) return 0;
  sampo::TraceContext context = *parsed;
  SAMPO_CHECK(context.IsValid());
  SAMPO_CHECK(context.ToTraceParent().size() == 55);
  absl::StatusOr<sampo::TraceContext> again = sampo::TraceContext::Parse(context.ToTraceParent());
  SAMPO_CHECK(again.ok() && *again == context);

  if (line_end == std::string_view::npos) return 0;
  const bool accepted = context.SetTraceState(text.substr(line_end + 1)).ok();
  const std::string state = context.trace_state();
  SAMPO_CHECK(accepted || state.empty());
  SAMPO_CHECK(state.size() <= sampo::kTraceStateBytesMax);
  // A state that was accepted once is accepted unchanged by the next hop.
  SAMPO_CHECK(context.SetTraceState(state).ok());
  SAMPO_CHECK(context.trace_state() == state);
  uint64_t bits = size;
  const sampo::TraceContext child = context.Child([&bits] { return bits++; });
  SAMPO_CHECK(sampo::TraceContext::Parse(child.ToTraceParent()).ok());
  return 0;
}
