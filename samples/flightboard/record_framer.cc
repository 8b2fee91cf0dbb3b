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

}  // namespace

void RecordFramer::NoteBad() {
  front_is_bad_ = true;
  key_ = key_in_front_;
}

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
    if (skipping_ && !SkipLong() && !finished_) return {};
    begin_ = std::min(buffer_.find_first_not_of(kSpace, begin_), buffer_.size());
    if (begin_ == buffer_.size()) {
      if (!finished_) return {.kind = Kind::kNeedMore};
      over_ = true;
      if (expect_ == Expect::kNothing) return {.kind = Kind::kEnd};
      return {.kind = Kind::kCut, .reason = "the input ends before its array does"};
    }
    const char next = buffer_[begin_];
    if (expect_ == Expect::kNothing) {
      over_ = true;
      return {.kind = Kind::kCut, .reason = "there is text after the end of the array"};
    }
    // A separator that is missing or too many costs no record, nor does a stray '}'.
    if (next == ']') {
      expect_ = Expect::kNothing;
    } else if (next != ',' && next != '}' && expect_ == Expect::kElements) {
      if (std::optional<Step> step = Element(next)) return *std::move(step);
      continue;
    }
    if (expect_ == Expect::kArray) expect_ = Expect::kElements;
    ++begin_;
  }
}

// The element at begin_. Nothing: it was skipped, and has no number of its own.
std::optional<RecordFramer::Step> RecordFramer::Element(char first) {
  if (is_damaged_) return Damaged();
  if (first == '{' || first == '[') return Brackets(first);
  const std::string_view text = rest().substr(0, kRecordBytesMax);
  const bool is_all = finished_ || text.size() == kRecordBytesMax;
  size_t end = std::min(text.find_first_of(" \t\r\n,[]{}\"", 1), text.size());
  if (first == '"') {
    end = 1;
    for (bool escaped = false; end < text.size() && (escaped || text[end] != '"'); ++end) {
      escaped = !escaped && text[end] == '\\';
    }
    end = std::min(end + 1, text.size());
  }
  const std::string_view behind = AfterSpace(text.substr(end));
  if (behind.empty() && !is_all) return Step();
  if (behind.starts_with(',') || behind.starts_with(']')) {
    begin_ += end;
    return Damage(absl::StrCat("expected an object, found ", Printable(text.substr(0, end))));
  }
  if (first == '"' && !behind.starts_with(':')) {
    ++begin_;  // a stray quote: what seems to be its string goes on into a record
    return std::nullopt;
  }
  is_damaged_ = true;
  return Damaged();
}

// Scans from a bracket to the one that closes it.
RecordFramer::Step RecordFramer::Brackets(char first) {
  while (scanned_ < kRecordBytesMax) {
    if (begin_ + scanned_ >= buffer_.size()) {
      if (!finished_) return {};
      is_damaged_ = true;
      return *Damaged();
    }
    const BracketScan::Seen seen = scan_.Take(buffer_[begin_ + scanned_]);
    ++scanned_;
    if (seen == BracketScan::Seen::kInside) continue;
    is_damaged_ = seen == BracketScan::Seen::kDamage;
    if (is_damaged_) return *Damaged();
    return Whole(first, scanned_);
  }
  return Long();
}

// The brackets of the element at begin_ are closed after `bytes`.
RecordFramer::Step RecordFramer::Whole(char first, size_t bytes) {
  const std::string_view behind = AfterSpace(rest().substr(bytes));
  const bool is_separated = behind.starts_with(',') || behind.starts_with(']');
  const Look ends = is_separated ? Look::kYes : BeginsRecord(behind, "", finished_);
  if (ends == Look::kNeedMore) {
    // The last byte is looked at again, with what is behind it.
    SkipTo(0);
    return {};
  }
  if (ends == Look::kNo) {
    is_damaged_ = true;
    return *Damaged();
  }
  if (first == '{') {
    SkipTo(0);
    const std::string_view key = AfterSpace(rest().substr(1, bytes - 1));
    key_in_front_ = key_;
    if (key.starts_with('"')) key_ = key.substr(0, key.find('"', 1));
    return Record(bytes, bytes);
  }
  SkipTo(bytes);
  return Damage("expected an object, found an array");
}

// Skips the element at begin_, which is no JSON.
std::optional<RecordFramer::Step> RecordFramer::Damaged() {
  const std::string_view text = rest().substr(0, kRecordBytesMax);
  const bool is_long = text.size() == kRecordBytesMax;
  const End end = DamagedEnd(text, key_, finished_ || is_long);
  if (end.found == Look::kNeedMore) return Step();
  // What has no '{' behind a bad record is the rest of that one.
  const bool is_rest = front_is_bad_ && text.front() != '{' && text.front() != '[';
  if (end.found == Look::kYes) {
    SkipTo(end.bytes);
    if (is_rest) return std::nullopt;
    return Damage("it is no JSON: a bracket or a quote in it is missing or too many");
  }
  if (is_long) return Long();
  over_ = true;
  ++record_number_;
  return Step{.kind = Kind::kCut, .reason = "the input ends within it", .is_open = true};
}

// Of the element at begin_ nothing is kept but that it is there.
RecordFramer::Step RecordFramer::Long() {
  begin_ += std::exchange(scanned_, 0);
  skipping_ = true;
  return Damage(absl::StrCat("it has more than ", kRecordBytesMax, " bytes"));
}

// Goes on with the element that is too long; true: that was its end.
bool RecordFramer::SkipLong() {
  for (; begin_ < buffer_.size() && !is_damaged_; ++begin_) {
    const BracketScan::Seen seen = scan_.Take(buffer_[begin_]);
    is_damaged_ = seen == BracketScan::Seen::kDamage;
    if (seen != BracketScan::Seen::kEnd) continue;
    SkipTo(1);
    return true;
  }
  // Nothing of it can be trusted: the next record is what looks like one behind another.
  for (; begin_ < buffer_.size(); ++begin_) {
    if (buffer_[begin_] != '}') continue;
    const Look ends = IsBehindRecord(rest().substr(1), key_, finished_);
    if (ends == Look::kNeedMore) return false;
    if (ends == Look::kNo) continue;
    SkipTo(1);
    return true;
  }
  return false;
}

// Goes on behind the first `bytes` of the element at begin_.
void RecordFramer::SkipTo(size_t bytes) {
  begin_ += bytes;
  scanned_ = 0;
  scan_ = BracketScan();
  is_damaged_ = false;
  skipping_ = false;
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
  front_is_bad_ = false;
  scanned_ = 0;
  record_bytes_ = record_bytes;
  return {.kind = Kind::kRecord, .text = rest().substr(0, text_bytes)};
}

RecordFramer::Step RecordFramer::Damage(std::string reason) {
  ++record_number_;
  front_is_bad_ = true;
  return {.kind = Kind::kDamage, .reason = std::move(reason)};
}

}  // namespace flightboard
