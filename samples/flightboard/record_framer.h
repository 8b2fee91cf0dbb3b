// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecordFramer: finds the objects of a JSON array, or of JSON lines, in bytes that come in pieces.
//
// What the input begins with decides: '{' is JSON lines, one object a line; all else is an array.
// Why not stream/io's JsonFraming: that one ends at the first damage. Here a record keeps its
// number for ever, so damage costs as few records as possible and each bad one counts as one: text
// that is no record is skipped up to the next comma or brace, and after Resync the search goes on
// behind the first '}'; of JSON lines a line is a record, whatever is in it.
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

namespace flightboard {

class RecordFramer {
 public:
  // A flight has about 90 bytes; the rest is room for fields that are not known here.
  static constexpr size_t kRecordBytesMax = 16 * 1024;

  enum class Kind : uint8_t {
    kNeedMore,  // Feed, or FinishInput
    kRecord,    // `text` is a record
    kDamage,    // something that is no record was skipped, because of `reason`
    kCut,       // the input ends too early, because of `reason`; nothing comes after it
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
  // The record that Next returned last turned out not to be JSON.
  void Resync();

  // Records returned and damages reported so far: the number of the current one, from 1.
  int64_t record_number() const { return record_number_; }

 private:
  enum class Form : uint8_t { kUnknown, kArray, kLines };
  enum class Expect : uint8_t { kArray, kRecordOrEnd, kRecord, kSeparator, kNothing };

  Step NextInArray();
  std::optional<Step> Separator(char next);
  Step Unexpected(const char* expected, char found);
  Step Object();
  Step OpenObject();
  Step BrokenObject(const char* reason);
  Step NextLine();
  Step Record(size_t text_bytes, size_t record_bytes);
  Step Damage(std::string reason);
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

  std::string buffer_;
  size_t begin_ = 0;         // first byte that was not used
  size_t record_bytes_ = 0;  // of the record that Next returned, which begins at begin_
  bool finished_ = false;
  bool over_ = false;
  Form form_ = Form::kUnknown;
  Expect expect_ = Expect::kArray;
  bool skipping_ = false;  // up to where a record may begin or end
  // Of the object or line at begin_, as far as it was scanned.
  size_t scanned_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  int64_t record_number_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_FRAMER_H_
