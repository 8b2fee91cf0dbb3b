// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StatusOps: WatchTermination and Monitor: how a stream fares at one place, as a materialized
// value.
//
// They are pipe operators: elements and demand pass without a stage.
// Threads: the values may be used from any thread.
#ifndef SAMPO_STREAM_OPS_STATUS_H_
#define SAMPO_STREAM_OPS_STATUS_H_

#include <utility>

#include "sampo/actor/future.h"
#include "sampo/stream/detail/interpreter.h"
#include "sampo/stream/detail/mat_pipe.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/flow_monitor.h"

namespace sampo::stream {
namespace internal {

template <class T>
class WatchPipe final : public Pipe<T, T> {
 public:
  ~WatchPipe() override {
    if (promise_.IsComplete()) return;
    if (this->connection_ == nullptr) {
      promise_.Complete(AbruptTermination("the stream was never started"));
    } else {
      // OK where both sides ended at once.
      promise_.Complete(this->connection_->interpreter->abort_status());
    }
  }
  Future<void> future() { return promise_.future(); }
  void Push(PassedBy<T> element) override { this->next_->Push(std::move(element)); }
  void OnUpstreamFinish() override { promise_.Complete(); }
  void OnUpstreamFailure(absl::Status& failure) override { promise_.Complete(failure); }
  void OnDownstreamFinish(const absl::Status& cause) override { promise_.Complete(cause); }

 private:
  Promise<void> promise_;
};

}  // namespace internal

template <class Derived, class Out>
class StatusOps {
 public:
  // A Future<void> of the end at this place: OK when completed or cancelled, else the failure, or
  // AbruptTermination. `combine` makes the value of the one so far and of it.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/status_test.cc.
  template <class Combine>
  auto WatchTermination(Combine combine, SourceLocation where = SourceLocation::Current()) const {
    return self().template AppendMat<Out, Future<void>>(
        internal::MakeMatPipe<Out, Out, Future<void>>("watchTermination", where,
                                                      [] {
                                                        auto* op = new internal::WatchPipe<Out>();
                                                        return std::pair(op, op->future());
                                                      }),
        std::move(combine));
  }
  // A FlowMonitor<Out> of what passes here; elements must be copyable.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/status_test.cc.
  template <class Combine>
  auto Monitor(Combine combine, SourceLocation where = SourceLocation::Current()) const {
    return self().template AppendMat<Out, FlowMonitor<Out>>(
        internal::MakeMatPipe<Out, Out, FlowMonitor<Out>>(
            "monitor", where,
            [] {
              auto cell = internal::MakeRef<internal::MonitorCell<Out>>();
              return std::pair(new internal::MonitorPipe<Out>(cell), FlowMonitor<Out>(cell));
            }),
        std::move(combine));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_STATUS_H_
