// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ProbeChannel<Command>: what a stream's probe and its stage share: commands to the stage, a way to
// wake it, and the waiting of the test for what the stage saw.
//
// Threads: Send and the waiting from the test's; the rest on the stage's turn. Lifetime: shared by
// both; outlives whichever ends first.
#ifndef SAMPO_STREAM_TESTKIT_DETAIL_PROBE_CHANNEL_H_
#define SAMPO_STREAM_TESTKIT_DETAIL_PROBE_CHANNEL_H_

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/testkit/detail/probe_waiting.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

// A single expectation waits so long, and this long for the absence of something; Pekko's figures.
// SAMPO_TEST_TIMEFACTOR multiplies both on real threads.
inline constexpr absl::Duration kStreamExpectTimeout = absl::Seconds(3);
inline constexpr absl::Duration kStreamNoMessageTimeout = absl::Milliseconds(100);

namespace internal {

// A GoogleTest failure at the caller's line.
inline void FailAt(SourceLocation where, const std::string& text) {
  ADD_FAILURE_AT(where.file, where.line) << text;
}

template <class Command>
class ProbeChannel : public sampo::internal::ProbeStateBase {
 public:
  // From the test: the stage gets it on its turn, once it has started.
  void Send(Command command) {
    AsyncCallback<int> wake;
    {
      std::lock_guard guard(mutex);
      commands_.push_back(std::move(command));
      wake = wake_;
    }
    if (wake) wake.Invoke(0);
  }

  // The stage has started; commands that were sent before are still to be taken.
  void Open(AsyncCallback<int> wake) {
    std::lock_guard guard(mutex);
    wake_ = std::move(wake);
  }
  std::optional<Command> TakeCommand() {
    std::lock_guard guard(mutex);
    if (commands_.empty()) return std::nullopt;
    std::optional<Command> front(std::move(commands_.front()));
    commands_.pop_front();
    return front;
  }
  // The stage has ended; drops the way to it, so that a probe that is kept holds no stream.
  void Close() {
    std::lock_guard guard(mutex);
    wake_ = AsyncCallback<int>();
  }
  // Calls `change` with the lock held and wakes the test.
  template <class F>
  void Note(F change) {
    std::lock_guard guard(mutex);
    change();
    Changed();
  }

 private:
  std::deque<Command> commands_;  // as many as the test sends
  AsyncCallback<int> wake_;
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_DETAIL_PROBE_CHANNEL_H_
