// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the way from bytes to flights. What must hold for any bytes: no crash, no more records
// than bytes, numbers that ascend by one, a one-line reason for each record that is turned away,
// and the same records wherever the bytes are cut.
// Corpus: testdata/flight_corpus.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "sampo/samples/flightboard/flight_parser.h"

namespace {

using flightboard::ReadRecord;

std::vector<ReadRecord> Read(std::string_view text, size_t piece) {
  flightboard::FlightParser parser;
  std::vector<ReadRecord> records;
  for (size_t at = 0; at < text.size(); at += piece) {
    for (ReadRecord& record : parser.Feed(text.substr(at, piece))) records.push_back(record);
  }
  for (ReadRecord& record : parser.FinishInput()) records.push_back(record);
  return records;
}

bool IsSame(const ReadRecord& a, const ReadRecord& b) {
  return a.kind == b.kind && a.number == b.number && a.flight == b.flight && a.why == b.why;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<ReadRecord> records = Read(text, std::max<size_t>(1, size));
  if (records.size() > size + 1) std::abort();
  int64_t number = 0;
  for (const ReadRecord& record : records) {
    if (record.number != 0 && record.number != ++number) std::abort();
    if (record.kind == ReadRecord::Kind::kFlight) continue;
    if (record.why.ok() || record.why.message().empty()) std::abort();
    if (record.why.message().find('\n') != absl::string_view::npos) std::abort();
  }
  const std::vector<ReadRecord> again = Read(text, 1 + size % 7);
  if (!std::equal(records.begin(), records.end(), again.begin(), again.end(), IsSame)) std::abort();
  return 0;
}
