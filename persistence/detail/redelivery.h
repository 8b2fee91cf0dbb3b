// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Redelivery: when which delivery is sent again. Knows ids, attempts and times; not the messages.
//
// Why a queue by time: with 100,000 unconfirmed messages a tick must not look at each of them. What
// is confirmed meanwhile stays in the queue until it is due, or until the queue has twice as many
// entries as there are unconfirmed messages.
// Threads: the actor's turn.
#ifndef SAMPO_PERSISTENCE_DETAIL_REDELIVERY_H_
#define SAMPO_PERSISTENCE_DETAIL_REDELIVERY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/detail/context_base.h"

namespace sampo::persistence {

// Pekko's defaults, but for the backoff: its interval is always the same.
struct RedeliverySettings {
  // Before the first repetition; doubled with each, up to interval_max.
  absl::Duration interval = absl::Seconds(5);
  absl::Duration interval_max = absl::Minutes(1);
  // So many at a time, of repetitions and of what is sent after a recovery; the rest follows after
  // half an interval.
  int burst = 10'000;
  // After so many attempts without a confirmation the log says so, once for each message.
  int warn_after = 5;
  int64_t unconfirmed_max = 100'000;
};

namespace internal {

class RedeliveryQueue {
 public:
  explicit RedeliveryQueue(RedeliverySettings settings) : settings_(settings) {}

  void Clear() { due_.clear(); }
  bool empty() const { return due_.empty(); }
  size_t size() const { return due_.size(); }
  // `id` has been sent `attempts` times, the last time now.
  void NoteSent(int64_t id, int attempts, int64_t now_nanos);
  // `id` is to be sent for the first time, but after the burst.
  void PutOff(int64_t id, int64_t now_nanos);

  struct Due {
    int64_t id;
    int attempts;  // until now
  };
  // What is due, by id, at most settings.burst that `is_owed`; what is not owed is dropped. The
  // rest is put off.
  std::vector<Due> TakeDue(int64_t now_nanos, const std::function<bool(int64_t)>& is_owed);
  // Drops what is not owed, where that is more than half.
  void Prune(size_t owed, const std::function<bool(int64_t)>& is_owed);
  // When the next one is due.
  std::optional<int64_t> next_nanos() const;

 private:
  int64_t PauseEnd(int64_t now_nanos) const;
  const RedeliverySettings settings_;
  std::map<std::pair<int64_t, int64_t>, int> due_;  // (time, id): attempts
};

// Runs `tick` on the actor's turn, once, after `delay`: while commands are handled, never while
// something is being written. A new call replaces the last one. On the turn of a persistent actor.
void StartRedeliveryTimer(::sampo::internal::ContextBase& context, absl::Duration delay,
                          UniqueFunction<void()> tick);

absl::Status TooManyUnconfirmed(size_t unconfirmed, int64_t unconfirmed_max);

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_REDELIVERY_H_
