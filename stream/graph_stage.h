// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GraphStageLogic: an operator of your own: ports, handlers for what happens at them, timers, and
// callbacks from outside.
//
// The protocol: an outlet may push once after each pull (OnPull, IsAvailable); an inlet may pull
// once after each push. A call against it fails the stage with FAILED_PRECONDITION, in every build.
// A stage ends when all its ports are closed; PostStop runs then, exactly once, also when the
// stream's actor is stopped. What a handler throws fails the stage.
// Threads: handlers run on the turn of the stream's actor. From elsewhere: AsyncCallback alone.
// Lifetime: one logic for each materialization.
//
//   class Doubler final : public GraphStageLogic, InHandler, OutHandler {
//    public:
//     Doubler() { in_.SetHandler(this); out_.SetHandler(this); }
//     Inlet<int> in_{this, "in"};
//     Outlet<int> out_{this, "out"};
//    private:
//     void OnPush() override { out_.Push(2 * in_.Grab()); }
//     void OnPull() override { in_.Pull(); }
//   };
#ifndef SAMPO_STREAM_GRAPH_STAGE_H_
#define SAMPO_STREAM_GRAPH_STAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/future.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/connection.h"
#include "sampo/stream/detail/emitting.h"
#include "sampo/stream/detail/interpreter.h"
#include "sampo/stream/detail/port.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/detail/shared_attributes.h"
#include "sampo/stream/handlers.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

namespace internal {
class StageTimers;
class AsyncTarget;
struct LogicAccess;
struct StageReport;
}  // namespace internal

class Materializer;
template <class M>
class StageActor;

template <class T>
class Inlet final : public internal::InletBase {
 public:
  explicit Inlet(GraphStageLogic* logic, const char* name = "in")
      : InletBase(logic, name, &internal::kElementType<T>) {}

  // Takes the element that was pushed. Precondition: IsAvailable().
  T Grab() {
    if (!IsAvailable()) [[unlikely]]
      GrabViolation();
    return static_cast<internal::Slot<T>*>(connection_)->Take();
  }
  // The element without taking it. Precondition: IsAvailable().
  T& Peek() { return static_cast<internal::Slot<T>*>(connection_)->element(); }

  // Calls then(element) with the next element, or `closed()` where none comes; the handler is
  // replaced until then.
  void Read(UniqueFunction<void(T)> then, UniqueFunction<void()> closed = nullptr) {
    internal::Reading<T>::Start(
        *this, 1,
        [then = std::move(then)](std::vector<T> one) mutable { then(std::move(one.front())); },
        [closed = std::move(closed)](std::vector<T>) mutable {
          if (closed) closed();
        });
  }
  // The same with `count` elements; `closed` gets those that came.
  void ReadN(size_t count, UniqueFunction<void(std::vector<T>)> then,
             UniqueFunction<void(std::vector<T>)> closed) {
    internal::Reading<T>::Start(*this, count, std::move(then), std::move(closed));
  }

 private:
  friend class internal::Reading<T>;
  // Nothing can be returned where there is nothing: the one violation that ends the process' turn
  // by an exception, which fails the stage.
  [[noreturn]] void GrabViolation() const { internal::ThrowGrabViolation(*this); }
};

template <class T>
class Outlet final : public internal::OutletBase {
 public:
  explicit Outlet(GraphStageLogic* logic, const char* name = "out")
      : OutletBase(logic, name, &internal::kElementType<T>) {}

  // Precondition: IsAvailable(); otherwise the stage fails. Dropped where nobody wants it any more.
  void Push(T element) {
    constexpr uint32_t kEnds =
        internal::kOutClosed | internal::kInClosed | internal::kFinishPending;
    internal::Connection& c = *connection_;
    if ((c.flags & (internal::kOutReady | kEnds)) == internal::kOutReady) [[likely]] {
      c.flags &= ~static_cast<uint32_t>(internal::kOutReady);
      if (slot_ != nullptr) {
        slot_->Push(std::move(element));
      } else {
        target_->Push(std::move(element));
      }
    } else if ((c.flags & (internal::kOutReady | internal::kOutClosed)) != internal::kOutReady) {
      PushViolation();
    } else {
      c.flags &= ~static_cast<uint32_t>(internal::kOutReady);
    }
  }

  // Pushes when there is demand, now or later, then calls `then`. The handler is replaced until
  // then; completion waits. Several calls queue up.
  void Emit(T element, UniqueFunction<void()> then = nullptr) {
    EmitAll(std::unique_ptr<internal::EmitItem>(new internal::EmitOne<T>(std::move(element))),
            std::move(then));
  }
  // The same with what `next` gives until it gives nothing.
  void EmitMultiple(UniqueFunction<std::optional<T>()> next,
                    UniqueFunction<void()> then = nullptr) {
    EmitAll(std::unique_ptr<internal::EmitItem>(new internal::EmitNext<T>(std::move(next))),
            std::move(then));
  }
  void EmitMultiple(std::vector<T> elements, UniqueFunction<void()> then = nullptr) {
    EmitAll(std::unique_ptr<internal::EmitItem>(new internal::EmitVector<T>(std::move(elements))),
            std::move(then));
  }

  void Connect(internal::Connection* connection, void* target) override {
    slot_ = target == nullptr ? static_cast<internal::Slot<T>*>(connection) : nullptr;
    target_ = static_cast<internal::PushTarget<T>*>(target);
    ConnectBase(connection);
  }

