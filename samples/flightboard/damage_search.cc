// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/damage_search.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace flightboard {
namespace {

// What a wrong byte may have been. All that is no structure has the same effect.
constexpr std::string_view kBytes = "{}[]\",:x";
constexpr std::string_view kBytesInString = "\"x";
// Deeper nothing is searched: each reading has a copy of the brackets.
constexpr size_t kDepthMax = 256;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::array<std::string_view, 5> kFields = {"\"date\"", "\"delay\"", "\"distance\"",
                                                     "\"origin\"", "\"destination\""};

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether `text` can be but one element that is no JSON.
bool IsOneElement(std::string_view text, bool is_behind_flight) {
  const bool is_object = text.starts_with('{');
  if (text.find_first_of("[]") != std::string_view::npos) return false;
  if (!is_object && !is_behind_flight) return false;
  // A '}' and a comma at its end.
  std::string_view inside = text.substr(0, text.find_last_not_of(kSpace) + 1);
  const bool has_comma = inside.ends_with(',');
  if (has_comma) inside.remove_suffix(1);
  inside = inside.substr(0, inside.find_last_not_of(kSpace) + 1);
  if (inside.ends_with('}')) inside.remove_suffix(1);
  if (inside.empty() || Has(inside, "}")) return false;
  bool has_field = false;
  for (const std::string_view field : kFields) {
    const size_t at = inside.find(field);
    if (at == std::string_view::npos) continue;
    has_field = true;
    if (Has(inside.substr(at + 1), field)) return false;
  }
  return has_field || (!is_object && has_comma && !Has(inside, ","));
}

}  // namespace

void DamageSearch::Take(char next) {
  size_t kept = 0;
  for (size_t i = 0; i < readings_.size(); ++i) {
    if (!GoOn(readings_[i], next)) continue;
    const auto end = readings_.begin() + static_cast<ptrdiff_t>(kept);
    if (std::find(readings_.begin(), end, readings_[i]) != end) continue;
    if (i != kept) std::swap(readings_[i], readings_[kept]);
    ++kept;
  }
  readings_.resize(kept);
  if (from_.has_value()) {
    ArrayScan as_it_is = *from_;
    const bool is_possible = as_it_is.Take(next);
    Branch(next, is_possible ? &as_it_is : nullptr);
    if (is_possible) {
      from_ = std::move(as_it_is);
    } else {
      from_.reset();
      impossible_at_ = taken_;
    }
  }
  ++taken_;
  Judge();
}

// Adds all readings in which the byte at the end of what was taken is wrong. `as_it_is`: the text
// with it; null where that is impossible.
void DamageSearch::Branch(char next, const ArrayScan* as_it_is) {
  if (from_->depth() > kDepthMax) return;
  const auto add = [&](Reading reading) {
    // A reading that changes nothing ends where the text itself does.
    if (as_it_is != nullptr && reading.scan == *as_it_is) return;
    if (std::ranges::find(readings_, reading) == readings_.end()) {
      readings_.push_back(std::move(reading));
    }
  };
  add({.scan = *from_});  // it is too many
  for (const char other : from_->is_in_string() ? kBytesInString : kBytes) {
    Reading reading{.scan = *from_};
    if (!reading.scan.Take(other)) continue;
    if (other != next) add(reading);                   // it was `other`
    if (GoOn(reading, next)) add(std::move(reading));  // `other` is lost in front of it
  }
}

// Whether `next` may follow.
bool DamageSearch::GoOn(Reading& reading, char next) const {
  const int64_t before = reading.scan.elements();
  if (!reading.scan.Take(next) || reading.scan.repeats_field()) return false;
  if (reading.scan.elements() > before || (reading.scan.is_over() && next == ']')) {
    Begin& begin = reading.begins[reading.begins[0].number == 0 ? 0 : 1];
    if (begin.number == 0) begin = {taken_, before + 1};
  }
  return true;
}

void DamageSearch::Judge() {
  if (readings_.size() > kReadingsMax) verdict_ = Verdict::kUncertain;
  if (from_.has_value() || verdict_ != Verdict::kGoing) return;
  std::optional<int64_t> fewest;
  for (const Reading& reading : readings_) {
    if (reading.scan.is_between()) {
      fewest = std::min(fewest.value_or(reading.scan.others()), reading.scan.others());
    }
  }
  if (fewest.has_value()) {
    std::erase_if(readings_, [&](const Reading& r) { return r.scan.others() >= *fewest + 2; });
  }
  const bool is_far = taken_ - impossible_at_ > kLookAheadBytes;
  if (is_far) {
    std::erase_if(readings_, [](const Reading& r) { return r.begins[0].number == 0; });
  }
  if (readings_.empty()) {
    verdict_ = Verdict::kNone;
  } else if (Agree()) {
    verdict_ = Verdict::kFound;
  } else if (is_far || NeverWill()) {
    verdict_ = Verdict::kUncertain;
  }
}

// Whether an element is in all readings, and which is the first one of those.
bool DamageSearch::Agree() {
  for (const Begin& begin : readings_.front().begins) {
    const bool is_in_all =
        begin.number > 0 && std::ranges::all_of(readings_, [&](const Reading& reading) {
          return std::ranges::find(reading.begins, begin) != reading.begins.end();
        });
    if (!is_in_all) continue;
    found_ = begin;
    return true;
  }
  return false;
}

// Whether the readings take the same from now on, and count elements differently.
bool DamageSearch::NeverWill() const {
  const ArrayScan& first = readings_.front().scan;
  return std::ranges::all_of(readings_,
                             [&](const Reading& r) { return r.scan.IsBetweenLike(first); }) &&
         std::ranges::any_of(
             readings_, [&](const Reading& r) { return r.scan.elements() != first.elements(); });
}

void DamageSearch::FinishInput() {
  if (verdict_ != Verdict::kGoing) return;
  std::erase_if(readings_, [](const Reading& reading) { return !reading.scan.is_over(); });
  from_.reset();
  Judge();
  if (verdict_ != Verdict::kFound) verdict_ = Verdict::kUncertain;
}

std::optional<size_t> BytesToFlight(std::string_view text, bool is_behind_flight) {
  const size_t flight = text.find('{', 1);
  if (flight == std::string_view::npos) return std::nullopt;
  if (!IsOneElement(text.substr(0, flight), is_behind_flight)) return std::nullopt;
  ArrayScan scan;
  for (const char next : text.substr(flight)) {
    if (!scan.Take(next) || scan.repeats_field()) return std::nullopt;
    if (scan.is_over() || (scan.elements() == 1 && scan.expects_element())) {
      return scan.is_flight() ? std::optional(flight) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace flightboard
