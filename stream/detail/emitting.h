// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Emitting and Reading: the handlers that stand in while a stage emits or reads several elements,
// and the table of functions for an element type.
//
// Threads: the turn of the island's actor. Lifetime: owned by the port.
#ifndef SAMPO_STREAM_DETAIL_EMITTING_H_
#define SAMPO_STREAM_DETAIL_EMITTING_H_

#include <deque>
#include <optional>
#include <utility>
#include <vector>

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

template <class T>
class Emitting final : public OutHandler {
 public:
  using Next = UniqueFunction<std::optional<T>()>;

  explicit Emitting(Outlet<T>& outlet) : outlet_(outlet) {}

  void Add(Next next, UniqueFunction<void()> then) {
    items_.push_back(Item{std::move(next), std::move(then), std::nullopt});
    if (outlet_.is_emitting_) return;
    outlet_.is_emitting_ = true;
    replaced_ = outlet_.handler();
    outlet_.SetHandler(this);
    items_.front().held = items_.front().next();
    if (!items_.front().held) {
      Finish();
    } else if (outlet_.IsAvailable()) {
      OnPull();
    }
  }
  void Abandon() {
    items_.clear();
    if (outlet_.is_emitting_) Restore();
  }

  void OnPull() override {
    Item& item = items_.front();
    T element = *std::move(item.held);
    item.held = item.next();
    const bool last = !item.held.has_value();
    outlet_.Push(std::move(element));
    if (last) Finish();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    items_.clear();
    Restore();
    outlet_.handler()->OnDownstreamFinish(cause);
  }

 private:
  struct Item {
    Next next;
    UniqueFunction<void()> then;
    std::optional<T> held;  // looked ahead, to know the last one
  };

  void Restore() {
    outlet_.SetHandler(replaced_);
    outlet_.is_emitting_ = false;
  }
  // The front item has nothing left.
  void Finish() {
    for (;;) {
      UniqueFunction<void()> then = std::move(items_.front().then);
      items_.pop_front();
      const bool done = items_.empty();
      if (done) Restore();
      if (then) then();
      if (done) {
        if (!outlet_.is_emitting_ && outlet_.complete_after_emitting_) outlet_.Complete();
        return;
      }
      if (items_.empty()) return;  // `then` has abandoned them
      Item& item = items_.front();
      item.held = item.next();
      if (item.held) {
        if (outlet_.IsAvailable()) OnPull();
        return;
      }
    }
  }

  Outlet<T>& outlet_;
  OutHandler* replaced_ = nullptr;
  std::deque<Item> items_;  // as many as the stage's own code adds
};

template <class T>
class Reading final : public InHandler {
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
