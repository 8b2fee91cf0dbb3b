// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The shapes most stages have: a source of one outlet, a flow of an inlet and an outlet, a sink of
// one inlet; and a promise that is kept whatever happens to the stage.
//
// Threads: as GraphStageLogic.
#ifndef SAMPO_STREAM_DETAIL_STAGES_H_
#define SAMPO_STREAM_DETAIL_STAGES_H_

#include <utility>

#include "sampo/actor/future.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

template <class Out>
class SourceLogic : public GraphStageLogic, public OutHandler {
 public:
  SourceLogic() { out_.SetHandler(this); }

 protected:
  Outlet<Out> out_{this, "out"};
};

// Pulls for each pull and leaves the rest to the subclass.
template <class In, class Out>
class FlowLogic : public GraphStageLogic, public InHandler, public OutHandler {
 public:
  FlowLogic() {
    in_.SetHandler(this);
    out_.SetHandler(this);
  }
  void OnPull() override { in_.Pull(); }

 protected:
  Inlet<In> in_{this, "in"};
  Outlet<Out> out_{this, "out"};
};

// Pulls once at the start; OnPush pulls again for more.
template <class In>
class SinkLogic : public GraphStageLogic, public InHandler {
 public:
  SinkLogic() { in_.SetHandler(this); }
  void PreStart() override { in_.Pull(); }

 protected:
  Inlet<In> in_{this, "in"};
};

// A sink that promises a T: failed when the stream or a function of the user fails, and when it is
// cut off. The subclass completes it.
template <class In, class T>
class PromiseSinkLogic : public SinkLogic<In> {
 public:
  // Also for a stage that was never started.
  ~PromiseSinkLogic() override {
    if (!promise_.IsComplete()) promise_.Complete(AbruptTermination("its actor was never started"));
  }
  Future<T> materialized() { return promise_.future(); }
  void OnUpstreamFailure(const absl::Status& failure) override {
    promise_.Complete(failure);
    this->CompleteStage();
  }
  void PostStop() override {
    if (promise_.IsComplete()) return;
    promise_.Complete(this->failure().ok() ? AbruptTermination("a sink ended without a result")
                                           : this->failure());
  }

 protected:
  // A function of the user has thrown.
  void FailWith(absl::Status failure) {
    promise_.Complete(failure);
    this->FailStage(std::move(failure));
  }
  Promise<T> promise_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_STAGES_H_
