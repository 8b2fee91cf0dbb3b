// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Queues between a stream and code outside: Source<T>::Queue, into which elements are offered, and
// Sink<T>::Queue, out of which they are pulled.
//
// BoundedSourceQueue answers at once and never waits; SourceQueue answers with a Future, so that
// who offers may be slowed down by the stream. Threads: the handles are values, used from any
// thread. A handle outlives its stream: what is offered then is refused.
//
//   auto [queue, done] = Source<int>::Queue(64).ToMat(Sink<int>::Seq(), KeepBoth()).Run(system);
//   if (queue.Offer(7) == QueueOfferResult::kDropped) ...;
//   queue.Complete();
#ifndef SAMPO_STREAM_QUEUE_H_
#define SAMPO_STREAM_QUEUE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/bounded_buffer.h"
#include "sampo/stream/detail/stage_handle.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;

enum class QueueOfferResult : uint8_t {
  kEnqueued,     // it will be emitted, unless the stream ends before
  kDropped,      // the queue is full
  kFailure,      // the queue or the stream has failed; see failure()
  kQueueClosed,  // the queue was completed, or nobody wants more elements
};

namespace internal {

template <class T>
class BoundedQueueLogic;

// What the handle of a bounded queue and its stage share.
template <class T>
struct BoundedQueueState final : RefCounted {
  explicit BoundedQueueState(int64_t capacity)
      : ring(capacity > 1 ? static_cast<size_t>(capacity) : 1) {}

  mutable std::mutex mutex;
  Ring<T> ring;
  std::optional<absl::Status> end;  // no more offers; not OK: failed
  bool stage_waits = false;         // for an element: it is to be woken
  AsyncCallback<NotUsed> wake;      // empty before PreStart
};

}  // namespace internal

// The handle of Source<T>::Queue(capacity).
template <class T>
class BoundedSourceQueue {
 public:
  // Answers at once; never blocks, but for another thread that is in here.
  QueueOfferResult Offer(T element) const {
    AsyncCallback<NotUsed> wake;
    {
      std::lock_guard guard(state_->mutex);
      if (state_->end) {
        return state_->end->ok() ? QueueOfferResult::kQueueClosed : QueueOfferResult::kFailure;
      }
      if (state_->ring.full()) return QueueOfferResult::kDropped;
      state_->ring.PushBack(std::move(element));
      if (!std::exchange(state_->stage_waits, false)) return QueueOfferResult::kEnqueued;
      wake = state_->wake;
    }
    wake.Invoke(NotUsed{});
    return QueueOfferResult::kEnqueued;
  }
  // No more elements; what is in the queue is still emitted.
  void Complete() const { End(absl::OkStatus()); }
  // Fails the stream at once.
  void Fail(absl::Status failure) const { End(std::move(failure)); }

  bool IsCompleted() const {
    std::lock_guard guard(state_->mutex);
    return state_->end.has_value();
  }
  // Why offers fail; OK while they do not.
  absl::Status failure() const {
    std::lock_guard guard(state_->mutex);
    return state_->end.value_or(absl::OkStatus());
  }
  // Elements that wait.
  int64_t size() const {
    std::lock_guard guard(state_->mutex);
    return static_cast<int64_t>(state_->ring.size());
  }

 private:
  friend class internal::BoundedQueueLogic<T>;
  explicit BoundedSourceQueue(internal::Ref<internal::BoundedQueueState<T>> state)
      : state_(std::move(state)) {}
  void End(absl::Status end) const {
    AsyncCallback<NotUsed> wake;
    {
      std::lock_guard guard(state_->mutex);
      if (state_->end) return;
      if (!end.ok()) state_->ring.Clear();
      state_->end = std::move(end);
      state_->stage_waits = false;
      wake = state_->wake;
    }
    if (wake) wake.Invoke(NotUsed{});
  }

  internal::Ref<internal::BoundedQueueState<T>> state_;
};

// The handle of Source<T>::Queue(size, strategy, max_concurrent_offers).
template <class T>
class SourceQueue {
 public:
  // Completes with kEnqueued or kDropped when it is decided, which may take until there is demand.
  // Fails with FAILED_PRECONDITION where more than max_concurrent_offers wait, and with CANCELLED
  // where the stream ends while this is on its way.
  Future<QueueOfferResult> Offer(T element) const {
    Command command{std::move(element), {}, {}};
    Future<QueueOfferResult> result = command.offered.emplace().future();
    if (!handle_->Invoke(command)) {
      const bool ended_well = handle_->end()->ok();
      command.offered->Complete(ended_well ? QueueOfferResult::kQueueClosed
                                           : QueueOfferResult::kFailure);
    }
    return result;
  }
  // No more elements; what is in the queue is still emitted.
  void Complete() const { End(absl::OkStatus()); }
  // Fails the stream at once.
  void Fail(absl::Status failure) const { End(std::move(failure)); }
  // The stage's end: OK when it was completed or cancelled.
  Future<void> WatchCompletion() const { return completion_; }

