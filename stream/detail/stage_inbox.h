// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StageInbox<Command>: a way into a stage that exists before the stage has started and that knows
// whether and how it has ended: for materialized values through which others talk to it.
//
// What is sent before the start waits for it, in order; after the end it is refused.
//
// With Drain, commands that come together are taken in one turn: the stage is woken once for all of
// them. Where the stage ends amid them, `handle` still gets the rest: it knows what they are due.
// With DrainOne each has a turn of its own: an element goes down the stream before the next one is
// taken, so that a burst does not overflow the buffer of a stream that keeps up.
//
// Threads: Send and end from any; the rest on the stage's turn. Lifetime: shared by both sides.
//
//   inbox_->Open(GetAsyncCallback<int>([this](int) {                        // in PreStart
//     inbox_->Drain([this](Command& command) { Handle(command); });
//   }));
//   for (Command& late : inbox_->Close(failure())) ...                      // in PostStop
#ifndef SAMPO_STREAM_DETAIL_STAGE_INBOX_H_
#define SAMPO_STREAM_DETAIL_STAGE_INBOX_H_

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

template <class Command>
class StageInbox {
 public:
  // False when the stage has ended: the command was not taken, and is untouched.
  bool Send(Command&& command) {
    AsyncCallback<int> wake;
    {
      std::lock_guard guard(mutex_);
      if (end_) return false;
      commands_.push_back(std::move(command));
      if (!wake_ || woken_) return true;
      woken_ = true;
      wake = wake_;
    }
    wake.Invoke(0);
    return true;
  }

  // `wake` is called when there is something to drain, also for what was sent before.
  void Open(AsyncCallback<int> wake) {
    bool any;
    {
      std::lock_guard guard(mutex_);
      wake_ = wake;
      any = woken_ = !commands_.empty();
    }
    if (any) wake.Invoke(0);
  }
  // Calls handle(Command&) for each that has come.
  template <class F>
  void Drain(F handle) {
    std::vector<Command> batch = std::move(spare_);
    {
      std::lock_guard guard(mutex_);
      woken_ = false;
      batch.swap(commands_);
    }
    for (Command& command : batch) handle(command);
    batch.clear();
    spare_ = std::move(batch);
  }
  // Calls handle(Command&) for the next alone, and wakes the stage again for what is left. A stage
  // uses this or Drain.
  template <class F>
  void DrainOne(F handle) {
    std::optional<Command> next;
    AsyncCallback<int> wake;
    {
      std::lock_guard guard(mutex_);
      if (taken_ == batch_.size()) {
        batch_.clear();
        taken_ = 0;
        batch_.swap(commands_);
      }
      if (taken_ < batch_.size()) next.emplace(std::move(batch_[taken_++]));
      woken_ = taken_ < batch_.size() || !commands_.empty();
      if (woken_) wake = wake_;
    }
    if (wake) wake.Invoke(0);  // first, for `handle` may throw
    if (next) handle(*next);
  }
  // The stage has ended, or was never started; returns what nobody has handled. The first call
  // says how.
  std::vector<Command> Close(absl::Status end = absl::OkStatus()) {
    std::lock_guard guard(mutex_);
    if (!end_) end_ = std::move(end);
    wake_ = AsyncCallback<int>();
    std::vector<Command> late;
    for (; taken_ < batch_.size(); ++taken_) late.push_back(std::move(batch_[taken_]));
    for (Command& command : commands_) late.push_back(std::move(command));
    batch_.clear();
    taken_ = 0;
    commands_.clear();
    return late;
  }
  // How the stage ended: what it was closed with; nothing while it runs.
  std::optional<absl::Status> end() const {
    std::lock_guard guard(mutex_);
    return end_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Command> commands_;  // bounded by the protocol of its user
  AsyncCallback<int> wake_;
  bool woken_ = false;  // and has not drained yet
  std::optional<absl::Status> end_;
  std::vector<Command> spare_;  // of Drain, the turn's alone: its memory is used again
  std::vector<Command> batch_;  // of DrainOne
  size_t taken_ = 0;            // of those
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_STAGE_INBOX_H_
