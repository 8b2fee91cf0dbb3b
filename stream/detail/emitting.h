// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Emitting and Reading: the handlers that stand in while a stage emits or reads several elements,
// and the table of functions for an element type.
//
// Threads: the turn of the island's actor. Lifetime: owned by the port.
#ifndef SAMPO_STREAM_DETAIL_EMITTING_H_
#define SAMPO_STREAM_DETAIL_EMITTING_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/stream/detail/port.h"
#include "sampo/stream/handlers.h"

namespace sampo::stream {

template <class T>
class Inlet;
template <class T>
class Outlet;

namespace internal {

[[noreturn]] void ThrowGrabViolation(const InletBase& inlet);

template <class T>
Connection* MakeSlot() {
  return new Slot<T>();
}
template <class T>
void* SlotTarget(Connection* slot) {
  return static_cast<PushTarget<T>*>(static_cast<Slot<T>*>(slot));
}
template <class T>
void TakeElement(Connection& connection, void* to) {
  ::new (to) T(static_cast<Slot<T>&>(connection).Take());
}
template <class T>
void PushElement(OutletBase& outlet, void* from) {
  T* element = static_cast<T*>(from);
  static_cast<Outlet<T>&>(outlet).Push(std::move(*element));
  std::destroy_at(element);
}
template <class T>
void DestroyElement(void* element) {
  std::destroy_at(static_cast<T*>(element));
}
template <class T>
std::unique_ptr<OutletBase> MakeOutlet(GraphStageLogic* logic) {
  return std::make_unique<Outlet<T>>(logic);
}
template <class T>
inline constexpr ElementType kElementType{
    sizeof(T),       alignof(T),      &MakeSlot<T>,       &SlotTarget<T>,
    &TakeElement<T>, &PushElement<T>, &DestroyElement<T>, &MakeOutlet<T>,
};

// Elements that are emitted one after another.
class EmitItem {
 public:
  EmitItem() = default;
  EmitItem(const EmitItem&) = delete;
  EmitItem& operator=(const EmitItem&) = delete;
  virtual ~EmitItem() = default;
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // Before all others; false: there are none.
  virtual bool Begin() = 0;
  // Pushes one; false: it was the last. Looks ahead to know it.
  virtual bool PushOne(OutletBase& outlet) = 0;

  UniqueFunction<void()> then;
  std::unique_ptr<EmitItem> next;
};

template <class T>
class EmitOne final : public EmitItem {
 public:
  explicit EmitOne(T element) : element_(std::move(element)) {}
  bool Begin() override { return true; }
  bool PushOne(OutletBase& outlet) override {
    static_cast<Outlet<T>&>(outlet).Push(std::move(element_));
    return false;
  }

 private:
  T element_;
};

template <class T>
class EmitVector final : public EmitItem {
 public:
  explicit EmitVector(std::vector<T> elements) : elements_(std::move(elements)) {}
  bool Begin() override { return !elements_.empty(); }
  bool PushOne(OutletBase& outlet) override {
    T element = std::move(elements_[at_++]);
    const bool more = at_ < elements_.size();
    static_cast<Outlet<T>&>(outlet).Push(std::move(element));
    return more;
  }

 private:
  std::vector<T> elements_;
  size_t at_ = 0;
};

// What a function gives until it gives nothing.
template <class T>
class EmitNext final : public EmitItem {
 public:
  explicit EmitNext(UniqueFunction<std::optional<T>()> next) : next_(std::move(next)) {}
  bool Begin() override {
    held_ = next_();
    return held_.has_value();
  }
  bool PushOne(OutletBase& outlet) override {
    T element = *std::move(held_);
    const bool more = Begin();
    static_cast<Outlet<T>&>(outlet).Push(std::move(element));
    return more;
  }

 private:
  UniqueFunction<std::optional<T>()> next_;
  std::optional<T> held_;
};

// Stands in at an outlet while there are items.
class Emitting final : public OutHandler {
 public:
  explicit Emitting(OutletBase& outlet) : outlet_(outlet) {}
  ~Emitting();
  Emitting(const Emitting&) = delete;
  Emitting& operator=(const Emitting&) = delete;
  void Add(std::unique_ptr<EmitItem> item);
  void Abandon();
  void OnPull() override;
  void OnDownstreamFinish(const absl::Status& cause) override;

 private:
  void Clear();
  void Restore();
  // The front item has nothing left.
  void Finish();

  OutletBase& outlet_;
  OutHandler* replaced_ = nullptr;
  std::unique_ptr<EmitItem> front_;  // a list of as many as the stage's own code adds
  EmitItem* back_ = nullptr;
};

// What an inlet knows of its Reading<T>.
class ReadingBase : public InHandler {
 public:
  ReadingBase() = default;
  ReadingBase(const ReadingBase&) = delete;
  ReadingBase& operator=(const ReadingBase&) = delete;
  virtual ~ReadingBase() = default;
};

template <class T>
class Reading final : public ReadingBase {
 public:
  using Then = UniqueFunction<void(std::vector<T>)>;

  // At most one at a time for each inlet.
  static void Start(Inlet<T>& inlet, size_t count, Then then, Then closed) {
    if (inlet.reading_ == nullptr) inlet.reading_.reset(new Reading(inlet));
    static_cast<Reading&>(*inlet.reading_).Begin(count, std::move(then), std::move(closed));
  }

  void OnPush() override {
    elements_.push_back(inlet_.Grab());
    Step();
  }
  void OnUpstreamFinish() override {
    Then closed = std::move(closed_);
    Restore();
    closed(std::exchange(elements_, {}));
    inlet_.handler()->OnUpstreamFinish();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    Restore();
    inlet_.handler()->OnUpstreamFailure(failure);
  }

 private:
  explicit Reading(Inlet<T>& inlet) : inlet_(inlet) {}

  void Begin(size_t count, Then then, Then closed) {
    SAMPO_CHECK(!is_reading_, "an inlet reads already");
    count_ = count;
    then_ = std::move(then);
    closed_ = std::move(closed);
    if (inlet_.IsClosed()) {
      closed_(std::exchange(elements_, {}));
      return;
    }
    is_reading_ = true;
    replaced_ = inlet_.handler();
    inlet_.SetHandler(this);
    if (inlet_.IsAvailable()) elements_.push_back(inlet_.Grab());
    Step();
  }
  void Step() {
    if (elements_.size() < count_) {
      inlet_.TryPull();
      return;
    }
    Restore();
    Then then = std::move(then_);
    then(std::exchange(elements_, {}));
  }
  void Restore() {
    is_reading_ = false;
    inlet_.SetHandler(replaced_);
  }

  Inlet<T>& inlet_;
  InHandler* replaced_ = nullptr;
  bool is_reading_ = false;
  size_t count_ = 0;
  Then then_;
  Then closed_;
  std::vector<T> elements_;  // at most count_
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_DETAIL_EMITTING_H_
