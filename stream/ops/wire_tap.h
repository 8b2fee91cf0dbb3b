// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages behind WireTap: a look at the elements that never slows nor ends the main line.
//
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   readings.WireTap(to_dashboard)
#ifndef SAMPO_STREAM_OPS_WIRE_TAP_H_
#define SAMPO_STREAM_OPS_WIRE_TAP_H_

#include <optional>
#include <utility>

#include "sampo/stream/detail/junction.h"

namespace sampo::stream::internal {

// Outlet 0 is the main line, outlet 1 the tap.
template <class T>
class WireTapLogic final : public GraphStageLogic, InHandler, OutHandler {
 public:
  WireTapLogic() {
    in_.SetHandler(this);
    main_.SetHandler(this);
    tap_.SetHandler(&tap_handler_);
  }

 private:
  struct TapHandler final : OutHandler {
    explicit TapHandler(WireTapLogic& logic) : stage(logic) {}
    void OnPull() override { stage.GiveTap(); }
    void OnDownstreamFinish(const absl::Status&) override {
      stage.latest_.reset();
      if (stage.main_.IsClosed()) stage.CompleteStage();
    }
    WireTapLogic& stage;
  };

  void OnPush() override {
    T element = in_.Grab();
    if (!tap_.IsClosed()) {
      latest_.emplace(element);
      if (tap_.IsAvailable()) GiveTap();
    }
    main_.Push(std::move(element));
  }
  void OnUpstreamFinish() override {
    main_.Complete();
    if (!latest_) CompleteStage();  // the tap may still take the last one
  }
  void OnPull() override { in_.Pull(); }
  void GiveTap() {
    if (!latest_) return;
    tap_.Push(*std::move(latest_));
    latest_.reset();
    if (in_.IsClosed()) tap_.Complete();
  }

  Inlet<T> in_{this, "in"};
  Outlet<T> main_{this, "out"};
  Outlet<T> tap_{this, "tap"};
  TapHandler tap_handler_{*this};
  std::optional<T> latest_;  // that the tap has not taken yet
};

template <class T, class F>
class WireTapPipe final : public Pipe<T, T> {
 public:
  explicit WireTapPipe(F tap) : tap_(std::move(tap)) {}
  void Push(PassedBy<T> element) override {
    if (is_open_) {
      try {
        tap_(static_cast<const T&>(element));
      } catch (...) {
        is_open_ = false;  // as a sink that has failed
      }
    }
    this->next_->Push(std::move(element));
  }

 private:
  [[no_unique_address]] F tap_;
  bool is_open_ = true;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_WIRE_TAP_H_
