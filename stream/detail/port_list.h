// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PortList<T>: the open ends of a part, two without memory of their own.
//
// Not absl::InlinedVector: every file that makes a stream passes these around, and there its
// instantiation cost as much as that of three operators (shared code instead: GrowPorts).
// Threads: one at a time. T: copied by memcpy.
#ifndef SAMPO_STREAM_DETAIL_PORT_LIST_H_
#define SAMPO_STREAM_DETAIL_PORT_LIST_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace sampo::stream::internal {

// Memory of `bytes` with the first `used` bytes of `from`, which is freed if `owned`.
void* GrowPorts(void* from, bool owned, size_t used, size_t bytes);
void FreePorts(void* memory);

template <class T>
class PortList {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  PortList() = default;
  PortList(const PortList&) = delete;
  PortList& operator=(const PortList&) = delete;
  ~PortList() {
    if (items_ != inlined_) FreePorts(items_);
  }

  void push_back(T item) {
    if (size_ == capacity_) {
      items_ = static_cast<T*>(GrowPorts(items_, items_ != inlined_, size_ * sizeof(T),
                                         size_t{2} * capacity_ * sizeof(T)));
      capacity_ *= 2;
    }
    items_[size_++] = item;
  }
  // Precondition: index < size().
  void RemoveAt(size_t index) {
    for (size_t i = index + 1; i < size_; ++i) items_[i - 1] = items_[i];
    --size_;
  }
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& front() { return items_[0]; }
  T& operator[](size_t index) { return items_[index]; }
  const T& operator[](size_t index) const { return items_[index]; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }

 private:
  static constexpr uint32_t kInlined = 2;

  T inlined_[kInlined];
  T* items_ = inlined_;
  uint32_t size_ = 0;
  uint32_t capacity_ = kInlined;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_PORT_LIST_H_
