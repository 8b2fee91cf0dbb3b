// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<T>::Queue: a source into which code outside of the stream offers elements.
//
// BoundedSourceQueue answers at once and never waits; SourceQueue answers with a Future, so that
// who offers may be slowed down by the stream. Threads: the handles are values, used from any
// thread. A handle outlives its stream: what is offered then is refused.
//
//   auto [queue, done] = Source<int>::Queue(64).ToMat(Sink<int>::Seq(), KeepBoth()).Run(system);
//   if (queue.Offer(7) == QueueOfferResult::kDropped) ...;
//   queue.Complete();
#ifndef SAMPO_STREAM_SOURCE_QUEUE_H_
#define SAMPO_STREAM_SOURCE_QUEUE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/bounded_buffer.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

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
  // Completes with kEnqueued or kDropped when it is decided, which may take until there is demand;
  // with kQueueClosed or kFailure where the stream has ended, or ends while this is on its way.
  // Fails with FAILED_PRECONDITION where more than max_concurrent_offers wait.
  Future<QueueOfferResult> Offer(T element) const {
    Command command{std::move(element), {}, {}};
    Future<QueueOfferResult> result = command.offered.emplace().future();
    if (!inbox_->Send(std::move(command))) Refuse(command, *inbox_->end());
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
  using Inbox = internal::StageInbox<Command>;
  SourceQueue(std::shared_ptr<Inbox> inbox, Future<void> completion)
      : inbox_(std::move(inbox)), completion_(std::move(completion)) {}
  // The answer of a stream that has ended so.
  static void Refuse(Command& command, const absl::Status& end) {
    if (!command.offered) return;
    command.offered->Complete(end.ok() ? QueueOfferResult::kQueueClosed
                                       : QueueOfferResult::kFailure);
  }

 private:
  void End(absl::Status end) const {
    (void)inbox_->Send({{}, {}, std::move(end)});  // refused: it has ended already
  }
  std::shared_ptr<Inbox> inbox_;
  Future<void> completion_;
};

namespace internal {

template <class T>
class BoundedQueueLogic final : public SourceLogic<T> {
 public:
  explicit BoundedQueueLogic(int64_t capacity) : state_(MakeRef<BoundedQueueState<T>>(capacity)) {}
  ~BoundedQueueLogic() override {
    Close(AbruptTermination("the stream of a queue was never started"));
  }
  BoundedSourceQueue<T> materialized() const { return BoundedSourceQueue<T>(state_); }

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
  void PostStop() override { Close(this->failure()); }
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
  SourceQueue<T> materialized() { return SourceQueue<T>(inbox_, completion_.future()); }

  void PreStart() override {
    inbox_->Open(this->template GetAsyncCallback<int>([this](int) {
      inbox_->DrainOne([this](Command& command) { Handle(std::move(command)); });
    }));
  }
  void PostStop() override { End(this->failure()); }
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
    if (end_) return SourceQueue<T>::Refuse(command, *end_);
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
    if (end_) return;
    end_ = std::move(end);
    std::vector<Command> late = inbox_->Close(*end_);
    while (!waiting_.empty()) {
      Command command = waiting_.PopFront();
      SourceQueue<T>::Refuse(command, *end_);
    }
    for (Command& command : late) SourceQueue<T>::Refuse(command, *end_);
    completion_.Complete(*end_);
  }

  const int64_t size_;
  BoundedBuffer<T> buffer_;
  Ring<Command> waiting_;   // offers that wait for room
  bool is_closed_ = false;  // it was completed from outside
  std::optional<absl::Status> end_;
  const std::shared_ptr<typename SourceQueue<T>::Inbox> inbox_ =
      std::make_shared<typename SourceQueue<T>::Inbox>();
  Promise<void> completion_;
};

}  // namespace internal

template <class Out>
class QueueSourceFactories {
 public:
  // Elements that are offered from outside, from any thread; up to `capacity` (at least 1) wait.
  // Emits when: an element was offered. Backpressures when: never, it drops. Completes when: the
  // queue is completed and empty. Cancels when: downstream does. Tested by: queue_test.cc.
  static Source<Out, BoundedSourceQueue<Out>> Queue(
      int64_t capacity, SourceLocation where = SourceLocation::Current()) {
    return Source<Out, BoundedSourceQueue<Out>>(
        internal::MakeValueStage<internal::BoundedQueueLogic<Out>>("queue", where, capacity));
  }
  // The same with a future for each offer: what happens to it when `size` elements wait already
  // (also 0) is `strategy`'s affair; with kBackpressure up to `max_concurrent_offers` wait.
  // Emits when: an element was offered. Backpressures when: the queue is full, by its futures.
  // Completes when: the queue is completed and empty. Cancels when: downstream does.
  // Tested by: queue_test.cc.
  static Source<Out, SourceQueue<Out>> Queue(int64_t size, OverflowStrategy strategy,
                                             int max_concurrent_offers = 1,
                                             SourceLocation where = SourceLocation::Current()) {
    return Source<Out, SourceQueue<Out>>(internal::MakeValueStage<internal::SourceQueueLogic<Out>>(
        "queue", where, size, strategy, max_concurrent_offers));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SOURCE_QUEUE_H_
