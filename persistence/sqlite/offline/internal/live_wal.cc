// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/live_wal.h"

#include "sampo/actor/base/status_macros.h"

namespace sampo::persistence::offline {
namespace {

// Examinations that each find something else: a writer that is always faster. Chosen, not measured.
constexpr int kExaminationsMax = 20;

bool SameDamage(const WalReport& a, const WalReport& b) {
  return a.state == WalState::kDamaged && b.state == WalState::kDamaged &&
         a.bad_frame == b.bad_frame && a.frames_whole == b.frames_whole &&
         a.page_bytes == b.page_bytes && a.database_is_empty == b.database_is_empty;
}

}  // namespace

absl::StatusOr<WalReport> ExamineLiveWal(const std::string& file) {
  SAMPO_ASSIGN_OR_RETURN(WalReport report, ExamineWalOf(file, ""));
  for (int count = 1; report.state == WalState::kDamaged && count < kExaminationsMax; ++count) {
    SAMPO_ASSIGN_OR_RETURN(const WalReport again, ExamineWalOf(file, ""));
    if (SameDamage(report, again)) break;
    report = again;
  }
  return report;
}

}  // namespace sampo::persistence::offline
