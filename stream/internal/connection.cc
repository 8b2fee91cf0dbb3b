// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/connection.h"

#include <utility>

#include "sampo/stream/detail/interpreter.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

PipeOperator* LogicAccess::Next(PipeOperator* op) { return op->next_operator_; }

Connection::~Connection() {
  while (first_operator != nullptr) {
    PipeOperator* op = first_operator;
    first_operator = LogicAccess::Next(op);
    delete op;
  }
}

void Connection::Complete() {
  if (has(kOutClosed)) return;
  // A cancellation by a pipe operator is still told to those above it.
  const uint32_t over = ended_by == nullptr ? kCancelPending | kOutReady : kOutReady;
  flags = (flags | kOutClosed) & ~over;
  interpreter->PortClosed(out_logic);
  if (has(kInClosed | kFinishPending)) return;
  flags |= kFinishPending;
  interpreter->Enqueue(this);
}

void Connection::Fail(absl::Status failure) {
  if (!has(kOutClosed | kInClosed | kFinishPending)) finish = std::move(failure);
  Complete();
}

void Connection::Cancel(absl::Status why) {
  if (has(kInClosed)) return;
  flags = (flags | kInClosed) & ~static_cast<uint32_t>(kFinishPending | kPushing);
  DropElement();
  interpreter->PortClosed(in_logic);
  if (has(kOutClosed | kCancelPending)) return;
  cause = std::move(why);
  flags |= kCancelPending;
  interpreter->Enqueue(this);
}

void Connection::EndFromPipe(PipeOperator* by, absl::Status end) {
  if (ended_by == nullptr) ended_by = by;
  if (!has(kOutClosed | kCancelPending)) {
    cause = end;
    flags |= kCancelPending;
  }
  if (!has(kInClosed | kFinishPending)) {
    finish = std::move(end);
    flags |= kFinishPending;
  }
  interpreter->Enqueue(this);
}

void Connection::PullAgain() {
  if (has(kInClosed | kOutClosed)) return;
  flags |= kPulling;
  interpreter->ScheduleRepeatedPull(this);
}

void PipeOperator::PullAgain() { connection_->PullAgain(); }
void PipeOperator::Complete() { connection_->EndFromPipe(this, absl::OkStatus()); }
void PipeOperator::Fail(absl::Status failure) {
  connection_->EndFromPipe(this, std::move(failure));
}

bool PipeOperator::DecideRestart(absl::Status failure) {
  switch (decider_(failure)) {
    case Directive::kStop:
      Fail(std::move(failure));
      return false;
    case Directive::kResume:
      PullAgain();
      return false;
    case Directive::kRestart:
      PullAgain();
      return true;
  }
  return false;
}

}  // namespace sampo::stream::internal
