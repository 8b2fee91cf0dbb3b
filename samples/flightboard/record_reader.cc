// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/record_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

struct OwnedFile {
  explicit OwnedFile(int file) : descriptor(file) {}
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  ~OwnedFile() {
    if (descriptor != STDIN_FILENO) close(descriptor);
  }
  const int descriptor;
};

bool IsSpace(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

absl::StatusOr<ByteSource> OpenInput(const std::string& path) {
  int descriptor = STDIN_FILENO;
  if (path != "-") {
    descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("can't open ", path));
  }
  auto file = std::make_shared<OwnedFile>(descriptor);
  return [file, path](char* to, size_t bytes) -> absl::StatusOr<size_t> {
    for (;;) {
      const ssize_t count = read(file->descriptor, to, bytes);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return absl::ErrnoToStatus(errno, absl::StrCat("can't read ", path));
    }
  };
}

absl::StatusOr<std::optional<std::string_view>> RecordReader::Next() {
  begin_ += std::exchange(record_bytes_, 0);
  while (!over_) {
    while (IsSpace(Peek(0))) ++begin_;
    const int next = Peek(0);
    if (next < 0) {
      over_ = true;
      if (!source_status_.ok()) return source_status_;
      if (expect_ == Expect::kNothing) break;
      return Damage("the input ends before its array does");
    }
    const bool may_begin = expect_ == Expect::kRecord || expect_ == Expect::kRecordOrEnd;
    if (next == '{' && may_begin) return Object();
    if (absl::Status status = Separator(); !status.ok()) return status;
  }
  return std::nullopt;
}

// Takes one separator, or reports what stands in its place.
absl::Status RecordReader::Separator() {
  const int next = Peek(0);
  switch (expect_) {
    case Expect::kArray:
      expect_ = Expect::kRecordOrEnd;
      if (next != '[') return Unexpected("'['", next);
      break;
    case Expect::kRecordOrEnd:
      if (next != ']') return Unexpected("a record or ']'", next);
      expect_ = Expect::kNothing;
      break;
    case Expect::kRecord:
      return Unexpected("a record", next);
    case Expect::kSeparator:
      if (next != ',' && next != ']') return Unexpected("',' or ']'", next);
      expect_ = next == ',' ? Expect::kRecord : Expect::kNothing;
      break;
    case Expect::kNothing:
      over_ = true;
      return Damage("there is text after the end of the array");
  }
  ++begin_;
  return absl::OkStatus();
}

// Scans from '{' to its '}'.
absl::StatusOr<std::optional<std::string_view>> RecordReader::Object() {
  int depth = 0;
  bool in_string = false;
  for (size_t offset = 0; offset < kRecordBytesMax; ++offset) {
    const int next = Peek(offset);
    if (next < 0) return BrokenObject("its '}' is missing");
    if (in_string) {
      if (next == '\\') ++offset;
      if (next == '"') in_string = false;
    } else if (next == '"') {
      in_string = true;
    } else if (next == '{') {
      ++depth;
    } else if (next == '}' && --depth == 0) {
      ++record_number_;
      record_bytes_ = offset + 1;
      expect_ = Expect::kSeparator;
      return std::string_view(buffer_).substr(begin_, record_bytes_);
    }
  }
  return BrokenObject("it is too long, or a quote in it is missing");
}

// The object at begin_ has no end that can be trusted: gives up its part up to the first '}'.
absl::Status RecordReader::BrokenObject(const char* reason) {
  record_bytes_ = std::min(buffer_.size() - begin_, kRecordBytesMax);
  Resync();
  return Damage(reason);
}

void RecordReader::Resync() {
  const std::string_view record = std::string_view(buffer_).substr(begin_, record_bytes_);
  const size_t end = record.find('}');
  begin_ += end == std::string_view::npos ? record.size() : end + 1;
  record_bytes_ = 0;
  expect_ = Expect::kSeparator;
}

// Skips what can't be part of a flight, so that the next call looks at something else.
absl::Status RecordReader::Unexpected(const char* expected, int found) {
  if (found == '{') {  // a separator is missing, the record itself may be fine
    expect_ = Expect::kRecord;
  } else {
    ++begin_;
    expect_ = found == ',' ? Expect::kRecord : found == ']' ? Expect::kNothing : Expect::kSeparator;
  }
  if (expect_ == Expect::kSeparator) {
    for (int c = Peek(0); c >= 0 && c != ',' && c != ']' && c != '{'; c = Peek(0)) ++begin_;
  }
  const char character = static_cast<char>(found);
  return Damage(absl::StrCat("expected ", expected, ", found '",
                             Printable(std::string_view(&character, 1)), "'"));
}

absl::Status RecordReader::Damage(std::string_view reason) {
  ++record_number_;
  return absl::DataLossError(absl::StrCat("record: ", std::string(reason)));
}

// Reads on until the byte is there, forgetting what has been used up.
void RecordReader::Fill(size_t offset) {
  while (begin_ + offset >= buffer_.size() && !source_ended_) {
    buffer_.erase(0, std::exchange(begin_, 0));
    const size_t kept = buffer_.size();
    buffer_.resize(kept + kReadBytes);
    absl::StatusOr<size_t> count = source_(buffer_.data() + kept, kReadBytes);
    buffer_.resize(kept + (count.ok() ? *count : 0));
    if (!count.ok()) source_status_ = count.status();
    source_ended_ = !count.ok() || *count == 0;
  }
}

}  // namespace flightboard