  // --- for the library ---
  // An offer, or an end.
  struct Command {
    std::optional<T> element;
    std::optional<Promise<QueueOfferResult>> offered;
    std::optional<absl::Status> end;
  };
  using Handle = internal::StageHandle<Command>;
  SourceQueue(internal::Ref<Handle> handle, Future<void> completion)
      : handle_(std::move(handle)), completion_(std::move(completion)) {}

 private:
  void End(absl::Status end) const {
    Command command{{}, {}, std::move(end)};
    handle_->Invoke(command);
  }
  internal::Ref<Handle> handle_;
  Future<void> completion_;
};

// The handle of Sink<T>::Queue.
template <class T>
class SinkQueue {
 public:
  // The next element, or nothing at the stream's end; fails with the stream's failure. Fails with
  // FAILED_PRECONDITION where more pulls wait than the sink allows.
  Future<std::optional<T>> Pull() const {
    Command command{Promise<std::optional<T>>()};
    Future<std::optional<T>> result = command.pulled->future();
    if (!handle_->Invoke(command)) {
      const absl::Status end = *handle_->end();
      if (end.ok()) {
        command.pulled->Complete(std::optional<T>());
      } else {
        command.pulled->Complete(end);
      }
    }
    return result;
  }
  // No more elements.
  void Cancel() const {
    Command command{};
    handle_->Invoke(command);
  }

  // --- for the library ---
  // A pull, or a cancellation.
  struct Command {
    std::optional<Promise<std::optional<T>>> pulled;
  };
  using Handle = internal::StageHandle<Command>;
  explicit SinkQueue(internal::Ref<Handle> handle) : handle_(std::move(handle)) {}

 private:
  internal::Ref<Handle> handle_;
};

namespace internal {

template <class T>
class BoundedQueueLogic final : public SourceLogic<T> {
 public:
  explicit BoundedQueueLogic(int64_t capacity) : state_(MakeRef<BoundedQueueState<T>>(capacity)) {}
  ~BoundedQueueLogic() override {
    Close(AbruptTermination("the stream of a queue was never started"));
  }
  BoundedSourceQueue<T> queue() const { return BoundedSourceQueue<T>(state_); }

  void PreStart() override {
    AsyncCallback<NotUsed> wake = this->template GetAsyncCallback<NotUsed>(
        [this](NotUsed) { Serve(this->out_.IsAvailable()); });
    {
      std::lock_guard guard(state_->mutex);
      state_->wake = std::move(wake);
    }
    Serve(false);
  }
  void OnPull() override { Serve(true); }
  void PostStop() override { Close(this->abort_status()); }
  void OnDownstreamFinish(const absl::Status& cause) override {
    Close(cause);
    this->CancelStage(cause);
  }
  void Describe(StageReport& report) const override {
    std::lock_guard guard(state_->mutex);
    report.buffered = static_cast<int64_t>(state_->ring.size());
    report.buffer_size = static_cast<int64_t>(state_->ring.capacity());
    if (state_->stage_waits) report.waits_for = "an offer";
  }

 private:
  // Emits where there is demand; ends where there is nothing left.
  void Serve(bool has_demand) {
    std::optional<T> element;
    std::optional<absl::Status> end;
    {
      std::lock_guard guard(state_->mutex);
      if (has_demand && !state_->ring.empty()) element.emplace(state_->ring.PopFront());
      if (state_->ring.empty()) end = state_->end;
      state_->stage_waits = has_demand && !element && !end;
    }
    if (element) this->out_.Push(*std::move(element));
    if (!end) return;
    if (end->ok()) {
      this->CompleteStage();
    } else {
      this->FailStage(*std::move(end));
    }
  }
  void Close(absl::Status end) {
    std::lock_guard guard(state_->mutex);
    state_->ring.Clear();
    if (!state_->end) state_->end = std::move(end);
  }
  const Ref<BoundedQueueState<T>> state_;
};

template <class T>
class SourceQueueLogic final : public SourceLogic<T> {
  using Command = typename SourceQueue<T>::Command;
  using Result = QueueOfferResult;

