// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Connection: what is between an outlet and an inlet inside of an island: one element at most, the
// demand, the end of either side, and the pipe operators that sit on the way.
//
// Pipe operators (map, filter, take...) have no demand of their own, so they are no stages: a pull
// goes past them, and a push crosses each by one virtual call. An operator that drops an element
// pulls again in place of the inlet.
// Threads: the turn of the island's actor. Lifetime: until both ports are gone.
#ifndef SAMPO_STREAM_DETAIL_CONNECTION_H_
#define SAMPO_STREAM_DETAIL_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/block_pool.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

class GraphStageLogic;
class InHandler;
class OutHandler;

namespace internal {

class Connection;
class Interpreter;

// Small plain values travel in registers.
template <class T>
using PassedBy = std::conditional_t<std::is_trivially_copyable_v<T> && sizeof(T) <= 16, T, T&&>;

// Where elements of type T can be pushed to: an inlet's slot, or a pipe operator.
template <class T>
class PushTarget {
 public:
  virtual void Push(PassedBy<T> element) = 0;

 protected:
  ~PushTarget() = default;
};

// | bit             | meaning                                                      | set by       |
// | kInReady        | the inlet may pull: it is waited for by nobody               | pushed, start|
// | kPulling        | a pull is on its way to the outlet                           | inlet        |
// | kOutReady       | the outlet may push                                          | interpreter  |
// | kPushing        | an element is on its way to the inlet                        | outlet       |
// | kHasElement     | the slot holds an element                                    | outlet       |
// | kOutClosed      | the outlet is closed, as its stage knows                     | either       |
// | kInClosed       | the inlet is closed, as its stage knows                      | either       |
// | kFinishPending  | the inlet is still to be told that it is finished (`finish`) | outlet, pipe |
// | kCancelPending  | the outlet is still to be told of the cancellation (`cause`) | inlet, pipe  |
// | kQueued         | in the event queue                                           | interpreter  |
enum ConnectionFlag : uint32_t {
  kInReady = 1,
  kPulling = 2,
  kOutReady = 4,
  kPushing = 8,
  kHasElement = 16,
  kOutClosed = 32,
  kInClosed = 64,
  kFinishPending = 128,
  kCancelPending = 256,
  kQueued = 512,
};

// A pipe operator, as far as its types do not matter.
class PipeOperator {
 public:
  PipeOperator() = default;
  PipeOperator(const PipeOperator&) = delete;
  PipeOperator& operator=(const PipeOperator&) = delete;
  virtual ~PipeOperator() = default;
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // What is above has ended: after the last element was taken. May change a failure. Each operator
  // is told of one end, this one or a cancellation; the one that ended the stream itself of none.
  // They must not throw.
  virtual void OnUpstreamFinish() {}
  virtual void OnUpstreamFailure(absl::Status& /*failure*/) {}
  // What is below takes no more.
  virtual void OnDownstreamFinish(const absl::Status& /*cause*/) {}

  const char* name() const { return name_; }
  SourceLocation where() const { return where_; }

 protected:
  friend struct LogicAccess;
  // The element is dropped: asks the outlet for another one.
  void PullAgain();
  // No more elements: completes what is below once it has taken what was pushed, cancels above.
  void Complete();
  // The same with a failure, in both directions.
  void Fail(absl::Status failure);
  // A function of the user has thrown: as the supervision says; `restart` resets the state.
  template <class Restart>
  void Supervise(absl::Status failure, Restart restart) {
    if (DecideRestart(std::move(failure))) restart();
  }
  void Supervise(absl::Status failure) { DecideRestart(std::move(failure)); }

  Connection* connection_ = nullptr;

 private:
  bool DecideRestart(absl::Status failure);

  const char* name_ = "";
  SourceLocation where_;
  Decider decider_ = &StoppingDecider;
  PipeOperator* next_operator_ = nullptr;  // further down
};

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
  virtual ~Connection();

  // --- the outlet's side ---
  void Complete();
  void Fail(absl::Status failure);
  // --- the inlet's side ---
  void Pull();
  void Cancel(absl::Status cause);
  // --- a pipe operator's ---
  void EndFromPipe(PipeOperator* by, absl::Status end);
  // Within a push: the element is gone, and the demand for one is still there.
  void PullAgain();

  // Destroys the element in the slot.
  virtual void DropElement() = 0;

  bool has(uint32_t any) const { return (flags & any) != 0; }

  uint32_t flags = kInReady;
  uint32_t open_ends = 2;  // ports that still point here
  InHandler* in_handler = nullptr;
  OutHandler* out_handler = nullptr;
  GraphStageLogic* in_logic = nullptr;
  GraphStageLogic* out_logic = nullptr;
  Interpreter* interpreter = nullptr;
  Connection* next_event = nullptr;
  int64_t last_event_nanos = 0;            // of the last pull, push or end
  PipeOperator* first_operator = nullptr;  // owned, in the order of the elements
  PipeOperator* ended_by = nullptr;        // the one that ended the stream, if one has
  absl::Status finish;                     // of the outlet
  absl::Status cause;                      // of the inlet
  const char* out_name = "";
  const char* in_name = "";
  Connection* previous = nullptr;  // links of the interpreter's list of all
  Connection* next = nullptr;
};

// The connection seen by its inlet: the place for one element.
template <class T>
class Slot final : public Connection, public PushTarget<T> {
 public:
  Slot() {}
  ~Slot() override { DropElement(); }

  void Push(PassedBy<T> element) override;
  void DropElement() override {
    if (flags & kHasElement) {
      flags &= ~static_cast<uint32_t>(kHasElement);
      std::destroy_at(&element_);
    }
  }
  // Precondition: kHasElement.
  T Take() {
    flags &= ~static_cast<uint32_t>(kHasElement);
    T taken = std::move(element_);
    std::destroy_at(&element_);
    return taken;
  }
  // Precondition: kInReady and no element, as within a push that is taken in place.
  void Keep(T element) {
    ::new (static_cast<void*>(&element_)) T(std::move(element));
    flags |= kHasElement;
  }
  T& element() { return element_; }

 private:
  union {
    T element_;
  };
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_CONNECTION_H_
