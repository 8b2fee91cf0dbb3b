// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Where a record of a JSON array ends: BracketScan for one that may be JSON, DamagedEnd for one
// that can't be.
//
// Why two: in JSON the brackets decide, those in strings do not count. Where a bracket or a quote
// is missing or too many, that leads anywhere; then records must be told apart by how they look,
// and a record that is damaged must cost one number, because those behind it keep theirs for ever.
// Threads: values and pure functions.
//
//   BracketScan scan;
//   while (scan.Take(text[i]) == BracketScan::Seen::kInside) ++i;
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RECORD_END_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RECORD_END_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace flightboard {

// Follows an object or an array from its first byte. Memory: a byte for each bracket that is open.
class BracketScan {
 public:
  enum class Seen : uint8_t {
    kInside,
    kEnd,     // this byte is the last one
    kDamage,  // no JSON has this byte here
  };
  Seen Take(char next);

 private:
  Seen TakeStructure(char next);

  std::string open_;  // '{' and '['
  char last_ = 0;     // that is no space; '"' behind a string
  bool in_string_ = false;
  bool escaped_ = false;
};

// What a look at some text says, of which more may come.
enum class Look : uint8_t { kNo, kYes, kNeedMore };

// `text` without the space in front.
std::string_view AfterSpace(std::string_view text);
// Whether `text` is '{' and `key`, which has its first quote; an empty one is any, or "{}".
// `is_all`: nothing comes behind it.
Look BeginsRecord(std::string_view text, std::string_view key, bool is_all);
// Whether a record may end in front of `text`.
Look IsBehindRecord(std::string_view text, std::string_view key, bool is_all);

// How many bytes the damaged record at the begin of `text` has. Its quotes are not trusted, its
// first '{' may be missing. It ends with a '}' of its own, or where a record begins directly within
// it, which says that its '}' is missing; `key` is what records here begin with.
struct End {
  Look found = Look::kNo;
  size_t bytes = 0;
};
End DamagedEnd(std::string_view text, std::string_view key, bool is_all);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_END_H_