 public:
  SourceQueueLogic(int64_t size, OverflowStrategy strategy, int max_concurrent_offers)
      : size_(size),
        buffer_(size, strategy),
        waiting_(static_cast<size_t>(max_concurrent_offers > 1 ? max_concurrent_offers : 1)) {}
  ~SourceQueueLogic() override {
    End(AbruptTermination("the stream of a queue was never started"));
  }
  SourceQueue<T> queue() { return SourceQueue<T>(handle_, completion_.future()); }

  void PreStart() override {
    handle_->Open(this->template GetAsyncCallback<Command>(
        [this](Command command) { Handle(std::move(command)); }));
  }
  void PostStop() override { End(this->abort_status()); }
  void OnDownstreamFinish(const absl::Status& cause) override {
    End(cause);
    this->CancelStage(cause);
  }
  void OnPull() override {
    if (!buffer_.empty()) {
      this->out_.Push(buffer_.PopFront());
      if (!waiting_.empty()) {
        Command next = waiting_.PopFront();
        buffer_.Offer(*next.element);
        next.offered->Complete(Result::kEnqueued);
      }
    } else if (!waiting_.empty()) {  // a queue without a buffer
      Command next = waiting_.PopFront();
      this->out_.Push(*std::move(next.element));
      next.offered->Complete(Result::kEnqueued);
    }
    CompleteIfDone();
  }
  void Describe(StageReport& report) const override {
    report.buffered = buffer_.size();
    report.buffer_size = size_;
    if (buffer_.empty() && waiting_.empty()) report.waits_for = "an offer";
  }

 private:
  void Handle(Command command) {
    if (command.end) {
      if (!command.end->ok()) return Fail(*std::move(command.end));
      is_closed_ = true;
      return CompleteIfDone();
    }
    if (is_closed_) {
      command.offered->Complete(Result::kQueueClosed);
      return;
    }
    if (this->out_.IsAvailable()) {
      this->out_.Push(*std::move(command.element));
      command.offered->Complete(Result::kEnqueued);
      return;
    }
    const Buffered buffered = size_ > 0 ? buffer_.Offer(*command.element) : OfferWithoutBuffer();
    switch (buffered) {
      case Buffered::kKept:
        command.offered->Complete(Result::kEnqueued);
        break;
      case Buffered::kDropped:
        command.offered->Complete(Result::kDropped);
        break;
      case Buffered::kFull:
        Wait(std::move(command));
        break;
    }
  }
  // Without a buffer an offer that waits for demand is all that can be dropped.
  Buffered OfferWithoutBuffer() {
    if (!waiting_.full() || buffer_.strategy() == OverflowStrategy::kBackpressure ||
        buffer_.strategy() == OverflowStrategy::kFail) {
      return Buffered::kFull;
    }
    if (buffer_.strategy() == OverflowStrategy::kDropNew) return Buffered::kDropped;
    do {
      Command dropped = buffer_.strategy() == OverflowStrategy::kDropTail ? waiting_.PopBack()
                                                                          : waiting_.PopFront();
      dropped.offered->Complete(Result::kDropped);
    } while (buffer_.strategy() == OverflowStrategy::kDropBuffer && !waiting_.empty());
    return Buffered::kFull;
  }
  void Wait(Command command) {
    if (buffer_.strategy() == OverflowStrategy::kFail && (size_ > 0 || waiting_.full())) {
      const absl::Status failure = BufferOverflow("queue", size_);
      command.offered->Complete(failure);
      return Fail(failure);
    }
    if (waiting_.full()) {
      command.offered->Complete(absl::FailedPreconditionError(
          StrCat("stream queue: more than ", waiting_.capacity(),
                 " offers at once: wait for one before the next, or allow more of them")));
      return;
    }
    waiting_.PushBack(std::move(command));
  }
  void CompleteIfDone() {
    if (is_closed_ && buffer_.empty() && waiting_.empty()) this->CompleteStage();
  }
  void Fail(absl::Status failure) {
    End(failure);
    this->FailStage(std::move(failure));
  }
  void End(absl::Status end) {
    handle_->Close(end);
    while (!waiting_.empty()) {
      Command command = waiting_.PopFront();
      command.offered->Complete(end.ok() ? Result::kQueueClosed : Result::kFailure);
    }
    completion_.Complete(std::move(end));
  }

