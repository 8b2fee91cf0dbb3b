// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DamageSearch: where an array goes on behind an element that is no JSON, and with which number.
//
// Every explanation by one wrong byte is followed: a byte that is lost, one that is too many, one
// that was another. Each is a reading of the text, and most come to an end soon, because the text
// behind does not go on as JSON. Where all that are left say that the same element, with the same
// number, begins at the same place, that is certain and reading goes on there. Two readings are
// left out because no damage is likely to look like them: one in which an element has a field of a
// flight twice, and one that has two elements more which are no flights than another reading.
// Where the readings never agree, or there is none, nobody can tell the numbers of what follows.
// Threads: one at a time. Memory: kReadingsMax readings. Time: linear, kLookAheadBytes at most
// behind the place where the text stops to be JSON.
//
//   DamageSearch search(scan_in_front);
//   DamageSearch::Verdict verdict;
//   for (size_t i = 0; (verdict = search.verdict()) == Verdict::kGoing; ++i) search.Take(text[i]);
//   if (verdict == Verdict::kFound) GoOn(search.place(), search.number());
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_DAMAGE_SEARCH_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_DAMAGE_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sampo/samples/flightboard/array_scan.h"

namespace flightboard {

class DamageSearch {
 public:
  static constexpr size_t kReadingsMax = 256;
  static constexpr size_t kLookAheadBytes = 16 * 1024;

  enum class Verdict : uint8_t {
    kGoing,      // Take what follows
    kFound,      // place() and number() are certain
    kUncertain,  // several readings go on, with other numbers
    kNone,       // more than one byte is wrong
  };

  // `from`: in front of the damage, with at least one whole element between, if there is one: the
  // damage may be the end of that.
  explicit DamageSearch(ArrayScan from) : from_(std::move(from)) {}

  // The bytes from there on, first those up to the damage.
  void Take(char next);
  // There are no more. Not kGoing afterwards.
  void FinishInput();
  Verdict verdict() const { return verdict_; }
  // How many bytes were taken.
  size_t taken() const { return taken_; }

  // Of kFound: where the next element begins, or the array ends, counted from the first byte; and
  // the number of that element.
  size_t place() const { return found_.place; }
  int64_t number() const { return found_.number; }

 private:
  struct Begin {
    size_t place = 0;
    int64_t number = 0;  // 0: of none
    friend bool operator==(const Begin&, const Begin&) = default;
  };
  struct Reading {
    ArrayScan scan;
    // Of the first elements that begin behind the wrong byte. Two, because one reading may say that
    // it was lost where another one has an element.
    std::array<Begin, 2> begins = {};
    friend bool operator==(const Reading&, const Reading&) = default;
  };

  void Branch(char next, const ArrayScan* as_it_is);
  bool GoOn(Reading& reading, char next) const;
  void Judge();
  bool Agree();
  bool NeverWill() const;

  std::optional<ArrayScan> from_;  // without a wrong byte; nothing: that is impossible
  std::vector<Reading> readings_;  // with one
  size_t taken_ = 0;
  size_t impossible_at_ = 0;
  Verdict verdict_ = Verdict::kGoing;
  Begin found_;
};

// Where more than one byte of an element is wrong: how many bytes of `text` there are, from its
// begin, to the next flight. Nothing, if those could be more than one element, or none.
// `is_behind_flight`: they can't be the rest of what is in front of them.
std::optional<size_t> BytesToFlight(std::string_view text, bool is_behind_flight);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_DAMAGE_SEARCH_H_
