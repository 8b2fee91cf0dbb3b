// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Arrivals<T>: how the results of futures come to a stage: on its turn; at once, without a message,
// where the future is complete already.
//
// Threads: the stage's turn. Lifetime: a member of the stage; results that come later are dropped.
//
//   Arrivals<int> results_;
//   void PreStart() override {
//     results_.Open(this, [this](absl::StatusOr<int> result) { ... });
//   }
//   void OnPush() override { results_.Add(f_(in_.Grab())); }
#ifndef SAMPO_STREAM_DETAIL_ARRIVALS_H_
#define SAMPO_STREAM_DETAIL_ARRIVALS_H_

#include <optional>
#include <utility>

#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

template <class T>
class Arrivals {
 public:
  using Result = FutureResult<T>;

  // In PreStart, or later.
  void Open(GraphStageLogic* stage, UniqueFunction<void(Result)> handler) {
    handler_ = std::move(handler);
    callback_ = stage->template GetAsyncCallback<Result>(
        [this](Result result) { handler_(std::move(result)); });
  }
  // Calls the handler with the result of `future`, at once or later. It may throw as a handler may.
  void Add(Future<T> future) {
    if (!future.IsComplete()) {
      std::move(future).OnComplete(
          [callback = callback_](Result result) { callback.Invoke(std::move(result)); });
      return;
    }
    std::optional<Result> taken;
    std::move(future).OnComplete([&taken](Result result) { taken.emplace(std::move(result)); });
    handler_(*std::move(taken));
  }

 private:
  UniqueFunction<void(Result)> handler_;
  AsyncCallback<Result> callback_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_ARRIVALS_H_
