// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ArrayScan: follows the text of a JSON array byte by byte, from behind its '[', and says which
// byte no JSON array has there.
//
// Why not a JSON parser: this one is a value, so that DamageSearch can follow many readings of one
// text. It checks what decides where elements begin and end: brackets, quotes, commas, colons, and
// words where they are elements. What is in strings and numbers is left to who parses an element.
// It also notices which fields of a flight an element has: an object without them is no flight.
// Threads: a value. Memory: a byte for each bracket that is open, kDepthMax at most.
//
//   ArrayScan scan;
//   for (char next : text) if (!scan.Take(next)) return Damaged();
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_ARRAY_SCAN_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_ARRAY_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace flightboard {

class ArrayScan {
 public:
  static constexpr size_t kDepthMax = 16 * 1024;

  // Behind the '[', or behind a whole element, the one with number `elements`, and its comma.
  explicit ArrayScan(int64_t elements = 0) : elements_(elements) {}

  // Whether a JSON array may have this byte here. Where not, the value is of no more use.
  bool Take(char next);

  // The elements that have begun.
  int64_t elements() const { return elements_; }
  // The whole ones that have not all fields of a flight.
  int64_t others() const { return others_; }
  // Brackets that are open, that of the array too.
  size_t depth() const { return open_.size(); }
  // In no element.
  bool is_between() const { return depth() == 1 && mode_ <= Mode::kAfter; }
  // Behind a comma, or behind the begin.
  bool expects_element() const { return depth() == 1 && mode_ <= Mode::kNext; }
  bool is_over() const { return mode_ == Mode::kOver; }
  bool is_in_string() const { return mode_ == Mode::kString || mode_ == Mode::kKey; }
  // The element has a field of a flight twice.
  bool repeats_field() const { return repeats_field_; }
  // The element has, or the last one had, all fields of a flight directly in its object.
  bool is_flight() const;
  // Both are directly in the array, and take the same bytes.
  bool IsBetweenLike(const ArrayScan& other) const {
    return is_between() && other.is_between() && mode_ == other.mode_;
  }

  friend bool operator==(const ArrayScan&, const ArrayScan&) = default;

 private:
  enum class Mode : uint8_t {
    kFirst,  // behind '['
    kNext,   // behind a comma of an array
    kAfter,  // behind a value
    kFirstKey,
    kNextKey,
    kKey,
    kColon,
    kValue,
    kString,
    kWord,
    kOver,
  };

  bool TakeInString(char next);
  bool TakeStructure(char next);
  void BeginValue();
  void EndValue();
  void Match(char next);

  Mode mode_ = Mode::kFirst;
  bool escaped_ = false;
  bool repeats_field_ = false;
  uint8_t fields_ = 0;  // of the element: a bit for each name it had
  // Of the key or word: the names that it may still be, a bit each, and how many bytes it has.
  uint8_t names_ = 0;
  uint8_t matched_ = 0;
  std::string open_ = "[";
  int64_t elements_ = 0;
  int64_t others_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_ARRAY_SCAN_H_
