// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Interpreter: runs the stages of one island: takes the next event of a connection and calls the
// handler it is for.
//
// A push that answers a pull, and the pulls that follow it, are chased: they go past the queue, up
// to kChaseLimit in a row. Where an element is taken within the push (a filter drops it, a sink
// folds it: in_place.h), the demand is there again at once, and a source that notices
// (Outlet::PulledAgain) goes on in its loop: the chase goes by without the interpreter.
// Stages may be added while it runs (substreams).
// Threads: the turn of the island's actor. Source of the scheme: Pekko's GraphInterpreter.
#ifndef SAMPO_STREAM_DETAIL_INTERPRETER_H_
#define SAMPO_STREAM_DETAIL_INTERPRETER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "sampo/stream/detail/connection.h"

namespace sampo::stream {

class GraphStageLogic;

namespace internal {

class Island;

class Interpreter {
 public:
  // Events that may go past the queue in a row; Pekko's figure.
  static constexpr int kChaseLimit = 16;

  explicit Interpreter(Island& island) : island_(island) {}
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  ~Interpreter();

  // Takes over stages and connections; PreStart of a stage runs in Start, in this order.
  void AddLogic(std::unique_ptr<GraphStageLogic> logic);
  void AddConnection(Connection* connection);
  GraphStageLogic* last_logic() const { return last_logic_; }
  // Takes back what was added after `logic`, and never started.
  void DropAfter(const GraphStageLogic* logic) {
    while (last_logic_ != logic) Finalize(last_logic_);
  }
  // Runs PreStart of what was added since the last call.
  void StartAdded();
  // Handles events until none is left (true) or `limit` were handled (false).
  bool Execute(int limit);
  // Calls `call` as if it were a handler of `logic`: what it throws fails the stage.
  template <class Call>
  void RunInStage(GraphStageLogic* logic, Call call) {
    EnterStage(
        logic, [](void* function) { (*static_cast<Call*>(function))(); }, &call);
  }
  // Ends all stages: PostStop of each, once. What they promised fails with `why`.
  void Abort(const absl::Status& why);

  // True when no stage is left.
  bool is_done() const { return live_logics_ == 0; }
  bool is_aborting() const { return aborting_; }
  // The failure that PostStop of stages still open is to give to what they promised.
  const absl::Status& abort_status() const { return abort_status_; }
  Island& island() const { return island_; }
  GraphStageLogic* active() const { return active_.load(std::memory_order_relaxed); }
  // From any thread, also while a handler runs and does not end: calls `read` with the stage whose
  // handler it is, or null. The stage stays until `read` has returned; only what never changes may
  // be read.
  template <class Read>
  void ReadActive(Read read) {
    readers_.fetch_add(1, std::memory_order_seq_cst);
    // Partner: the fence in Finalize. Either this sees the next stage, or that sees a reader.
    read(active_.load(std::memory_order_seq_cst));
    readers_.fetch_sub(1, std::memory_order_release);
  }
  void set_now(int64_t nanos) { now_nanos_ = nanos; }
  int64_t now() const { return now_nanos_; }
  void set_fuzz_seed(uint64_t seed) { fuzz_state_ = seed | 1; }

