// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RestartSource, RestartFlow, RestartSink: streams that are made anew by a factory, after a pause
// that grows, when they end.
//
// WithBackoff restarts after failures and completions, OnFailuresWithBackoff after failures alone.
// The outside sees no end until restarts are used up (RestartSettings), or it ends itself. Elements
// on their way inside are lost at a restart; the inner materialized values are dropped.
// Threads: the factory runs on the stream's turn, copied for each materialization.
//
//   auto prices = RestartSource::WithBackoff({.backoff = {.min = absl::Seconds(1)}},
//                                            [] { return ConnectToExchange(); });
#ifndef SAMPO_STREAM_RESTART_H_
#define SAMPO_STREAM_RESTART_H_

#include <memory>
#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/restart_logic.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::stream {

class RestartSource {
 public:
  // The elements of the sources that factory() gives, one after another.
  // Emits when: the source does. Backpressures when: downstream does. Completes when: restarts are
  // used up. Cancels when: downstream does. Tested by: restart_test.cc.
  template <class Factory>
  static auto WithBackoff(RestartSettings settings, Factory factory,
                          SourceLocation where = SourceLocation::Current()) {
    return Make(std::move(settings), false, std::move(factory), where);
  }
  // The same, where a completion completes.
  // Emits when: the source does. Backpressures when: downstream does. Completes when: the source
  // does, or restarts are used up. Cancels when: downstream does. Tested by: restart_test.cc.
  template <class Factory>
  static auto OnFailuresWithBackoff(RestartSettings settings, Factory factory,
                                    SourceLocation where = SourceLocation::Current()) {
    return Make(std::move(settings), true, std::move(factory), where);
  }

 private:
  template <class Factory>
  static auto Make(RestartSettings settings, bool only_on_failures, Factory factory,
                   SourceLocation where) {
    using T = typename internal::ResultOf<Factory>::Element;
    return Source<T, NotUsed>(internal::MakeLogicStage<internal::RestartSourceLogic<T, Factory>>(
        "restartSource", where, std::move(settings), only_on_failures, std::move(factory)));
  }
};

class RestartFlow {
 public:
  // Through the flow that factory() gives, then the next.
  // Emits when: the flow does. Backpressures when: the flow does, or during a pause. Completes
  // when: upstream does and the flow then, or restarts are used up. Cancels when: downstream does,
  // or restarts are used up. Tested by: restart_test.cc.
  template <class Factory>
  static auto WithBackoff(RestartSettings settings, Factory factory,
                          SourceLocation where = SourceLocation::Current()) {
    return Make(std::move(settings), false, std::move(factory), where);
  }
  // The same, where a completion or cancellation by the flow itself ends.
  // Emits when: the flow does. Backpressures when: the flow does, or during a pause. Completes
  // when: the flow does, or restarts are used up. Cancels when: the flow does, or restarts are used
  // up. Tested by: restart_test.cc.
  template <class Factory>
  static auto OnFailuresWithBackoff(RestartSettings settings, Factory factory,
                                    SourceLocation where = SourceLocation::Current()) {
    return Make(std::move(settings), true, std::move(factory), where);
  }

 private:
  template <class Factory>
  static auto Make(RestartSettings settings, bool only_on_failures, Factory factory,
                   SourceLocation where) {
    using Inner = internal::ResultOf<Factory>;
    using In = typename Inner::Input;
    using Out = typename Inner::Element;
    return Flow<In, Out, NotUsed>(
        internal::MakeLogicStage<internal::RestartFlowLogic<In, Out, Factory>>(
            "restartFlow", where, std::move(settings), only_on_failures, std::move(factory)));
  }
};

class RestartSink {
 public:
  // Into the sink that factory() gives, then the next.
  // Backpressures when: the sink does, or during a pause. Cancels when: restarts are used up.
  // Tested by: restart_test.cc.
  template <class Factory>
  static auto WithBackoff(RestartSettings settings, Factory factory,
                          SourceLocation where = SourceLocation::Current()) {
    using T = typename internal::ResultOf<Factory>::Element;
    return Sink<T, NotUsed>(internal::MakeLogicStage<internal::RestartSinkLogic<T, Factory>>(
        "restartSink", where, std::move(settings), false, std::move(factory)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_RESTART_H_
