// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The asynchronous boundary between two islands: elements travel in batches, demand in halves of
// the buffer. At most InputBuffer::max elements are on their way or wait to be pulled.
//
// A failure overtakes what waits; a completion does not.
#include <cstring>
#include <utility>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/build_context.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/ring.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {
namespace {

// Some elements of one type in one block, first in, first out.
class Batch {
 public:
  Batch(const ElementType* type, int capacity)
      : type_(type),
        stride_((type->bytes + type->alignment - 1) / type->alignment * type->alignment),
        capacity_(capacity),
        memory_(static_cast<unsigned char*>(AllocateBlock(bytes()))) {
    SAMPO_CHECK(type->alignment <= 16, "an element's alignment is at most 16 bytes");
  }
  Batch(Batch&& other) noexcept
      : type_(other.type_),
        stride_(other.stride_),
        capacity_(other.capacity_),
        begin_(other.begin_),
        end_(other.end_),
        memory_(std::exchange(other.memory_, nullptr)) {}
  Batch& operator=(Batch&&) = delete;
  ~Batch() {
    if (memory_ == nullptr) return;
    while (begin_ != end_) type_->destroy(Front()), ++begin_;
    FreeBlock(memory_, bytes());
  }

  void* Back() { return memory_ + static_cast<size_t>(end_) * stride_; }
  void Pushed() { ++end_; }
  void* Front() { return memory_ + static_cast<size_t>(begin_) * stride_; }
  void Popped() { ++begin_; }
  int size() const { return end_ - begin_; }
  bool full() const { return end_ == capacity_; }

 private:
  size_t bytes() const { return stride_ * static_cast<size_t>(capacity_); }

  const ElementType* const type_;
  const size_t stride_;
  const int capacity_;
  int begin_ = 0;
  int end_ = 0;
  unsigned char* memory_;
};

class BoundaryOut;
class BoundaryIn;

std::atomic<uint64_t> last_id{0};

// What the two stages share: where the other one is.
struct Boundary final : RefCounted {
  Boundary(const ElementType* element, Island& from, Island& to, InputBuffer size)
      : type(element), producer(&from), consumer(&to), buffer(size) {}
  const ElementType* const type;
  const Ref<Island> producer;
  const Ref<Island> consumer;
  const InputBuffer buffer;
  // Tells it from others in reports; by the order in which they were made.
  const uint64_t id = last_id.fetch_add(1, std::memory_order_relaxed) + 1;
  BoundaryOut* out = nullptr;  // the producer's turn alone
  BoundaryIn* in = nullptr;    // the consumer's turn alone
};

class BoundaryOut final : public GraphStageLogic, InHandler, TurnEndHook {
 public:
  explicit BoundaryOut(Ref<Boundary> boundary)
      : in(this, "in", boundary->type), boundary_(std::move(boundary)) {
    in.SetHandler(this);
    boundary_->out = this;
  }

  // A stage that was never started tells so.
  ~BoundaryOut() override {
    if (boundary_->out == this) Close(AbruptTermination("the stream before was never started"));
  }

  InletBase in;

  void EndUnstarted(absl::Status end) { Tell(std::move(end)); }
  void OnDemand(int count) {
    demand_ += count;
    if (!in.IsClosed() && !in.HasBeenPulled() && !in.IsAvailable()) in.Pull();
  }
  void OnCancel(const absl::Status& cause) {
    is_told_ = true;
    in.Cancel(cause);
  }
  void PostStop() override;
  void Describe(StageReport& report) const override {
    report.buffered = batch_ ? batch_->size() : 0;
    report.buffer_size = boundary_->buffer.max;
    report.boundary = boundary_->id;
  }

 private:
  void OnPush() override {
    if (!batch_) batch_.emplace(boundary_->type, demand_);
    boundary_->type->take(*in.connection(), batch_->Back());
    batch_->Pushed();
    --demand_;
    if (demand_ > 0) {
      in.Pull();
      if (!batch_->full()) return boundary_->producer->AtTurnEnd(this);
    }
    Flush();
  }
  void OnUpstreamFinish() override {
    Flush();
    Tell(absl::OkStatus());
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    batch_.reset();
    Tell(failure);
  }
  void OnTurnEnd() override { Flush(); }
  void Flush();
  void Tell(absl::Status end);
  void Close(absl::Status end) {
    if (!is_told_) Tell(std::move(end));
    boundary_->out = nullptr;
  }

  const Ref<Boundary> boundary_;
  int demand_ = 0;
  std::optional<Batch> batch_;
  bool is_told_ = false;  // the other side knows of the end
};

class BoundaryIn final : public GraphStageLogic, OutHandler {
 public:
  BoundaryIn(Ref<Boundary> boundary, std::unique_ptr<OutletBase> (*make)(GraphStageLogic*))
      : out(make(this)), boundary_(std::move(boundary)) {
    out->SetHandler(this);
    boundary_->in = this;
  }

