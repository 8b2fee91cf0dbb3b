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

// Whether `text` is the begin of an object, and no more than that.
bool LacksEnd(std::string_view text) {
  ArrayScan scan;
  return text.starts_with('{') && std::ranges::all_of(text, [&](char c) { return scan.Take(c); }) &&
         !scan.is_between();
}

}  // namespace

void RecordFramer::Feed(std::string_view bytes) {
  if (form_ == Form::kArray) {
    if (skipping_) Forget();
    // Not each time, because that would copy what is kept for each piece.
    if (base_ >= buffer_.size() / 2) buffer_.erase(0, std::exchange(base_, 0));
  } else {
    begin_ += std::exchange(record_bytes_, 0);
    buffer_.erase(0, std::exchange(begin_, 0));
  }
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
    base_ = begin_ + 1;
  }
  return form_ == Form::kLines ? NextLine() : NextInArray();
}

RecordFramer::Step RecordFramer::NextInArray() {
  for (;;) {
    if (record_number_ < damaged_until_) {
      return Damage("it is no JSON: a byte of it is wrong, missing or too many");
    }
    std::optional<Step> step;
    if (search_.has_value()) {
      step = Search();
    } else if (at_ < kept().size()) {
      step = Scan(kept()[at_]);
    } else {
      return finished_ ? AtEnd() : Step();
    }
    if (step.has_value()) return *std::move(step);
  }
}

// Goes on by one byte. Nothing: it gives nothing to return.
std::optional<RecordFramer::Step> RecordFramer::Scan(char next) {
  const bool was_between = scan_.is_between();
  const bool was_over = scan_.is_over();
  // Copied only where it may be needed: this runs for each byte.
  std::optional<ArrayScan> before;
  if (was_between) before = scan_;
  if (!scan_.Take(next)) {
    if (was_over && next != ',' && next != '{') {
      over_ = true;
      return Step{.kind = Kind::kCut, .reason = "there is text after the end of the array"};
    }
    return Damaged(was_between && !is_other_ ? &*before : nullptr);
  }
  ++at_;
  const bool is_between = scan_.is_between();
  if (was_between && !is_between && !scan_.is_over()) Begin(next, *std::move(before));
  if (skipping_) {
    if (!is_between && !scan_.is_over()) return std::nullopt;
    skipping_ = false;
    Forget();
    return std::nullopt;
  }
  const std::string_view element = kept().substr(current_.at, at_ - current_.at);
  if (!was_between && is_between && !is_other_) {
    ++record_number_;
    return Step{.kind = Kind::kRecord, .text = element};
  }
  // Only what is behind it says that it is one, and not a record that lacks its '{'.
  if (is_other_ && (scan_.is_over() || scan_.expects_element())) {
    is_other_ = false;
    const std::string_view text =
        element.substr(0, element.find_last_not_of(kSpace, element.size() - 2) + 1);
    return Damage(absl::StrCat("expected an object, found ",
                               text.front() == '[' ? "an array" : Printable(text)));
  }
  if (element.size() <= kRecordBytesMax) return std::nullopt;
  skipping_ = !is_between && !scan_.is_over();
  const bool is_long = skipping_ || std::exchange(is_other_, false);
  if (!skipping_) Forget();
  if (!is_long) return std::nullopt;
  is_other_ = false;
  return Damage(absl::StrCat("it has more than ", kRecordBytesMax, " bytes"));
}

// An element begins with `first`, which was taken.
void RecordFramer::Begin(char first, ArrayScan before) {
  const size_t unused = current_.at;
  front_ = std::move(current_);
  current_ = {.at = at_ - 1, .scan = std::move(before)};
  is_other_ = first != '{';
  front_.at -= unused;
  current_.at -= unused;
  at_ -= unused;
  base_ += unused;
}

// No JSON has the byte at at_ there. `between`: in front of it, where that is in no element.
std::optional<RecordFramer::Step> RecordFramer::Damaged(const ArrayScan* between) {
  if (skipping_ || front_.is_lost || current_.is_lost) return Uncertain();
  garbage_at_ = between == nullptr ? current_.at : at_;
  is_behind_flight_ = between == nullptr ? current_.scan.others() == front_.scan.others()
                                         : between->expects_element() &&
                                               between->others() == current_.scan.others();
  is_element_ = between == nullptr || between->expects_element();
  search_.emplace(front_.scan);
  return std::nullopt;
}

// Goes on with the search that begins at front_.
std::optional<RecordFramer::Step> RecordFramer::Search() {
  using Verdict = DamageSearch::Verdict;
  const std::string_view text = kept().substr(front_.at);
  while (search_->verdict() == Verdict::kGoing && search_->taken() < text.size()) {
    search_->Take(text[search_->taken()]);
  }
  if (search_->verdict() == Verdict::kGoing) {
    if (!finished_) return Step();
    search_->FinishInput();
  }
  if (search_->verdict() == Verdict::kFound) {
    return GoOnAt(front_.at + search_->place(), search_->number());
  }
  if (search_->verdict() == Verdict::kUncertain || !is_element_) return Uncertain();
  // The same bytes in any case, however they come.
  const std::string_view garbage = kept().substr(garbage_at_, 2 * kRecordBytesMax);
  if (garbage.size() < 2 * kRecordBytesMax && !finished_) return Step();
  const std::optional<size_t> bytes = BytesToFlight(garbage, is_behind_flight_);
  if (!bytes.has_value()) return Uncertain();
  return GoOnAt(garbage_at_ + *bytes, record_number_ + 2);
}

// The record with this number begins there, or the array ends.
std::optional<RecordFramer::Step> RecordFramer::GoOnAt(size_t at, int64_t number) {
  if (number <= record_number_) return Uncertain();
  damaged_until_ = number - 1;
  base_ += at;
  at_ = 0;
  scan_ = ArrayScan(number - 1);
  front_ = current_ = {.scan = scan_};
  is_other_ = false;
  search_.reset();
  return std::nullopt;
}

RecordFramer::Step RecordFramer::Uncertain() {
  over_ = true;
  ++record_number_;
  return {.kind = Kind::kCut,
          .reason =
              "it, or what is beside it, is no JSON, and it is not certain where the next "
              "record begins; nothing behind it is read until it is mended",
          .is_open = true};
}

// Keeps nothing of what was read.
void RecordFramer::Forget() {
  base_ += std::exchange(at_, 0);
  front_ = current_ = {.scan = scan_, .is_lost = true};
}

RecordFramer::Step RecordFramer::AtEnd() {
  over_ = true;
  if (scan_.is_over()) return {.kind = Kind::kEnd};
  if (skipping_ || (scan_.is_between() && !is_other_)) {
    return {.kind = Kind::kCut, .reason = "the input ends before its array does"};
  }
  ++record_number_;
  return {.kind = Kind::kCut, .reason = "the input ends within it", .is_open = true};
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
      const std::string_view text = line.substr(text_begin, text_end + 1 - text_begin);
      record_bytes_ = line_bytes - text_begin;
      ++record_number_;
      return {.kind = Kind::kRecord, .text = text, .is_open = !is_whole && LacksEnd(text)};
    }
    begin_ += line_bytes;
    if (!is_whole) {
      over_ = true;
      return {.kind = Kind::kEnd};
    }
  }
}

RecordFramer::Step RecordFramer::Damage(std::string reason) {
  ++record_number_;
  return {.kind = Kind::kDamage, .reason = std::move(reason)};
}

}  // namespace flightboard
