// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BoundedBuffer<T>: a ring with an OverflowStrategy: what Buffer, Delay, queues and actor sources
// hold their elements in.
//
// Threads: one at a time.
#ifndef SAMPO_STREAM_DETAIL_BOUNDED_BUFFER_H_
#define SAMPO_STREAM_DETAIL_BOUNDED_BUFFER_H_

#include <cstdint>
#include <utility>

#include "sampo/stream/detail/ring.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream::internal {

enum class Buffered : uint8_t {
  kKept,     // the new element is in the buffer
  kDropped,  // the new element is gone
  kFull,     // nothing was done: the owner has to backpressure, fail or emit early
};

template <class T>
class BoundedBuffer {
 public:
  BoundedBuffer(int64_t size, OverflowStrategy strategy)
      : ring_(size > 1 ? static_cast<size_t>(size) : 1), strategy_(strategy) {}

  // `element` is moved from unless the result is kFull.
  Buffered Offer(T& element) {
    if (ring_.full()) {
      switch (strategy_) {
        case OverflowStrategy::kDropHead:
          ring_.DropFront();
          break;
        case OverflowStrategy::kDropTail:
          ring_.DropBack();
          break;
        case OverflowStrategy::kDropBuffer:
          ring_.Clear();
          break;
        case OverflowStrategy::kDropNew:
          return Buffered::kDropped;
        case OverflowStrategy::kBackpressure:
        case OverflowStrategy::kFail:
        case OverflowStrategy::kEmitEarly:
          return Buffered::kFull;
      }
    }
    ring_.PushBack(std::move(element));
    return Buffered::kKept;
  }
  // One more element may come: there is room, or the strategy makes some.
  bool TakesMore() const { return !ring_.full() || strategy_ != OverflowStrategy::kBackpressure; }
  T PopFront() { return ring_.PopFront(); }
  T& Front() { return ring_.Front(); }
  void Clear() { ring_.Clear(); }
  bool empty() const { return ring_.empty(); }
  bool full() const { return ring_.full(); }
  int64_t size() const { return static_cast<int64_t>(ring_.size()); }
  int64_t capacity() const { return static_cast<int64_t>(ring_.capacity()); }
  OverflowStrategy strategy() const { return strategy_; }

 private:
  Ring<T> ring_;
  const OverflowStrategy strategy_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_BOUNDED_BUFFER_H_
