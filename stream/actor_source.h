// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<T>::ActorRef and ActorRefWithBackpressure: sources whose value is an ActorRef: what is
// told to it is emitted.
//
// A message may also mean the end: is_complete(const T&) and failure_of(const T&), which returns an
// optional status, tell. The actor stops when the stream ends, so it can be watched.
// Threads: the ref is used from anywhere; functions run on the stream's turn, copied for each
// materialization.
//
//   auto [ref, done] = Source<Event>::ActorRef(64, OverflowStrategy::kDropHead, IsEnd(),
//   NoFailure())
//                          .ToMat(Sink<Event>::Foreach(Handle), KeepBoth()).Run(system);
//   ref.Tell(Event{1});
#ifndef SAMPO_STREAM_ACTOR_SOURCE_H_
#define SAMPO_STREAM_ACTOR_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/graceful_stop.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/bounded_buffer.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

// For sources that no message completes, or fails.
struct NoCompletion {
  template <class T>
  bool operator()(const T&) const {
    return false;
  }
};
struct NoFailure {
  template <class T>
  std::optional<absl::Status> operator()(const T&) const {
    return std::nullopt;
  }
};

namespace internal {

// The actor behind such a source: passes everything to the stage, and stops when that has ended.
template <class T>
class ReceiverNode final : public ::sampo::internal::BehaviorNode {
 public:
  explicit ReceiverNode(std::shared_ptr<StageInbox<T>> inbox) : inbox_(std::move(inbox)) {}
  ::sampo::internal::Word NodeReceive(::sampo::internal::ContextBase&,
                                      Envelope& envelope) override {
    return inbox_->Send(::sampo::internal::WholeMessage<T>(envelope)) ? ::sampo::internal::kSame
                                                                      : ::sampo::internal::kStopped;
  }

 private:
  const std::shared_ptr<StageInbox<T>> inbox_;
};

// Takes messages; the subclass says what happens to an element.
template <class T, class IsComplete, class FailureOf>
class ReceivingLogic : public SourceLogic<T> {
 public:
  ReceivingLogic(IsComplete is_complete, FailureOf failure_of)
      : is_complete_(std::move(is_complete)), failure_of_(std::move(failure_of)) {}
  ~ReceivingLogic() override {
    Close(AbruptTermination("the stream of an actor source was never started"));
  }
  // Before the stage starts.
  ActorRef<T> SpawnReceiver(ActorSystemBase& system) {
    receiver_ = system.SpawnAnonymous(::sampo::internal::MakeNode<T, ReceiverNode<T>>(inbox_));
    return receiver_;
  }

  void PreStart() override {
    inbox_->Open(this->template GetAsyncCallback<int>(
        [this](int) { inbox_->DrainOne([this](T& message) { OnMessage(std::move(message)); }); }));
  }
  void PostStop() override { Close(this->failure()); }

 protected:
  virtual void OnElement(T element) = 0;
  virtual bool IsDrained() const = 0;
  void CompleteIfDone() {
    if (is_closed_ && IsDrained()) this->CompleteStage();
  }

 private:
  void OnMessage(T message) {
    if (is_closed_ || this->out_.IsClosed()) return;
    if (std::optional<absl::Status> failure = failure_of_(std::as_const(message))) {
      return this->FailStage(*std::move(failure));
    }
    if (!is_complete_(std::as_const(message))) return OnElement(std::move(message));
    is_closed_ = true;
    CompleteIfDone();
  }
  void Close(absl::Status end) {
    // Messages that nobody has taken are dropped, as those are that come later.
    (void)inbox_->Close(std::move(end));
    if (receiver_.is_ignore()) return;
    // Nobody waits for it: it is idle, or stops at its next message by itself.
    (void)GracefulStop(std::exchange(receiver_, {}), absl::Seconds(10));
  }

  [[no_unique_address]] IsComplete is_complete_;
  [[no_unique_address]] FailureOf failure_of_;
  const std::shared_ptr<StageInbox<T>> inbox_ = std::make_shared<StageInbox<T>>();
  ActorRef<T> receiver_;
  bool is_closed_ = false;  // no more elements are taken
};

template <class T, class IsComplete, class FailureOf>
class ActorSourceLogic final : public ReceivingLogic<T, IsComplete, FailureOf> {
 public:
  ActorSourceLogic(int64_t size, OverflowStrategy strategy, IsComplete is_complete,
                   FailureOf failure_of)
      : ReceivingLogic<T, IsComplete, FailureOf>(std::move(is_complete), std::move(failure_of)),
        buffer_(size, strategy) {}
  void OnPull() override {
    if (!buffer_.empty()) this->out_.Push(buffer_.PopFront());
    this->CompleteIfDone();
  }
  void Describe(StageReport& report) const override {
    report.buffered = buffer_.size();
    report.buffer_size = buffer_.capacity();
    if (buffer_.empty()) report.waits_for = "a message";
  }

