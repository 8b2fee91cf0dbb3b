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

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/reactive/reactive_streams.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/testkit/detail/probe_failure.h"
#include "sampo/stream/testkit/stream_event.h"

namespace sampo::stream {

namespace internal {

struct TestSinkCommand {
  int64_t request = 0;  // 0: cancel
  absl::Status cause;
};

template <class T>
class TestSinkState final : public EventQueue<T> {
 public:
  StageInbox<TestSinkCommand> inbox;
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
    state_->inbox.Open(GetAsyncCallback<int>(
        [this](int) { state_->inbox.Drain([this](TestSinkCommand& command) { Run(command); }); }));
  }
  void PostStop() override {
    if (!ended_ && !abort_status().ok()) Add(StreamEvent<T>::Error(abort_status()));
    ended_ = true;
    (void)state_->inbox.Close();  // what a test asks of a stream that has ended is nobody's
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
  void Run(TestSinkCommand& command) {
    if (command.request == 0) {
      ended_ = true;
      return in_.Cancel(std::move(command.cause));
    }
    demand_ = AddDemand(demand_, command.request);
    in_.TryPull();
  }
  void End(StreamEvent<T> event) {
    ended_ = true;
    Add(std::move(event));
  }
  void Add(StreamEvent<T> event) { state_->Add(std::move(event)); }

  const std::shared_ptr<TestSinkState<T>> state_;
  int64_t demand_ = 0;
  bool ended_ = false;
  Inlet<T> in_{this, "in"};
};

}  // namespace internal

template <class T>
class TestSinkProbe final : public EventExpectations<TestSinkProbe<T>, T> {
 public:
  using Where = SourceLocation;

  explicit TestSinkProbe(std::shared_ptr<internal::TestSinkState<T>> state)
      : state_(std::move(state)) {}

  // Asks for `count` more elements; at least 1.
  TestSinkProbe& Request(int64_t count, Where where = Where::Current()) {
    if (count < 1) internal::FailAt(where, StrCat("TestSink: Request(", count, ")"));
    if (count > 0) (void)state_->inbox.Send({count, {}});
    return *this;
  }
  // OK: it has enough.
  TestSinkProbe& Cancel(absl::Status cause = absl::OkStatus()) {
    (void)state_->inbox.Send({0, std::move(cause)});
    return *this;
  }

 private:
  friend class EventExpectations<TestSinkProbe<T>, T>;
  internal::EventQueue<T>& events() const { return *state_; }

  std::shared_ptr<internal::TestSinkState<T>> state_;
};

template <class T>
class TestSink {
 public:
  // A sink whose value is its probe, one for each materialization.
  static Sink<T, TestSinkProbe<T>> Probe(SourceLocation where = SourceLocation::Current()) {
    return Sink<T, TestSinkProbe<T>>(internal::MakeStage<TestSinkProbe<T>>("testSink", where, [] {
      auto state = std::make_shared<internal::TestSinkState<T>>();
      return internal::NewLogicWith<internal::TestSinkLogic<T>>(TestSinkProbe<T>(state), state);
    }));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_TEST_SINK_H_