  ~BoundaryIn() override {
    if (boundary_->in == this) Close(AbruptTermination("the stream behind was never started"));
  }

  const std::unique_ptr<OutletBase> out;

  void PreStart() override { Request(boundary_->buffer.initial); }
  void OnBatch(Batch batch) {
    if (out->IsClosed()) return;
    buffered_ += batch.size();
    batches_.PushBack(std::move(batch));
    if (out->IsAvailable()) Deliver();
  }
  void OnEnd(const absl::Status& end) {
    is_told_ = true;
    if (!end.ok()) {
      batches_.Clear();
      return FailStage(end);
    }
    finished_ = true;
    if (buffered_ == 0) CompleteStage();
  }
  void PostStop() override { Close(abort_status()); }
  void Describe(StageReport& report) const override {
    report.buffered = buffered_;
    report.buffer_size = boundary_->buffer.max;
    report.boundary = boundary_->id;
  }

 private:
  void OnPull() override {
    while (buffered_ > 0) {
      Deliver();
      if (!out->PulledAgain()) return;
    }
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    is_told_ = true;
    TellCancel(cause);
    batches_.Clear();
    CompleteStage();
  }
  void Deliver() {
    Batch& front = batches_.Front();
    boundary_->type->push(*out, front.Front());
    front.Popped();
    if (front.size() == 0) batches_.DropFront();
    --buffered_;
    --requested_;
    if (finished_) {
      if (buffered_ == 0) CompleteStage();
      return;
    }
    // Demand goes in halves, so that a message carries many elements' worth of it.
    if (requested_ <= boundary_->buffer.max / 2) Request(boundary_->buffer.max - requested_);
  }
  void Request(int count) {
    requested_ += count;
    boundary_->producer->Post([boundary = boundary_, count] {
      if (boundary->out == nullptr) return;
      boundary->producer->interpreter().RunInStage(boundary->out,
                                                   [&] { boundary->out->OnDemand(count); });
    });
  }
  void Close(absl::Status cause) {
    if (!is_told_) TellCancel(std::move(cause));
    boundary_->in = nullptr;
  }
  void TellCancel(absl::Status cause) {
    boundary_->producer->Post([boundary = boundary_, cause = std::move(cause)] {
      if (boundary->out == nullptr) return;
      boundary->producer->interpreter().RunInStage(boundary->out,
                                                   [&] { boundary->out->OnCancel(cause); });
    });
  }

  const Ref<Boundary> boundary_;
  Ring<Batch> batches_;  // together at most buffer.max elements
  int buffered_ = 0;
  int requested_ = 0;  // asked for and not yet delivered downstream
  bool finished_ = false;
  bool is_told_ = false;
};

void BoundaryOut::Flush() {
  boundary_->producer->CancelTurnEnd(this);
  if (!batch_ || batch_->size() == 0) return;
  boundary_->consumer->Post([boundary = boundary_, batch = *std::move(batch_)]() mutable {
    if (boundary->in == nullptr) return;
    boundary->consumer->interpreter().RunInStage(boundary->in,
                                                 [&] { boundary->in->OnBatch(std::move(batch)); });
  });
  batch_.reset();
}

void BoundaryOut::Tell(absl::Status end) {
  is_told_ = true;
  boundary_->consumer->Post([boundary = boundary_, end = std::move(end)] {
    if (boundary->in == nullptr) return;
    boundary->consumer->interpreter().RunInStage(boundary->in, [&] { boundary->in->OnEnd(end); });
  });
}

void BoundaryOut::PostStop() {
  boundary_->producer->CancelTurnEnd(this);
  Close(abort_status().ok() ? AbruptTermination("a stage before an asynchronous boundary")
                            : abort_status());
}

}  // namespace

void EndUnstarted(GraphStageLogic& out_stage, absl::Status end) {
  static_cast<BoundaryOut&>(out_stage).EndUnstarted(std::move(end));
}

BoundaryStages MakeBoundary(const ElementType* type, Island& from, Island& to, InputBuffer buffer) {
  auto boundary = MakeRef<Boundary>(type, from, to, buffer);
  auto out = std::make_unique<BoundaryOut>(boundary);
  auto in = std::make_unique<BoundaryIn>(boundary, type->make_outlet);
  InletBase* inlet = &out->in;
  OutletBase* outlet = in->out.get();
  return {std::move(out), inlet, std::move(in), outlet};
}

}  // namespace sampo::stream::internal
