// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Bridges between streams and Reactive Streams: Source::FromPublisher and AsSubscriber,
// Sink::AsPublisher and FromSubscriber, Flow::ToProcessor and FromProcessor.
//
// Threads: as reactive_streams.h says; functions and elements run on the stream's turn.
//
//   std::shared_ptr<Publisher<int>> numbers =
//       Source<int>::Range(1, 10).RunWith(Sink<int>::AsPublisher(false), system);
//   Source<int>::FromPublisher(numbers).RunWith(Sink<int>::Foreach(Print), system);
#ifndef SAMPO_STREAM_REACTIVE_BRIDGES_H_
#define SAMPO_STREAM_REACTIVE_BRIDGES_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/reactive/detail/publisher_sink.h"
#include "sampo/stream/reactive/detail/subscriber_source.h"
#include "sampo/stream/reactive/reactive_streams.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;
template <class In, class Out, class Mat>
class Flow;
template <class Mat>
class RunnableGraph;

namespace internal {

template <class T>
BlueprintRef<std::shared_ptr<Subscriber<T>>> MakeSubscriberSource(
    const char* name, SourceLocation where, std::shared_ptr<Publisher<T>> publisher) {
  return MakeStage<std::shared_ptr<Subscriber<T>>>(name, where, [publisher] {
    auto subscriber = std::make_shared<StageSubscriber<T>>();
    return NewLogicWith<SubscriberSourceLogic<T>>(std::shared_ptr<Subscriber<T>>(subscriber),
                                                  subscriber, publisher);
  });
}

template <class T>
BlueprintRef<std::shared_ptr<Publisher<T>>> MakePublisherSink(
    const char* name, SourceLocation where, bool fanout,
    std::shared_ptr<Subscriber<T>> subscriber) {
  return MakeStage<std::shared_ptr<Publisher<T>>>(name, where, [fanout, subscriber] {
    auto state = std::make_shared<PublisherState<T>>();
    std::shared_ptr<Publisher<T>> value = std::make_shared<StagePublisher<T>>(state, fanout);
    return NewLogicWith<PublisherSinkLogic<T>>(std::move(value), state, subscriber);
  });
}

template <class From>
BlueprintRef<NotUsed> DropMat(BlueprintRef<From> blueprint) {
  auto drop = [](const From&) { return NotUsed{}; };
  return BlueprintRef<NotUsed>(
      new MapMatNode<From, NotUsed, decltype(drop)>(std::move(blueprint), drop));
}

// A subscriber and a publisher as one.
template <class In, class Out>
class JoinedProcessor final : public Processor<In, Out> {
 public:
  JoinedProcessor(std::shared_ptr<Subscriber<In>> in, std::shared_ptr<Publisher<Out>> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  void OnSubscribe(std::shared_ptr<Subscription> subscription) override {
    in_->OnSubscribe(std::move(subscription));
  }
  void OnNext(In element) override { in_->OnNext(std::move(element)); }
  void OnError(absl::Status failure) override { in_->OnError(std::move(failure)); }
  void OnComplete() override { in_->OnComplete(); }
  void Subscribe(std::shared_ptr<Subscriber<Out>> subscriber) override {
    out_->Subscribe(std::move(subscriber));
  }

 private:
  const std::shared_ptr<Subscriber<In>> in_;
  const std::shared_ptr<Publisher<Out>> out_;
};

// A processor of `factory`, seen as a flow.
template <class In, class Out, class Factory>
class ProcessorNode final : public Blueprint<NotUsed> {
 public:
  ProcessorNode(SourceLocation where, Factory factory)
      : where_(where), factory_(std::move(factory)) {}
  NotUsed Build(BuildContext& context, Ports& ports) const override {
    Factory factory = factory_;
    std::shared_ptr<Processor<In, Out>> processor = factory();
    MakePublisherSink<In>("fromProcessor", where_, false, processor)->Build(context, ports);
    MakeSubscriberSource<Out>("fromProcessor", where_, processor)->Build(context, ports);
    return {};
  }

