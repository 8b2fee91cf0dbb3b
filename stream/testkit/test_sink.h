// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestSink<T>: a sink that a test holds in its hand: it asks for elements, says what must come, and
// cancels.
//
// Works on real threads (waits), with ManualTime (waits; the test moves the time) and in a
// SimulatedRuntime (runs it; timeouts are virtual). What an Expect... misses is a GoogleTest
// failure at the caller's line; where it must return an element and has none it also throws
// absl::BadStatusOrAccess, which ends the test.
// Threads: the test's. Lifetime: a probe is a handle; copies share the stream, which may end first.
//
//   TestSinkProbe<int> probe = source.RunWith(TestSink<int>::Probe(), system);
//   probe.Request(2).ExpectNext(1).ExpectNext(2).ExpectNoMessage();
//   probe.Cancel();
#ifndef SAMPO_STREAM_TESTKIT_TEST_SINK_H_
#define SAMPO_STREAM_TESTKIT_TEST_SINK_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
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
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/testkit/detail/probe_channel.h"

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

struct TestSinkCommand {
  int64_t request = 0;  // 0: cancel
  absl::Status cause;
};

template <class T>
class TestSinkState final : public ProbeChannel<TestSinkCommand> {
 public:
  std::deque<StreamEvent<T>> events;  // guarded by mutex; bounded by what the test asks for
};

template <class T>
class TestSinkLogic final : public GraphStageLogic, public InHandler {
 public:
  explicit TestSinkLogic(std::shared_ptr<TestSinkState<T>> state) : state_(std::move(state)) {
    in_.SetHandler(this);
  }
  ~TestSinkLogic() override {
    if (!ended_) Add(StreamEvent<T>::Error(AbruptTermination("the stream was never started")));
  }
  void PreStart() override {
    state_->Open(GetAsyncCallback<int>([this](int) { RunCommands(); }));
    RunCommands();
  }
  void PostStop() override {
    if (!ended_ && !abort_status().ok()) Add(StreamEvent<T>::Error(abort_status()));
    ended_ = true;
    state_->Close();
  }

 private:
  void OnPush() override {
    --demand_;
    Add(StreamEvent<T>::Next(in_.Grab()));
    if (demand_ > 0) in_.Pull();
  }
  void OnUpstreamFinish() override { End(StreamEvent<T>::Complete()); }
  void OnUpstreamFailure(const absl::Status& failure) override {
    End(StreamEvent<T>::Error(failure));
  }
  void RunCommands() {
    while (std::optional<TestSinkCommand> command = state_->TakeCommand()) {
      if (command->request == 0) {
        ended_ = true;
        in_.Cancel(std::move(command->cause));
      } else {
        demand_ += std::min(command->request, INT64_MAX - demand_);
        in_.TryPull();
      }
    }
  }
  void End(StreamEvent<T> event) {
    ended_ = true;
    Add(std::move(event));
  }
  void Add(StreamEvent<T> event) {
    state_->Note([&] { state_->events.push_back(std::move(event)); });
  }

  const std::shared_ptr<TestSinkState<T>> state_;
  int64_t demand_ = 0;
  bool ended_ = false;
  Inlet<T> in_{this, "in"};
};

}  // namespace internal

template <class T>
class TestSinkProbe {
 public:
  using Event = StreamEvent<T>;
  using Where = SourceLocation;

  explicit TestSinkProbe(std::shared_ptr<internal::TestSinkState<T>> state)
      : state_(std::move(state)) {}

  // Asks for `count` more elements; at least 1.
  TestSinkProbe& Request(int64_t count, Where where = Where::Current()) {
    if (count < 1) internal::FailAt(where, StrCat("TestSink: Request(", count, ")"));
    if (count > 0) state_->Send({count, {}});
    return *this;
  }
  // OK: it has enough.
  TestSinkProbe& Cancel(absl::Status cause = absl::OkStatus()) {
    state_->Send({0, std::move(cause)});
    return *this;
  }

  // --- as values ---

