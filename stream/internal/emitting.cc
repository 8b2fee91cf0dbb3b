// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/emitting.h"

#include <memory>
#include <utility>

#include "sampo/stream/detail/port.h"

namespace sampo::stream::internal {

Emitting::~Emitting() { Clear(); }

void Emitting::Add(std::unique_ptr<EmitItem> item) {
  EmitItem* const added = item.get();
  (front_ != nullptr ? back_->next : front_) = std::move(item);
  back_ = added;
  if (outlet_.is_emitting_) return;
  outlet_.is_emitting_ = true;
  replaced_ = outlet_.handler();
  outlet_.SetHandler(this);
  if (!front_->Begin()) {
    Finish();
  } else if (outlet_.IsAvailable()) {
    OnPull();
  }
}

void Emitting::Abandon() {
  Clear();
  if (outlet_.is_emitting_) Restore();
}

void Emitting::OnPull() {
  if (!front_->PushOne(outlet_)) Finish();
}

void Emitting::OnDownstreamFinish(const absl::Status& cause) {
  Clear();
  Restore();
  outlet_.handler()->OnDownstreamFinish(cause);
}

// One by one: the list may be longer than the stack is deep.
void Emitting::Clear() {
  while (front_ != nullptr) front_ = std::move(front_->next);
}

void Emitting::Restore() {
  outlet_.SetHandler(replaced_);
  outlet_.is_emitting_ = false;
}

void Emitting::Finish() {
  for (;;) {
    UniqueFunction<void()> then = std::move(front_->then);
    front_ = std::move(front_->next);
    const bool done = front_ == nullptr;
    if (done) Restore();
    if (then) then();
    if (done) {
      if (!outlet_.is_emitting_ && outlet_.complete_after_emitting_) outlet_.Complete();
      return;
    }
    if (front_ == nullptr) return;  // `then` has abandoned them
    if (front_->Begin()) {
      if (outlet_.IsAvailable()) OnPull();
      return;
    }
  }
}

}  // namespace sampo::stream::internal
