// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecordReader: finds the objects of a JSON array in a stream of bytes, one at a time.
//
// Why: the input may be larger than the memory, so it holds one record and one read of the source,
// at most kRecordBytesMax + kReadBytes. Damage costs as few records as possible: text that is no
// record is skipped up to the next comma, and after Resync the search goes on behind the first '}'.
// Threads: one at a time. Lifetime: a record's text is valid until the next call.
//
//   RecordReader reader(OpenInput("flights.json").value());
//   for (;;) {
//     absl::StatusOr<std::optional<std::string_view>> record = reader.Next();
//     if (record.ok() && !record->has_value()) break;                            // the end
//   }
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RECORD_READER_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace flightboard {

// Reads up to `bytes` (> 0) to `to`; returns how many, 0 at the end of the input.
using ByteSource = std::function<absl::StatusOr<size_t>(char* to, size_t bytes)>;

// The file at `path`, or standard input for "-". NOT_FOUND, PERMISSION_DENIED...: it can't be
// opened. The file is closed with the last copy of the source.
absl::StatusOr<ByteSource> OpenInput(const std::string& path);

class RecordReader {
 public:
  // A flight has about 90 bytes; the rest is room for fields that are not known here.
  static constexpr size_t kRecordBytesMax = 16 * 1024;
  static constexpr size_t kReadBytes = 64 * 1024;

  explicit RecordReader(ByteSource source) : source_(std::move(source)) {}

  // The next record with its braces, or nothing at the end of the input.
  // DATA_LOSS "record: <reason>": something that is no record was skipped; call again.
  // Anything else: the source's own error; the input is over.
  absl::StatusOr<std::optional<std::string_view>> Next();
  // The record that Next returned last turned out not to be JSON.
  void Resync();

  // Records returned and damages reported so far: the number of the current one, from 1.
  int64_t record_number() const { return record_number_; }

 private:
  enum class Expect : uint8_t { kArray, kRecordOrEnd, kRecord, kSeparator, kNothing };

  absl::StatusOr<std::optional<std::string_view>> Object();
  absl::Status Separator();
  absl::Status Unexpected(const char* expected, int found);
  absl::Status BrokenObject(const char* reason);
  absl::Status Damage(std::string_view reason);
  // The unread byte `offset` behind the first one, or -1 at the end of the input.
  int Peek(size_t offset) {
    if (begin_ + offset >= buffer_.size()) Fill(offset);
    if (begin_ + offset >= buffer_.size()) return -1;
    return static_cast<unsigned char>(buffer_[begin_ + offset]);
  }
  void Fill(size_t offset);

  ByteSource source_;
  std::string buffer_;
  size_t begin_ = 0;         // first unread byte
  size_t record_bytes_ = 0;  // of the record that Next returned, which begins at begin_
  bool source_ended_ = false;
  absl::Status source_status_;
  bool over_ = false;
  Expect expect_ = Expect::kArray;
  int64_t record_number_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_READER_H_
