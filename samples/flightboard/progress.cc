// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/progress.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace flightboard {
namespace {

// Often enough to look alive, seldom enough to cost nothing. Chosen, not measured.
constexpr absl::Duration kBarPeriod = absl::Milliseconds(100);
constexpr absl::Duration kLinePeriod = absl::Seconds(5);
constexpr int64_t kBarWidth = 20;

// "1:02" or "2:03:04".
std::string AsTime(int64_t seconds) {
  const int64_t minutes = seconds / 60;
  if (minutes < 60) return absl::StrFormat("%d:%02d", minutes, seconds % 60);
  return absl::StrFormat("%d:%02d:%02d", minutes / 60, minutes % 60, seconds % 60);
}

std::string Bar(int64_t percent) {
  const int64_t filled = percent * kBarWidth / 100;
  std::string bar(static_cast<size_t>(filled), '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  return "[" + bar + "]";
}

}  // namespace

std::string WithCommas(int64_t number) {
  std::string text = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t i = text.size(); i > first + 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

Progress::Progress(std::ostream& stream, ProgressOptions options)
    : stream_(stream), options_(options) {}

void Progress::Say(std::string_view line) {
  std::lock_guard hold(mutex_);
  const std::string bar = bar_;
  Wipe();
  stream_ << "flightboard: " << line << "\n" << bar << std::flush;
  bar_ = bar;
}

void Progress::Begin(std::optional<int64_t> bytes_total) {
  std::lock_guard hold(mutex_);
  reading_ = true;
  bytes_total_ = bytes_total;
  start_ = drawn_ = options_.now();
}

void Progress::Update(const IngestCounts& counts) {
  std::lock_guard hold(mutex_);
  const absl::Time now = options_.now();
  const absl::Duration period = options_.terminal ? kBarPeriod : kLinePeriod;
  if (!reading_ || now - drawn_ < period) return;
  drawn_ = now;
  const std::string line = absl::StrCat("flightboard: ", Line(counts, now - start_));
  if (!options_.terminal) {
    stream_ << line << std::endl;
    return;
  }
  Wipe();
  stream_ << line << std::flush;
  bar_ = line;
}

void Progress::End() {
  std::lock_guard hold(mutex_);
  reading_ = false;
  Wipe();
  stream_ << std::flush;
}

std::string Progress::Line(const IngestCounts& counts, absl::Duration since_start) const {
  const double seconds = absl::ToDoubleSeconds(since_start);
  const auto per_second =
      seconds > 0 ? static_cast<int64_t>(static_cast<double>(counts.records) / seconds) : 0;
  std::string line;
  // A file may grow while it is read, and what is read runs ahead of what is stored.
  const bool has_total = bytes_total_.value_or(0) > 0;
  const int64_t bytes = has_total ? std::min(counts.bytes, *bytes_total_) : 0;
  if (has_total) {
    const int64_t percent = bytes * 100 / *bytes_total_;
    line = options_.terminal ? Bar(percent) + " " : "";
    absl::StrAppendFormat(&line, "%3d %%  ", percent);
  }
  absl::StrAppend(&line, WithCommas(counts.records), " records  ", WithCommas(per_second), "/s");
  if (bytes > 0) {
    const double rest = static_cast<double>(*bytes_total_ - bytes) / static_cast<double>(bytes);
    absl::StrAppend(&line, "  ", AsTime(static_cast<int64_t>(seconds * rest + 0.5)), " left");
  }
  return line;
}

void Progress::Wipe() {
  if (bar_.empty()) return;
  stream_ << "\r" << std::string(bar_.size(), ' ') << "\r";
  bar_.clear();
}

}  // namespace flightboard
