// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StreamEvent<T>: what comes to a TestSink or to a ManualSubscriber; EventExpectations: what both
// say must come.
//
// Threads: expectations on the test's; events are added from any. Lifetime: the probe's.
#ifndef SAMPO_STREAM_TESTKIT_STREAM_EVENT_H_
#define SAMPO_STREAM_TESTKIT_STREAM_EVENT_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/stream/testkit/detail/probe_failure.h"

namespace sampo::stream {

// What came to a TestSink, or to a subscriber.
template <class T>
struct StreamEvent {
  enum class Kind : uint8_t { kNext, kComplete, kError };
  Kind kind;
  std::optional<T> element;  // kNext
  absl::Status failure;      // kError

  static StreamEvent Next(T element) { return {Kind::kNext, std::move(element), {}}; }
  static StreamEvent Complete() { return {Kind::kComplete, std::nullopt, {}}; }
  static StreamEvent Error(absl::Status failure) {
    return {Kind::kError, std::nullopt, std::move(failure)};
  }
  std::string ToString() const {
    switch (kind) {
      case Kind::kNext:
        return StrCat("element ", testing::PrintToString(*element));
      case Kind::kComplete:
        return "completion";
      case Kind::kError:
        return StrCat("failure ", failure.ToString());
    }
    return "nothing";
  }
};

namespace internal {

template <class T>
class EventQueue : public sampo::internal::ProbeStateBase {
 public:
  template <class F>
  void Note(F change) {
    std::lock_guard guard(mutex);
    change();
    Changed();
  }
  void Add(StreamEvent<T> event) {
    Note([&] { events.push_back(std::move(event)); });
  }
  std::deque<StreamEvent<T>> events;  // guarded by mutex; bounded by what the test asks for
};

}  // namespace internal

// Derived has events(), the EventQueue<T>, and Request(int64_t).
template <class Derived, class T>
class EventExpectations {
 public:
  using Event = StreamEvent<T>;
  using Where = SourceLocation;

  // --- as values ---

  // The next event, whatever it is. DEADLINE_EXCEEDED: none within `timeout`.
  absl::StatusOr<Event> Receive(absl::Duration timeout = kStreamExpectTimeout) {
    internal::EventQueue<T>& queue = self().events();
    queue.WaitUntil([&] { return !queue.events.empty(); }, timeout);
    std::lock_guard guard(queue.mutex);
    if (queue.events.empty()) {
      return absl::DeadlineExceededError(
          StrCat("nothing came within ", absl::FormatDuration(timeout)));
    }
    absl::StatusOr<Event> front(std::move(queue.events.front()));
    queue.events.pop_front();
    return front;
  }

  // --- as GoogleTest failures ---

