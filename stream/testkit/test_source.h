// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestSource<T>: a source that a test holds in its hand: it gives elements, sees what is asked for,
// and how it is cancelled.
//
// SendNext waits until there is demand, so no element is lost or queued up. Waiting, failures and
// threads are as with TestSink (test_sink.h).
// Lifetime: a probe is a handle; copies share the stream, which may end first.
//
//   auto [in, out] = TestSource<int>::Probe().Map(Twice).ToMat(TestSink<int>::Probe(), KeepBoth())
//                        .Run(system);
//   out.Request(1);
//   EXPECT_EQ(in.ExpectRequest(), 1);
//   in.SendNext(2);
//   out.ExpectNext(4);
//   out.Cancel(absl::AbortedError("no"));
//   in.ExpectCancellation(absl::AbortedError("no"));
#ifndef SAMPO_STREAM_TESTKIT_TEST_SOURCE_H_
#define SAMPO_STREAM_TESTKIT_TEST_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/source.h"
#include "sampo/stream/testkit/detail/probe_failure.h"

namespace sampo::stream {
namespace internal {

template <class T>
struct TestSourceCommand {
  std::optional<T> next;  // empty: the end
  absl::Status end;
};

template <class T>
class TestSourceState final : public sampo::internal::ProbeStateBase {
 public:
  template <class F>
  void Note(F change) {
    std::lock_guard guard(mutex);
    change();
    Changed();
  }
  StageInbox<TestSourceCommand<T>> inbox;
  // Guarded by mutex.
  int64_t requests = 0;  // pulls that the test has not been told of
  int64_t pending = 0;   // pulls that it was told of and has not answered
  std::optional<absl::Status> cancelled;
};

template <class T>
class TestSourceLogic final : public GraphStageLogic, public OutHandler {
 public:
  explicit TestSourceLogic(std::shared_ptr<TestSourceState<T>> state) : state_(std::move(state)) {
    out_.SetHandler(this);
  }
  ~TestSourceLogic() override {
    if (!ended_) Cancelled(AbruptTermination("the stream was never started"));
  }
  void PreStart() override {
    state_->inbox.Open(GetAsyncCallback<int>([this](int) {
      state_->inbox.Drain([this](TestSourceCommand<T>& command) { Run(command); });
    }));
  }
  void PostStop() override {
    if (!ended_ && !abort_status().ok()) Cancelled(abort_status());
    ended_ = true;
    (void)state_->inbox.Close();  // what a test sends to a stream that has ended is nobody's
  }

 private:
  void OnPull() override {
    state_->Note([this] { ++state_->requests; });
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    Cancelled(cause);
    CompleteStage();
  }
  void Run(TestSourceCommand<T>& command) {
    if (out_.IsClosed()) return;
    if (command.next) return out_.Push(*std::move(command.next));
    ended_ = true;
    if (command.end.ok()) {
      CompleteStage();
    } else {
      FailStage(std::move(command.end));
    }
  }
  void Cancelled(absl::Status cause) {
    ended_ = true;
    state_->Note([&] { state_->cancelled = std::move(cause); });
  }

  const std::shared_ptr<TestSourceState<T>> state_;
  bool ended_ = false;
  Outlet<T> out_{this, "out"};
};

}  // namespace internal

template <class T>
class TestSourceProbe {
 public:
  using Where = SourceLocation;

  explicit TestSourceProbe(std::shared_ptr<internal::TestSourceState<T>> state)
      : state_(std::move(state)) {}

