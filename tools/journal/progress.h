// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Progress: tells on stderr how far long work has come.
//
// Why: verifying a large journal takes minutes, and silence looks like a hang. On a terminal one
// line is written over and over; elsewhere (a log) a line now and then. Short work says nothing.
// Threads: one. Lifetime: the stream and the clock outlive it; its end clears the line.
//
//   Progress progress(std::cerr, {.terminal = isatty(2) == 1});
//   progress.Tell({"ids", 12, 100});    // "ids: 12 of 100"
#ifndef SAMPO_TOOLS_JOURNAL_PROGRESS_H_
#define SAMPO_TOOLS_JOURNAL_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <ostream>

#include "sampo/actor/base/clock.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::journal_tool {

struct ProgressOptions {
  bool terminal = false;
  const Clock* clock = &Clock::Real();
};

class Progress {
 public:
  Progress(std::ostream& stream, const ProgressOptions& options);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Tell(const persistence::offline::ProgressStep& step);
  // Takes the line away, so that others can be written.
  void Clear();

 private:
  std::ostream& stream_;
  const ProgressOptions options_;
  int64_t told_at_;
  size_t line_length_ = 0;  // of what stands on the terminal
};

}  // namespace sampo::journal_tool

#endif  // SAMPO_TOOLS_JOURNAL_PROGRESS_H_
