// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/tools/journal/progress.h"

#include <string>

#include "sampo/actor/base/str_cat.h"

namespace sampo::journal_tool {
namespace {

// Chosen, not measured: what an eye can follow, and what a log can bear.
constexpr int64_t kTerminalNanos = 200'000'000;
constexpr int64_t kLogNanos = 10'000'000'000;

}  // namespace

Progress::Progress(std::ostream& stream, const ProgressOptions& options)
    : stream_(stream), options_(options), told_at_(options.clock->NowNanos()) {}

Progress::~Progress() { Clear(); }

void Progress::Tell(const persistence::offline::ProgressStep& step) {
  const int64_t now = options_.clock->NowNanos();
  if (now - told_at_ < (options_.terminal ? kTerminalNanos : kLogNanos)) return;
  told_at_ = now;
  std::string line = StrCat(step.what, ": ", step.done);
  if (step.total > 0) StrAppend(line, " of ", step.total);
  if (!options_.terminal) {
    stream_ << "journal: " << line << std::endl;
    return;
  }
  Clear();
  line_length_ = line.size();
  stream_ << line << std::flush;
}

void Progress::Clear() {
  if (line_length_ == 0) return;
  stream_ << '\r' << std::string(line_length_, ' ') << '\r' << std::flush;
  line_length_ = 0;
}

}  // namespace sampo::journal_tool
