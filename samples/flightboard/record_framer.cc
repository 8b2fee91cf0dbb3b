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
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// `text` without the space in front.
std::string_view AfterSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

bool BeginsRecord(std::string_view text) {
  if (!text.starts_with('{')) return false;
  text = AfterSpace(text.substr(1));
  return text.empty() || text.front() == '"' || text.front() == '}';
}

// Whether a record may end in front of `text`.
bool IsBehindRecord(std::string_view text) {
  text = AfterSpace(text);
  if (text.starts_with(',')) text = AfterSpace(text.substr(1));
  if (text.starts_with(']')) text = AfterSpace(text.substr(1));
  return text.empty() || BeginsRecord(text);
}

// How many bytes the record at the begin of `text` has if its quotes can't be trusted: up to the
// '}' that balances its braces, those in strings too. npos: it has no such end.
size_t EndWithoutQuotes(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] != '}' || (depth == 1 && !IsBehindRecord(text.substr(i + 1)))) continue;
    if (--depth == 0) return i + 1;
  }
  return std::string_view::npos;
}

}  // namespace

void RecordFramer::Feed(std::string_view bytes) {
  begin_ += std::exchange(record_bytes_, 0);
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_.append(bytes);
}

RecordFramer::Step RecordFramer::Next() {
  begin_ += std::exchange(record_bytes_, 0);
  if (over_) return {.kind = Kind::kEnd};
  if (form_ == Form::kStart) {
    const std::string_view head = rest().substr(0, kByteOrderMark.size());
    const bool is_whole = head == kByteOrderMark;
    if (!is_whole && !finished_ && kByteOrderMark.starts_with(head)) return {};
    if (is_whole) begin_ += head.size();
    form_ = Form::kUnknown;
  }
  if (form_ == Form::kUnknown) {
    begin_ = std::min(buffer_.find_first_not_of(kSpace, begin_), buffer_.size());
    if (begin_ == buffer_.size()) {
      over_ = finished_;
      return {.kind = finished_ ? Kind::kEnd : Kind::kNeedMore};
    }
    form_ = buffer_[begin_] == '[' ? Form::kArray : Form::kLines;
  }
  return form_ == Form::kLines ? NextLine() : NextInArray();
}

RecordFramer::Step RecordFramer::NextInArray() {
  for (;;) {
    if (skipping_object_ && !SkipObject() && !finished_) return {};
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
    if (buffer_[begin_] == '"' && expect_ != Expect::kNothing) {
      if (std::optional<Step> step = SkipString()) return *std::move(step);
    }
    if (std::optional<Step> damage = Separator(buffer_[begin_])) return *std::move(damage);
  }
}

// Takes one separator, or reports what stands in its place.
std::optional<RecordFramer::Step> RecordFramer::Separator(char next) {
  switch (expect_) {
    case Expect::kArray:
      expect_ = Expect::kRecordOrEnd;  // it is '[', which made it an array
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
      return Step{.kind = Kind::kCut, .reason = "there is text after the end of the array"};
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

// Takes a byte of an object into account; true: it is the last one.
bool RecordFramer::IsLastOfObject(char next) {
  if (in_string_) {
    in_string_ = escaped_ || next != '"';
    escaped_ = !escaped_ && next == '\\';
  } else if (next == '"') {
    in_string_ = true;
  } else if (next == '{') {
    ++depth_;
  } else if (next == '}') {
    return --depth_ == 0;
  }
  return false;
}

// Scans from '{' to its '}'.
RecordFramer::Step RecordFramer::Object() {
  for (; scanned_ < kRecordBytesMax; ++scanned_) {
    if (begin_ + scanned_ >= buffer_.size()) {
      return finished_ ? OpenObject() : Step{.kind = Kind::kNeedMore};
    }
    if (IsLastOfObject(buffer_[begin_ + scanned_])) {
      expect_ = Expect::kSeparator;
      return Record(scanned_ + 1, scanned_ + 1);
    }
  }
  return LongObject();
}

// The input has ended within the object at begin_: it was cut there, or the object is broken.
RecordFramer::Step RecordFramer::OpenObject() {
  const size_t end = EndWithoutQuotes(rest());
  if (end != std::string_view::npos) {
    SkipTo(end);
    return Damage("a quote or a '}' in it is missing");
  }
  over_ = true;
  ++record_number_;
  return {.kind = Kind::kCut, .reason = "the input ends within it", .is_open = true};
}

RecordFramer::Step RecordFramer::LongObject() {
  const size_t end = EndWithoutQuotes(rest().substr(0, kRecordBytesMax));
  if (end != std::string_view::npos) {
    SkipTo(end);
  } else {
    begin_ += std::exchange(scanned_, 0);
    skipping_object_ = true;
    expect_ = Expect::kSeparator;
  }
  return Damage("it is too long, or a quote in it is missing");
}

// Goes on behind the first `bytes` of the object at begin_.
void RecordFramer::SkipTo(size_t bytes) {
  begin_ += bytes;
  scanned_ = 0;
  depth_ = 0;
  in_string_ = false;
  escaped_ = false;
  expect_ = Expect::kSeparator;
}

// Goes on with the object that is too long, of which nothing is kept; true: that was its end.
bool RecordFramer::SkipObject() {
  while (begin_ < buffer_.size() && skipping_object_) {
    skipping_object_ = !IsLastOfObject(buffer_[begin_++]);
  }
  return !skipping_object_;
}

// Skips the string at begin_, which is no record. Nothing: it is a quote that does not belong
// there, because what seems to be its string goes on into a record.
std::optional<RecordFramer::Step> RecordFramer::SkipString() {
  const std::string_view text = rest().substr(0, kRecordBytesMax);
  bool escaped = false;
  size_t end = 1;
  for (; end < text.size() && (escaped || text[end] != '"'); ++end) {
    escaped = !escaped && text[end] == '\\';
  }
  if (end == text.size()) {
    return finished_ || end == kRecordBytesMax ? std::nullopt : std::optional(Step());
  }
  const size_t last = text.find_last_not_of(kSpace, end - 1);
  if (text[last] == '{') return std::nullopt;
  Step step = Unexpected(expect_ == Expect::kSeparator ? "',' or ']'" : "a record", '"');
  begin_ += end;
  return step;
}

void RecordFramer::Resync() {
  scanned_ = 0;
  if (form_ == Form::kLines) return;
  const size_t whole = std::exchange(record_bytes_, 0);
  SkipTo(std::min(whole, EndWithoutQuotes(rest().substr(0, whole))));
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
      const size_t text_begin = line.find_first_not_of(kSpace);
      begin_ += text_begin;
      Step step = Record(text_end + 1 - text_begin, line_bytes - text_begin);
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
