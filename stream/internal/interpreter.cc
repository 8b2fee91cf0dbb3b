// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/interpreter.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/logic_access.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/graph_stage.h"

namespace sampo::stream::internal {
namespace {

thread_local constinit Interpreter* current_interpreter = nullptr;

// Makes an interpreter the current one for a while.
class Current {
 public:
  explicit Current(Interpreter* interpreter)
      : previous_(std::exchange(current_interpreter, interpreter)) {}
  ~Current() { current_interpreter = previous_; }
  Current(const Current&) = delete;
  Current& operator=(const Current&) = delete;

 private:
  Interpreter* const previous_;
};

}  // namespace

Interpreter* Interpreter::Current() { return current_interpreter; }

Interpreter::~Interpreter() {
  Abort(AbruptTermination("the stream was never started"));
  FreeDead();
  FreeGraveyard();
}

void Interpreter::AddLogic(std::unique_ptr<GraphStageLogic> owned) {
  GraphStageLogic* logic = owned.release();
  logic->interpreter_ = this;
  logic->previous_ = last_logic_;
  (last_logic_ != nullptr ? last_logic_->next_ : logics_) = logic;
  last_logic_ = logic;
  if (not_started_ == nullptr) not_started_ = logic;
  ++live_logics_;
}

void Interpreter::AddConnection(Connection* connection) {
  connection->interpreter = this;
  connection->last_event_nanos = now_nanos_;
  connection->next = connections_;
  if (connections_ != nullptr) connections_->previous = connection;
  connections_ = connection;
}

void Interpreter::StartAdded() {
  class Current scope(this);
  GraphStageLogic* const caller = active();
  while (not_started_ != nullptr) {
    GraphStageLogic* logic = not_started_;
    not_started_ = logic->next_;
    logic->is_started_ = true;
    active_.store(logic, std::memory_order_relaxed);
    try {
      logic->PreStart();
    } catch (...) {
      logic->FailStage(StatusOfCurrentException());
    }
    MaybeFinished(logic);
  }
  active_.store(caller, std::memory_order_relaxed);
  if (caller == nullptr) FinishLogics();
}

void Interpreter::EnterStage(GraphStageLogic* logic, void (*call)(void*), void* function) {
  class Current scope(this);
  GraphStageLogic* const caller = active();
  active_.store(logic, std::memory_order_relaxed);
  try {
    call(function);
  } catch (...) {
    logic->FailStage(StatusOfCurrentException());
  }
  MaybeFinished(logic);
  active_.store(caller, std::memory_order_relaxed);
  if (caller == nullptr) FinishLogics();
}

void Interpreter::Enqueue(Connection* connection) {
  if (connection->flags & kQueued) return;
  connection->flags |= kQueued;
  connection->next_event = nullptr;
  (queue_tail_ != nullptr ? queue_tail_->next_event : queue_head_) = connection;
  queue_tail_ = connection;
}

void Interpreter::ScheduleOtherPull(Connection* connection) { SchedulePull(connection); }

bool Interpreter::Execute(int limit) {
  class Current scope(this);
  int budget = limit;
  while (budget > 0) {
    try {
      RunEvents(budget);
      break;
    } catch (...) {
      FailActive(StatusOfCurrentException());
      FinishLogics();
    }
  }
  chase_left_ = 0;
  FlushChased();
  active_.store(nullptr, std::memory_order_relaxed);
  FinishLogics();
  return queue_head_ == nullptr;
}

void Interpreter::RunEvents(int& budget) {
  while (budget > 0) {
    Connection* connection = fuzz_state_ == 0 ? Dequeue() : DequeueFuzzed();
    if (connection == nullptr) {
      if (!HasChased()) return;
      chase_left_ = kChaseLimit;
    } else {
      --budget;
      chase_left_ = kChaseLimit;
      Process(connection);
      if (finished_ != nullptr) [[unlikely]]
        FinishLogics();
    }
    while (chase_left_ > 0) {
      --chase_left_;
      if (chased_push_ != nullptr) {
        ProcessPush(std::exchange(chased_push_, nullptr));
      } else if (repeated_pull_ != nullptr) {
        ProcessPull(std::exchange(repeated_pull_, nullptr));
      } else if (chased_pull_ != nullptr) {
        ProcessPull(std::exchange(chased_pull_, nullptr));
      } else if (older_pull_ != nullptr) {
        ProcessPull(std::exchange(older_pull_, nullptr));
      } else {
        ++chase_left_;
        break;
      }
      if (finished_ != nullptr) [[unlikely]]
        FinishLogics();
    }
    budget -= kChaseLimit - chase_left_;
    if (chase_left_ == 0) FlushChased();
  }
}

void Interpreter::FlushChased() {
  if (chased_push_ != nullptr) Enqueue(std::exchange(chased_push_, nullptr));
  if (repeated_pull_ != nullptr) Enqueue(std::exchange(repeated_pull_, nullptr));
  if (older_pull_ != nullptr) Enqueue(std::exchange(older_pull_, nullptr));
  if (chased_pull_ != nullptr) Enqueue(std::exchange(chased_pull_, nullptr));
}

// The common cases of Process.
inline void Interpreter::ProcessPush(Connection* connection) {
  const uint32_t flags = connection->flags;
  if ((flags & (kPushing | kFinishPending | kCancelPending)) != kPushing) [[unlikely]] {
    return Process(connection);
  }
  connection->last_event_nanos = now_nanos_;
  connection->flags = (flags ^ kPushing) | kInReady;
  active_.store(connection->in_logic, std::memory_order_relaxed);
  connection->in_handler->OnPush();
}
inline void Interpreter::ProcessPull(Connection* connection) {
  const uint32_t flags = connection->flags;
  if ((flags & (kPulling | kPullBarriers)) != kPulling) [[unlikely]] {
    return Process(connection);
  }
  connection->last_event_nanos = now_nanos_;
  connection->flags = (flags ^ kPulling) | kOutReady;
  active_.store(connection->out_logic, std::memory_order_relaxed);
  connection->out_handler->OnPull();
}

void Interpreter::Process(Connection* connection) {
  const uint32_t flags = connection->flags;
  connection->last_event_nanos = now_nanos_;
  if (flags & kPushing) {
    connection->flags = (flags & ~static_cast<uint32_t>(kPushing)) | kInReady;
    if (flags & (kFinishPending | kCancelPending)) [[unlikely]]
      Enqueue(connection);
    active_.store(connection->in_logic, std::memory_order_relaxed);
    connection->in_handler->OnPush();
  } else if (flags & (kFinishPending | kCancelPending)) [[unlikely]] {
    ProcessTermination(connection);
  } else if ((flags & (kPulling | kOutClosed)) == kPulling) {
    connection->flags = (flags & ~static_cast<uint32_t>(kPulling)) | kOutReady;
    active_.store(connection->out_logic, std::memory_order_relaxed);
    connection->out_handler->OnPull();
  }
}

void Interpreter::ProcessTermination(Connection* connection) {
  Connection& c = *connection;
  if (c.has(kCancelPending)) {
    c.flags &= ~static_cast<uint32_t>(kCancelPending | kPulling | kOutReady);
    if (c.has(kFinishPending)) Enqueue(connection);
    // Where a pipe operator has ended the stream, those behind it see the end from above, unless
    // the inlet has closed meanwhile.
    for (PipeOperator* op = c.first_operator; op != nullptr; op = LogicAccess::Next(op)) {
      if (op != c.ended_by) {
        op->OnDownstreamFinish(c.cause);
      } else if (!c.has(kInClosed)) {
        break;
      }
    }
    if (c.has(kOutClosed)) return;
    c.flags |= kOutClosed;
    GraphStageLogic* logic = c.out_logic;
    active_.store(logic, std::memory_order_relaxed);
    LogicAccess::ClosePort(logic);
    MaybeFinished(logic);
    const absl::Status cause = c.cause;
    c.out_handler->OnDownstreamFinish(cause);
    return;
  }
  c.flags &= ~static_cast<uint32_t>(kFinishPending | kPulling);
  if (c.has(kInClosed)) return;
  c.flags |= kInClosed;
  PipeOperator* op = c.ended_by != nullptr ? LogicAccess::Next(c.ended_by) : c.first_operator;
  for (; op != nullptr; op = LogicAccess::Next(op)) {
    if (c.finish.ok()) {
      op->OnUpstreamFinish();
    } else {
      op->OnUpstreamFailure(c.finish);
    }
  }
  GraphStageLogic* logic = c.in_logic;
  active_.store(logic, std::memory_order_relaxed);
  LogicAccess::ClosePort(logic);
  MaybeFinished(logic);
  if (c.finish.ok()) {
    c.in_handler->OnUpstreamFinish();
  } else {
    const absl::Status failure = c.finish;
    c.in_handler->OnUpstreamFailure(failure);
  }
}

Connection* Interpreter::Dequeue() {
  Connection* connection = queue_head_;
  if (connection == nullptr) return nullptr;
  queue_head_ = connection->next_event;
  if (queue_head_ == nullptr) queue_tail_ = nullptr;
  connection->flags &= ~static_cast<uint32_t>(kQueued);
  return connection;
}

Connection* Interpreter::DequeueFuzzed() {
  int length = 0;
  for (Connection* c = queue_head_; c != nullptr; c = c->next_event) ++length;
  if (length == 0) return nullptr;
  // xorshift64: chance of a test, seeded by it.
  fuzz_state_ ^= fuzz_state_ << 13;
  fuzz_state_ ^= fuzz_state_ >> 7;
  fuzz_state_ ^= fuzz_state_ << 17;
  for (int skip = static_cast<int>(fuzz_state_ % static_cast<uint64_t>(length)); skip > 0; --skip) {
    Connection* front = Dequeue();
    Enqueue(front);
  }
  return Dequeue();
}

void Interpreter::FailActive(absl::Status failure) {
  GraphStageLogic* logic = active();
  if (logic == nullptr) return;
  logic->FailStage(std::move(failure));
  MaybeFinished(logic);
}

void Interpreter::PortClosed(GraphStageLogic* logic) {
  LogicAccess::ClosePort(logic);
  MaybeFinished(logic);
}

void Interpreter::MaybeFinished(GraphStageLogic* logic) {
  if (logic->open_ports_ > 0 || logic->is_finishing_ || !logic->is_started_) return;
  logic->is_finishing_ = true;
  logic->next_finished_ = finished_;
  finished_ = logic;
}

void Interpreter::FinishLogics() {
  while (finished_ != nullptr) {
    GraphStageLogic* logic = finished_;
    finished_ = logic->next_finished_;
    if (logic->open_ports_ > 0) {  // a port was opened, or it was told to keep going
      logic->is_finishing_ = false;
      continue;
    }
    Finalize(logic);
  }
  if (graveyard_ != nullptr) FreeGraveyard();
  if (dead_ != nullptr) FreeDead();
}

void Interpreter::Finalize(GraphStageLogic* logic) {
  GraphStageLogic* const caller = active();
  active_.store(logic, std::memory_order_relaxed);
  if (logic->is_started_) {
    try {
      logic->PostStop();
    } catch (...) {
      LogicAccess::ReportPostStopFailure(logic, StatusOfCurrentException());
    }
  }
  active_.store(caller == logic ? nullptr : caller, std::memory_order_relaxed);
  if (not_started_ == logic) not_started_ = logic->next_;
  (logic->previous_ != nullptr ? logic->previous_->next_ : logics_) = logic->next_;
  (logic->next_ != nullptr ? logic->next_->previous_ : last_logic_) = logic->previous_;
  --live_logics_;
  logic->Detach();
  std::atomic_thread_fence(std::memory_order_seq_cst);  // partner: ReadActive
  // Acquire: a reader that has gone has read all it wanted.
  if (readers_.load(std::memory_order_acquire) == 0) [[likely]] {
    delete logic;
    return;
  }
  logic->next_finished_ = graveyard_;
  graveyard_ = logic;
}

void Interpreter::FreeGraveyard() {
  if (readers_.load(std::memory_order_acquire) != 0) return;
  while (graveyard_ != nullptr) {
    GraphStageLogic* logic = graveyard_;
    graveyard_ = logic->next_finished_;
    delete logic;
  }
}

void Interpreter::Abort(const absl::Status& why) {
  class Current scope(this);
  aborting_ = true;
  abort_status_ = why;
  while (logics_ != nullptr) {
    GraphStageLogic* logic = logics_;
    logic->is_finishing_ = true;
    Finalize(logic);
  }
  finished_ = nullptr;
  chased_push_ = nullptr;
  repeated_pull_ = nullptr;
  chased_pull_ = nullptr;
  older_pull_ = nullptr;
  FreeDead();
}

void Interpreter::ReleaseEnd(Connection* connection) {
  if (--connection->open_ends > 0) return;
  Unlink(connection);
  // Freed after the current event, for it may be in the queue, or on the stack.
  connection->previous = dead_;
  dead_ = connection;
}

void Interpreter::Unlink(Connection* connection) {
  if (connection->next != nullptr) connection->next->previous = connection->previous;
  (connection->previous != nullptr ? connection->previous->next : connections_) = connection->next;
  connection->next = nullptr;
  connection->previous = nullptr;
}

// Takes dead connections out of the queue and frees them.
void Interpreter::FreeDead() {
  bool any_queued = false;
  for (Connection* c = dead_; c != nullptr; c = c->previous) {
    any_queued = any_queued || c->has(kQueued);
    c->open_ends = 0;
    if (chased_push_ == c) chased_push_ = nullptr;
    if (repeated_pull_ == c) repeated_pull_ = nullptr;
    if (chased_pull_ == c) chased_pull_ = nullptr;
    if (older_pull_ == c) older_pull_ = nullptr;
  }
  if (any_queued) {
    Connection* kept_head = nullptr;
    Connection* kept_tail = nullptr;
    while (Connection* c = Dequeue()) {
      if (c->open_ends == 0) continue;
      c->flags |= kQueued;
      c->next_event = nullptr;
      (kept_tail != nullptr ? kept_tail->next_event : kept_head) = c;
      kept_tail = c;
    }
    queue_head_ = kept_head;
    queue_tail_ = kept_tail;
  }
  while (dead_ != nullptr) {
    Connection* c = dead_;
    dead_ = c->previous;
    delete c;
  }
}

}  // namespace sampo::stream::internal
