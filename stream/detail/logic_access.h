// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// LogicAccess: what the library may see of a stage and users may not.
//
// Threads: as the stage.
#ifndef SAMPO_STREAM_DETAIL_LOGIC_ACCESS_H_
#define SAMPO_STREAM_DETAIL_LOGIC_ACCESS_H_

#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {

struct LogicAccess {
  static void ClosePort(GraphStageLogic* logic) { --logic->open_ports_; }
  static void OpenPort(GraphStageLogic* logic) { ++logic->open_ports_; }
  static PipeOperator* Next(PipeOperator* op);
  static void Describe(PipeOperator* op, const char* name, SourceLocation where, Decider decider) {
    op->name_ = name;
    op->where_ = where;
    op->decider_ = std::move(decider);
  }
  static void Attach(PipeOperator* op, Connection* connection, PipeOperator* next) {
    op->connection_ = connection;
    op->next_operator_ = next;
  }
  static void ReportPostStopFailure(GraphStageLogic* logic, const absl::Status& failure);
  static void Describe(GraphStageLogic* logic, const char* name, SourceLocation where,
                       SharedAttributes attributes, uint64_t number) {
    logic->name_ = name;
    logic->where_ = where;
    logic->attributes_ = std::move(attributes);
    logic->number_ = number;
  }
  static InletBase* FirstInlet(const GraphStageLogic* logic) { return logic->first_inlet_; }
  static OutletBase* FirstOutlet(const GraphStageLogic* logic) { return logic->first_outlet_; }
  static GraphStageLogic* NextLogic(const GraphStageLogic* logic) { return logic->next_; }
  static Interpreter* InterpreterOf(const GraphStageLogic* logic) { return logic->interpreter_; }
  static const SharedAttributes& AttributesOf(const GraphStageLogic* logic) {
    return logic->attributes_;
  }
  static void TimerDue(GraphStageLogic* logic, int64_t key, uint64_t generation,
                       int64_t deadline_nanos) {
    logic->TimerDue(key, generation, deadline_nanos);
  }
  static bool IsTimerValid(const GraphStageLogic* logic, int64_t key, uint64_t generation);
  static uint64_t NumberOf(const GraphStageLogic* logic) { return logic->number_; }
  static AsyncTarget* EnsureAsyncTarget(GraphStageLogic* logic) {
    return logic->EnsureAsyncTarget();
  }
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_LOGIC_ACCESS_H_
