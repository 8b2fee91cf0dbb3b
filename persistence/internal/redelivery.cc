// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/redelivery.h"

#include <algorithm>
#include <memory>

#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/timers_base.h"
#include "sampo/persistence/deliveries.h"
#include "sampo/persistence/detail/persistent_node.h"

namespace sampo::persistence::internal {
namespace {

constexpr std::string_view kTimerKey = "sampo.persistence.redelivery";

// A tick that comes while something is written tries again so much later. Chosen, not measured.
constexpr absl::Duration kBusyPause = absl::Milliseconds(20);

}  // namespace

absl::Status CheckDeliveryRoom(int64_t unconfirmed, int64_t more, int64_t unconfirmed_max) {
  if (more <= unconfirmed_max - unconfirmed) return absl::OkStatus();
  return absl::ResourceExhaustedError(StrCat(unconfirmed, " messages are unconfirmed, ", more,
                                             " more would be above ", unconfirmed_max,
                                             " (unconfirmed_max)"));
}

absl::Status TooManyUnconfirmed(size_t unconfirmed, int64_t unconfirmed_max) {
  return absl::ResourceExhaustedError(StrCat(
      "the event would make ", unconfirmed, " unconfirmed messages, at most ", unconfirmed_max,
      " may be (unconfirmed_max); let the command handler ask CheckRoom before"));
}

absl::Status WrongDeliveryId(int64_t id, int64_t last_id) {
  return absl::DataLossError(
      StrCat("deliveries: id ", id, " is out of order, or above the last one, ", last_id));
}

void RedeliveryQueue::NoteSent(int64_t id, int attempts, int64_t now_nanos) {
  const absl::Duration delay =
      BackoffDelay({.min = settings_.interval,
                    .max = std::max(settings_.interval, settings_.interval_max),
                    .random_factor = 0},
                   attempts - 1, /*uniform=*/0);
  due_.emplace(std::pair(DeadlineNanos(now_nanos, delay), id), attempts);
}

int64_t RedeliveryQueue::PauseEnd(int64_t now_nanos) const {
  return DeadlineNanos(now_nanos, settings_.interval / 2);
}

void RedeliveryQueue::PutOff(int64_t id, int64_t now_nanos) {
  due_.emplace(std::pair(PauseEnd(now_nanos), id), 0);
}

std::vector<RedeliveryQueue::Due> RedeliveryQueue::TakeDue(
    int64_t now_nanos, const std::function<bool(int64_t)>& is_owed) {
  std::vector<Due> due;
  while (!due_.empty() && due_.begin()->first.first <= now_nanos) {
    const Due first{due_.begin()->first.second, due_.begin()->second};
    due_.erase(due_.begin());
    if (is_owed(first.id)) due.push_back(first);
  }
  std::sort(due.begin(), due.end(), [](const Due& a, const Due& b) { return a.id < b.id; });
  const size_t burst = static_cast<size_t>(std::max(1, settings_.burst));
  for (size_t i = burst; i < due.size(); ++i) {
    due_.emplace(std::pair(PauseEnd(now_nanos), due[i].id), due[i].attempts);
  }
  if (due.size() > burst) due.resize(burst);
  return due;
}

void RedeliveryQueue::Prune(size_t owed, const std::function<bool(int64_t)>& is_owed) {
  // Not for a few: each sweep looks at all of them.
  constexpr size_t kStaleMin = 1024;
  if (due_.size() < 2 * owed + kStaleMin) return;
  std::erase_if(due_, [&](const auto& each) { return !is_owed(each.first.second); });
}

std::optional<int64_t> RedeliveryQueue::next_nanos() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first.first;
}

void StartRedeliveryTimer(::sampo::internal::ContextBase& context, absl::Duration delay,
                          UniqueFunction<void()> tick) {
  PersistentNode* node = PersistentNode::Of(context);
  SAMPO_CHECK(node != nullptr, "at-least-once delivery belongs to a persistent actor");
  auto run = [tick = std::move(tick)](ContextBase& at) mutable {
    if (PersistentNode::Of(at)->ready()) {
      tick();
    } else {
      // What is being written may be the confirmation.
      StartRedeliveryTimer(at, kBusyPause, std::move(tick));
    }
    return ::sampo::internal::kSame;
  };
  ::sampo::internal::StartKeyedTimer(
      context, kTimerKey, {.initial_nanos = absl::ToInt64Nanoseconds(delay)},
      [&context, target = node->step_target(), run = std::move(run)]() mutable -> Envelope* {
        // No message of the timer's own: it would put off a receive timeout.
        PersistentNode::Post(::sampo::internal::CellTarget(context), std::move(target),
                             std::move(run));
        return nullptr;
      });
}

}  // namespace sampo::persistence::internal
