// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// IoResult: how many bytes a source or sink of files has moved, and how it ended. Both, because a
// copy that broke off has moved some, too.
//
// Threads: a value.
#ifndef SAMPO_STREAM_IO_IO_RESULT_H_
#define SAMPO_STREAM_IO_IO_RESULT_H_

#include <cstdint>

#include "absl/status/status.h"

namespace sampo::stream {

struct IoResult {
  int64_t bytes = 0;
  // OK, also when downstream wanted no more; else why it ended before its time.
  absl::Status status;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_IO_RESULT_H_
