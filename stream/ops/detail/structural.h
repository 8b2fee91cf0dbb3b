// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Blueprints made of others, and the stages that join them: FromMaterializer, FromSinkAndSource,
// AsSource (a sink that becomes a source), OptionalVia.
//
// Threads: blueprints as Blueprint; stages on the stream's turn.
#ifndef SAMPO_STREAM_OPS_DETAIL_STRUCTURAL_H_
#define SAMPO_STREAM_OPS_DETAIL_STRUCTURAL_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/substream.h"

namespace sampo::stream::internal {

// What f(materializer, attributes) returns, made for each materialization.
template <class F>
class FromMaterializerNode final
    : public Blueprint<typename ResultOf<F, Materializer&, const Attributes&>::MaterializedValue> {
 public:
  using Part = ResultOf<F, Materializer&, const Attributes&>;
  explicit FromMaterializerNode(F f) : f_(std::move(f)) {}
  typename Part::MaterializedValue Build(BuildContext& context, Ports& ports) const override {
    F f = f_;
    return f(context.run().materializer(), context.attributes()).blueprint()->Build(context, ports);
  }

 private:
  const F f_;
};

// Takes elements as `sink` does and gives those of `source`. Coupled: the end of either side ends
// the other one.
template <class S, class R, class Mat, class Combine>
class SinkAndSourceNode final : public Blueprint<Mat> {
 public:
  SinkAndSourceNode(BlueprintRef<S> sink, BlueprintRef<R> source, Combine combine)
      : sink_(std::move(sink)), source_(std::move(source)), combine_(std::move(combine)) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports sink;
    Ports source;
    S sink_value = sink_->Build(context, sink);
    R source_value = source_->Build(context, source);
    ports.ins.push_back(sink.ins.front());
    ports.outs.push_back(source.outs.front());
    Combine combine = combine_;
    return combine(std::move(sink_value), std::move(source_value));
  }

 private:
  const BlueprintRef<S> sink_;
  const BlueprintRef<R> source_;
  const Combine combine_;
};

// Two ways beside each other, from in to to_sink and from from_source to out, that end together.
template <class In, class Out>
class CouplingLogic final : public GraphStageLogic {
 public:
  CouplingLogic() {
    in_.SetHandler(&down_);
    to_sink_.SetHandler(&down_);
    from_source_.SetHandler(&up_);
    out_.SetHandler(&up_);
  }

 private:
  // The ends are the default ones: they end the whole stage.
  template <class T>
  class Way final : public InHandler, public OutHandler {
   public:
    Way(Inlet<T>& in, Outlet<T>& out) : in_(in), out_(out) {}
    void OnPush() override { out_.Push(in_.Grab()); }
    void OnPull() override { in_.Pull(); }

   private:
    Inlet<T>& in_;
    Outlet<T>& out_;
  };

  Inlet<In> in_{this, "in"};
  Inlet<Out> from_source_{this, "from source"};
  Outlet<In> to_sink_{this, "to sink"};
  Outlet<Out> out_{this, "out"};
  Way<In> down_{in_, to_sink_};
  Way<Out> up_{from_source_, out_};
};

template <class In, class Out, class S, class R, class Mat, class Combine>
class CoupledNode final : public Blueprint<Mat> {
 public:
  CoupledNode(SourceLocation where, BlueprintRef<S> sink, BlueprintRef<R> source, Combine combine)
      : where_(where),
        sink_(std::move(sink)),
        source_(std::move(source)),
        combine_(std::move(combine)) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports coupling;
    Ports sink;
    Ports source;
    CollectPorts(context.Add(NewLogic<CouplingLogic<In, Out>>(), "coupled", where_), coupling);
    S sink_value = sink_->Build(context, sink);
    R source_value = source_->Build(context, source);
    context.Link(coupling.outs[0], sink.ins.front());
    context.Link(source.outs.front(), coupling.ins[1]);
    ports.ins.push_back(coupling.ins[0]);
    ports.outs.push_back(coupling.outs[1]);
    Combine combine = combine_;
    return combine(std::move(sink_value), std::move(source_value));
  }

 private:
  const SourceLocation where_;
  const BlueprintRef<S> sink_;
  const BlueprintRef<R> source_;
  const Combine combine_;
};

// A sink whose elements come out of a source that is run by somebody else, once.
template <class In>
class AsSourceLogic final : public GraphStageLogic, public InHandler, public OutHandler {
 public:
  AsSourceLogic() { in_.SetHandler(this); }
  // Before it starts, once the stage belongs to its island.
  auto Open() {
    to_.emplace(this);
    to_->SetHandler(this);
    return to_->source();
  }
  void PreStart() override {
    const SubscriptionTimeout timeout = attributes().subscription_timeout();
    if (timeout.mode != SubscriptionTimeoutMode::kNoop) ScheduleOnce(0, timeout.timeout);
  }
  void OnPull() override { in_.TryPull(); }
  void OnPush() override { to_->Push(in_.Grab()); }
  void OnUpstreamFinish() override { End(absl::OkStatus()); }
  void OnUpstreamFailure(const absl::Status& failure) override { End(failure); }
  void OnTimer(int64_t) override {
    if (to_->IsConnected()) return;
    const SubscriptionTimeout timeout = attributes().subscription_timeout();
    absl::Status late = absl::DeadlineExceededError(StrCat("stream stage ", DisplayName(),
                                                           ": nobody has run its source within ",
                                                           absl::FormatDuration(timeout.timeout)));
    if (timeout.mode == SubscriptionTimeoutMode::kWarn) {
      return IslandOf(this).context()->Log().Warning(late.ToString());
    }
    to_->Timeout(late);
    if (in_.IsClosed()) return SetKeepGoing(false);
    FailStage(std::move(late));
  }
  void Describe(StageReport& report) const override {
    if (to_ && !to_->IsConnected()) report.waits_for = "its source to be run";
  }

