// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Publisher, Subscriber, Subscription, Processor: the interfaces of Reactive Streams 1.0.4 in C++:
// what libraries agree on that hand elements to each other with back-pressure.
//
// The rules are those of https://github.com/reactive-streams/reactive-streams-jvm (1.0.4), by their
// numbers; //stream/tck tests them. What differs, because the languages do:
// - Ownership is shared. A publisher keeps a subscriber until it has completed, failed or was
//   cancelled, and not longer (3.13); a subscriber keeps its subscription likewise.
// - A null element cannot exist. What the rules say of null arguments holds for a null subscriber,
//   a null subscription, and OnError with an OK status: absl::BadStatusOrAccess is thrown with
//   INVALID_ARGUMENT that names the rule (1.9, 2.13).
// - A failure is an absl::Status that is not OK.
// Threads: signals to one subscriber are serial (1.3) and may come on any thread; Request and
// Cancel may be called on any (2.7: serially).
#ifndef SAMPO_STREAM_REACTIVE_REACTIVE_STREAMS_H_
#define SAMPO_STREAM_REACTIVE_REACTIVE_STREAMS_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo::stream {

// Demand of this or more is demand for everything (3.17).
inline constexpr int64_t kUnboundedDemand = std::numeric_limits<int64_t>::max();

class Subscription {
 public:
  virtual ~Subscription() = default;
  // `count` more elements are wanted, in addition to those that were. Below 1: OnError (3.9).
  virtual void Request(int64_t count) = 0;
  // No more signals are wanted; some may still be on their way. Again: nothing happens (3.7).
  virtual void Cancel() = 0;
  // The same with a cause, where the other side is able to pass it on. An addition of ours.
  virtual void CancelWith(const absl::Status& /*cause*/) { Cancel(); }
};

// OnSubscribe OnNext* (OnError | OnComplete)?
template <class T>
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  virtual void OnSubscribe(std::shared_ptr<Subscription> subscription) = 0;
  virtual void OnNext(T element) = 0;
  // Precondition: `failure` is not OK.
  virtual void OnError(absl::Status failure) = 0;
  virtual void OnComplete() = 0;
};

template <class T>
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Calls OnSubscribe first, whatever else happens (1.9), maybe later on another thread.
  virtual void Subscribe(std::shared_ptr<Subscriber<T>> subscriber) = 0;
};

template <class In, class Out>
class Processor : public Subscriber<In>, public Publisher<Out> {};

namespace internal {

// What Java's rules call a NullPointerException.
[[noreturn]] inline void ThrowNullArgument(const char* text) {
  throw absl::BadStatusOrAccess(absl::InvalidArgumentError(text));
}

// Rule 3.17: no sum of demands overflows.
inline int64_t AddDemand(int64_t demand, int64_t more) {
  return more > kUnboundedDemand - demand ? kUnboundedDemand : demand + more;
}

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_REACTIVE_REACTIVE_STREAMS_H_
