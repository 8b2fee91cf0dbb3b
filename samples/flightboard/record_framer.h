// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecordFramer: finds the objects of a JSON array, or of JSON lines, in bytes that come in pieces.
//
// What the input begins with, behind a byte order mark, decides: '[' is an array, all else is JSON
// lines, one object a line.
// A record keeps its number for ever, so each element of the array, whatever it is, counts as one,
// and so does one that is no JSON. Of those the end is where DamageSearch says it is: one wrong
// byte in or beside an element costs this element at most, and the others keep their numbers. With
// more wrong bytes an element ends in front of the next flight, if it can be but one. Where that is
// not certain (readings differ, or an element has more than kRecordBytesMax bytes) the input ends
// with kCut: nothing is returned under a number that may be that of another.
// Of JSON lines a line is a record, whatever is in it.
// Why not stream/io's JsonFraming: that one ends at the first damage.
// Threads: one at a time. Lifetime: a record's text is valid until the next call. Memory: one piece
// and some kRecordBytesMax. Nothing depends on how the bytes are cut into pieces.
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

#include "sampo/samples/flightboard/array_scan.h"
#include "sampo/samples/flightboard/damage_search.h"

namespace flightboard {

class RecordFramer {
 public:
  // A flight has about 90 bytes; the rest is room for fields that are not known here.
  static constexpr size_t kRecordBytesMax = 16 * 1024;

  enum class Kind : uint8_t {
    kNeedMore,  // Feed, or FinishInput
    kRecord,    // `text` is a record
    kDamage,    // something that is no record was skipped, because of `reason`
    kCut,       // the input ends too early, or can't be read on; nothing comes after it
    kEnd,
  };
  struct Step {
    Kind kind = Kind::kNeedMore;
    std::string_view text = {};
    std::string reason = {};
    // Of kRecord: the last line, which has no newline and lacks its end: the input was cut.
    // Of kCut: within a record, which has a number.
    bool is_open = false;
  };

  void Feed(std::string_view bytes);
  // No more will come.
  void FinishInput() { finished_ = true; }
  Step Next();
  // Records returned and damages reported so far: the number of the current one, from 1.
  int64_t record_number() const { return record_number_; }

 private:
  enum class Form : uint8_t { kStart, kUnknown, kArray, kLines };
  // Where an element begins, as an offset from base_.
  struct Mark {
    size_t at = 0;
    ArrayScan scan;
    bool is_lost = false;  // it was too long to keep it
  };

  Step NextInArray();
  std::optional<Step> Scan(char next);
  void Begin(char first, ArrayScan before);
  std::optional<Step> Damaged(const ArrayScan* between);
  std::optional<Step> Search();
  std::optional<Step> GoOnAt(size_t at, int64_t number);
  Step Uncertain();
  void Forget();
  Step AtEnd();
  Step NextLine();
  Step Damage(std::string reason);
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
  std::string_view kept() const { return std::string_view(buffer_).substr(base_); }

  std::string buffer_;
  bool finished_ = false;
  bool over_ = false;
  Form form_ = Form::kStart;
  int64_t record_number_ = 0;

  // Of JSON lines.
  size_t begin_ = 0;         // first byte that was not used
  size_t record_bytes_ = 0;  // of the record that Next returned, which begins at begin_
  size_t scanned_ = 0;       // of the line at begin_
  bool skipping_ = false;    // the line or the element, which is too long

  // Of an array.
  size_t base_ = 0;            // what is in front of it is not needed any more
  size_t at_ = 0;              // of the next byte, from base_
  ArrayScan scan_;             // in front of it
  Mark front_;                 // the element in front of the current one
  Mark current_;               // the element at at_, or in front of it
  bool is_other_ = false;      // the current one is no object, and was not returned yet
  int64_t damaged_until_ = 0;  // records up to this number are no JSON
  // Where the array stopped to be JSON.
  std::optional<DamageSearch> search_;
  size_t garbage_at_ = 0;
  bool is_element_ = false;        // what begins there is an element of its own
  bool is_behind_flight_ = false;  // what is in front of it can't go on there
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_FRAMER_H_
