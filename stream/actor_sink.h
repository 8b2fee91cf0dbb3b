// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sink<T>::ActorRef and ActorRefWithBackpressure: sinks that tell the elements to an actor.
//
// The actor is watched: when it ends, the stream is cancelled. It is told of the stream's end, too,
// once, also when the stream is cut off (a failure with AbruptTermination).
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   source.RunWith(Sink<Event>::ActorRef(
//       actor, Done{}, [](const absl::Status& failure) { return Failed{failure}; }), system);
#ifndef SAMPO_STREAM_ACTOR_SINK_H_
#define SAMPO_STREAM_ACTOR_SINK_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/stage_actor.h"

namespace sampo::stream {

template <class In, class Mat>
class Sink;

// How a sink with backpressure talks to its actor; P is the actor's protocol, Ack its answer.
template <class Init, class Message, class Complete, class Fail>
struct AckProtocol {
  Init init;             // init(ActorRef<Ack>): the first message; answered by an Ack
  Message message;       // message(ActorRef<Ack>, element); answered by an Ack
  Complete on_complete;  // the last message of a stream that completes
  Fail on_failure;       // on_failure(const absl::Status&): that of one that fails
};
template <class Init, class Message, class Complete, class Fail>
AckProtocol(Init, Message, Complete, Fail) -> AckProtocol<Init, Message, Complete, Fail>;

namespace internal {

// Tells the actor of the end, once.
template <class T, class P, class Message, class Complete, class Fail>
class TellingLogic : public SinkLogic<T> {
 public:
  TellingLogic(ActorRef<P> target, Complete on_complete, Fail on_failure)
      : target_(std::move(target)),
        on_complete_(std::move(on_complete)),
        on_failure_(std::move(on_failure)) {}
  void PreStart() override {
    actor_ = this->template GetStageActor<Message>(
        [this](Message message) { OnMessage(std::move(message)); },
        [this](const AnyActorRef&) {
          is_told_ = true;
          this->CompleteStage();
        });
    actor_.Watch(target_);
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    TellFailure(failure);
    this->FailStage(failure);
  }
  void PostStop() override {
    if (is_told_) return;
    TellFailure(this->failure().ok() ? AbruptTermination("the sink of an actor") : this->failure());
  }

 protected:
  virtual void OnMessage(Message) {}
  void Finish() {
    is_told_ = true;
    target_.Tell(Complete(on_complete_));
    this->CompleteStage();
  }
  void TellFailure(const absl::Status& failure) {
    is_told_ = true;
    target_.Tell(on_failure_(failure));
  }

  const ActorRef<P> target_;
  StageActor<Message> actor_;

 private:
  const Complete on_complete_;
  Fail on_failure_;
  bool is_told_ = false;  // of the end
};

struct NeverTold {};

template <class T, class P, class Complete, class Fail>
class ActorSinkLogic final : public TellingLogic<T, P, NeverTold, Complete, Fail> {
 public:
  using TellingLogic<T, P, NeverTold, Complete, Fail>::TellingLogic;
  void PreStart() override {
    TellingLogic<T, P, NeverTold, Complete, Fail>::PreStart();
    this->in_.Pull();
  }
  void OnPush() override {
    this->target_.Tell(this->in_.Grab());
    this->in_.Pull();
  }
  void OnUpstreamFinish() override { this->Finish(); }
};

template <class T, class P, class Ack, class Init, class Message, class Complete, class Fail>
class AckSinkLogic final : public TellingLogic<T, P, Ack, Complete, Fail> {
  using Base = TellingLogic<T, P, Ack, Complete, Fail>;

 public:
  AckSinkLogic(ActorRef<P> target, AckProtocol<Init, Message, Complete, Fail> protocol)
      : Base(std::move(target), std::move(protocol.on_complete), std::move(protocol.on_failure)),
        init_(std::move(protocol.init)),
        message_(std::move(protocol.message)) {}
  void PreStart() override {
    Base::PreStart();
    buffer_ = Ring<T>(static_cast<size_t>(this->attributes().input_buffer().max));
    this->SetKeepGoing(true);  // what waits for acks outlives the upstream
    this->target_.Tell(init_(this->actor_.ref()));
    this->in_.Pull();
  }
  void OnPush() override {
    buffer_.PushBack(this->in_.Grab());
    if (is_free_) Send();
    if (!buffer_.full()) this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    if (buffer_.empty() && is_free_) this->Finish();
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(buffer_.size());
    report.buffer_size = static_cast<int64_t>(buffer_.capacity());
    if (!is_free_) report.waits_for = "an acknowledgement";
  }

 private:
  void OnMessage(Ack) override {
    if (!buffer_.empty()) {
      Send();
      if (!this->in_.IsClosed()) this->in_.TryPull();
    } else if (this->in_.IsClosed()) {
      this->Finish();
    } else {
      is_free_ = true;
    }
  }
  void Send() {
    is_free_ = false;
    this->target_.Tell(message_(this->actor_.ref(), buffer_.PopFront()));
  }

  Init init_;
  Message message_;
  Ring<T> buffer_;
  bool is_free_ = false;  // the last message was acknowledged
};

}  // namespace internal

template <class In>
class ActorSinkFactories {
 public:
  // Each element to `target`, however fast it is; at the end on_complete, or
  // on_failure(const absl::Status&).
  // Backpressures when: never. Cancels when: the actor ends. Tested by: actor_sink_test.cc.
  template <class P, class Complete, class Fail>
  static Sink<In, NotUsed> ActorRef(::sampo::ActorRef<P> target, Complete on_complete,
                                    Fail on_failure,
                                    SourceLocation where = SourceLocation::Current()) {
    using Logic = internal::ActorSinkLogic<In, P, Complete, Fail>;
    return Sink<In, NotUsed>(internal::MakeLogicStage<Logic>(
        "actorRefSink", where, std::move(target), std::move(on_complete), std::move(on_failure)));
  }
  // The same where the actor answers each message with an Ack before it gets the next.
  // Backpressures when: the input buffer is full and the actor has not answered. Cancels when: the
  // actor ends. Tested by: actor_sink_test.cc.
  template <class Ack, class P, class Init, class Message, class Complete, class Fail>
  static Sink<In, NotUsed> ActorRefWithBackpressure(
      ::sampo::ActorRef<P> target, AckProtocol<Init, Message, Complete, Fail> protocol,
      SourceLocation where = SourceLocation::Current()) {
    using Logic = internal::AckSinkLogic<In, P, Ack, Init, Message, Complete, Fail>;
    return Sink<In, NotUsed>(internal::MakeLogicStage<Logic>(
        "actorRefWithBackpressureSink", where, std::move(target), std::move(protocol)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_ACTOR_SINK_H_