 private:
  void OnElement(T element) override {
    if (this->out_.IsAvailable()) {
      this->out_.Push(std::move(element));
    } else if (buffer_.Offer(element) == Buffered::kFull) {
      this->FailStage(BufferOverflow("actorRef", buffer_.capacity()));
    }
  }
  bool IsDrained() const override { return buffer_.empty(); }

  BoundedBuffer<T> buffer_;
};

template <class T, class Ack, class IsComplete, class FailureOf>
class AckSourceLogic final : public ReceivingLogic<T, IsComplete, FailureOf> {
 public:
  AckSourceLogic(ActorRef<Ack> ack_to, Ack ack, IsComplete is_complete, FailureOf failure_of)
      : ReceivingLogic<T, IsComplete, FailureOf>(std::move(is_complete), std::move(failure_of)),
        ack_to_(std::move(ack_to)),
        ack_(std::move(ack)) {}
  void OnPull() override {
    if (!waiting_) return;
    Emit(*std::exchange(waiting_, std::nullopt));
    this->CompleteIfDone();
  }
  void Describe(StageReport& report) const override {
    report.buffered = waiting_ ? 1 : 0;
    report.buffer_size = 1;
    if (!waiting_) report.waits_for = "a message";
  }

 private:
  void OnElement(T element) override {
    if (waiting_) {
      this->FailStage(absl::FailedPreconditionError(
          "stream actorRefWithBackpressure: an element was sent before the last one was "
          "acknowledged"));
    } else if (this->out_.IsAvailable()) {
      Emit(std::move(element));
    } else {
      waiting_.emplace(std::move(element));
    }
  }
  bool IsDrained() const override { return !waiting_; }
  void Emit(T element) {
    this->out_.Push(std::move(element));
    ack_to_.Tell(Ack(ack_));
  }

  const ActorRef<Ack> ack_to_;
  const Ack ack_;
  std::optional<T> waiting_;
};

template <class T, class Factory>
class ActorSourceNode final : public Blueprint<ActorRef<T>> {
 public:
  ActorSourceNode(const char* name, SourceLocation where, Factory factory)
      : name_(name), where_(where), factory_(std::move(factory)) {}
  ActorRef<T> Build(BuildContext& context, Ports& ports) const override {
    auto logic = factory_();
    ActorRef<T> ref = logic->SpawnReceiver(context.run().system());
    CollectPorts(context.Add(std::move(logic), name_, where_), ports);
    return ref;
  }

 private:
  const char* const name_;
  const SourceLocation where_;
  const Factory factory_;
};

}  // namespace internal

template <class Out>
class ActorSourceFactories {
 public:
  // What is told to the ref that is its value; up to `size` (at least 1) wait, then `strategy`,
  // which is not kBackpressure: telling never waits. Emits when: a message was told. Backpressures
  // when: never. Completes when: a message for which is_complete is true was told and the buffer is
  // empty. Cancels when: downstream does. Tested by: actor_source_test.cc.
  template <class IsComplete = NoCompletion, class FailureOf = NoFailure>
  static Source<Out, ::sampo::ActorRef<Out>> ActorRef(
      int64_t size, OverflowStrategy strategy, IsComplete is_complete = {},
      FailureOf failure_of = {}, SourceLocation where = SourceLocation::Current()) {
    SAMPO_CHECK(strategy != OverflowStrategy::kBackpressure,
                "Source::ActorRef can't backpressure: use ActorRefWithBackpressure");
    using Logic = internal::ActorSourceLogic<Out, IsComplete, FailureOf>;
    return Make("actorRef", where,
                [=] { return std::make_unique<Logic>(size, strategy, is_complete, failure_of); });
  }
  // The same with `ack` to `ack_to` after each element that was emitted: the next one must not be
  // told before, or the stream fails with FAILED_PRECONDITION.
  // Emits when: a message was told. Backpressures when: downstream does, by the ack it does not
  // send. Completes when: a message for which is_complete is true was told. Cancels when:
  // downstream does. Tested by: actor_source_test.cc.
  template <class Ack, class IsComplete = NoCompletion, class FailureOf = NoFailure>
  static Source<Out, ::sampo::ActorRef<Out>> ActorRefWithBackpressure(
      ::sampo::ActorRef<Ack> ack_to, Ack ack, IsComplete is_complete = {},
      FailureOf failure_of = {}, SourceLocation where = SourceLocation::Current()) {
    using Logic = internal::AckSourceLogic<Out, Ack, IsComplete, FailureOf>;
    return Make("actorRefWithBackpressure", where,
                [=] { return std::make_unique<Logic>(ack_to, ack, is_complete, failure_of); });
  }

 private:
  template <class Factory>
  static Source<Out, ::sampo::ActorRef<Out>> Make(const char* name, SourceLocation where,
                                                  Factory factory) {
    using Mat = ::sampo::ActorRef<Out>;
    return Source<Out, Mat>(internal::BlueprintRef<Mat>(
        new internal::ActorSourceNode<Out, Factory>(name, where, std::move(factory))));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_ACTOR_SOURCE_H_
