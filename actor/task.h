// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Task<T>: what a coroutine handler returns: `Task<Behavior<Command>> OnMessage(Checkout m)`.
//
// While a handler is suspended the actor's other user messages wait in the mailbox, so its state is
// as safe as in a plain handler; system messages, stop and watch go on. When the actor stops, the
// frame is destroyed at the point where it waits. What it throws is supervised.
// An awaited operation is a named local: `auto ask = context.Ask<Value>(...);` then
// `auto value = co_await std::move(ask);`. Awaiting a temporary does not compile, because g++ 12
// destroys the temporaries of a co_await expression twice. That is why a function's Task (and each
// awaitable of ActorContext) is returned as a const value: `auto` makes it a plain local.
// Threads: a task runs on its actor's turns alone. Frames come from the block pool.
#ifndef SAMPO_ACTOR_TASK_H_
#define SAMPO_ACTOR_TASK_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"

namespace sampo {

template <class T>
class Future;

namespace internal {

// Notes that the current actor's running task now waits in `handle`; returns the number by which
// ResumeTask finds it. Aborts outside a coroutine handler.
uint64_t SuspendCurrentTask(std::coroutine_handle<> handle);

// Base of what can be awaited in a handler: has await_ready, await_suspend and await_resume.
struct AwaitableOperation {};

template <class T>
struct FutureAwaiter;
template <class T>
inline constexpr bool kIsFuture = false;
template <class T>
inline constexpr bool kIsFuture<Future<T>> = true;

class TaskPromiseBase {
 public:
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      std::coroutine_handle<> next = handle.promise().continuation_;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  template <class Operation>
  requires std::is_base_of_v<AwaitableOperation, std::remove_cvref_t<Operation>>
  auto& await_transform(Operation&& operation) {
    static_assert(!std::is_const_v<std::remove_reference_t<Operation>>,
                  "Sampo: name what you await: `auto op = ...; co_await std::move(op);`.");
    return const_cast<std::remove_cvref_t<Operation>&>(operation);
  }
  template <class T>
  FutureAwaiter<T> await_transform(const Future<T>& future) {
    return FutureAwaiter<T>{&future};
  }
  template <class T>
  FutureAwaiter<T> await_transform(Future<T>&& future) {
    static_assert(!sizeof(T*),
                  "Sampo: name what you await: `auto future = ...; co_await future;`.");
    return FutureAwaiter<T>{&future};
  }
  template <class Other>
  requires(!std::is_base_of_v<AwaitableOperation, std::remove_cvref_t<Other>> &&
           !kIsFuture<std::remove_cvref_t<Other>>) std::suspend_never await_transform(Other&&) {
    static_assert(!sizeof(std::remove_cvref_t<Other>*),
                  "Sampo: a handler awaits an Ask, a Sleep, a Task or a Future.");
    return {};
  }

  void set_continuation(std::coroutine_handle<> handle) { continuation_ = handle; }
  std::exception_ptr TakeException() { return std::exchange(exception_, nullptr); }

 private:
  std::coroutine_handle<> continuation_;
  std::exception_ptr exception_;
};

template <class T>
class TaskPromise;

// The owner of one coroutine; Task<T> is a const one.
template <class T>
class [[nodiscard]] TaskObject : public AwaitableOperation {
 public:
  using promise_type = TaskPromise<T>;
  using Handle = std::coroutine_handle<TaskPromise<T>>;

  explicit TaskObject(Handle handle) : handle_(handle) {}
  // Takes over from the const value that a function returns; see AskOperation's constructor.
  TaskObject(const TaskObject& other) noexcept : handle_(other.Release()) {}
  TaskObject& operator=(TaskObject&&) = delete;
  ~TaskObject() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) {
    handle_.promise().set_continuation(awaiting);
    return handle_;
  }
  T await_resume() { return TakeResult(); }

  // Library only: the coroutine, which the caller owns from now on.
  Handle Release() const { return std::exchange(handle_, nullptr); }
  T TakeResult() {
    std::exception_ptr exception = handle_.promise().TakeException();
    if (exception) std::rethrow_exception(exception);
    return handle_.promise().TakeValue();
  }

 private:
  mutable Handle handle_;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  const TaskObject<T> get_return_object() {
    return TaskObject<T>(TaskObject<T>::Handle::from_promise(*this));
  }
  template <class U>
  requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) { value_.emplace(std::forward<U>(value)); }
  T TakeValue() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  const TaskObject<void> get_return_object();
  void return_void() {}
  void TakeValue() {}
};
inline const TaskObject<void> TaskPromise<void>::get_return_object() {
  return TaskObject<void>(TaskObject<void>::Handle::from_promise(*this));
}

}  // namespace internal

template <class T>
using Task = const internal::TaskObject<T>;

}  // namespace sampo

#endif  // SAMPO_ACTOR_TASK_H_
