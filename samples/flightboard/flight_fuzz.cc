// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the way from bytes to flights. What must hold for any bytes: no crash, an end after no
// more calls than there are bytes, and a one-line reason for each record that is turned away.
// Corpus: testdata/flight_corpus.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "absl/status/status.h"
#include "sampo/samples/flightboard/flight_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  const size_t piece = 1 + size % 7;  // the borders between reads must not matter
  flightboard::FlightReader reader(
      [&](char* to, size_t bytes) -> absl::StatusOr<size_t> {
        const size_t count = std::min({bytes, piece, size - at});
        if (count > 0) std::memcpy(to, data + at, count);
        at += count;
        return count;
      },
      [&](int64_t record, const absl::Status& why) {
        if (record < 1 || why.message().empty()) std::abort();
        if (why.message().find('\n') != absl::string_view::npos) std::abort();
      });
  for (size_t calls = 0; reader.Next().has_value(); ++calls) {
    if (calls > size) std::abort();
  }
  if (!reader.status().ok()) std::abort();
  return 0;
}
