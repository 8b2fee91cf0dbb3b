// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind UnfoldResource and UnfoldResourceAsync: a resource is closed exactly once for
// each time it was opened, whatever ends the stream.
//
// Threads: the stream's turn; what blocks belongs into an island of its own:
// `.Async(Attributes().Dispatcher(DispatcherKind::kBlocking))`.
#ifndef SAMPO_STREAM_OPS_DETAIL_RESOURCE_LOGICS_H_
#define SAMPO_STREAM_OPS_DETAIL_RESOURCE_LOGICS_H_

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/stream/detail/arrivals.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream::internal {

template <class T, class Open, class Read, class Close>
class UnfoldResourceLogic final : public SourceLogic<T> {
 public:
  UnfoldResourceLogic(Open open, Read read, Close close)
      : open_(std::move(open)), read_(std::move(read)), close_(std::move(close)) {}
  void PreStart() override { resource_.emplace(open_()); }
  void OnPull() override {
    for (;;) {
      std::optional<T> element;
      try {
        element = read_(*resource_);
      } catch (...) {
        if (!GoesOn(StatusOfCurrentException())) return;
        continue;
      }
      if (element) return this->out_.Push(*std::move(element));
      CloseResource();
      return this->CompleteStage();
    }
  }
  void PostStop() override { CloseResource(); }

 private:
  using Resource = std::remove_cvref_t<std::invoke_result_t<Open&>>;
  bool GoesOn(absl::Status failure) {
    switch (this->decider()(failure)) {
      case Directive::kResume:
        return true;
      case Directive::kRestart:
        CloseResource();
        resource_.emplace(open_());
        return true;
      case Directive::kStop:
        break;
    }
    CloseResource();
    this->FailStage(std::move(failure));
    return false;
  }
  void CloseResource() {
    if (!resource_) return;
    Resource closing = *std::move(resource_);
    resource_.reset();
    close_(closing);
  }

  Open open_;
  Read read_;
  Close close_;
  std::optional<Resource> resource_;
};

// The functions return futures; the resource is a handle that what they start may copy.
template <class T, class Open, class Read, class Close>
class UnfoldResourceAsyncLogic final : public SourceLogic<T> {
 public:
  UnfoldResourceAsyncLogic(Open open, Read read, Close close)
      : open_(std::move(open)), read_(std::move(read)), close_(std::move(close)) {}
  void PreStart() override {
    opened_.Open(this, [this](absl::StatusOr<Resource> resource) {
      in_flight_ = false;
      if (!resource.ok()) return this->FailStage(resource.status());
      resource_.emplace(*std::move(resource));
      if (this->out_.IsClosed()) return this->CompleteStage();
      if (this->out_.IsAvailable()) ReadNext();
    });
    elements_.Open(this, [this](absl::StatusOr<std::optional<T>> element) {
      in_flight_ = false;
      if (!element.ok()) return Failed(element.status());
      if (!element->has_value()) return CloseThen(absl::OkStatus(), false);
      this->out_.Push(**std::move(element));
    });
    closed_.Open(this, [this](const absl::Status& closed) {
      in_flight_ = false;
      if (restarts_ && closed.ok()) return StartOpen();
      const absl::Status end = end_.ok() ? closed : end_;
      if (end.ok()) return this->CompleteStage();
      this->FailStage(end);
    });
    StartOpen();
  }
  void OnPull() override {
    if (resource_ && !in_flight_) ReadNext();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    // What is being opened is to be closed, too.
    if (!resource_ && in_flight_) return this->SetKeepGoing(true);
    this->CancelStage(cause);
  }
  void PostStop() override {
    if (resource_) close_(*std::exchange(resource_, std::nullopt));
  }
  void Describe(StageReport& report) const override {
    report.futures_max = 1;
    report.futures_in_flight = in_flight_ ? 1 : 0;
    if (in_flight_) report.waits_for = resource_ ? "the resource to be read" : "the resource";
  }

 private:
  using Resource = typename std::remove_cvref_t<std::invoke_result_t<Open&>>::Value;
  void StartOpen() {
    restarts_ = false;
    in_flight_ = true;
    opened_.Add(open_());
  }
  void ReadNext() {
    in_flight_ = true;
    elements_.Add(read_(*resource_));
  }
  void Failed(absl::Status failure) {
    switch (this->decider()(failure)) {
      case Directive::kResume:
        return ReadNext();
      case Directive::kRestart:
        return CloseThen(absl::OkStatus(), true);
      case Directive::kStop:
        return CloseThen(std::move(failure), false);
    }
  }
  // Closes, and then opens again or ends with `end`.
  void CloseThen(absl::Status end, bool restarts) {
    end_ = std::move(end);
    restarts_ = restarts;
    in_flight_ = true;
    closed_.Add(close_(*std::exchange(resource_, std::nullopt)));
  }

  Open open_;
  Read read_;
  Close close_;
  std::optional<Resource> resource_;
  bool in_flight_ = false;
  bool restarts_ = false;
  absl::Status end_;
  Arrivals<Resource> opened_;
  Arrivals<std::optional<T>> elements_;
  Arrivals<void> closed_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_RESOURCE_LOGICS_H_