 private:
  internal::Slot<T>* slot_ = nullptr;
  internal::PushTarget<T>* target_ = nullptr;
};

inline bool internal::OutletBase::PulledAgain() {
  return connection_->interpreter->TakeRepeatedPull(connection_);
}

// Calls a handler of a stage from any thread; made by GraphStageLogic::GetAsyncCallback. Calls of
// one thread keep their order. A copyable value; what is invoked after the stage has ended is
// dropped, with feedback: CANCELLED.
template <class T>
class AsyncCallback {
 public:
  AsyncCallback() = default;
  // Returns at once; the handler runs on the stream's turn.
  void Invoke(T argument) const;
  // OK when the handler has run, CANCELLED when the stage ended before.
  Future<void> InvokeWithFeedback(T argument) const;
  explicit operator bool() const { return static_cast<bool>(state_); }

 private:
  friend class GraphStageLogic;
  struct State;
  explicit AsyncCallback(internal::Ref<State> state) : state_(std::move(state)) {}
  internal::Ref<State> state_;
};

class GraphStageLogic {
 public:
  GraphStageLogic();
  GraphStageLogic(const GraphStageLogic&) = delete;
  GraphStageLogic& operator=(const GraphStageLogic&) = delete;
  virtual ~GraphStageLogic();
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // Before the first event; ports may be pulled here.
  virtual void PreStart() {}
  // After the last one, exactly once. `abort_status()` tells whether the stream was cut off.
  virtual void PostStop() {}
  // A timer of this key is due.
  virtual void OnTimer(int64_t /*key*/) {}
  // What a report about a stream that stands still is to say of this stage.
  virtual void Describe(internal::StageReport& /*report*/) const {}

  // Closes all ports: completes outlets (after what is being emitted), cancels inlets.
  void CompleteStage();
  // Closes all ports with a failure, at once.
  void FailStage(absl::Status failure);
  // What OnDownstreamFinish does by default: as the attribute Cancellation says.
  void CancelStage(absl::Status cause);
  // While true the stage goes on when all its ports are closed: for what comes by timers and
  // callbacks.
  void SetKeepGoing(bool keep_going);

  const Attributes& attributes() const { return attributes_->value; }
  Decider decider() const { return attributes().decider(); }
  // The materializer of this stream, for streams that a stage starts itself.
  Materializer& materializer() const;
  // OK, or why the stream was cut off, in PostStop.
  const absl::Status& abort_status() const;
  // What the stage has failed with, or why it was cut off; OK where neither has happened. For what
  // it promised, in PostStop.
  const absl::Status& failure() const { return failure_.ok() ? abort_status() : failure_; }
  // Nanoseconds of the system's clock at the beginning of this turn.
  int64_t NowNanos() const;
  // "map (src/shop.cc:17)".
  std::string DisplayName() const;
  const char* stage_name() const { return name_; }
  SourceLocation where() const { return where_; }

  // A way for other threads to call `handler` on this stage's turn. What is invoked before PreStart
  // waits for it.
  template <class T, class Handler>
  AsyncCallback<T> GetAsyncCallback(Handler handler);

  // An actor for this stage, in PreStart or later: handler(M) for what it is told,
  // terminated(const AnyActorRef&) for what it watches. See stage_actor.h, which has the
  // definition.
  template <class M, class Handler, class OnTerminated>
  StageActor<M> GetStageActor(Handler handler, OnTerminated terminated);

  // Timers: OnTimer(key) after `delay`, or again and again. Starting a key again replaces it; a
  // timer that was cancelled is never delivered. All end with the stage.
  void ScheduleOnce(int64_t key, absl::Duration delay);
  void ScheduleWithFixedDelay(int64_t key, absl::Duration initial, absl::Duration delay);
  void ScheduleAtFixedRate(int64_t key, absl::Duration initial, absl::Duration interval);
  void CancelTimer(int64_t key);
  bool IsTimerActive(int64_t key) const;

 private:
  friend struct internal::LogicAccess;
  friend class internal::Interpreter;
  friend class internal::InletBase;
  friend class internal::OutletBase;

  internal::AsyncTarget* EnsureAsyncTarget();
  // Nothing reaches it any more: no callback, no timer.
  void Detach();
  void StartTimer(int64_t key, absl::Duration initial, absl::Duration interval, bool fixed_rate);
  void TimerDue(int64_t key, uint64_t generation, int64_t deadline_nanos);

  internal::Interpreter* interpreter_ = nullptr;
  internal::SharedAttributes attributes_;
  const char* name_ = "stage";
  SourceLocation where_;
  internal::InletBase* first_inlet_ = nullptr;
  internal::OutletBase* first_outlet_ = nullptr;
  int32_t open_ports_ = 0;  // and one more while it keeps going
  bool keep_going_ = false;
  bool is_started_ = false;
  bool is_finishing_ = false;
  uint64_t number_ = 0;  // in its island
  internal::Ref<internal::AsyncTarget> async_target_;
  std::unique_ptr<internal::StageTimers> timers_;
  absl::Status delayed_cause_;           // of a cancellation that waits
  absl::Status failure_;                 // the first FailStage
  GraphStageLogic* previous_ = nullptr;  // links of the interpreter's lists
  GraphStageLogic* next_ = nullptr;
  GraphStageLogic* next_finished_ = nullptr;
};

}  // namespace sampo::stream

#include "sampo/stream/detail/async_callback.h"  // IWYU pragma: export

#endif  // SAMPO_STREAM_GRAPH_STAGE_H_
