// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TapOps: operators that leave the elements as they are: they look at what passes (DoOnFirst,
// DoOnCancel, Log), or hold one element so that demand may run ahead (Detach).
//
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.Log("orders", [](const Order& o) { return o.id; })
//       .WithAttributes(Attributes().Levels({.on_element = LogLevel::kInfo}));
#ifndef SAMPO_STREAM_OPS_TAPS_H_
#define SAMPO_STREAM_OPS_TAPS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/sub_source.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace internal {

template <class T, class F>
class DoOnFirstPipe final : public Pipe<T, T> {
 public:
  explicit DoOnFirstPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override {
    if (first_) [[unlikely]] {
      first_ = false;
      try {
        f_(std::as_const(element));
      } catch (...) {
        return this->Supervise(StatusOfCurrentException(), [this] { first_ = true; });
      }
    }
    this->next_->Push(std::move(element));
  }

 private:
  [[no_unique_address]] F f_;
  bool first_ = true;
};

template <class T, class F>
class DoOnCancelLogic final : public FlowLogic<T, T> {
 public:
  explicit DoOnCancelLogic(F f) : f_(std::move(f)) {}
  void OnPush() override { this->out_.Push(this->in_.Grab()); }
  void OnDownstreamFinish(const absl::Status& cause) override {
    f_(cause);
    this->CancelStage(cause);
  }

 private:
  [[no_unique_address]] F f_;
};

// No marker of a log line.
struct NoMarker {};
// An element as what StrCat takes.
struct ShowElement {
  template <class T>
  const T& operator()(const T& element) const {
    return element;
  }
};

template <class T, class Marker, class Show>
class LogStage final : public FlowLogic<T, T> {
 public:
  LogStage(std::string name, Marker marker, Show show)
      : name_(std::move(name)), marker_(std::move(marker)), show_(std::move(show)) {}
  void PreStart() override {
    levels_ = this->attributes().log_levels();
    log_ = IslandOf(this).context()->Log();
  }
  void OnPush() override {
    T element = this->in_.Grab();
    if (log_.Enabled(levels_.on_element)) {
      try {
        LogElement(element);
      } catch (...) {
        absl::Status failure = StatusOfCurrentException();
        if (this->decider()(failure) == Directive::kStop) return this->FailStage(failure);
        return this->in_.Pull();
      }
    }
    this->out_.Push(std::move(element));
  }
  void OnUpstreamFinish() override {
    log_.Log(levels_.on_finish, "[", name_, "] Upstream finished.");
    this->CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    log_.Log(levels_.on_failure, "[", name_, "] Upstream failed: ", failure.ToString());
    this->FailStage(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    log_.Log(levels_.on_finish, "[", name_, "] Downstream finished: ", cause.ToString());
    this->CancelStage(cause);
  }

 private:
  void LogElement(const T& element) {
    if constexpr (std::is_same_v<Marker, NoMarker>) {
      log_.Log(levels_.on_element, "[", name_, "] Element: ", show_(element));
    } else {
      log_.WithFields({marker_(element)})
          .Log(levels_.on_element, "[", name_, "] Element: ", show_(element));
    }
  }

  const std::string name_;
  [[no_unique_address]] Marker marker_;
  [[no_unique_address]] Show show_;
  LogLevels levels_;
  Logger log_;
};

template <class T>
class DetachLogic final : public FlowLogic<T, T> {
 public:
  void PreStart() override { this->in_.Pull(); }
  void OnPush() override {
    if (!this->out_.IsAvailable()) return;
    this->out_.Push(this->in_.Grab());
    this->in_.TryPull();
  }
  void OnPull() override {
    if (!this->in_.IsAvailable()) return;
    this->out_.Push(this->in_.Grab());
    if (this->in_.IsClosed()) return this->CompleteStage();
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    if (!this->in_.IsAvailable()) this->CompleteStage();
  }
  void Describe(StageReport& report) const override {
    report.buffered = this->in_.IsAvailable() ? 1 : 0;
    report.buffer_size = 1;
  }
};

}  // namespace internal

template <class Derived, class Out>
class TapOps {
 public:
  // f(const Out&) on the first element before it goes on. Resume drops it; after a Restart the next
  // one is the first.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Supervision: yes. Tested by: taps_test.cc.
  template <class F>
  auto DoOnFirst(F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::DoOnFirstPipe<Out, F>>(self(), "doOnFirst", where,
                                                                 std::move(f));
  }
  // f(const absl::Status& cause) when downstream cancels; OK: it had enough.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: taps_test.cc.
  template <class F>
  auto DoOnCancel(F f, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::DoOnCancelLogic<Out, F>>(self(), "doOnCancel",
                                                                         where, std::move(f));
  }
  // Logs elements, the end and failures under `name`, with the logger of the stream's actor, at the
  // levels of the attribute Levels. `show` makes of a const Out& what StrCat takes.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Supervision: yes. Tested by: taps_test.cc.
  template <class Show = internal::ShowElement>
  auto Log(std::string name, Show show = {},
           SourceLocation where = SourceLocation::Current()) const {
    return AppendLog("log", where, std::move(name), internal::NoMarker(), std::move(show));
  }
  // The same with a field marker(const Out&), a LogField, on the line of each element.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Supervision: yes. Tested by: taps_test.cc.
  template <class Marker, class Show = internal::ShowElement>
  auto LogWithMarker(std::string name, Marker marker, Show show = {},
                     SourceLocation where = SourceLocation::Current()) const {
    return AppendLog("logWithMarker", where, std::move(name), std::move(marker), std::move(show));
  }
  // Asks upstream for an element before downstream does, and holds one: breaks cycles.
  // Emits when: upstream does. Backpressures when: it holds an element and downstream does.
  // Completes when: upstream does and the held element was emitted. Cancels when: downstream does.
  // Tested by: taps_test.cc.
  auto Detach(SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::DetachLogic<Out>>(self(), "detach", where);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Marker, class Show>
  auto AppendLog(const char* operator_name, SourceLocation where, std::string name, Marker marker,
                 Show show) const {
    return internal::AppendStage<Out, internal::LogStage<Out, Marker, Show>>(
        self(), operator_name, where, std::move(name), std::move(marker), std::move(show));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_TAPS_H_
