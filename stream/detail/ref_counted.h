// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RefCounted and Ref<T>: blueprints, islands and what lies between islands are shared, also by
// threads, and end with their last user.
//
// Why not shared_ptr: <memory>'s control block costs a second allocation or a larger header, and
// the objects come from the block pool. Threads: counting from any.
#ifndef SAMPO_STREAM_DETAIL_REF_COUNTED_H_
#define SAMPO_STREAM_DETAIL_REF_COUNTED_H_

#include <atomic>
#include <cstdint>
#include <utility>

#include "sampo/actor/base/block_pool.h"

namespace sampo::stream::internal {

class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  void AddRef() const { count_.fetch_add(1, std::memory_order_relaxed); }
  // Nobody else holds it (as seen by a holder, who keeps it so).
  bool HasOneRef() const { return count_.load(std::memory_order_acquire) == 1; }
  // For weak lists: false when the last user is gone already.
  bool TryAddRef() const {
    uint32_t count = count_.load(std::memory_order_relaxed);
    while (count != 0) {
      if (count_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void Release() const {
    // Partner: the releases of the other holders; what they wrote is seen by the destructor.
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 protected:
  virtual ~RefCounted() = default;

 private:
  mutable std::atomic<uint32_t> count_{0};
};

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(T* object) : object_(object) {  // NOLINT: implicit on purpose
    if (object_ != nullptr) object_->AddRef();
  }
  // Takes over one count.
  static Ref Adopt(T* counted) {
    Ref ref;
    ref.object_ = counted;
    return ref;
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
  Ref(const Ref<U>& other) : Ref(other.get()) {}  // NOLINT: to a base
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->Release();
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

 private:
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> MakeRef(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_REF_COUNTED_H_
