// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PubSub and ActorFlow: streams from and to a Topic, and asks as flows.
//
// Threads: values.
//
//   auto prices = PubSub::Source<Price>(topic, 64, OverflowStrategy::kDropHead);
//   updates.RunWith(PubSub::Sink<Price>(topic), system);
#ifndef SAMPO_STREAM_PUB_SUB_H_
#define SAMPO_STREAM_PUB_SUB_H_

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/topic.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/overflow_strategy.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::stream {

class PubSub {
 public:
  // What is published at `topic` from now on; up to `size` wait, then `strategy`.
  // Emits when: a message is published. Backpressures when: never. Completes when: never. Cancels
  // when: downstream does. Tested by: pub_sub_test.cc.
  template <class T>
  static stream::Source<T, NotUsed> Source(ActorRef<typename Topic<T>::Command> topic, int64_t size,
                                           OverflowStrategy strategy,
                                           SourceLocation where = SourceLocation::Current()) {
    return stream::Source<T>::ActorRef(size, strategy, NoCompletion{}, NoFailure{}, where)
        .MapMaterializedValue([topic = std::move(topic)](ActorRef<T> subscriber) {
          topic.Tell(typename Topic<T>::Subscribe{std::move(subscriber)});
          return NotUsed{};
        });
  }
  // Publishes each element.
  // Backpressures when: never. Cancels when: the topic ends. Tested by: pub_sub_test.cc.
  template <class T>
  static stream::Sink<T, NotUsed> Sink(ActorRef<typename Topic<T>::Command> topic,
                                       SourceLocation where = SourceLocation::Current()) {
    return Flow<T>()
        .Watch(topic, where)
        .To(stream::Sink<T>::Foreach(
            [topic](T message) { topic.Tell(typename Topic<T>::Publish{std::move(message)}); },
            where));
  }
};

// Operators of ops/interop.h as flows of their own.
class ActorFlow {
 public:
  // Answers R to make(element, reply_to).
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class In, class R, class P, class Make>
  static auto Ask(int parallelism, ActorRef<P> target, absl::Duration timeout, Make make,
                  SourceLocation where = SourceLocation::Current()) {
    return Flow<In>().template Ask<R>(parallelism, std::move(target), timeout, std::move(make),
                                      where);
  }
  // The same for protocols that answer StatusOr<T>, or Status where T is void; a status that is not
  // OK fails the stream.
  // Emits when: the next answer in order is there. Backpressures when: `parallelism` is reached.
  // Completes when: upstream does and all are answered. Cancels when: downstream does, or the actor
  // ends. Supervision: yes. Tested by: ops/interop_test.cc.
  template <class In, class T, class P, class Make>
  static auto AskWithStatus(int parallelism, ActorRef<P> target, absl::Duration timeout, Make make,
                            SourceLocation where = SourceLocation::Current()) {
    return Flow<In>().template AskWithStatus<T>(parallelism, std::move(target), timeout,
                                                std::move(make), where);
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_PUB_SUB_H_
