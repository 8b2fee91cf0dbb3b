// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DeadLetterLog: logs the first few dead letters, then counts in silence for a while.
//
// Threads: any. Source of the defaults: Pekko's log-dead-letters (10, then 5 minutes).
#ifndef SAMPO_ACTOR_INTERNAL_DEAD_LETTER_LOG_H_
#define SAMPO_ACTOR_INTERNAL_DEAD_LETTER_LOG_H_

#include <cstdint>
#include <mutex>
#include <string_view>

#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"

namespace sampo::internal {

class DeadLetterLog {
 public:
  DeadLetterLog(Logger logger, const Clock& clock, int burst, absl::Duration pause)
      : logger_(std::move(logger)), clock_(clock), burst_(burst), pause_(pause) {}

  void Note(std::string_view kind, std::string_view message_type, std::string_view recipient,
            std::string_view reason);

 private:
  const Logger logger_;
  const Clock& clock_;
  const int burst_;
  const absl::Duration pause_;
  std::mutex mutex_;
  // Guarded by mutex_:
  int logged_ = 0;
  int64_t silent_until_nanos_ = 0;
  uint64_t silent_count_ = 0;
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_DEAD_LETTER_LOG_H_
