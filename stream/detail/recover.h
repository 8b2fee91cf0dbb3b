// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stages and pipe operators that deal with a failure of the stream: Recover, RecoverWith,
// MapError, OnErrorComplete.
//
// A function of the failure may be partial: it returns an optional, empty for what it does not
// handle.
// Threads: the stage's turn.
#ifndef SAMPO_STREAM_DETAIL_RECOVER_H_
#define SAMPO_STREAM_DETAIL_RECOVER_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/substream.h"

namespace sampo::stream::internal {

template <class R>
std::optional<R> AsOptional(R value) {
  return std::optional<R>(std::move(value));
}
template <class R>
std::optional<R> AsOptional(std::optional<R> value) {
  return value;
}

template <class T, class F>
class RecoverLogic final : public FlowLogic<T, T> {
 public:
  explicit RecoverLogic(F f) : f_(std::move(f)) {}
  void OnPush() override { this->out_.Push(this->in_.Grab()); }
  void OnUpstreamFailure(const absl::Status& failure) override {
    std::optional<T> last = AsOptional(f_(failure));
    if (!last) return this->FailStage(failure);
    this->out_.Emit(*std::move(last));
    this->CompleteStage();
  }

 private:
  [[no_unique_address]] F f_;
};

// Goes on with the source that the function gives, up to `attempts` times; below 0: always.
template <class T, class F>
class RecoverWithLogic final : public FlowLogic<T, T> {
 public:
  RecoverWithLogic(int attempts, F f) : attempts_(attempts), f_(std::move(f)) {}
  void OnPush() override { this->out_.Push(this->in_.Grab()); }
  void OnPull() override {
    if (other_ != nullptr) {
      other_->Pull();
    } else {
      this->in_.Pull();
    }
  }
  void OnUpstreamFailure(const absl::Status& failure) override { GoOn(failure); }

 private:
  struct Other final : InHandler {
    explicit Other(RecoverWithLogic* owner) : stage(owner) {}
    void OnPush() override { stage->out_.Push(stage->other_->Grab()); }
    void OnUpstreamFailure(const absl::Status& failure) override { stage->GoOn(failure); }
    RecoverWithLogic* const stage;
  };

  void GoOn(const absl::Status& failure) {
    if (attempts_ == 0) return this->FailStage(failure);
    auto source = AsOptional(f_(failure));
    if (!source) return this->FailStage(failure);
    if (attempts_ > 0) --attempts_;
    other_ = std::make_unique<SubInlet<T>>(this, "recovered");
    other_->SetHandler(&handler_);
    other_->Run(*source);
    if (this->out_.IsAvailable()) other_->TryPull();
  }

  int attempts_;
  [[no_unique_address]] F f_;
  Other handler_{this};
  std::unique_ptr<SubInlet<T>> other_;  // the source that has taken over
};

template <class T, class F>
class MapErrorPipe final : public Pipe<T, T> {
 public:
  explicit MapErrorPipe(F f) : f_(std::move(f)) {}
  void Push(PassedBy<T> element) override { this->next_->Push(std::move(element)); }
  void OnUpstreamFailure(absl::Status& failure) override {
    std::optional<absl::Status> mapped = AsOptional(f_(std::as_const(failure)));
    if (mapped && !mapped->ok()) failure = *std::move(mapped);
  }

 private:
  [[no_unique_address]] F f_;
};

template <class T, class Predicate>
class OnErrorCompletePipe final : public Pipe<T, T> {
 public:
  explicit OnErrorCompletePipe(Predicate predicate) : predicate_(std::move(predicate)) {}
  void Push(PassedBy<T> element) override { this->next_->Push(std::move(element)); }
  void OnUpstreamFailure(absl::Status& failure) override {
    if (predicate_(std::as_const(failure))) failure = absl::OkStatus();
  }

 private:
  [[no_unique_address]] Predicate predicate_;
};

struct AnyFailure {
  bool operator()(const absl::Status&) const { return true; }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_RECOVER_H_
