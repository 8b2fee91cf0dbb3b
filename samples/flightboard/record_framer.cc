// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/record_framer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

void RecordFramer::Feed(std::string_view bytes) {
  begin_ += std::exchange(record_bytes_, 0);
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_.append(bytes);
}

RecordFramer::Step RecordFramer::Next() {
  begin_ += std::exchange(record_bytes_, 0);
  if (over_) return {.kind = Kind::kEnd};
  if (form_ == Form::kUnknown) {
    begin_ = std::min(buffer_.find_first_not_of(kSpace, begin_), buffer_.size());
    if (begin_ == buffer_.size()) {
      over_ = finished_;
      return {.kind = finished_ ? Kind::kEnd : Kind::kNeedMore};
    }
    form_ = buffer_[begin_] == '{' ? Form::kLines : Form::kArray;
  }
  return form_ == Form::kLines ? NextLine() : NextInArray();
}

RecordFramer::Step RecordFramer::NextInArray() {
  for (;;) {
    const size_t next = buffer_.find_first_not_of(kSpace, begin_);
    begin_ = std::min(next, buffer_.size());
    if (std::exchange(skipping_, false)) {
      begin_ = std::min(buffer_.find_first_of(",]{", begin_), buffer_.size());
      skipping_ = begin_ == buffer_.size();
    }
    if (begin_ == buffer_.size()) {
      if (!finished_) return {.kind = Kind::kNeedMore};
      over_ = true;
      if (expect_ == Expect::kNothing) return {.kind = Kind::kEnd};
      return {.kind = Kind::kCut, .reason = "the input ends before its array does"};
    }
    // A separator that is missing costs no record.
    if (buffer_[begin_] == '{' && expect_ != Expect::kNothing) return Object();
    if (std::optional<Step> damage = Separator(buffer_[begin_])) return *std::move(damage);
  }
}

// Takes one separator, or reports what stands in its place.
std::optional<RecordFramer::Step> RecordFramer::Separator(char next) {
  switch (expect_) {
    case Expect::kArray:
      expect_ = Expect::kRecordOrEnd;
      if (next != '[') return Unexpected("'['", next);
      break;
    case Expect::kRecordOrEnd:
      if (next != ']') return Unexpected("a record or ']'", next);
      expect_ = Expect::kNothing;
      break;
    case Expect::kRecord:
      return Unexpected("a record", next);
    case Expect::kSeparator:
      if (next != ',' && next != ']') return Unexpected("',' or ']'", next);
      expect_ = next == ',' ? Expect::kRecord : Expect::kNothing;
      break;
    case Expect::kNothing:
      over_ = true;
      return Damage("there is text after the end of the array");
  }
  ++begin_;
  return std::nullopt;
}

// Skips what can't be part of a flight, so that the next call looks at something else.
RecordFramer::Step RecordFramer::Unexpected(const char* expected, char found) {
  ++begin_;
  expect_ = found == ',' ? Expect::kRecord : found == ']' ? Expect::kNothing : Expect::kSeparator;
  skipping_ = expect_ == Expect::kSeparator;
  return Damage(absl::StrCat("expected ", expected, ", found '",
                             Printable(std::string_view(&found, 1)), "'"));
}

// Scans from '{' to its '}'.
RecordFramer::Step RecordFramer::Object() {
  for (; scanned_ < kRecordBytesMax; ++scanned_) {
    if (begin_ + scanned_ >= buffer_.size()) {
      return finished_ ? OpenObject() : Step{.kind = Kind::kNeedMore};
    }
    const char next = buffer_[begin_ + scanned_];
    if (in_string_) {
      if (next == '\\') ++scanned_;
      if (next == '"') in_string_ = false;
    } else if (next == '"') {
      in_string_ = true;
    } else if (next == '{') {
      ++depth_;
    } else if (next == '}' && --depth_ == 0) {
      expect_ = Expect::kSeparator;
      return Record(scanned_ + 1, scanned_ + 1);
    }
  }
  return BrokenObject("it is too long, or a quote in it is missing");
}

// The input has ended within the object at begin_: it was cut there, or the object is broken.
RecordFramer::Step RecordFramer::OpenObject() {
  if (rest().find('}') != std::string_view::npos) {
    return BrokenObject("a quote or a '}' in it is missing");
  }
  over_ = true;
  ++record_number_;
  return {.kind = Kind::kCut, .reason = "the input ends within it", .is_open = true};
}

// The object at begin_ has no end that can be trusted: gives up its part up to the first '}'.
RecordFramer::Step RecordFramer::BrokenObject(const char* reason) {
  record_bytes_ = std::min(rest().size(), kRecordBytesMax);
  Resync();
  return Damage(reason);
}

void RecordFramer::Resync() {
  scanned_ = 0;
  depth_ = 0;
  in_string_ = false;
  if (form_ == Form::kLines) return;
  const std::string_view record = rest().substr(0, std::exchange(record_bytes_, 0));
  const size_t end = record.find('}');
  begin_ += end == std::string_view::npos ? record.size() : end + 1;
  expect_ = Expect::kSeparator;
}

RecordFramer::Step RecordFramer::NextLine() {
  for (;;) {
    const size_t newline = rest().find('\n', scanned_);
    const bool is_whole = newline != std::string_view::npos;
    if (!is_whole && !finished_) {
      scanned_ = rest().size();
      // Of a line that is too long nothing is kept but that it is.
      if (scanned_ > kRecordBytesMax || skipping_) {
        skipping_ = true;
        begin_ = buffer_.size();
        scanned_ = 0;
      }
      return {.kind = Kind::kNeedMore};
    }
    const size_t line_bytes = is_whole ? newline + 1 : rest().size();
    std::string_view line = rest().substr(0, line_bytes);
    const size_t text_end = line.find_last_not_of(kSpace);
    scanned_ = 0;
    if (std::exchange(skipping_, false) || line_bytes > kRecordBytesMax) {
      begin_ += line_bytes;
      return Damage("it is too long");
    }
    if (text_end != std::string_view::npos) {
      Step step = Record(text_end + 1, line_bytes);
      step.is_open = !is_whole;
      return step;
    }
    begin_ += line_bytes;
    if (!is_whole) {
      over_ = true;
      return {.kind = Kind::kEnd};
    }
  }
}

RecordFramer::Step RecordFramer::Record(size_t text_bytes, size_t record_bytes) {
  ++record_number_;
  scanned_ = 0;
  record_bytes_ = record_bytes;
  return {.kind = Kind::kRecord, .text = rest().substr(0, text_bytes)};
}

RecordFramer::Step RecordFramer::Damage(std::string reason) {
  ++record_number_;
  return {.kind = Kind::kDamage, .reason = std::move(reason)};
}

}  // namespace flightboard
