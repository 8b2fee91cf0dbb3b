// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/dead_letter_log.h"

namespace sampo::internal {

void DeadLetterLog::Note(std::string_view kind, std::string_view message_type,
                         std::string_view recipient, std::string_view reason) {
  if (burst_ <= 0) return;
  uint64_t silent = 0;
  bool last = false;
  {
    std::lock_guard guard(mutex_);
    if (logged_ >= burst_) {
      if (clock_.NowNanos() < silent_until_nanos_) {
        ++silent_count_;
        return;
      }
      logged_ = 0;
      silent = std::exchange(silent_count_, 0);
    }
    last = ++logged_ == burst_;
    if (last) silent_until_nanos_ = DeadlineNanos(clock_.NowNanos(), pause_);
  }
  if (silent > 0) logger_.Info(silent, " more were not logged");
  logger_.Info(kind, ": ", message_type, " to ", recipient, ": ", reason,
               last ? "; further ones are only counted for a while" : "");
}

}  // namespace sampo::internal
