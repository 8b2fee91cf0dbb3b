// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BuildContext: makes a running stream of a blueprint: collects stages, pipe operators and how they
// are linked, then wires them up and starts the islands.
//
// Threads: the one that materializes. Inside of a running island (substreams) everything of the
// island's own becomes part of it at once.
#ifndef SAMPO_STREAM_DETAIL_BUILD_CONTEXT_H_
#define SAMPO_STREAM_DETAIL_BUILD_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/port.h"
#include "sampo/stream/detail/port_list.h"
#include "sampo/stream/detail/shared_attributes.h"
#include "sampo/stream/graph_stage.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream::internal {

// Where a blueprint's part is open: a port of a stage, or an end of a pipe operator.
struct PipeEnd {
  PipeOperator* op = nullptr;
  // The operator as a target of pushes, for the type it takes.
  void* target = nullptr;
  // Tells it where to push what it lets through.
  void (*set_next)(PipeOperator* op, void* next_target) = nullptr;
  const ElementType* in = nullptr;
  const ElementType* out = nullptr;
  int island = 0;
  int link = -1;  // what its out end is linked to
};

// One side of a link: an inlet or outlet, or a pipe operator by its number.
struct InRef {
  InletBase* inlet = nullptr;
  int pipe = -1;
};
struct OutRef {
  OutletBase* outlet = nullptr;
  int pipe = -1;
};

// The open ends of a part that was built.
struct Ports {
  PortList<InRef> ins;
  PortList<OutRef> outs;
};

class BuildContext {
 public:
  // A stream of its own.
  explicit BuildContext(const Materializer& materializer);
  // A part that a stage of `island` adds to it. On the island's turn.
  explicit BuildContext(Island& island, const SharedAttributes& attributes);
  BuildContext(const BuildContext&) = delete;
  BuildContext& operator=(const BuildContext&) = delete;
  ~BuildContext();

  // --- for blueprints ---
  // Adds a stage to the current island; returns it.
  GraphStageLogic* Add(std::unique_ptr<GraphStageLogic> logic, const char* name,
                       SourceLocation where) {
    GraphStageLogic* raw = logic.get();
    AddLogic(std::move(logic), name, where);
    return raw;
  }
  OutRef AddPipe(PipeOperator* op, PipeEnd end, const char* name, SourceLocation where, InRef* in);
  void Link(OutRef out, InRef in);
  const Attributes& attributes() const { return attributes_->value; }
  // Sets attributes, or opens an island, for what is built before the matching Pop.
  void PushAttributes(const Attributes& attributes);
  void PopAttributes();
  int PushIsland();
  void PopIsland(int previous);
  Island& island() const { return *islands_[static_cast<size_t>(current_)].island; }
  StreamRun& run() const { return *run_; }

  // Runs `call` when everything is wired up, before the stages start.
  void AfterWiring(UniqueFunction<void()> call);
  // Whether `island` is the one on whose turn this builds, into it.
  bool BuildsInto(const Island& island) const {
    return islands_[static_cast<size_t>(current_)].is_running && &this->island() == &island;
  }

  // Wires everything up and starts it. Not OK: the system does not start streams any more.
  absl::Status Start();

 private:
  struct IslandState {
    Ref<Island> island;
    bool is_running;  // it is the one whose turn this is
  };
  struct LinkState {
    OutRef out;
    InRef in;
  };
  using PipeChain = absl::InlinedVector<int, 8>;

  void AddLogic(std::unique_ptr<GraphStageLogic> logic, const char* name, SourceLocation where);
  void AddTo(int island, std::unique_ptr<GraphStageLogic> logic, const char* name,
             SourceLocation where);
  int IslandOf(const GraphStageLogic* logic) const;
  void Wire(const LinkState& link);
  void Connect(OutletBase* outlet, PipeChain& pipes, InletBase* inlet);
  // An asynchronous boundary: returns its outlet in `to` for what comes out of `outlet`.
  OutletBase* Cross(OutletBase* outlet, PipeChain& pipes, const ElementType* type, int from, int to,
                    InputBuffer buffer);

  Ref<StreamRun> run_;
  SharedAttributes attributes_;
  std::vector<SharedAttributes> outer_attributes_;
  // Inlined: a substream of a few operators is built without allocating for itself.
  absl::InlinedVector<IslandState, 2> islands_;
  int current_ = 0;
  absl::InlinedVector<PipeEnd, 4> pipes_;
  absl::InlinedVector<LinkState, 6> links_;
  absl::InlinedVector<UniqueFunction<void()>, 1> after_wiring_;
  uint64_t stages_ = 0;
  GraphStageLogic* last_before_ = nullptr;  // of a running island
  bool is_started_ = false;
};

// The two stages of an asynchronous boundary between `from` and `to`.
struct BoundaryStages {
  std::unique_ptr<GraphStageLogic> out_stage;  // belongs to `from`
  InletBase* inlet;
  std::unique_ptr<GraphStageLogic> in_stage;  // belongs to `to`
  OutletBase* outlet;
};
BoundaryStages MakeBoundary(const ElementType* type, Island& from, Island& to, InputBuffer buffer);
// What the other side is told where an `out_stage` is never started.
void EndUnstarted(GraphStageLogic& out_stage, absl::Status end);

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_BUILD_CONTEXT_H_
