// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The statuses that streams themselves fail with, and how to tell them from others.
//
// A failure in a stream is an absl::Status that is not OK. A cancellation has a cause: OK means
// that no more elements are needed (Pekko's NonFailureCancellation), anything else is a failure.
// Threads: pure functions.
#ifndef SAMPO_STREAM_ERRORS_H_
#define SAMPO_STREAM_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

namespace sampo::stream {

// OK: whoever cancels has what it wanted.
inline absl::Status NoMoreElementsNeeded() { return absl::OkStatus(); }

// CANCELLED "stream: terminated abruptly: ...": the actor of the stream, or its system, ended
// first.
absl::Status AbruptTermination(std::string_view what);
bool IsAbruptTermination(const absl::Status& status);

// NOT_FOUND "... : the stream was empty": what Head, Last and Reduce complete with.
absl::Status NoSuchElement(std::string_view operator_name);

// RESOURCE_EXHAUSTED: a Limit, a Buffer that fails when full, a GroupBy with too many keys.
absl::Status LimitReached(std::string_view operator_name, long long limit);
absl::Status BufferOverflow(std::string_view operator_name, long long size);

// What the exception that is being handled is as a status: a BadStatusOrAccess keeps its own, a
// bad_alloc is RESOURCE_EXHAUSTED, others are UNKNOWN with their text. Only in a catch block.
absl::Status StatusOfCurrentException();

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_ERRORS_H_