  // The next event, whatever it is. DEADLINE_EXCEEDED: none within `timeout`.
  absl::StatusOr<Event> Receive(absl::Duration timeout = kStreamExpectTimeout) {
    state_->WaitUntil([&] { return !state_->events.empty(); }, timeout);
    std::lock_guard guard(state_->mutex);
    if (state_->events.empty()) {
      return absl::DeadlineExceededError(
          StrCat("TestSink: nothing came within ", absl::FormatDuration(timeout)));
    }
    absl::StatusOr<Event> front(std::move(state_->events.front()));
    state_->events.pop_front();
    return front;
  }

  // --- as GoogleTest failures ---

  // The next event, which is an element.
  T ExpectNext(Where where = Where::Current()) { return TakeNext("an element", where); }
  // It equals `expected`.
  TestSinkProbe& ExpectNext(const T& expected, Where where = Where::Current()) {
    const std::string wanted = StrCat("element ", testing::PrintToString(expected));
    const T got = TakeNext(wanted, where);
    if (!(got == expected)) Mismatch(wanted, Event::Next(got), where);
    return *this;
  }
  T RequestNext(Where where = Where::Current()) {
    Request(1, where);
    return ExpectNext(where);
  }
  TestSinkProbe& RequestNext(const T& expected, Where where = Where::Current()) {
    Request(1, where);
    return ExpectNext(expected, where);
  }
  // The next events are these elements, in this order.
  TestSinkProbe& ExpectNextN(const std::vector<T>& expected, Where where = Where::Current()) {
    for (const T& element : expected) ExpectNext(element, where);
    return *this;
  }
  // The next events are these elements, in any order.
  TestSinkProbe& ExpectNextUnordered(std::vector<T> expected, Where where = Where::Current()) {
    for (size_t left = expected.size(); left > 0; --left) {
      const std::string wanted = StrCat("one of ", testing::PrintToString(expected));
      T got = TakeNext(wanted, where);
      auto found = std::find(expected.begin(), expected.end(), got);
      if (found == expected.end()) {
        Mismatch(wanted, Event::Next(std::move(got)), where);
        return *this;
      }
      expected.erase(found);
    }
    return *this;
  }
  // The next `count` events, which are elements.
  std::vector<T> ReceiveNext(size_t count, Where where = Where::Current()) {
    std::vector<T> elements;
    while (elements.size() < count) elements.push_back(ExpectNext(where));
    return elements;
  }
  TestSinkProbe& ExpectComplete(Where where = Where::Current()) {
    (void)TakeEnd(Event::Kind::kComplete, "completion", where);  // it has said what is wrong
    return *this;
  }
  // The next event is a failure; returns it.
  absl::Status ExpectError(Where where = Where::Current()) {
    return TakeEnd(Event::Kind::kError, "a failure", where);
  }
  TestSinkProbe& ExpectError(const absl::Status& expected, Where where = Where::Current()) {
    const std::string wanted = StrCat("failure ", expected.ToString());
    const absl::Status got = TakeEnd(Event::Kind::kError, wanted, where);
    if (!got.ok() && got != expected) Mismatch(wanted, Event::Error(got), where);
    return *this;
  }
  // Nothing comes for so long: no element and no end. In a simulation that time passes.
  TestSinkProbe& ExpectNoMessage(absl::Duration during = kStreamNoMessageTimeout,
                                 Where where = Where::Current()) {
    absl::StatusOr<Event> got = Receive(during);
    if (got.ok()) Mismatch(StrCat("nothing for ", absl::FormatDuration(during)), *got, where);
    return *this;
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
    Request(INT64_MAX, where);
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
    internal::FailAt(where, StrCat("TestSink: expected ", wanted, ", got ", got.ToString()));
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

  std::shared_ptr<internal::TestSinkState<T>> state_;
};

template <class T>
class TestSink {
 public:
  // A sink whose value is its probe, one for each materialization.
  static Sink<T, TestSinkProbe<T>> Probe(SourceLocation where = SourceLocation::Current()) {
    return Sink<T, TestSinkProbe<T>>(internal::MakeStage<TestSinkProbe<T>>("testSink", where, [] {
      auto state = std::make_shared<internal::TestSinkState<T>>();
      return std::pair(std::make_unique<internal::TestSinkLogic<T>>(state),
                       TestSinkProbe<T>(state));
    }));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_TEST_SINK_H_
