// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The untyped parts of inlets and outlets, and what is known of an element's type where it is
// carried without one (across an asynchronous boundary).
//
// Threads: the turn of the island's actor, once the stage has started.
#ifndef SAMPO_STREAM_DETAIL_PORT_H_
#define SAMPO_STREAM_DETAIL_PORT_H_

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "sampo/actor/base/unique_function.h"
#include "sampo/stream/detail/connection.h"

namespace sampo::stream::internal {

class InletBase;
class OutletBase;
class EmitItem;
class Emitting;
class ReadingBase;

// How to carry elements of one type in raw memory.
struct ElementType {
  size_t bytes;
  size_t alignment;
  Connection* (*make_slot)();
  // The slot as what it is for a push.
  void* (*slot_target)(Connection* slot);
  // The element in the slot of `connection` to raw memory.
  void (*take)(Connection& connection, void* to);
  // The element at `from` through an outlet; destroys it there.
  void (*push)(OutletBase& outlet, void* from);
  void (*destroy)(void* element);
  // An outlet of a stage that does not know the type.
  std::unique_ptr<OutletBase> (*make_outlet)(GraphStageLogic* logic);
};

class PortBase {
 public:
  PortBase(GraphStageLogic* logic, const char* name, const ElementType* type)
      : logic_(logic), name_(name), type_(type) {}
  PortBase(const PortBase&) = delete;
  PortBase& operator=(const PortBase&) = delete;

  GraphStageLogic* logic() const { return logic_; }
  const char* name() const { return name_; }
  const ElementType* type() const { return type_; }
  Connection* connection() const { return connection_; }

 protected:
  ~PortBase() = default;
  // A call that the protocol forbids: fails the stage with FAILED_PRECONDITION, names all.
  void Violation(const char* call) const;

  GraphStageLogic* const logic_;
  Connection* connection_ = nullptr;
  const char* const name_;
  const ElementType* const type_;
};

class InletBase : public PortBase {
 public:
  InletBase(GraphStageLogic* logic, const char* name, const ElementType* type);
  ~InletBase();

  void SetHandler(InHandler* handler);
  InHandler* handler() const;
  void Connect(Connection* connection);

  // Asks for one element. A violation while one is on its way, or when the inlet is closed.
  void Pull() {
    Connection& c = *connection_;
    if ((c.flags & (kInReady | kInClosed | kOutClosed | kFinishPending | kHasElement)) == kInReady)
        [[likely]] {
      c.Pull();
    } else {
      PullSlow();
    }
  }
  // Pull, unless that would be a violation.
  void TryPull() {
    if (!HasBeenPulled() && !IsClosed()) Pull();
  }
  bool HasBeenPulled() const {
    return connection_ != nullptr && !connection_->has(kInReady | kInClosed);
  }
  // An element is there to be grabbed.
  bool IsAvailable() const {
    constexpr uint32_t kThere = kInReady | kHasElement;
    return connection_ != nullptr && (connection_->flags & kThere) == kThere;
  }
  bool IsClosed() const { return connection_ == nullptr || connection_->has(kInClosed); }
  // No more elements, please. OK: there were enough.
  void Cancel(absl::Status cause = absl::OkStatus()) {
    if (!IsClosed()) connection_->Cancel(std::move(cause));
  }

  // A PushTarget<T> of the stage that takes elements within their push, in place of the slot; set
  // before it is connected. See in_place.h.
  void set_in_place_target(void* target) { in_place_target_ = target; }
  void* in_place_target() const { return in_place_target_; }

  InletBase* next_inlet = nullptr;  // of the same stage

 protected:
  std::unique_ptr<ReadingBase> reading_;  // null before the first Read

 private:
  void PullSlow();
  void* in_place_target_ = nullptr;
  InletBase** link_ = nullptr;          // what points to this one
  InHandler* early_handler_ = nullptr;  // until it is connected
};

class OutletBase : public PortBase {
 public:
  OutletBase(GraphStageLogic* logic, const char* name, const ElementType* type);
  virtual ~OutletBase();

  void SetHandler(OutHandler* handler);
  OutHandler* handler() const;
  // `target` is the first pipe operator, or null for the slot itself.
  virtual void Connect(Connection* connection, void* target) = 0;

  // The inlet has asked for an element: Push is allowed.
  bool IsAvailable() const {
    return connection_ != nullptr && (connection_->flags & (kOutReady | kOutClosed)) == kOutReady;
  }
  // Something takes what is pushed; false for a substream that nobody has subscribed to yet.
  bool IsConnected() const { return connection_ != nullptr; }
  bool IsClosed() const { return connection_ == nullptr || connection_->has(kOutClosed); }
  // After Push, in an OnPull that does nothing but push one element: true where the next element is
  // asked for already. Then Push is allowed, and OnPull will not be called for it.
  //   do { out_.Push(Next()); } while (out_.PulledAgain());
  bool PulledAgain();
  // No more elements: the other side is told once it has taken what was pushed. Waits for what is
  // being emitted.
  void Complete() {
    if (IsClosed()) return;
    if (is_emitting_) {
      complete_after_emitting_ = true;
    } else {
      connection_->Complete();
    }
  }
  void Fail(absl::Status failure) {
    if (!IsClosed()) connection_->Fail(std::move(failure));
  }
  bool is_emitting() const { return is_emitting_; }
  // Forgets what has not been emitted yet.
  void AbandonEmit();

  OutletBase* next_outlet = nullptr;  // of the same stage

 protected:
  void ConnectBase(Connection* connection);
  void PushViolation() const { Violation("Push"); }
  // Pushes them where there is demand, now or later, then calls `then`.
  void EmitAll(std::unique_ptr<EmitItem> item, UniqueFunction<void()> then);

 private:
  friend class Emitting;
  bool is_emitting_ = false;
  bool complete_after_emitting_ = false;
  std::unique_ptr<Emitting> emitting_;  // null before the first Emit
  OutletBase** link_ = nullptr;         // what points to this one
  OutHandler* early_handler_ = nullptr;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_PORT_H_
