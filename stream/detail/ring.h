// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Ring<T>: a queue with two ends in one block of memory, up to a capacity: what buffers, futures in
// flight and hubs hold their elements in.
//
// The memory grows by doubling as elements come, never beyond the capacity's next power of two, and
// never shrinks: in steady state nothing is allocated. Why not std::deque: it allocates a block
// every few elements as it moves along.
// Threads: one at a time. Lifetime: destroys what it still holds.
//
//   Ring<int> ring(16);
//   if (!ring.full()) ring.PushBack(7);
//   int seven = ring.PopFront();
#ifndef SAMPO_STREAM_DETAIL_RING_H_
#define SAMPO_STREAM_DETAIL_RING_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"

namespace sampo::stream::internal {

template <class T>
class Ring {
  static_assert(alignof(T) <= 16, "Sampo: a buffered element's alignment is at most 16 bytes.");
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "Sampo: a buffered element must move without throwing.");

 public:
  // The bound of a ring whose owner bounds it otherwise.
  static constexpr size_t kUnbounded = SIZE_MAX;

  // A capacity below 1 counts as 1.
  explicit Ring(size_t capacity = kUnbounded) : capacity_(capacity > 0 ? capacity : 1) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  Ring(Ring&& other) noexcept
      : capacity_(other.capacity_),
        places_(std::exchange(other.places_, 0)),
        first_(std::exchange(other.first_, 0)),
        size_(std::exchange(other.size_, 0)),
        memory_(std::exchange(other.memory_, nullptr)) {}
  Ring& operator=(Ring&& other) noexcept {
    std::swap(capacity_, other.capacity_);
    std::swap(places_, other.places_);
    std::swap(first_, other.first_);
    std::swap(size_, other.size_);
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~Ring() {
    Clear();
    if (memory_ != nullptr) FreeBlock(memory_, places_ * sizeof(T));
  }

  bool empty() const { return size_ == 0; }
  bool full() const { return size_ >= capacity_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }

  // Precondition of both: not full.
  template <class U>
  T& PushBack(U&& element) {
    if (size_ == places_) [[unlikely]]
      Grow();
    T* place = At(first_ + size_);
    ::new (static_cast<void*>(place)) T(std::forward<U>(element));
    ++size_;
    return *place;
  }
  template <class U>
  T& PushFront(U&& element) {
    if (size_ == places_) [[unlikely]]
      Grow();
    T* place = At(first_ - 1);
    ::new (static_cast<void*>(place)) T(std::forward<U>(element));
    first_ = (first_ - 1) & (places_ - 1);
    ++size_;
    return *place;
  }
  // Precondition of what follows: not empty, or `index` below size(). 0 is the front.
  T& Front() { return *At(first_); }
  const T& Front() const { return *At(first_); }
  T& Back() { return *At(first_ + size_ - 1); }
  T& operator[](size_t index) { return *At(first_ + index); }
  const T& operator[](size_t index) const { return *At(first_ + index); }
  T PopFront() {
    T* place = At(first_);
    T taken = std::move(*place);
    DropFront();
    return taken;
  }
  T PopBack() {
    T taken = std::move(Back());
    DropBack();
    return taken;
  }
  // The same without looking at it.
  void DropFront() {
    std::destroy_at(At(first_));
    first_ = (first_ + 1) & (places_ - 1);
    --size_;
  }
  void DropBack() {
    std::destroy_at(&Back());
    --size_;
  }
  void Clear() {
    while (size_ > 0) DropFront();
  }

 private:
  static constexpr size_t kFirstPlaces = 4;  // chosen, not measured

  T* At(size_t index) const { return memory_ + (index & (places_ - 1)); }

  void Grow() {
    SAMPO_CHECK(size_ < capacity_, "a push into a full ring");
    // A small capacity is taken at once, a large one only as far as it is used.
    const size_t places = places_ == 0
                              ? std::bit_ceil(capacity_ < kFirstPlaces ? capacity_ : kFirstPlaces)
                              : 2 * places_;
    T* memory = static_cast<T*>(AllocateBlock(places * sizeof(T)));
    for (size_t i = 0; i < size_; ++i) {
      T* from = At(first_ + i);
      ::new (static_cast<void*>(memory + i)) T(std::move(*from));
      std::destroy_at(from);
    }
    if (memory_ != nullptr) FreeBlock(memory_, places_ * sizeof(T));
    memory_ = memory;
    places_ = places;
    first_ = 0;
  }

  size_t capacity_;
  size_t places_ = 0;  // a power of two, or none yet
  size_t first_ = 0;
  size_t size_ = 0;
  T* memory_ = nullptr;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_RING_H_
