// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/array_scan.h"

#include <array>
#include <bit>
#include <string_view>

namespace flightboard {
namespace {

// The fields of a flight, and the words that may be elements.
constexpr std::array<std::string_view, 8> kNames = {"date",        "delay", "distance", "origin",
                                                    "destination", "true",  "false",    "null"};
constexpr uint8_t kFlightFields = 0b00011111;
constexpr uint8_t kWords = 0b11100000;
constexpr uint8_t kNumber = 0xff;  // instead of how many bytes match

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsInWord(char c) {
  return !IsSpace(c) && std::string_view(",:[]{}\"\\").find(c) == std::string_view::npos;
}

bool BeginsNumber(char c) { return c == '-' || (c >= '0' && c <= '9'); }

// The names of which `matched` bytes are all.
uint8_t Whole(uint8_t names, uint8_t matched) {
  uint8_t whole = 0;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if ((names >> i & 1) != 0 && kNames[i].size() == matched) whole |= 1 << i;
  }
  return whole;
}

}  // namespace

bool ArrayScan::is_flight() const { return fields_ == kFlightFields; }

bool ArrayScan::Take(char next) {
  if (is_in_string()) return TakeInString(next);
  if (mode_ == Mode::kWord) {
    if (IsInWord(next)) {
      if (depth() > 1 || matched_ == kNumber) return true;
      Match(next);
      return names_ != 0;
    }
    if (depth() == 1 && matched_ != kNumber && Whole(names_, matched_) == 0) return false;
    EndValue();
  }
  return IsSpace(next) || TakeStructure(next);
}

bool ArrayScan::TakeInString(char next) {
  if (escaped_ || next == '\\') {
    escaped_ = !escaped_;
    names_ = 0;
  } else if (next != '"') {
    Match(next);
  } else if (mode_ == Mode::kString) {
    EndValue();
  } else {
    const uint8_t field = Whole(names_, matched_) & kFlightFields;
    repeats_field_ = repeats_field_ || (fields_ & field) != 0;
    fields_ |= field;
    names_ = matched_ = 0;
    mode_ = Mode::kColon;
  }
  return true;
}

bool ArrayScan::TakeStructure(char next) {
  if (mode_ == Mode::kOver) return false;
  const bool takes_value = mode_ == Mode::kFirst || mode_ == Mode::kNext || mode_ == Mode::kValue;
  switch (next) {
    case '{':
    case '[':
      if (!takes_value || depth() == kDepthMax) return false;
      BeginValue();
      open_.push_back(next);
      mode_ = next == '{' ? Mode::kFirstKey : Mode::kFirst;
      return true;
    case '}':
      if (open_.back() != '{' || (mode_ != Mode::kFirstKey && mode_ != Mode::kAfter)) return false;
      open_.pop_back();
      EndValue();
      return true;
    case ']':
      if (open_.back() != '[' || (mode_ != Mode::kFirst && mode_ != Mode::kAfter)) return false;
      open_.pop_back();
      if (open_.empty()) {
        mode_ = Mode::kOver;
      } else {
        EndValue();
      }
      return true;
    case '"':
      if (mode_ == Mode::kFirstKey || mode_ == Mode::kNextKey) {
        mode_ = Mode::kKey;
        names_ = depth() == 2 ? kFlightFields : 0;
        return true;
      }
      if (!takes_value) return false;
      BeginValue();
      mode_ = Mode::kString;
      return true;
    case ',':
      if (mode_ != Mode::kAfter) return false;
      mode_ = open_.back() == '{' ? Mode::kNextKey : Mode::kNext;
      return true;
    case ':':
      if (mode_ != Mode::kColon) return false;
      mode_ = Mode::kValue;
      return true;
    default:
      break;
  }
  if (!takes_value || next == '\\') return false;
  BeginValue();
  mode_ = Mode::kWord;
  if (depth() > 1) return true;
  if (BeginsNumber(next)) {
    matched_ = kNumber;
    return true;
  }
  names_ = kWords;
  Match(next);
  return names_ != 0;
}

void ArrayScan::BeginValue() {
  if (depth() > 1) return;
  ++elements_;
  fields_ = 0;
  repeats_field_ = false;
}

void ArrayScan::EndValue() {
  mode_ = Mode::kAfter;
  names_ = matched_ = 0;
  if (depth() == 1 && !is_flight()) ++others_;
}

void ArrayScan::Match(char next) {
  if (names_ == 0) return;
  for (unsigned left = names_; left != 0; left &= left - 1) {
    const int i = std::countr_zero(left);
    const std::string_view name = kNames[static_cast<size_t>(i)];
    const bool fits = matched_ < name.size() && name[matched_] == next;
    if (!fits) names_ &= static_cast<uint8_t>(~(1U << i));
  }
  matched_ = names_ == 0 ? 0 : matched_ + 1;
}

}  // namespace flightboard
