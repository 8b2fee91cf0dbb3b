// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/actor_children.h"

#include <mutex>

#include "sampo/actor/base/str_cat.h"

namespace sampo::internal {

ActorChildren& ActorChildren::Of(ActorCell* cell) {
  ActorChildren* there = cell->children.load(std::memory_order_acquire);
  if (there != nullptr) return *there;
  auto* made = new ActorChildren;
  // acq_rel: publishes the new object to foreign readers of the tree.
  if (cell->children.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *there;
}

absl::Status ActorChildren::Add(ActorCell* child) {
  std::lock_guard guard(lock_);
  if (closed_) return absl::UnavailableError("the parent is stopping");
  if (child->name != nullptr) {
    if (!by_name_.emplace(child->name->view(), child).second) {
      return absl::AlreadyExistsError("a child of that name has not terminated yet");
    }
  }
  child->spawn_number = ++spawned_;
  child->body->sibling_previous_ = last_;
  (last_ == nullptr ? first_ : last_->body->sibling_next_) = child;
  last_ = child;
  ++size_;
  return absl::OkStatus();
}

bool ActorChildren::Remove(ActorCell* child) {
  std::lock_guard guard(lock_);
  ActorCell* before = child->body->sibling_previous_;
  ActorCell* after = child->body->sibling_next_;
  (before == nullptr ? first_ : before->body->sibling_next_) = after;
  (after == nullptr ? last_ : after->body->sibling_previous_) = before;
  if (child->name != nullptr) by_name_.erase(child->name->view());
  --size_;
  if (size_ != 0 || !notify_) return false;
  notify_ = false;
  return true;
}

void ActorChildren::Close() {
  std::lock_guard guard(lock_);
  closed_ = true;
}

bool ActorChildren::EmptyOrNotify() {
  std::lock_guard guard(lock_);
  notify_ = size_ != 0;
  return !notify_;
}

std::vector<ActorCell*> ActorChildren::Share() const {
  std::vector<ActorCell*> all;
  std::lock_guard guard(lock_);
  all.reserve(size_);
  for (ActorCell* child = first_; child != nullptr; child = child->body->sibling_next_) {
    child->Ref();
    all.push_back(child);
  }
  return all;
}

ActorCell* ActorChildren::ShareByName(std::string_view name) const {
  std::lock_guard guard(lock_);
  auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  found->second->Ref();
  return found->second;
}

ActorChildren::Found ActorChildren::Find(std::string_view name) const {
  const uint32_t number = AnonymousNumber(name);
  std::lock_guard guard(lock_);
  ActorCell* cell = nullptr;
  if (number != 0) {
    for (cell = first_; cell != nullptr; cell = cell->body->sibling_next_) {
      if (cell->name == nullptr && cell->spawn_number == number) break;
    }
  } else if (auto found = by_name_.find(name); found != by_name_.end()) {
    cell = found->second;
  }
  if (cell == nullptr) return {};
  cell->Ref();
  // A child's body stays until it has left this list.
  return {cell, &cell->body->protocol(), cell->body->attention_from_outside()};
}

// Requires lock_.
ActorCell* ActorChildren::FirstAfter(const ActorCell* last) const {
  if (last == nullptr) return first_;
  // An actor is marked before it leaves the list: this one is still in it.
  if (!last->terminated()) return last->body->sibling_next_;
  ActorCell* child = first_;
  while (child != nullptr && child->spawn_number <= last->spawn_number) {
    child = child->body->sibling_next_;
  }
  return child;
}

bool ActorChildren::ShareAfter(const ActorCell* last, size_t count, std::vector<Seen>* out) const {
  out->reserve(out->size() + count);  // not while the lock is held
  std::lock_guard guard(lock_);
  ActorCell* child = FirstAfter(last);
  for (; child != nullptr && count > 0; child = child->body->sibling_next_, --count) {
    child->Ref();
    out->push_back({child, child->body->attention_from_outside()});
  }
  return child != nullptr;
}

size_t ActorChildren::size() const {
  std::lock_guard guard(lock_);
  return size_;
}

}  // namespace sampo::internal