  // Gives `element` as soon as there is demand; a failure where none comes, or it is cancelled.
  TestSourceProbe& SendNext(T element, Where where = Where::Current()) {
    if (!AwaitDemand("demand for an element", where)) return *this;
    {
      std::lock_guard guard(state_->mutex);
      --state_->pending;
    }
    (void)state_->inbox.Send({std::move(element), {}});
    return *this;
  }
  TestSourceProbe& SendComplete() {
    (void)state_->inbox.Send({std::nullopt, absl::OkStatus()});
    return *this;
  }
  // Precondition: `failure` is not OK.
  TestSourceProbe& SendError(absl::Status failure, Where where = Where::Current()) {
    if (failure.ok()) internal::FailAt(where, "TestSource: SendError of OK");
    (void)state_->inbox.Send({std::nullopt, std::move(failure)});
    return *this;
  }

  // Waits for demand that the test has not been told of; returns how much it is. Between fused
  // stages it is 1.
  int64_t ExpectRequest(Where where = Where::Current()) {
    auto asked = [&] { return state_->requests > 0 || state_->cancelled.has_value(); };
    state_->WaitUntil(asked, kStreamExpectTimeout);
    std::lock_guard guard(state_->mutex);
    const int64_t count = std::exchange(state_->requests, 0);
    if (count == 0) internal::FailAt(where, StrCat("TestSource: no request; ", Text()));
    state_->pending += count;
    return count;
  }
  // No new demand for so long, and no cancellation.
  TestSourceProbe& ExpectNoMessage(absl::Duration during = kStreamNoMessageTimeout,
                                   Where where = Where::Current()) {
    auto asked = [&] { return state_->requests > 0 || state_->cancelled.has_value(); };
    if (state_->WaitUntil(asked, during)) {
      std::lock_guard guard(state_->mutex);
      internal::FailAt(where, StrCat("TestSource: expected nothing for ",
                                     absl::FormatDuration(during), "; ", Text()));
    }
    return *this;
  }
  // It is cancelled; returns the cause. Demand that came before is passed over.
  absl::Status ExpectCancellation(Where where = Where::Current()) {
    state_->WaitUntil([&] { return state_->cancelled.has_value(); }, kStreamExpectTimeout);
    std::lock_guard guard(state_->mutex);
    if (state_->cancelled) return *state_->cancelled;
    internal::FailAt(where, StrCat("TestSource: expected a cancellation; ", Text()));
    return absl::DeadlineExceededError("TestSource: no cancellation");
  }
  TestSourceProbe& ExpectCancellation(const absl::Status& expected,
                                      Where where = Where::Current()) {
    const absl::Status got = ExpectCancellation(where);
    if (got != expected) {
      internal::FailAt(where, StrCat("TestSource: expected a cancellation with ",
                                     expected.ToString(), ", got ", got.ToString()));
    }
    return *this;
  }

 private:
  bool AwaitDemand(const char* wanted, Where where) {
    auto asked = [&] {
      return state_->requests + state_->pending > 0 || state_->cancelled.has_value();
    };
    state_->WaitUntil(asked, kStreamExpectTimeout);
    std::lock_guard guard(state_->mutex);
    state_->pending += std::exchange(state_->requests, 0);
    if (state_->pending > 0 && !state_->cancelled) return true;
    internal::FailAt(where, StrCat("TestSource: waited for ", wanted, "; ", Text()));
    return false;
  }
  // With the lock held.
  std::string Text() const {
    if (state_->cancelled) return StrCat("cancelled with ", state_->cancelled->ToString());
    return StrCat(state_->requests, " new requests, ", state_->pending, " not answered");
  }

  std::shared_ptr<internal::TestSourceState<T>> state_;
};

template <class T>
class TestSource {
 public:
  // A source whose value is its probe, one for each materialization.
  static Source<T, TestSourceProbe<T>> Probe(SourceLocation where = SourceLocation::Current()) {
    return Source<T, TestSourceProbe<T>>(
        internal::MakeStage<TestSourceProbe<T>>("testSource", where, [] {
          auto state = std::make_shared<internal::TestSourceState<T>>();
          return internal::NewLogicWith<internal::TestSourceLogic<T>>(TestSourceProbe<T>(state),
                                                                      state);
        }));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_TEST_SOURCE_H_
