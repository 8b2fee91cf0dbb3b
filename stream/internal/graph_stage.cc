// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/graph_stage.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/emitting.h"
#include "sampo/stream/detail/island.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/internal/stage_timers.h"
#include "sampo/stream/materializer.h"

namespace sampo::stream {
namespace {

// The key of the timer behind CancellationStrategyKind::kAfterDelay.
constexpr int64_t kDelayedCancellation = INT64_MIN;

GraphStageLogic* ActiveStage() {
  internal::Interpreter* interpreter = internal::Interpreter::Current();
  SAMPO_CHECK(interpreter != nullptr && interpreter->active() != nullptr,
              "a handler was called outside of its stream");
  return interpreter->active();
}

}  // namespace

void InHandler::OnUpstreamFinish() { ActiveStage()->CompleteStage(); }
void InHandler::OnUpstreamFailure(const absl::Status& failure) {
  ActiveStage()->FailStage(failure);
}
void OutHandler::OnDownstreamFinish(const absl::Status& cause) {
  ActiveStage()->CancelStage(cause);
}

namespace internal {

void ThrowGrabViolation(const InletBase& inlet) {
  throw absl::BadStatusOrAccess(absl::FailedPreconditionError(
      StrCat("stream stage ", inlet.logic()->DisplayName(), ": Grab of inlet ", inlet.name(),
             " which has no element")));
}

void PortBase::Violation(const char* call) const {
  logic_->FailStage(absl::FailedPreconditionError(StrCat(
      "stream stage ", logic_->DisplayName(), ": ", call, " of port ", name_,
      connection_->has(kInClosed | kOutClosed) ? ", which is closed" : " against the protocol: ",
      connection_->has(kInClosed | kOutClosed)
          ? ""
          : "an inlet pulls once after each push, an outlet pushes once after each pull")));
}

InletBase::InletBase(GraphStageLogic* logic, const char* name, const ElementType* type)
    : PortBase(logic, name, type) {
  link_ = &logic->first_inlet_;
  // What a stage declares keeps its order. Substreams come and go in great numbers: they go first.
  if (logic->interpreter_ == nullptr) {
    while (*link_ != nullptr) link_ = &(*link_)->next_inlet;
  }
  next_inlet = *link_;
  if (next_inlet != nullptr) next_inlet->link_ = &next_inlet;
  *link_ = this;
}

InletBase::~InletBase() {
  reading_.reset();
  *link_ = next_inlet;
  if (next_inlet != nullptr) next_inlet->link_ = link_;
  if (connection_ == nullptr) return;
  Cancel();
  connection_->in_handler = nullptr;
  connection_->interpreter->ReleaseEnd(connection_);
}

void InletBase::SetHandler(InHandler* handler) {
  early_handler_ = handler;
  if (connection_ != nullptr) connection_->in_handler = handler;
}

InHandler* InletBase::handler() const { return early_handler_; }

void InletBase::Connect(Connection* connection) {
  SAMPO_CHECK(early_handler_ != nullptr, "an inlet has no handler");
  connection_ = connection;
  connection->in_handler = early_handler_;
  connection->in_logic = logic_;
  connection->in_name = name_;
  LogicAccess::OpenPort(logic_);
}

void InletBase::PullSlow() {
  Connection& c = *connection_;
  if (c.has(kInClosed)) return Violation("Pull");
  if (!c.has(kInReady)) return Violation("Pull");
  c.DropElement();
  if (c.has(kOutClosed | kFinishPending)) {
    c.flags &= ~static_cast<uint32_t>(kInReady);  // the end is on its way
  } else {
    c.Pull();
  }
}

OutletBase::OutletBase(GraphStageLogic* logic, const char* name, const ElementType* type)
    : PortBase(logic, name, type) {
  link_ = &logic->first_outlet_;
  if (logic->interpreter_ == nullptr) {
    while (*link_ != nullptr) link_ = &(*link_)->next_outlet;
  }
  next_outlet = *link_;
  if (next_outlet != nullptr) next_outlet->link_ = &next_outlet;
  *link_ = this;
}

OutletBase::~OutletBase() {
  emitting_.reset();
  *link_ = next_outlet;
  if (next_outlet != nullptr) next_outlet->link_ = link_;
  if (connection_ == nullptr) return;
  connection_->Complete();
  connection_->out_handler = nullptr;
  connection_->interpreter->ReleaseEnd(connection_);
}

void OutletBase::SetHandler(OutHandler* handler) {
  early_handler_ = handler;
  if (connection_ != nullptr) connection_->out_handler = handler;
}

OutHandler* OutletBase::handler() const { return early_handler_; }

void OutletBase::EmitAll(std::unique_ptr<EmitItem> item, UniqueFunction<void()> then) {
  if (emitting_ == nullptr) emitting_ = std::make_unique<Emitting>(*this);
  item->then = std::move(then);
  emitting_->Add(std::move(item));
}
void OutletBase::AbandonEmit() {
  if (emitting_ != nullptr) emitting_->Abandon();
}

void OutletBase::ConnectBase(Connection* connection) {
  SAMPO_CHECK(early_handler_ != nullptr, "an outlet has no handler");
  connection_ = connection;
  connection->out_handler = early_handler_;
  connection->out_logic = logic_;
  connection->out_name = name_;
  LogicAccess::OpenPort(logic_);
}

bool LogicAccess::IsTimerValid(const GraphStageLogic* logic, int64_t key, uint64_t generation) {
  const StageTimers::Timer* timer = logic->timers_->Find(key);
  return timer != nullptr && timer->generation == generation;
}

void LogicAccess::ReportPostStopFailure(GraphStageLogic* logic, const absl::Status& failure) {
  Island& island = logic->interpreter_->island();
  if (island.context() == nullptr) return;
  island.context()->Log().Error("stream stage ", logic->DisplayName(),
                                ": PostStop failed: ", failure.ToString());
}

}  // namespace internal

GraphStageLogic::GraphStageLogic() = default;

GraphStageLogic::~GraphStageLogic() { Detach(); }

void GraphStageLogic::Detach() {
  if (async_target_) async_target_->Close();
  if (timers_ != nullptr) interpreter_->island().timers().Forget(this);
  timers_ = nullptr;
}

void GraphStageLogic::CompleteStage() {
  for (internal::InletBase* in = first_inlet_; in != nullptr; in = in->next_inlet) in->Cancel();
  for (internal::OutletBase* out = first_outlet_; out != nullptr; out = out->next_outlet) {
    out->Complete();
  }
  SetKeepGoing(false);
}

void GraphStageLogic::FailStage(absl::Status failure) {
  SAMPO_CHECK(!failure.ok(), "FailStage with an OK status");
  if (failure_.ok()) failure_ = failure;
  for (internal::InletBase* in = first_inlet_; in != nullptr; in = in->next_inlet) {
    in->Cancel(failure);
  }
  for (internal::OutletBase* out = first_outlet_; out != nullptr; out = out->next_outlet) {
    out->Fail(failure);
  }
  SetKeepGoing(false);
}

void GraphStageLogic::CancelStage(absl::Status cause) {
  const CancellationStrategy strategy = attributes().cancellation();
  switch (strategy.kind) {
    case CancellationStrategyKind::kPropagateFailure:
      if (cause.ok()) return CompleteStage();
      return FailStage(std::move(cause));
    case CancellationStrategyKind::kCompleteStage:
      return CompleteStage();
    case CancellationStrategyKind::kFailStage:
      return FailStage(cause.ok() ? absl::CancelledError("stream: cancelled") : std::move(cause));
    case CancellationStrategyKind::kAfterDelay:
      SetKeepGoing(true);
      delayed_cause_ = std::move(cause);
      return ScheduleOnce(kDelayedCancellation, strategy.delay);
  }
}

void GraphStageLogic::SetKeepGoing(bool keep_going) {
  if (keep_going == keep_going_) return;
  keep_going_ = keep_going;
  open_ports_ += keep_going ? 1 : -1;
  if (!keep_going) interpreter_->MaybeFinished(this);
}

Materializer& GraphStageLogic::materializer() const {
  return interpreter_->island().run().materializer();
}

const absl::Status& GraphStageLogic::abort_status() const { return interpreter_->abort_status(); }
int64_t GraphStageLogic::NowNanos() const { return interpreter_->now(); }

std::string GraphStageLogic::DisplayName() const {
  if (where_.line == 0) return name_;
  return StrCat(name_, " (", where_.file, ":", where_.line, ")");
}

internal::AsyncTarget* GraphStageLogic::EnsureAsyncTarget() {
  SAMPO_CHECK(interpreter_ != nullptr,
              "GetAsyncCallback in a stage's constructor: call it in PreStart");
  if (!async_target_) {
    async_target_ = internal::MakeRef<internal::AsyncTarget>(this, &interpreter_->island());
  }
  return async_target_.get();
}

// --- timers ---

void GraphStageLogic::StartTimer(int64_t key, absl::Duration initial, absl::Duration interval,
                                 bool fixed_rate) {
  if (timers_ == nullptr) timers_ = std::make_unique<internal::StageTimers>();
  internal::StageTimers::Timer* timer = timers_->Find(key);
  const bool replaces = timer != nullptr;
  if (timer == nullptr) timer = &timers_->timers.emplace_back();
  const uint64_t generation = interpreter_->island().timers().Add(
      DeadlineNanos(interpreter_->island().NowNanos(), initial), this, key);
  *timer = {key, generation, absl::ToInt64Nanoseconds(interval), fixed_rate};
  if (replaces) interpreter_->island().timers().NoteStale();
}

void GraphStageLogic::ScheduleOnce(int64_t key, absl::Duration delay) {
  StartTimer(key, delay, absl::ZeroDuration(), false);
}
void GraphStageLogic::ScheduleWithFixedDelay(int64_t key, absl::Duration initial,
                                             absl::Duration delay) {
  StartTimer(key, initial, std::max(delay, absl::Nanoseconds(1)), false);
}
void GraphStageLogic::ScheduleAtFixedRate(int64_t key, absl::Duration initial,
                                          absl::Duration interval) {
  StartTimer(key, initial, std::max(interval, absl::Nanoseconds(1)), true);
}
void GraphStageLogic::CancelTimer(int64_t key) {
  if (!IsTimerActive(key)) return;
  timers_->Remove(key);
  interpreter_->island().timers().NoteStale();
}
bool GraphStageLogic::IsTimerActive(int64_t key) const {
  return timers_ != nullptr && timers_->Find(key) != nullptr;
}

void GraphStageLogic::TimerDue(int64_t key, uint64_t generation, int64_t deadline_nanos) {
  internal::StageTimers::Timer* timer = timers_->Find(key);
  if (timer == nullptr || timer->generation != generation) {
    interpreter_->island().timers().StaleWasTaken();
    return;
  }
  if (timer->interval_nanos == 0) {
    timers_->Remove(key);
  } else {
    internal::Island& island = interpreter_->island();
    const int64_t from = timer->fixed_rate ? deadline_nanos : island.NowNanos();
    timer->generation = island.timers().Add(from + timer->interval_nanos, this, key);
  }
  if (key == kDelayedCancellation) {
    if (delayed_cause_.ok()) return CompleteStage();
    return FailStage(delayed_cause_);
  }
  OnTimer(key);
}

}  // namespace sampo::stream