  // The next event, which is an element.
  T ExpectNext(Where where = Where::Current()) { return TakeNext("an element", where); }
  // It equals `expected`.
  Derived& ExpectNext(const T& expected, Where where = Where::Current()) {
    const std::string wanted = StrCat("element ", testing::PrintToString(expected));
    const T got = TakeNext(wanted, where);
    if (!(got == expected)) Mismatch(wanted, Event::Next(got), where);
    return self();
  }
  T RequestNext(Where where = Where::Current()) {
    self().Request(1);
    return ExpectNext(where);
  }
  Derived& RequestNext(const T& expected, Where where = Where::Current()) {
    self().Request(1);
    return ExpectNext(expected, where);
  }
  // The next events are these elements, in this order.
  Derived& ExpectNextN(const std::vector<T>& expected, Where where = Where::Current()) {
    for (const T& element : expected) ExpectNext(element, where);
    return self();
  }
  // The next events are these elements, in any order.
  Derived& ExpectNextUnordered(std::vector<T> expected, Where where = Where::Current()) {
    for (size_t left = expected.size(); left > 0; --left) {
      const std::string wanted = StrCat("one of ", testing::PrintToString(expected));
      T got = TakeNext(wanted, where);
      auto found = std::find(expected.begin(), expected.end(), got);
      if (found == expected.end()) {
        Mismatch(wanted, Event::Next(std::move(got)), where);
        return self();
      }
      expected.erase(found);
    }
    return self();
  }
  // The next `count` events, which are elements.
  std::vector<T> ReceiveNext(size_t count, Where where = Where::Current()) {
    std::vector<T> elements;
    while (elements.size() < count) elements.push_back(ExpectNext(where));
    return elements;
  }
  Derived& ExpectComplete(Where where = Where::Current()) {
    (void)TakeEnd(Event::Kind::kComplete, "completion", where);  // it has said what is wrong
    return self();
  }
  // The next event is a failure; returns it.
  absl::Status ExpectError(Where where = Where::Current()) {
    return TakeEnd(Event::Kind::kError, "a failure", where);
  }
  Derived& ExpectError(const absl::Status& expected, Where where = Where::Current()) {
    const std::string wanted = StrCat("failure ", expected.ToString());
    const absl::Status got = TakeEnd(Event::Kind::kError, wanted, where);
    if (!got.ok() && got != expected) Mismatch(wanted, Event::Error(got), where);
    return self();
  }
  // Nothing comes for so long: no element and no end. In a simulation that time passes.
  Derived& ExpectNoMessage(absl::Duration during = kStreamNoMessageTimeout,
                           Where where = Where::Current()) {
    absl::StatusOr<Event> got = Receive(during);
    if (got.ok()) Mismatch(StrCat("nothing for ", absl::FormatDuration(during)), *got, where);
    return self();
  }
  // Takes elements until `fisher` says that the catch is complete; returns what it kept. Asks for
  // nothing itself.
  std::vector<T> Fish(const std::function<FishingOutcome(const T&)>& fisher,
                      Where where = Where::Current()) {
    std::vector<T> caught;
    for (;;) {
      T got = TakeNext("an element to complete the catch", where);
      const FishingOutcome outcome = fisher(got);
      if (outcome == FishingOutcome::kFail) {
        Mismatch("what the fisher accepts", Event::Next(std::move(got)), where);
        return caught;
      }
      if (outcome != FishingOutcome::kContinueAndIgnore) caught.push_back(std::move(got));
      if (outcome == FishingOutcome::kComplete) return caught;
    }
  }
  // Asks for everything and returns it; the stream completes.
  std::vector<T> ToStrict(Where where = Where::Current()) {
    self().Request(INT64_MAX);
    std::vector<T> all;
    for (;;) {
      absl::StatusOr<Event> got = Receive();
      if (got.ok() && got->kind == Event::Kind::kNext) {
        all.push_back(std::move(*got->element));
        continue;
      }
      if (!got.ok()) internal::FailAt(where, StrCat(got.status().ToString(), "; not complete"));
      if (got.ok() && got->kind == Event::Kind::kError) Mismatch("completion", *got, where);
      return all;
    }
  }

 private:
  void Mismatch(std::string_view wanted, const Event& got, Where where) {
    internal::FailAt(where, StrCat("expected ", wanted, ", got ", got.ToString()));
  }
  T TakeNext(std::string_view wanted, Where where) {
    absl::StatusOr<Event> got = Receive();
    if (!got.ok()) {
      internal::FailAt(where, StrCat(got.status().ToString(), "; waited for ", wanted));
      throw absl::BadStatusOrAccess(got.status());  // ends the test: there is nothing to return
    }
    if (got->kind != Event::Kind::kNext) {
      Mismatch(wanted, *got, where);
      throw absl::BadStatusOrAccess(absl::FailedPreconditionError(got->ToString()));
    }
    return std::move(*got->element);
  }
  absl::Status TakeEnd(typename Event::Kind kind, std::string_view wanted, Where where) {
    absl::StatusOr<Event> got = Receive();
    if (!got.ok()) {
      internal::FailAt(where, StrCat(got.status().ToString(), "; waited for ", wanted));
    } else if (got->kind != kind) {
      Mismatch(wanted, *got, where);
    } else {
      return got->failure;
    }
    return absl::OkStatus();
  }

  Derived& self() { return static_cast<Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_STREAM_EVENT_H_
