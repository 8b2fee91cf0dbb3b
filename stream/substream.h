// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Streams inside of a stage: SubInlet takes the elements of a source that the stage runs, SubOutlet
// gives elements to a sink, or to whoever runs the source that it offers.
//
// What a stage runs through them is fused into its own island: an element crosses as between any
// two stages. Only a SubOutlet's source that is run by another stream crosses a boundary.
// Threads: the stage's turn; SubOutlet::source() may be run anywhere, once.
// Lifetime: owned by the stage; when destroyed, what is still open is cancelled or completed.
//
//   SubInlet<int> inner{this};
//   inner.SetHandler(&handler);
//   inner.Run(Source<int>::Range(1, 3));
//   inner.Pull();
#ifndef SAMPO_STREAM_SUBSTREAM_H_
#define SAMPO_STREAM_SUBSTREAM_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/sub_source.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;

namespace internal {

// Starts what has no open ends, fused in the island of `stage`; returns its value.
template <class Mat>
Mat RunFused(GraphStageLogic* stage, const BlueprintRef<Mat>& blueprint) {
  BuildContext context(IslandOf(stage), AttributesOf(stage));
  Ports ports;
  Mat value = blueprint->Build(context, ports);
  (void)context.Start();  // its failure comes through what it runs
  return value;
}

}  // namespace internal

template <class T>
class SubInlet {
 public:
  explicit SubInlet(GraphStageLogic* stage, const char* name = "sub-in") : inlet_(stage, name) {}

  // Before Run.
  void SetHandler(InHandler* handler) { inlet_.SetHandler(handler); }
  // Starts `source` in the stage's island, once; returns its value.
  template <class Mat>
  Mat Run(const Source<T, Mat>& source) {
    internal::BuildContext context(internal::IslandOf(inlet_.logic()),
                                   internal::AttributesOf(inlet_.logic()));
    internal::Ports ports;
    Mat value = source.blueprint()->Build(context, ports);
    context.Link(ports.outs.front(), {&inlet_, -1});
    (void)context.Start();  // the source's own islands; its failure comes through the inlet
    return value;
  }

  void Pull() { inlet_.Pull(); }
  void TryPull() { inlet_.TryPull(); }
  T Grab() { return inlet_.Grab(); }
  T& Peek() { return inlet_.Peek(); }
  bool IsAvailable() const { return inlet_.IsAvailable(); }
  bool HasBeenPulled() const { return inlet_.HasBeenPulled(); }
  bool IsClosed() const { return inlet_.IsClosed(); }
  void Cancel(absl::Status cause = absl::OkStatus()) { inlet_.Cancel(std::move(cause)); }

 private:
  Inlet<T> inlet_;
};

template <class T>
class SubOutlet {
 public:
  explicit SubOutlet(GraphStageLogic* stage, const char* name = "sub-out")
      : outlet_(stage, name),
        shared_(internal::MakeRef<internal::SubSourceState>(stage, &outlet_)) {}
  ~SubOutlet() { shared_->Close(); }

  // Before it is run.
  void SetHandler(OutHandler* handler) { outlet_.SetHandler(handler); }
  // Starts `sink` in the stage's island, once, in place of the source; returns its value.
  template <class Mat>
  Mat Run(const Sink<T, Mat>& sink) {
    shared_->Take();
    internal::BuildContext context(internal::IslandOf(outlet_.logic()),
                                   internal::AttributesOf(outlet_.logic()));
    internal::Ports ports;
    Mat value = sink.blueprint()->Build(context, ports);
    context.Link({&outlet_, -1}, ports.ins.front());
    (void)context.Start();
    return value;
  }
  // What is pushed here, as a source that can be run once: a second run fails with
  // FAILED_PRECONDITION. Who runs it when this has ended gets the end; CANCELLED where the stage
  // has gone without one.
  Source<T, NotUsed> source() const {
    return Source<T, NotUsed>(
        internal::BlueprintRef<NotUsed>(new internal::SubSourceNode<T>(shared_)));
  }

  // Somebody has subscribed.
  bool IsConnected() const { return outlet_.IsConnected(); }
  bool IsAvailable() const { return outlet_.IsAvailable(); }
  // True also before anybody has subscribed, once it was completed or has failed.
  bool IsClosed() const {
    return shared_->has_ended() || (outlet_.IsConnected() && outlet_.IsClosed());
  }
  void Push(T element) { outlet_.Push(std::move(element)); }
  // Also before anybody has subscribed: who does later gets the end at once.
  void Complete() { End(absl::OkStatus()); }
  void Fail(absl::Status failure) { End(std::move(failure)); }
  // Nobody can subscribe any more: who tries fails with `why`. False: somebody has.
  bool Timeout(absl::Status why) { return shared_->Refuse(std::move(why)); }

 private:
  void End(absl::Status end) {
    if (IsClosed()) return;
    if (!outlet_.IsConnected()) {
      shared_->EndEarly(std::move(end));
    } else if (end.ok()) {
      outlet_.Complete();
    } else {
      outlet_.Fail(std::move(end));
    }
  }

  Outlet<T> outlet_;
  const internal::Ref<internal::SubSourceState> shared_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SUBSTREAM_H_
