// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FlowMonitor<T>: what passes at one place of a running stream, to be looked at from outside; the
// value of the operator Monitor.
//
// Threads: a value, read from any thread. It outlives the stream.
//
//   auto [monitor, done] = source.Monitor(KeepRight()).ToMat(sink, KeepBoth()).Run(system);
//   if (monitor.state().kind == FlowMonitorState<int>::Kind::kFailed) ...;
#ifndef SAMPO_STREAM_FLOW_MONITOR_H_
#define SAMPO_STREAM_FLOW_MONITOR_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ref_counted.h"

namespace sampo::stream {

template <class T>
struct FlowMonitorState {
  enum class Kind : uint8_t {
    kInitialized,  // nothing has passed yet
    kReceived,     // `last` was the last to pass
    kFailed,       // with `failure`
    kFinished,     // completed or cancelled
  };
  Kind kind = Kind::kInitialized;
  std::optional<T> last;  // kReceived
  absl::Status failure;   // kFailed
};

namespace internal {

template <class T>
struct MonitorCell final : RefCounted {
  mutable std::mutex mutex;
  FlowMonitorState<T> state;
};

template <class T>
class MonitorPipe final : public Pipe<T, T> {
  using Kind = typename FlowMonitorState<T>::Kind;

 public:
  explicit MonitorPipe(Ref<MonitorCell<T>> cell) : cell_(std::move(cell)) {}
  void Push(PassedBy<T> element) override {
    {
      std::lock_guard guard(cell_->mutex);
      cell_->state.kind = Kind::kReceived;
      cell_->state.last = std::as_const(element);
    }
    this->next_->Push(std::move(element));
  }
  void OnUpstreamFinish() override { End(absl::OkStatus()); }
  void OnUpstreamFailure(absl::Status& failure) override { End(failure); }
  void OnDownstreamFinish(const absl::Status& cause) override { End(cause); }

 private:
  void End(const absl::Status& end) {
    std::lock_guard guard(cell_->mutex);
    FlowMonitorState<T>& state = cell_->state;
    if (state.kind == Kind::kFailed || state.kind == Kind::kFinished) return;
    state = {end.ok() ? Kind::kFinished : Kind::kFailed, std::nullopt, end};
  }
  const Ref<MonitorCell<T>> cell_;
};

}  // namespace internal

template <class T>
class FlowMonitor {
 public:
  explicit FlowMonitor(internal::Ref<internal::MonitorCell<T>> cell) : cell_(std::move(cell)) {}
  FlowMonitorState<T> state() const {
    std::lock_guard guard(cell_->mutex);
    return cell_->state;
  }

 private:
  internal::Ref<internal::MonitorCell<T>> cell_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_FLOW_MONITOR_H_
