// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ResultOf and Uninit<T>: what a function of the user makes, between the try block that guards it
// and the push that follows outside of it.
//
// Threads: a value on the stack.
#ifndef SAMPO_STREAM_DETAIL_UNINIT_H_
#define SAMPO_STREAM_DETAIL_UNINIT_H_

#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace sampo::stream::internal {

template <class F, class... Args>
using ResultOf = std::remove_cvref_t<decltype(std::declval<F&>()(std::declval<Args>()...))>;

template <class T>
class Uninit {
 public:
  Uninit() {}
  ~Uninit() {
    if (made_) std::destroy_at(&value_);
  }
  Uninit(const Uninit&) = delete;
  Uninit& operator=(const Uninit&) = delete;
  // Once.
  template <class Make>
  void Set(Make&& make) {
    ::new (static_cast<void*>(&value_)) T(make());
    made_ = true;
  }
  T& operator*() { return value_; }

 private:
  union {
    T value_;
  };
  bool made_ = false;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_UNINIT_H_
