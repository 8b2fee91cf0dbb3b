// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/subscription_timer.h"

#include <algorithm>

#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/logic_access.h"

namespace sampo::stream::internal {

void SubscriptionTimer::Await(Entry& entry) {
  const SubscriptionTimeout timeout = stage_->attributes().subscription_timeout();
  if (timeout.mode == SubscriptionTimeoutMode::kNoop) return;
  entry.waits_ = true;
  entry.deadline_nanos_ = stage_->NowNanos() + absl::ToInt64Nanoseconds(timeout.timeout);
  entry.previous_ = last_;
  entry.next_ = nullptr;
  (last_ != nullptr ? last_->next_ : first_) = &entry;
  last_ = &entry;
  // One that runs already is due before this entry, and then looks again.
  if (!stage_->IsTimerActive(kKey)) Arm();
}

void SubscriptionTimer::Remove(Entry& entry) {
  entry.waits_ = false;
  (entry.previous_ != nullptr ? entry.previous_->next_ : first_) = entry.next_;
  (entry.next_ != nullptr ? entry.next_->previous_ : last_) = entry.previous_;
}

SubscriptionTimer::Entry* SubscriptionTimer::NextDue() {
  Entry* entry = first_;
  if (entry == nullptr || entry->deadline_nanos_ > stage_->NowNanos()) return nullptr;
  Remove(*entry);
  return entry;
}

bool SubscriptionTimer::GivesUp() const {
  const SubscriptionTimeout timeout = stage_->attributes().subscription_timeout();
  if (timeout.mode == SubscriptionTimeoutMode::kCancel) return true;
  Island& island = LogicAccess::InterpreterOf(stage_)->island();
  if (island.context() != nullptr) {
    island.context()->Log().Warning("stream stage ", stage_->DisplayName(),
                                    ": nobody has subscribed to a substream within ",
                                    absl::FormatDuration(timeout.timeout));
  }
  return false;
}

void SubscriptionTimer::Arm() {
  if (first_ == nullptr) return;
  const int64_t wait = std::max<int64_t>(first_->deadline_nanos_ - stage_->NowNanos(), 1);
  stage_->ScheduleOnce(kKey, absl::Nanoseconds(wait));
}

absl::Status SubscriptionTimer::TooLate() const {
  return absl::DeadlineExceededError(StrCat(
      "stream stage ", stage_->DisplayName(), ": nobody has subscribed to a substream within ",
      absl::FormatDuration(stage_->attributes().subscription_timeout().timeout)));
}

}  // namespace sampo::stream::internal
