// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ParkingSpot: where one thread sleeps until another one wakes it.
//
// Why: an Unpark that comes before the Park must not be lost, and several count as one.
// Threads: one parks, any number unpark.
#ifndef SAMPO_ACTOR_DISPATCH_PARKING_SPOT_H_
#define SAMPO_ACTOR_DISPATCH_PARKING_SPOT_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace sampo {

class ParkingSpot {
 public:
  // Sleeps until there is an Unpark that no Park has used up.
  void Park() {
    std::unique_lock<std::mutex> hold(mutex_);
    condition_.wait(hold, [this] { return unparked_; });
    unparked_ = false;
  }

  // The same for at most `nanos`; true if it was unparked.
  bool ParkFor(int64_t nanos) {
    std::unique_lock<std::mutex> hold(mutex_);
    condition_.wait_for(hold, std::chrono::nanoseconds(nanos), [this] { return unparked_; });
    bool unparked = unparked_;
    unparked_ = false;
    return unparked;
  }

  void Unpark() {
    std::lock_guard<std::mutex> hold(mutex_);
    unparked_ = true;
    // Inside the lock: the parked thread may leave and destroy this object at once.
    condition_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool unparked_ = false;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_PARKING_SPOT_H_
