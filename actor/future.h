// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Future<T> and Promise<T>: a result that comes later, for code outside of actors (Ask of a system,
// streams' materialized values, journals). Actors use context.Ask and PipeToSelf instead.
//
// A Future completes once, with an absl::StatusOr<T>; a Future<void> with an absl::Status. Whoever
// holds the Promise completes it; dropping an uncompleted Promise completes with CANCELLED, so
// that nobody waits for ever. A Future is a counted handle: copies share one result. Each callback
// gets a copy of it; the last one gets the original where no handle is left, and a move-only T
// has exactly one taker (callback, Map, FlatMap, Recover or Await).
//
// Callbacks run on the completing thread, in the order in which they were registered, or at once on
// the caller's thread where the result is there already. They must be short and must not block.
// What one throws is reported on stderr and goes no further; what the function of Map, FlatMap
// or Recover throws becomes the new future's status.
//
// Threads: copies of a Future may be used from any thread; Promise::Complete too, also at the same
// time. Lifetime: results and callbacks live until the last handle is gone. The memory comes from
// the block pool: one block for a future with one small callback.
//
//   Promise<int> promise;
//   Future<int> future = promise.future();
//   Future<std::string> text = future.Map([](int n) { return std::to_string(n); });
//   text.OnComplete([](absl::StatusOr<std::string> result) { ... });
//   promise.Complete(7);                                    // or a Status
//   absl::StatusOr<int> seven = Await(future, absl::Seconds(3));  // tests and main only
#ifndef SAMPO_ACTOR_FUTURE_H_
#define SAMPO_ACTOR_FUTURE_H_

#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/detail/future_state.h"

namespace sampo {

// What a Future<T> completes with: absl::StatusOr<T>, or absl::Status where T is void.
template <class T>
using FutureResult = typename internal::FutureResultOf<T>::Type;

// What Await does on the current thread. Null members: waits for real.
struct AwaitHook {
  // Why this thread must not wait, or OK. In the turn of an actor Await is refused anyway:
  // FAILED_PRECONDITION with the actor's path.
  absl::Status (*refuse)() = nullptr;
  // Works instead of waiting, until `ready(state)` or until `timeout` of its own time has passed:
  // the simulation runs its events here. Called after `refuse` agreed.
  void (*drive)(void* driver, bool (*ready)(const void* state), const void* state,
                absl::Duration timeout) = nullptr;
  void* driver = nullptr;
};
extern thread_local constinit AwaitHook await_hook __attribute__((tls_model("initial-exec")));

template <class T>
class Future;
template <class T>
class Promise;

namespace internal {
// Behind the members of Future; defined in detail/future_combinators.h.
template <class T, class F>
auto MapFuture(Future<T> source, F f);
template <class T, class F>
auto FlatMapFuture(Future<T> source, F f);
template <class T, class F>
Future<T> RecoverFuture(Future<T> source, F f);
template <class T>
auto SequenceFutures(std::vector<Future<T>> futures);
struct FutureAccess;
}  // namespace internal

template <class T>
class Future {
  static_assert(!std::is_same_v<T, absl::Status>, "Sampo: Future<void> completes with a Status.");
  static_assert(!std::is_reference_v<T>, "Sampo: a future holds a value; use a pointer.");

 public:
  using Value = T;
  using Result = FutureResult<T>;
  using Callback = UniqueFunction<void(Result)>;

  // Complete already. For Future<void> `value` is left out.
  template <class... V>
  static Future Ready(V&&... value) {
    if constexpr (std::is_void_v<T>) {
      static_assert(sizeof...(V) == 0);
      return Future(new internal::FutureState<T>(absl::OkStatus()));
    } else {
      static_assert(sizeof...(V) == 1);
      return Future(new internal::FutureState<T>(Result(T(std::forward<V>(value)...))));
    }
  }
  // Complete already, without a value. Precondition: `status` is not OK.
  static Future Failed(absl::Status status) {
    SAMPO_CHECK(!status.ok(), "Future::Failed with an OK status");
    return Future(new internal::FutureState<T>(Result(std::move(status))));
  }
  // Complete already, with either.
  static Future Of(Result result) {
    return Future(new internal::FutureState<T>(std::move(result)));
  }

