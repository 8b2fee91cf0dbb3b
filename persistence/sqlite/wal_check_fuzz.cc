// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the check of a WAL. What must hold for any bytes: no crash, no read outside the file, a
// bounded number of reads, numbers that fit the file, and words for what is not clean. Corpus:
// testdata/wal_check_corpus, WALs of SQLite with pages of 512 bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/persistence/sqlite/wal_check.h"

using sampo::persistence::ExamineWal;
using sampo::persistence::WalReport;
using sampo::persistence::WalReportText;
using sampo::persistence::WalState;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view wal(reinterpret_cast<const char*>(data), size);
  const auto file_bytes = static_cast<int64_t>(size);
  int64_t bytes_read = 0;
  const absl::StatusOr<WalReport> examined =
      ExamineWal(file_bytes, [&](int64_t offset, size_t bytes) -> absl::StatusOr<std::string_view> {
        SAMPO_CHECK(offset >= 0 && offset + static_cast<int64_t>(bytes) <= file_bytes);
        bytes_read += static_cast<int64_t>(bytes);
        return wal.substr(static_cast<size_t>(offset), bytes);
      });
  SAMPO_CHECK(examined.ok());
  const WalReport& report = *examined;
  // Eight page sizes in two byte orders at most, and a good header's frames once and a second time.
  SAMPO_CHECK(bytes_read <= 16 * file_bytes + 64);
  SAMPO_CHECK(report.frames_committed <= report.frames_whole);
  SAMPO_CHECK(report.commits <= report.frames_committed);
  SAMPO_CHECK(report.bad_offset >= 0 && report.bad_offset <= file_bytes);
  SAMPO_CHECK(WalReportText(report).empty() == (report.state == WalState::kClean));
  if (report.state == WalState::kDamaged)
    SAMPO_CHECK(report.commits_behind > 0 || report.bad_frame > 0);
  return 0;
}