  const int64_t size_;
  BoundedBuffer<T> buffer_;
  Ring<Command> waiting_;  // offers that wait for room
  bool is_closed_ = false;
  const Ref<typename SourceQueue<T>::Handle> handle_ = MakeRef<typename SourceQueue<T>::Handle>();
  Promise<void> completion_;
};

template <class T>
class SinkQueueLogic final : public SinkLogic<T> {
  using Command = typename SinkQueue<T>::Command;

 public:
  explicit SinkQueueLogic(int max_concurrent_pulls)
      : pulls_(static_cast<size_t>(max_concurrent_pulls > 1 ? max_concurrent_pulls : 1)) {}
  ~SinkQueueLogic() override {
    handle_->Close(AbruptTermination("the stream of a sink queue was never started"));
  }
  SinkQueue<T> queue() const { return SinkQueue<T>(handle_); }

  void PreStart() override {
    buffer_ = Ring<T>(static_cast<size_t>(this->attributes().input_buffer().max));
    this->SetKeepGoing(true);  // what waits in the buffer outlives the upstream
    handle_->Open(this->template GetAsyncCallback<Command>(
        [this](Command command) { Handle(std::move(command)); }));
    this->in_.Pull();
  }
  void PostStop() override {
    const absl::Status end = this->abort_status();
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
  void Finish(const absl::Status& end) {
    handle_->Close(end);
    while (!pulls_.empty()) {
      Promise<std::optional<T>> pulled = pulls_.PopFront();
      if (end.ok()) {
        pulled.Complete(std::optional<T>());
      } else {
        pulled.Complete(end);
      }
    }
  }

  Ring<T> buffer_;
  Ring<Promise<std::optional<T>>> pulls_;
  std::optional<absl::Status> end_;  // of the upstream
  const Ref<typename SinkQueue<T>::Handle> handle_ = MakeRef<typename SinkQueue<T>::Handle>();
};

template <class Mat, class Logic, class... Args>
BlueprintRef<Mat> MakeQueueStage(const char* name, SourceLocation where, Args... args) {
  return MakeStage<Mat>(name, where, [... args = args] {
    auto logic = std::make_unique<Logic>(args...);
    Mat queue = logic->queue();
    return std::pair(std::move(logic), std::move(queue));
  });
}

}  // namespace internal

template <class Out>
class QueueSourceFactories {
 public:
  // Elements that are offered from outside, from any thread; up to `capacity` (at least 1) wait.
  // Emits when: an element was offered. Backpressures when: never, it drops. Completes when: the
  // queue is completed and empty. Cancels when: downstream does. Tested by: queue_test.cc.
  static Source<Out, BoundedSourceQueue<Out>> Queue(
      int64_t capacity, SourceLocation where = SourceLocation::Current()) {
    using Mat = BoundedSourceQueue<Out>;
    return Source<Out, Mat>(
        internal::MakeQueueStage<Mat, internal::BoundedQueueLogic<Out>>("queue", where, capacity));
  }
  // The same with a future for each offer: what happens to it when `size` elements wait already
  // (also 0) is `strategy`'s affair; with kBackpressure up to `max_concurrent_offers` wait.
  // Emits when: an element was offered. Backpressures when: the queue is full, by its futures.
  // Completes when: the queue is completed and empty. Cancels when: downstream does.
  // Tested by: queue_test.cc.
  static Source<Out, SourceQueue<Out>> Queue(int64_t size, OverflowStrategy strategy,
                                             int max_concurrent_offers = 1,
                                             SourceLocation where = SourceLocation::Current()) {
    using Mat = SourceQueue<Out>;
    return Source<Out, Mat>(internal::MakeQueueStage<Mat, internal::SourceQueueLogic<Out>>(
        "queue", where, size, strategy, max_concurrent_offers));
  }
};

template <class In>
class QueueSinkFactories {
 public:
  // Elements that are pulled from outside, from any thread; those of an input buffer wait here.
  // Backpressures when: the input buffer is full. Cancels when: the queue is cancelled.
  // Tested by: queue_test.cc.
  static Sink<In, SinkQueue<In>> Queue(int max_concurrent_pulls = 1,
                                       SourceLocation where = SourceLocation::Current()) {
    using Mat = SinkQueue<In>;
    return Sink<In, Mat>(internal::MakeQueueStage<Mat, internal::SinkQueueLogic<In>>(
        "queueSink", where, max_concurrent_pulls));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_QUEUE_H_