  // --- for connections and ports ---
  void SchedulePush(Connection* connection) {
    if (chased_push_ == nullptr && fuzz_state_ == 0) [[likely]] {
      chased_push_ = connection;
    } else {
      Enqueue(connection);
    }
  }
  void SchedulePull(Connection* connection) {
    if (chased_pull_ == nullptr && fuzz_state_ == 0) [[likely]] {
      chased_pull_ = connection;
    } else if (older_pull_ == nullptr && fuzz_state_ == 0) {
      older_pull_ = std::exchange(chased_pull_, connection);
    } else {
      Enqueue(connection);
    }
  }
  // Of a connection whose element was taken within its push: comes before other pulls, so that a
  // stage that has pushed, and then pulled from above, sees the demand before the element.
  void ScheduleRepeatedPull(Connection* connection) {
    if (repeated_pull_ == nullptr && fuzz_state_ == 0) [[likely]] {
      repeated_pull_ = connection;
    } else {
      ScheduleOtherPull(connection);
    }
  }
  // Where the next event would be the OnPull of `connection`: counts it as handled, true.
  bool TakeRepeatedPull(Connection* connection) {
    constexpr uint32_t kState = kPulling | kPullBarriers;
    if (repeated_pull_ != connection || chase_left_ == 0 || chased_push_ != nullptr ||
        finished_ != nullptr || (connection->flags & kState) != kPulling) [[unlikely]] {
      return false;
    }
    --chase_left_;
    repeated_pull_ = nullptr;
    connection->flags ^= kPulling | kOutReady;
    return true;
  }
  bool is_fuzzed() const { return fuzz_state_ != 0; }
  // The stage whose code runs now, for the length of a call; returns the one before.
  GraphStageLogic* SwapActive(GraphStageLogic* logic) {
    GraphStageLogic* const before = active();
    active_.store(logic, std::memory_order_relaxed);
    return before;
  }
  void Enqueue(Connection* connection);
  // A port of `logic` has closed; at the last one the stage is over.
  void PortClosed(GraphStageLogic* logic);
  void MaybeFinished(GraphStageLogic* logic);
  // A port is gone.
  void ReleaseEnd(Connection* connection);

  // For reports: all connections and stages.
  Connection* first_connection() const { return connections_; }
  GraphStageLogic* first_logic() const { return logics_; }

  // The interpreter whose event this thread handles, or null.
  static Interpreter* Current();

 private:
  // What makes a pull more than a call of OnPull.
  static constexpr uint32_t kPullBarriers = kPushing | kFinishPending | kCancelPending | kOutClosed;

  // SchedulePull, not inlined.
  void ScheduleOtherPull(Connection* connection);
  void EnterStage(GraphStageLogic* logic, void (*call)(void*), void* function);
  void Process(Connection* connection);
  void ProcessPush(Connection* connection);
  void ProcessPull(Connection* connection);
  void ProcessTermination(Connection* connection);
  void RunEvents(int& budget);
  Connection* Dequeue();
  Connection* DequeueFuzzed();
  void FinishLogics();
  void Finalize(GraphStageLogic* logic);
  void FreeDead();
  void FreeGraveyard();
  void FailActive(absl::Status failure);
  void Unlink(Connection* connection);
  void FlushChased();
  bool HasChased() const {
    return chased_push_ != nullptr || repeated_pull_ != nullptr || chased_pull_ != nullptr ||
           older_pull_ != nullptr;
  }

  Island& island_;
  std::atomic<GraphStageLogic*> active_{nullptr};  // read by reports
  Connection* chased_push_ = nullptr;
  Connection* repeated_pull_ = nullptr;
  Connection* chased_pull_ = nullptr;
  // A stage between others (a merge) pulls what is above it before what is below it pulls. The
  // latter goes first, so that it is there when the former is answered.
  Connection* older_pull_ = nullptr;
  Connection* queue_head_ = nullptr;
  Connection* queue_tail_ = nullptr;
  int chase_left_ = 0;  // 0 outside of RunEvents
  int64_t now_nanos_ = 0;
  uint64_t fuzz_state_ = 0;              // 0: events in their order
  GraphStageLogic* finished_ = nullptr;  // to be finalized after the current event
  Connection* dead_ = nullptr;           // to be freed then
  GraphStageLogic* logics_ = nullptr;    // all, in the order in which they were added
  GraphStageLogic* last_logic_ = nullptr;
  GraphStageLogic* not_started_ = nullptr;  // the first whose PreStart has not run
  GraphStageLogic* graveyard_ = nullptr;    // ended while somebody read
  std::atomic<int> readers_{0};
  Connection* connections_ = nullptr;
  int64_t live_logics_ = 0;
  bool aborting_ = false;
  absl::Status abort_status_;
};

inline void Connection::Pull() {
  flags ^= kInReady | kPulling;
  interpreter->SchedulePull(this);
}

template <class T>
void Slot<T>::Push(PassedBy<T> element) {
  if (flags & kInClosed) [[unlikely]]
    return;
  ::new (static_cast<void*>(&element_)) T(std::move(element));
  flags |= kHasElement | kPushing;
  interpreter->SchedulePush(this);
}

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_INTERPRETER_H_
