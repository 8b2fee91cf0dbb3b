// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SubscriptionTimer: which substreams of a stage nobody has subscribed to for too long, after
// Attributes::Subscription.
//
// All have the same timeout, so they fall due in the order in which they were offered, and one
// timer of the stage serves them all: opening a million substreams leaves nothing behind.
// Threads: the stage's turn. Lifetime: a member of the stage; entries leave before they end.
//
//   timer_.Await(sub);            // offered
//   timer_.Subscribed(sub);       // its first pull
//   void OnTimer(int64_t) override { timer_.OnTimer([this](Entry& entry) { ... }); }
#ifndef SAMPO_STREAM_DETAIL_SUBSCRIPTION_TIMER_H_
#define SAMPO_STREAM_DETAIL_SUBSCRIPTION_TIMER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

class SubscriptionTimer {
 public:
  // The key of its timer in the stage.
  static constexpr int64_t kKey = INT64_MIN + 1;

  // What waits for a subscriber; a base of the substream.
  class Entry {
   protected:
    ~Entry() = default;

   private:
    friend class SubscriptionTimer;
    int64_t deadline_nanos_ = 0;
    Entry* previous_ = nullptr;
    Entry* next_ = nullptr;
    bool waits_ = false;
  };

  explicit SubscriptionTimer(GraphStageLogic* stage) : stage_(stage) {}
  SubscriptionTimer(const SubscriptionTimer&) = delete;
  SubscriptionTimer& operator=(const SubscriptionTimer&) = delete;

  void Await(Entry& entry);
  // It has a subscriber, or is gone. May be called for one that does not wait.
  void Subscribed(Entry& entry) {
    if (entry.waits_) Remove(entry);
  }
  // Whether one waits for its subscriber.
  bool AnyWaits() const { return first_ != nullptr; }
  // Calls expired(entry) for those that are to be given up.
  template <class Expired>
  void OnTimer(Expired expired) {
    while (Entry* entry = NextDue()) {
      if (GivesUp()) expired(*entry);
    }
    Arm();
  }
  // DEADLINE_EXCEEDED: what a subscriber gets who comes too late.
  absl::Status TooLate() const;

 private:
  void Remove(Entry& entry);
  Entry* NextDue();
  bool GivesUp() const;
  void Arm();

  GraphStageLogic* const stage_;
  Entry* first_ = nullptr;  // the longest waiting
  Entry* last_ = nullptr;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_SUBSCRIPTION_TIMER_H_
