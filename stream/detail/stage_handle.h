// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StageHandle<T>: a way into a stage for a materialized value, which exists before the stage has
// started and after it has ended.
//
// What is invoked before the start waits for it, in order; after the end it is refused. The owner
// learns how the stage ended.
// Threads: Invoke and end from any; Open and Close on the stage's turn. Lifetime: counted, shared
// by the stage and its materialized value.
#ifndef SAMPO_STREAM_DETAIL_STAGE_HANDLE_H_
#define SAMPO_STREAM_DETAIL_STAGE_HANDLE_H_

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

template <class T>
class StageHandle final : public RefCounted {
 public:
  // False: the stage has ended, `argument` is left as it was.
  bool Invoke(T& argument) {
    // Partner: the release in Open, behind which callback_ stands.
    if (!is_open_.load(std::memory_order_acquire)) {
      std::lock_guard guard(mutex_);
      if (end_) return false;
      if (!is_open_.load(std::memory_order_relaxed)) {
        early_.push_back(std::move(argument));
        return true;
      }
    }
    if (has_ended_.load(std::memory_order_acquire)) return false;
    callback_.Invoke(std::move(argument));
    return true;
  }
  // In PreStart.
  void Open(AsyncCallback<T> callback) {
    std::lock_guard guard(mutex_);
    callback_ = std::move(callback);
    for (T& argument : early_) callback_.Invoke(std::move(argument));
    early_.clear();
    is_open_.store(true, std::memory_order_release);
  }
  // In PostStop, and in the destructor for a stage that never started. The first call counts.
  void Close(absl::Status end) {
    std::vector<T> early;
    std::lock_guard guard(mutex_);
    if (end_) return;
    end_ = std::move(end);
    has_ended_.store(true, std::memory_order_release);
    early.swap(early_);
  }
  // How the stage ended: OK, or its failure; nothing while it runs.
  std::optional<absl::Status> end() const {
    std::lock_guard guard(mutex_);
    return end_;
  }

 private:
  std::atomic<bool> is_open_{false};
  std::atomic<bool> has_ended_{false};
  mutable std::mutex mutex_;
  std::vector<T> early_;  // as many as come before the stream's first turn
  std::optional<absl::Status> end_;
  AsyncCallback<T> callback_;  // written before is_open_
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_STAGE_HANDLE_H_