 private:
  const SourceLocation where_;
  const Factory factory_;
};

}  // namespace internal

template <class Out>
class ReactiveSources {
 public:
  // What `publisher` gives; each materialization subscribes to it.
  // Emits when: the publisher has sent an element. Backpressures when: never itself: it asks the
  // publisher for as many as InputBuffer has room for. Completes when: the publisher does. Cancels
  // when: downstream does, with its cause where the subscription takes one. Tested by:
  // bridges_test.cc.
  static Source<Out, NotUsed> FromPublisher(std::shared_ptr<Publisher<Out>> publisher,
                                            SourceLocation where = SourceLocation::Current()) {
    return Source<Out, NotUsed>(internal::DropMat(
        internal::MakeSubscriberSource<Out>("fromPublisher", where, std::move(publisher))));
  }
  // Its value is a subscriber, for one publisher; the stream fails when none subscribes it within
  // SubscriptionTimeout. Otherwise as FromPublisher.
  // Emits when: the subscriber has received an element. Backpressures when: never itself.
  // Completes when: the subscriber is completed. Cancels when: downstream does. Tested by:
  // bridges_test.cc.
  static Source<Out, std::shared_ptr<Subscriber<Out>>> AsSubscriber(
      SourceLocation where = SourceLocation::Current()) {
    return Source<Out, std::shared_ptr<Subscriber<Out>>>(
        internal::MakeSubscriberSource<Out>("asSubscriber", where, nullptr));
  }
};

template <class In>
class ReactiveSinks {
 public:
  // Its value is a publisher of the elements: for one subscriber, or with `fanout` for any number,
  // of which each gets what comes after it has subscribed, at the rate of the slowest; fan-out
  // copies elements. The stream fails when nobody subscribes within SubscriptionTimeout.
  // Backpressures when: a subscriber has no demand, or there is none. Cancels when: the last
  // subscriber does. Tested by: bridges_test.cc.
  static Sink<In, std::shared_ptr<Publisher<In>>> AsPublisher(
      bool fanout, SourceLocation where = SourceLocation::Current()) {
    SAMPO_CHECK(!fanout || std::is_copy_constructible_v<In>,
                "AsPublisher(true) needs elements that can be copied");
    return Sink<In, std::shared_ptr<Publisher<In>>>(
        internal::MakePublisherSink<In>("asPublisher", where, fanout, nullptr));
  }
  // Gives the elements to `subscriber`.
  // Backpressures when: it has no demand. Cancels when: it does. Tested by: bridges_test.cc.
  static Sink<In, NotUsed> FromSubscriber(std::shared_ptr<Subscriber<In>> subscriber,
                                          SourceLocation where = SourceLocation::Current()) {
    return Sink<In, NotUsed>(internal::DropMat(
        internal::MakePublisherSink<In>("fromSubscriber", where, false, std::move(subscriber))));
  }
};

template <class In, class Out, class Mat>
class ReactiveFlows {
 public:
  // The flow as a processor: its publisher allows one subscriber.
  RunnableGraph<std::shared_ptr<Processor<In, Out>>> ToProcessor(
      SourceLocation where = SourceLocation::Current()) const {
    const auto& self = static_cast<const Flow<In, Out, Mat>&>(*this);
    auto join = [](std::shared_ptr<Subscriber<In>> in, std::shared_ptr<Publisher<Out>> out) {
      return std::shared_ptr<Processor<In, Out>>(
          std::make_shared<internal::JoinedProcessor<In, Out>>(std::move(in), std::move(out)));
    };
    return Source<In, NotUsed>::AsSubscriber(where).Via(self).ToMat(
        Sink<Out, NotUsed>::AsPublisher(false, where), join);
  }
  // A flow through a processor, which `factory()` makes for each materialization.
  // Emits when: the processor has sent an element. Backpressures when: it has no demand. Completes
  // when: it does. Cancels when: downstream does, or it. Tested by: bridges_test.cc.
  template <class Factory>
  static Flow<In, Out, NotUsed> FromProcessor(Factory factory,
                                              SourceLocation where = SourceLocation::Current()) {
    return Flow<In, Out, NotUsed>(internal::BlueprintRef<NotUsed>(
        new internal::ProcessorNode<In, Out, Factory>(where, std::move(factory))));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_REACTIVE_BRIDGES_H_
