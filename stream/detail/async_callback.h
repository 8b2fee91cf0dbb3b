// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// How AsyncCallback finds its stage: through a target that outlives it, and the island's mailbox.
//
// Threads: Invoke from any; everything else on the turn of the island's actor.
#ifndef SAMPO_STREAM_DETAIL_ASYNC_CALLBACK_H_
#define SAMPO_STREAM_DETAIL_ASYNC_CALLBACK_H_

#include <atomic>
#include <utility>

#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream {
namespace internal {

class AsyncTarget final : public RefCounted {
 public:
  AsyncTarget(GraphStageLogic* logic, Island* island);
  ~AsyncTarget() override;

  // From any thread: runs `call` on the stage's turn, or destroys it where the stage has ended.
  void Post(UniqueFunction<void()> call);
  // Whether the stage has ended, as far as known here.
  bool has_ended() const { return ended_.load(std::memory_order_acquire); }
  // On the turn: runs `call` as a handler of the stage if it has not ended.
  void Run(UniqueFunction<void()>& call);
  // The stage ends.
  void Close();

 private:
  GraphStageLogic* logic_;  // null when the stage has ended; the island's turn alone
  std::atomic<bool> ended_{false};
  const Ref<RefCounted> island_holder_;
  Island* const island_;
};

}  // namespace internal

template <class T>
struct AsyncCallback<T>::State final : internal::RefCounted {
  State(internal::Ref<internal::AsyncTarget> to, UniqueFunction<void(T)> function)
      : target(std::move(to)), handler(std::move(function)) {}
  const internal::Ref<internal::AsyncTarget> target;
  UniqueFunction<void(T)> handler;
};

template <class T>
void AsyncCallback<T>::Invoke(T argument) const {
  state_->target->Post([state = state_, argument = std::move(argument)]() mutable {
    state->handler(std::move(argument));
  });
}

template <class T>
Future<void> AsyncCallback<T>::InvokeWithFeedback(T argument) const {
  Promise<void> promise;
  Future<void> done = promise.future();
  state_->target->Post(
      [state = state_, argument = std::move(argument), promise = std::move(promise)]() mutable {
        state->handler(std::move(argument));
        promise.Complete();
      });
  return done;
}

template <class T, class Handler>
AsyncCallback<T> GraphStageLogic::GetAsyncCallback(Handler handler) {
  return AsyncCallback<T>(internal::MakeRef<typename AsyncCallback<T>::State>(
      internal::Ref<internal::AsyncTarget>(EnsureAsyncTarget()), std::move(handler)));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_ASYNC_CALLBACK_H_