  Future(const Future& other) : state_(other.state_) {
    if (state_ != nullptr) state_->Ref();
  }
  // Leaves `other` empty: it may be assigned to or destroyed, nothing else.
  Future(Future&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Future& operator=(Future other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Future() {
    if (state_ != nullptr) state_->Unref();
  }

  bool IsComplete() const { return state_->IsComplete(); }

  // Calls `callback` once with the result; see the head for when and where. A second taker of a
  // move-only T aborts. On a temporary future the result is moved, not copied, where it can be.
  void OnComplete(Callback callback) const& { state_->Register(std::move(callback)); }
  void OnComplete(Callback callback) && {
    Future self = std::move(*this);
    internal::FutureState<T>::RegisterLast(std::exchange(self.state_, nullptr),
                                           std::move(callback));
  }

  // A future of what `f` makes of the value: f(T), or f() for void, returns U, StatusOr<U>, Status
  // or void. A failure passes by `f` unchanged.
  template <class F>
  auto Map(F f) const& {
    return internal::MapFuture(*this, std::move(f));
  }
  template <class F>
  auto Map(F f) && {
    return internal::MapFuture(std::move(*this), std::move(f));
  }

  // The same with an `f` that returns a Future<U>, whose result becomes the result.
  template <class F>
  auto FlatMap(F f) const& {
    return internal::FlatMapFuture(*this, std::move(f));
  }
  template <class F>
  auto FlatMap(F f) && {
    return internal::FlatMapFuture(std::move(*this), std::move(f));
  }

  // Replaces a failure by what f(absl::Status) returns: T, StatusOr<T>, Status or Future<T>. A
  // value passes by `f` unchanged.
  template <class F>
  Future Recover(F f) const& {
    return internal::RecoverFuture(*this, std::move(f));
  }
  template <class F>
  Future Recover(F f) && {
    return internal::RecoverFuture(std::move(*this), std::move(f));
  }

 private:
  friend class Promise<T>;
  friend struct internal::FutureAccess;
  template <class U>
  friend FutureResult<U> Await(Future<U> future, absl::Duration timeout);
  explicit Future(internal::FutureState<T>* counted) : state_(counted) {}

  internal::FutureState<T>* state_;
};

template <class T>
class [[nodiscard]] Promise {
 public:
  using Result = FutureResult<T>;

  Promise() : state_(new internal::FutureState<T>) {}
  Promise(Promise&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), taken_(other.taken_) {}
  Promise& operator=(Promise other) noexcept {
    std::swap(state_, other.state_);
    std::swap(taken_, other.taken_);
    return *this;
  }
  // Completes with CANCELLED "promise dropped" if nobody has completed it.
  ~Promise() {
    if (state_ == nullptr) return;
    state_->Complete([] { return Result(internal::PromiseDropped()); });
    state_->Unref();
  }

  // The other side. Once: copy the Future to have more of them. So the last callback can be given
  // the result itself when all handles are gone.
  Future<T> future() {
    SAMPO_CHECK(state_ != nullptr && !taken_, "Promise::future was called before; copy its result");
    taken_ = true;
    state_->Ref();
    return Future<T>(state_);
  }

  // Completes and runs the callbacks, unless it is complete already: then false, and `result` is
  // dropped. Takes a T, a Status, or for Promise<void> a Status.
  bool Complete(Result result) {
    SAMPO_CHECK(state_ != nullptr, "Complete of a Promise that was moved away");
    return state_->Complete([&result]() -> Result&& { return std::move(result); });
  }

  // For Promise<void>: with OK.
  bool Complete() requires std::is_void_v<T> { return Complete(absl::OkStatus()); }

  bool IsComplete() const { return state_->IsComplete(); }

 private:
  internal::FutureState<T>* state_;
  bool taken_ = false;
};

// Waits for the result, for tests and main() only: spins 100 us, then sleeps. In a simulation it
// runs the simulation, and `timeout` is virtual time.
// DEADLINE_EXCEEDED when `timeout` has passed; FAILED_PRECONDITION naming the actor on a thread of
// a dispatcher, where waiting would stop other actors. A move-only T is taken out of the future.
template <class T>
[[nodiscard]] FutureResult<T> Await(Future<T> future, absl::Duration timeout) {
  absl::Status waited = internal::AwaitState(*future.state_, timeout);
  if (!waited.ok()) return waited;
  return future.state_->TakeForAwait();
}

namespace internal {

struct FutureAccess {
  // The result of a future that is complete: what a callback would get, without its cost (20 ns).
  template <class T>
  static FutureResult<T> Take(Future<T> complete) {
    return complete.state_->TakeForAwait();
  }
};

}  // namespace internal

// A future of all values, in the order of `futures`; of none: complete at once. Fails as soon as
// one of them fails, with the status of the first that did.
template <class T>
auto Sequence(std::vector<Future<T>> futures) {
  return internal::SequenceFutures(std::move(futures));
}

}  // namespace sampo

#include "sampo/actor/detail/future_combinators.h"  // IWYU pragma: export

#endif  // SAMPO_ACTOR_FUTURE_H_
