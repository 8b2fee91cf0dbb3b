// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sink<T>::Queue: a sink out of which code outside of the stream pulls the elements.
//
// Threads: the handle is a value, used from any thread. It outlives its stream: a pull after the
// end gives the end.
//
//   SinkQueue<int> queue = Source<int>::Range(1, 3).RunWith(Sink<int>::Queue(), system);
//   Future<std::optional<int>> next = queue.Pull();  // nothing: the stream has completed
#ifndef SAMPO_STREAM_SINK_QUEUE_H_
#define SAMPO_STREAM_SINK_QUEUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {

template <class In, class Mat>
class Sink;

// The handle of Sink<T>::Queue.
template <class T>
class SinkQueue {
 public:
  // The next element, or nothing at the stream's end; fails with the stream's failure. Fails with
  // FAILED_PRECONDITION where more pulls wait than the sink allows.
  Future<std::optional<T>> Pull() const {
    Command command{Promise<std::optional<T>>()};
    Future<std::optional<T>> result = command.pulled->future();
    if (!inbox_->Send(std::move(command))) TellEnd(*command.pulled, *inbox_->end());
    return result;
  }
  // No more elements.
  void Cancel() const {
    (void)inbox_->Send({});  // refused: it has ended already
  }

  // --- for the library ---
  // A pull, or a cancellation.
  struct Command {
    std::optional<Promise<std::optional<T>>> pulled;
  };
  using Inbox = internal::StageInbox<Command>;
  explicit SinkQueue(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}
  // The answer of a stream that has ended so.
  static void TellEnd(Promise<std::optional<T>>& pulled, const absl::Status& end) {
    if (end.ok()) {
      pulled.Complete(std::optional<T>());
    } else {
      pulled.Complete(end);
    }
  }

 private:
  std::shared_ptr<Inbox> inbox_;
};

namespace internal {

template <class T>
class SinkQueueLogic final : public SinkLogic<T> {
  using Command = typename SinkQueue<T>::Command;

 public:
  explicit SinkQueueLogic(int max_concurrent_pulls)
      : pulls_(static_cast<size_t>(max_concurrent_pulls > 1 ? max_concurrent_pulls : 1)) {}
  ~SinkQueueLogic() override {
    Finish(AbruptTermination("the stream of a sink queue was never started"));
  }
  SinkQueue<T> materialized() const { return SinkQueue<T>(inbox_); }

  void PreStart() override {
    buffer_ = Ring<T>(static_cast<size_t>(this->attributes().input_buffer().max));
    this->SetKeepGoing(true);  // what waits in the buffer outlives the upstream
    inbox_->Open(this->template GetAsyncCallback<int>([this](int) {
      inbox_->DrainOne([this](Command& command) { Handle(std::move(command)); });
    }));
    this->in_.Pull();
  }
  void PostStop() override {
    const absl::Status& end = this->failure();
    Finish(end.ok() ? end_.value_or(absl::OkStatus()) : end);
  }
  void OnPush() override {
    if (!pulls_.empty()) {
      pulls_.PopFront().Complete(std::optional<T>(this->in_.Grab()));
    } else {
      buffer_.PushBack(this->in_.Grab());
    }
    if (!buffer_.full()) this->in_.Pull();
  }
  void OnUpstreamFinish() override { End(absl::OkStatus()); }
  void OnUpstreamFailure(const absl::Status& failure) override {
    buffer_.Clear();
    End(failure);
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(buffer_.size());
    report.buffer_size = static_cast<int64_t>(buffer_.capacity());
    if (pulls_.empty()) report.waits_for = "a pull of its queue";
  }

 private:
  void Handle(Command command) {
    if (finish_) {
      if (command.pulled) SinkQueue<T>::TellEnd(*command.pulled, *finish_);
      return;
    }
    if (!command.pulled) {
      buffer_.Clear();
      Finish(absl::OkStatus());
      return this->CompleteStage();
    }
    if (!buffer_.empty()) {
      command.pulled->Complete(std::optional<T>(buffer_.PopFront()));
      if (!end_) this->in_.TryPull();
      if (end_ && buffer_.empty()) Close();
    } else if (pulls_.full()) {
      command.pulled->Complete(absl::FailedPreconditionError(
          StrCat("stream sink queue: more than ", pulls_.capacity(),
                 " pulls at once: wait for one before the next, or allow more of them")));
    } else {
      pulls_.PushBack(*std::move(command.pulled));
    }
  }
  void End(absl::Status end) {
    end_ = std::move(end);
    if (buffer_.empty()) Close();
  }
  void Close() {
    Finish(*end_);
    this->CompleteStage();
  }
  void Finish(absl::Status end) {
    if (finish_) return;
    finish_ = std::move(end);
    std::vector<Command> late = inbox_->Close(*finish_);
    while (!pulls_.empty()) {
      Promise<std::optional<T>> pulled = pulls_.PopFront();
      SinkQueue<T>::TellEnd(pulled, *finish_);
    }
    for (Command& command : late) {
      if (command.pulled) SinkQueue<T>::TellEnd(*command.pulled, *finish_);
    }
  }

  Ring<T> buffer_;
  Ring<Promise<std::optional<T>>> pulls_;
  std::optional<absl::Status> end_;     // of the upstream
  std::optional<absl::Status> finish_;  // of the queue
  const std::shared_ptr<typename SinkQueue<T>::Inbox> inbox_ =
      std::make_shared<typename SinkQueue<T>::Inbox>();
};

}  // namespace internal

template <class In>
class QueueSinkFactories {
 public:
  // Elements that are pulled from outside, from any thread; those of an input buffer wait here.
  // Backpressures when: the input buffer is full. Cancels when: the queue is cancelled.
  // Tested by: queue_test.cc.
  static Sink<In, SinkQueue<In>> Queue(int max_concurrent_pulls = 1,
                                       SourceLocation where = SourceLocation::Current()) {
    return Sink<In, SinkQueue<In>>(internal::MakeValueStage<internal::SinkQueueLogic<In>>(
        "queueSink", where, max_concurrent_pulls));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SINK_QUEUE_H_