 private:
  void End(absl::Status end) {
    // Who runs the source later is told the end; until the timeout there is a stage to do so.
    if (!to_->IsConnected() && IsTimerActive(0)) SetKeepGoing(true);
    if (end.ok()) {
      to_->Complete();
    } else {
      to_->Fail(std::move(end));
    }
  }

  Inlet<In> in_{this, "in"};
  std::optional<SubOutlet<In>> to_;
};

template <class In, class Mat>
class AsSourceNode final : public Blueprint<Mat> {
 public:
  explicit AsSourceNode(SourceLocation where) : where_(where) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    auto* logic = new AsSourceLogic<In>();
    CollectPorts(context.Add(std::unique_ptr<GraphStageLogic>(logic), "source", where_), ports);
    return logic->Open();
  }

 private:
  const SourceLocation where_;
};

// An element with the context that is extracted from it.
template <class Out, class Context, class Extract>
struct WithContextOf {
  [[no_unique_address]] Extract extract;
  std::pair<Out, Context> operator()(Out element) {
    Context context = extract(std::as_const(element));
    return {std::move(element), std::move(context)};
  }
};

// Of optionals, the values go through a flow and come back as optionals; empty ones go past it.
template <class In, class U>
class OptionalViaLogic final : public GraphStageLogic, public InHandler, public OutHandler {
 public:
  OptionalViaLogic() {
    in_.SetHandler(this);
    out_.SetHandler(this);
    to_flow_.SetHandler(&entry_);
    from_flow_.SetHandler(&exit_);
  }
  void OnPull() override {
    if (from_flow_.IsAvailable()) return PushResult();
    if (empty_waits_) {
      empty_waits_ = false;
      out_.Push(std::nullopt);
      return MaybeEnd();
    }
    from_flow_.TryPull();
    PullNext();
  }
  void OnPush() override {
    std::optional<In> element = in_.Grab();
    if (!element) {
      if (out_.IsAvailable()) return out_.Push(std::nullopt);
      empty_waits_ = true;
    } else if (to_flow_.IsAvailable()) {
      to_flow_.Push(*std::move(element));
      PullNext();
    } else {
      value_ = std::move(element);
    }
  }
  void OnUpstreamFinish() override { MaybeEnd(); }

 private:
  class Entry final : public OutHandler {
   public:
    explicit Entry(OptionalViaLogic& stage) : stage_(stage) {}
    void OnPull() override {
      if (!stage_.value_) return;
      stage_.to_flow_.Push(*std::exchange(stage_.value_, std::nullopt));
      stage_.PullNext();
      stage_.MaybeEnd();
    }
    // The flow's other end tells what becomes of the stream.
    void OnDownstreamFinish(const absl::Status& cause) override {
      stage_.value_.reset();
      stage_.in_.Cancel(cause);
    }

   private:
    OptionalViaLogic& stage_;
  };
  class Exit final : public InHandler {
   public:
    explicit Exit(OptionalViaLogic& stage) : stage_(stage) {}
    void OnPush() override {
      if (stage_.out_.IsAvailable()) stage_.PushResult();
    }
    void OnUpstreamFinish() override {
      stage_.flow_ended_ = true;
      stage_.MaybeEnd();
    }

   private:
    OptionalViaLogic& stage_;
  };

  void PushResult() {
    out_.Push(std::optional<U>(from_flow_.Grab()));
    from_flow_.TryPull();
    MaybeEnd();
  }
  // Goes on while nothing of it would have to wait.
  void PullNext() {
    if (!value_ && !empty_waits_ && out_.IsAvailable()) in_.TryPull();
  }
  void MaybeEnd() {
    if (in_.IsClosed() && !value_) to_flow_.Complete();
    if (flow_ended_ && !from_flow_.IsAvailable() && !empty_waits_) CompleteStage();
  }

  Inlet<std::optional<In>> in_{this, "in"};
  Inlet<U> from_flow_{this, "from flow"};
  Outlet<std::optional<U>> out_{this, "out"};
  Outlet<In> to_flow_{this, "to flow"};
  Entry entry_{*this};
  Exit exit_{*this};
  std::optional<In> value_;  // waits for the flow to ask
  bool empty_waits_ = false;
  bool flow_ended_ = false;
};

template <class In, class U, class Mat>
class OptionalViaNode final : public Blueprint<Mat> {
 public:
  OptionalViaNode(SourceLocation where, BlueprintRef<Mat> flow)
      : where_(where), flow_(std::move(flow)) {}
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports stage;
    Ports flow;
    CollectPorts(context.Add(NewLogic<OptionalViaLogic<In, U>>(), "optionalVia", where_), stage);
    Mat value = flow_->Build(context, flow);
    context.Link(stage.outs[1], flow.ins.front());
    context.Link(flow.outs.front(), stage.ins[1]);
    ports.ins.push_back(stage.ins[0]);
    ports.outs.push_back(stage.outs[0]);
    return value;
  }

 private:
  const SourceLocation where_;
  const BlueprintRef<Mat> flow_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_OPS_DETAIL_STRUCTURAL_H_
