// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Generator<T>: a coroutine that gives elements by co_yield: what Source<T>::Generate runs.
//
// It is resumed for each element that is asked for, and stands still in between; so a loop that
// never ends is a source that never ends. When the stream is cancelled or cut off, the frame is
// destroyed at the co_yield where it stands, and its locals with it. What it throws fails the
// stream. It may not co_await.
//
// What is yielded is a named variable: `co_yield n;` copies it, `co_yield Moved(n);` moves it.
// Anything else does not compile, because g++ 12 destroys temporaries of a co_yield expression
// twice (docs/adr/0010). Captures of a lambda live as long as the stream's stage.
// Threads: the stream's turn.
//
//   Source<std::string>::Generate([path]() -> Generator<std::string> {
//     std::ifstream file(path);
//     std::string line;
//     while (std::getline(file, line)) co_yield line;
//   });
#ifndef SAMPO_STREAM_GENERATOR_H_
#define SAMPO_STREAM_GENERATOR_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool.h"

namespace sampo::stream {

// A local whose value co_yield is to take away.
template <class T>
struct MovedElement {
  T* element;
};
template <class T>
MovedElement<T> Moved(T& element) {
  return {&element};
}

template <class T>
class Generator {
 public:
  class promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Generator& operator=(Generator&&) = delete;
  ~Generator() {
    if (handle_) handle_.destroy();
  }

  // Resumes it; the next element, or none at its end. Throws what it throws. Not after the end.
  std::optional<T> Next() {
    handle_.resume();
    return handle_.promise().Take();
  }

  class promise_type {
   public:
    static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
    static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

    Generator get_return_object() { return Generator(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { exception_ = std::current_exception(); }

    std::suspend_always yield_value(const T& element) {
      static_assert(std::is_copy_constructible_v<T>,
                    "Sampo: this element can only be moved: `co_yield Moved(element);`.");
      next_.emplace(element);
      return {};
    }
    std::suspend_always yield_value(MovedElement<T> moved) {
      next_.emplace(std::move(*moved.element));
      return {};
    }
    template <class U = T>
    std::suspend_always yield_value(T&&) {
      static_assert(!sizeof(U*),
                    "Sampo: name what you yield: `T element = ...; co_yield element;` or "
                    "`co_yield Moved(element);`.");
      return {};
    }
    template <class U>
    std::suspend_never await_transform(U&&) {
      static_assert(!sizeof(std::remove_cvref_t<U>*),
                    "Sampo: a Generator gives elements and does not wait; MapAsync does.");
      return {};
    }

    std::optional<T> Take() {
      if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
      return std::exchange(next_, std::nullopt);
    }

   private:
    std::optional<T> next_;
    std::exception_ptr exception_;
  };

 private:
  explicit Generator(Handle handle) : handle_(handle) {}
  Handle handle_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_GENERATOR_H_
