// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How MapAsync and its kin call the user's function: one that returns a Future on the stream's
// turn, one that returns a Task in a child actor of the stream, where tasks take turns at their
// co_awaits.
//
// Why a child for tasks: a coroutine goes on by messages to the actor it began in, and the stream's
// own actor has none to spare. The function runs there, too, so that its state has one thread.
// Threads: Open, Close and calls on the stage's turn. Lifetime: members of a stage.
#ifndef SAMPO_STREAM_DETAIL_ASYNC_START_H_
#define SAMPO_STREAM_DETAIL_ASYNC_START_H_

#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/future.h"
#include "sampo/actor/task.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/sub_source.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/not_used.h"

namespace sampo::stream::internal {

// What becomes of an asynchronous result of type T: an element, NotUsed for void.
template <class T>
struct AsyncElement {
  using Type = T;
  static absl::StatusOr<T> Of(absl::StatusOr<T> result) { return result; }
  // The result of a future that is complete.
  static absl::StatusOr<T> Take(Future<T> complete) {
    return ::sampo::internal::FutureAccess::Take(std::move(complete));
  }
};
template <>
struct AsyncElement<void> {
  using Type = NotUsed;
  static absl::StatusOr<NotUsed> Of(absl::Status result) {
    if (!result.ok()) return result;
    return NotUsed{};
  }
  static absl::StatusOr<NotUsed> Take(Future<void> complete) {
    return Of(::sampo::internal::FutureAccess::Take(std::move(complete)));
  }
};

// A function that returns a Future<T>.
template <class F, class T>
class FutureStarter {
 public:
  using Value = T;
  explicit FutureStarter(F f) : f_(std::move(f)) {}
  void Open(GraphStageLogic*) {}
  void Close(GraphStageLogic*) {}
  template <class... Args>
  Future<T> operator()(Args&&... args) {
    return f_(std::forward<Args>(args)...);
  }

 private:
  [[no_unique_address]] F f_;
};

template <class F>
struct SharedFunction final : RefCounted {
  explicit SharedFunction(F function) : f(std::move(function)) {}
  F f;
};

// A call of a function that returns a Task.
template <class F, class T, class... Args>
struct TaskJob {
  static constexpr std::string_view kMessageName = "stream.task";
  static constexpr bool kSuppressDeadLetter = true;  // the stage has ended
  Ref<SharedFunction<F>> function;
  std::tuple<Args...> arguments;
  Promise<T> promise;
};

template <class Job>
class TaskWorker final : public AbstractBehavior<TaskWorker<Job>, Job> {
 public:
  using AbstractBehavior<TaskWorker<Job>, Job>::AbstractBehavior;

  Task<Behavior<Job>> OnMessage(Job job) {
    try {
      auto task = std::apply(job.function->f, std::move(job.arguments));
      using Done = decltype(task.await_resume());
      if constexpr (std::is_void_v<Done>) {
        co_await std::move(task);
        job.promise.Complete();
      } else {
        auto value = co_await std::move(task);
        job.promise.Complete(std::move(value));
      }
    } catch (...) {
      job.promise.Complete(StatusOfCurrentException());
    }
    co_return Same();
  }
};

// A function that returns a Task; its result is a T.
template <class F, class T, class... Args>
class TaskStarter {
 public:
  using Value = T;
  explicit TaskStarter(F f) : f_(std::move(f)) {}
  void Open(GraphStageLogic* stage) {
    function_ = MakeRef<SharedFunction<F>>(f_);
    worker_ = IslandOf(stage).context()->SpawnAnonymous(Interleaving(TaskWorker<Job>::Create()));
  }
  void Close(GraphStageLogic* stage) {
    // A stream that is cut off stops its children by itself.
    if (stage->abort_status().ok()) IslandOf(stage).context()->Stop(worker_);
  }
  Future<T> operator()(Args... args) {
    Promise<T> promise;
    Future<T> future = promise.future();
    worker_.Tell(Job{function_, std::tuple<Args...>(std::move(args)...), std::move(promise)});
    return future;
  }

 private:
  using Job = TaskJob<F, T, Args...>;
  F f_;
  Ref<SharedFunction<F>> function_;
  ActorRef<Job> worker_;
};

// The starter for what F returns, called with Args.
template <class F, class R, class... Args>
struct StarterFor {
  static_assert(!sizeof(R*), "Sampo: an asynchronous function returns a Future or a Task.");
};
template <class F, class T, class... Args>
struct StarterFor<F, Future<T>, Args...> {
  using Type = FutureStarter<F, T>;
};
template <class F, class T, class... Args>
struct StarterFor<F, ::sampo::internal::TaskObject<T>, Args...> {
  using Type = TaskStarter<F, T, Args...>;
};
// A task may also return a status or a value.
template <class F, class T, class... Args>
struct StarterFor<F, ::sampo::internal::TaskObject<absl::StatusOr<T>>, Args...> {
  using Type = TaskStarter<F, T, Args...>;
};
template <class F, class... Args>
struct StarterFor<F, ::sampo::internal::TaskObject<absl::Status>, Args...> {
  using Type = TaskStarter<F, void, Args...>;
};
template <class F, class... Args>
using Starter = typename StarterFor<F, ResultOf<F, Args...>, Args...>::Type;

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_ASYNC_START_H_
