// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GoldenTrace: what happens at chosen points of a stream, as text: pulls, elements, ends; compared
// with what it is to be.
//
// Why: the order of signals is part of what an operator promises; a text that fits a review shows
// it whole. Points of one island, or of one simulation, give the same text in each run.
// Threads: a handle; points write from any stream. Lifetime: shared with the streams.
//
//   GoldenTrace trace;
//   source.Via(trace.Point<int>("before")).Filter(IsEven).Via(trace.Point<int>("after"))...
//   trace.ExpectEquals("after pull\nbefore pull\nbefore push 1\nbefore pull\n...");
#ifndef SAMPO_STREAM_TESTKIT_GOLDEN_TRACE_H_
#define SAMPO_STREAM_TESTKIT_GOLDEN_TRACE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {
namespace internal {

class TraceText {
 public:
  void Add(std::string_view line) {
    std::lock_guard guard(mutex_);
    text_.append(line).append("\n");
  }
  std::string text() const {
    std::lock_guard guard(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;  // as long as the test lets its streams run
};

template <class T>
class TracePointLogic final : public FlowLogic<T, T> {
 public:
  TracePointLogic(std::shared_ptr<TraceText> trace, std::string name)
      : trace_(std::move(trace)), name_(std::move(name)) {}

 private:
  void OnPush() override {
    T element = this->in_.Grab();
    trace_->Add(StrCat(name_, " push ", testing::PrintToString(element)));
    this->out_.Push(std::move(element));
  }
  void OnPull() override {
    trace_->Add(StrCat(name_, " pull"));
    this->in_.Pull();
  }
  void OnUpstreamFinish() override {
    trace_->Add(StrCat(name_, " complete"));
    this->CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    trace_->Add(StrCat(name_, " fail ", failure.ToString()));
    this->FailStage(failure);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    trace_->Add(StrCat(name_, " cancel ", cause.ToString()));
    this->CancelStage(cause);
  }

  const std::shared_ptr<TraceText> trace_;
  const std::string name_;
};

}  // namespace internal

class GoldenTrace {
 public:
  // A flow that lets everything through and writes down what passes.
  template <class T>
  Flow<T, T> Point(std::string name, SourceLocation where = SourceLocation::Current()) const {
    return Flow<T, T>(internal::MakeLogicStage<internal::TracePointLogic<T>>(
        "tracePoint", where, trace_, std::move(name)));
  }

  std::string text() const { return trace_->text(); }
  // A GoogleTest failure at the caller's line that shows both and where they part.
  void ExpectEquals(std::string_view expected,
                    SourceLocation where = SourceLocation::Current()) const;
  // The same with the text of a file. With SAMPO_UPDATE_GOLDEN set it writes the file instead.
  void ExpectMatchesFile(const std::string& path,
                         SourceLocation where = SourceLocation::Current()) const;

 private:
  std::shared_ptr<internal::TraceText> trace_ = std::make_shared<internal::TraceText>();
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_TESTKIT_GOLDEN_TRACE_H_
