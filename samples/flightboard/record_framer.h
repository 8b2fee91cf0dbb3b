// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecordFramer: finds the objects of a JSON array, or of JSON lines, in bytes that come in pieces.
//
// What the input begins with, behind a byte order mark, decides: '[' is an array, all else is JSON
// lines, one object a line.
// Why not stream/io's JsonFraming: that one ends at the first damage. Here a record keeps its
// number for ever, so each element of the array, whatever it is, counts as one record, and so does
// one that is no JSON, up to its end (record_end.h). Commas that are missing, doubled or in front
// of the end, and a '}' or a quote in front of a record, cost nothing. Of JSON lines a line is a
// record, whatever is in it.
// Threads: one at a time. Lifetime: a record's text is valid until the next call. Memory: one piece
// and one record of at most kRecordBytesMax.
//
//   RecordFramer framer;
//   framer.Feed(bytes);
//   for (RecordFramer::Step step = framer.Next(); step.kind == Kind::kRecord; ...) ...
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RECORD_FRAMER_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RECORD_FRAMER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sampo/samples/flightboard/record_end.h"

namespace flightboard {

class RecordFramer {
 public:
  // A flight has about 90 bytes; the rest is room for fields that are not known here.
  static constexpr size_t kRecordBytesMax = 16 * 1024;

  enum class Kind : uint8_t {
    kNeedMore,  // Feed, or FinishInput
    kRecord,    // `text` is a record
    kDamage,    // something that is no record was skipped, because of `reason`
    kCut,       // the input ends too early, or its array does; nothing comes after it
    kEnd,
  };
  struct Step {
    Kind kind = Kind::kNeedMore;
    std::string_view text = {};
    std::string reason = {};
    // Of kRecord: the last line, without a newline: where it is no JSON, the input was cut.
    // Of kCut: within a record, which has a number.
    bool is_open = false;
  };

  void Feed(std::string_view bytes);
  // No more will come.
  void FinishInput() { finished_ = true; }
  Step Next();
  // The record that Next returned last turned out to be no flight: text behind it that begins none
  // may be a part of it.
  void NoteBad();

  // Records returned and damages reported so far: the number of the current one, from 1.
  int64_t record_number() const { return record_number_; }

 private:
  enum class Form : uint8_t { kStart, kUnknown, kArray, kLines };
  enum class Expect : uint8_t { kArray, kElements, kNothing };

  Step NextInArray();
  std::optional<Step> Element(char first);
  Step Brackets(char first);
  Step Whole(char first, size_t bytes);
  std::optional<Step> Damaged();
  Step Long();
  bool SkipLong();
  void SkipTo(size_t bytes);
  Step NextLine();
  Step Record(size_t text_bytes, size_t record_bytes);
  Step Damage(std::string reason);
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

  std::string buffer_;
  size_t begin_ = 0;         // first byte that was not used
  size_t record_bytes_ = 0;  // of the record that Next returned, which begins at begin_
  bool finished_ = false;
  bool over_ = false;
  Form form_ = Form::kStart;
  Expect expect_ = Expect::kArray;
  bool skipping_ = false;      // the record or line that is too long, from begin_ on
  bool front_is_bad_ = false;  // the record in front of begin_
  // What the last good record began with, from its quote on: the next one probably does, too.
  std::string key_;
  std::string key_in_front_;  // that of the one in front of it
  // Of the record or line at begin_, as far as it was scanned.
  size_t scanned_ = 0;
  BracketScan scan_;
  bool is_damaged_ = false;
  int64_t record_number_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_FRAMER_H_
