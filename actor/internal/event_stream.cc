// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/event_stream.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "sampo/actor/internal/adapter_cell.h"

namespace sampo {

namespace {
struct Subscriber {
  AnyActorRef ref;
  uint32_t index;
};
}  // namespace

struct EventStream::State {
  mutable std::mutex mutex;
  absl::flat_hash_map<const MessageType*, std::vector<Subscriber>> by_type;  // never iterated
};

EventStream::EventStream() : state_(std::make_unique<State>()) {}
EventStream::~EventStream() = default;

void EventStream::Add(const MessageType* type, RefTarget* target, uint32_t index) {
  if (target == nullptr) return;
  AnyActorRef ref = internal::RefAccess::ShareAny(target);
  std::lock_guard guard(state_->mutex);
  std::vector<Subscriber>& all = state_->by_type[type];
  for (const Subscriber& each : all) {
    if (each.ref == ref && each.index == index) return;
  }
  all.push_back({std::move(ref), index});
}

void EventStream::Remove(const MessageType* type, RefTarget* target) {
  AnyActorRef ref = target == nullptr ? AnyActorRef() : internal::RefAccess::ShareAny(target);
  std::lock_guard guard(state_->mutex);
  std::erase_if(state_->by_type[type], [&](const Subscriber& each) { return each.ref == ref; });
}

void EventStream::ForEach(const MessageType* type, const void* event,
                          void (*tell)(RefTarget*, uint32_t, const void*)) {
  std::vector<Subscriber> all;
  {
    std::lock_guard guard(state_->mutex);
    auto found = state_->by_type.find(type);
    if (found == state_->by_type.end()) return;
    std::erase_if(found->second, [](const Subscriber& each) {
      // An adapter ends with its actor. Were it kept, an event about a dead letter would be one.
      RefTarget* owner = internal::OwnerOf(internal::RefAccess::Target(each.ref));
      return (owner->flags.load(std::memory_order_acquire) & kTerminated) != 0;
    });
    all = found->second;  // told outside the lock: a Tell may publish a dead letter
  }
  for (const Subscriber& each : all) tell(internal::RefAccess::Target(each.ref), each.index, event);
}

bool EventStream::Has(const MessageType* type) const {
  std::lock_guard guard(state_->mutex);
  auto found = state_->by_type.find(type);
  return found != state_->by_type.end() && !found->second.empty();
}

}  // namespace sampo
