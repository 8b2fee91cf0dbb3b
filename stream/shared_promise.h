// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SharedPromise<T>: a promise that a stream and its user hold both: what Source::Maybe and
// Source::Tick materialize. Whoever completes it first has decided.
//
// Threads: all methods from any. Lifetime: copies share one promise; it is no loss to drop them.
//
//   auto [maybe, done] = Source<int>::Maybe().ToMat(Sink<int>::Head(), KeepBoth()).Run(system);
//   maybe.Complete(7);
#ifndef SAMPO_STREAM_SHARED_PROMISE_H_
#define SAMPO_STREAM_SHARED_PROMISE_H_

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "sampo/actor/future.h"

namespace sampo::stream {

template <class T>
class SharedPromise {
 public:
  SharedPromise() : state_(std::make_shared<State>()) {}

  // A T or a status. False: it was complete before.
  bool Complete(FutureResult<T> result) const {
    return state_->promise.Complete(std::move(result));
  }
  bool IsComplete() const { return state_->promise.IsComplete(); }
  // What it was completed with. Of a move-only T the stream itself is the one taker.
  const Future<T>& future() const { return state_->future; }

 private:
  struct State {
    Promise<T> promise;
    Future<T> future = promise.future();
  };
  std::shared_ptr<State> state_;
};

// The value of Source::Maybe: Complete(value) emits it, Complete(std::nullopt) completes the
// stream, a status fails it.
template <class T>
using MaybePromise = SharedPromise<std::optional<T>>;

// The value of Source::Tick.
class TickHandle {
 public:
  // Completes the source. False: it was cancelled, or had ended, before.
  bool Cancel() const { return end_.Complete(absl::OkStatus()); }
  bool IsCancelled() const { return end_.IsComplete(); }
  // OK once it was cancelled.
  const Future<void>& end() const { return end_.future(); }

 private:
  SharedPromise<void> end_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SHARED_PROMISE_H_
