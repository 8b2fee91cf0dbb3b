// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/command_stash.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/behavior.h"

namespace sampo::persistence::internal {

CommandStash::CommandStash(ContextBase& context, size_t capacity)
    : context_(context),
      capacity_(capacity),
      outbox_(context, std::numeric_limits<size_t>::max()) {}

CommandStash::~CommandStash() {
  // The outbox publishes what it holds as dead letters when it ends.
  for (std::deque<Envelope*>* queue : {&user_, &internal_}) {
    for (Envelope* envelope : *queue) PutIntoOutbox(envelope);
  }
}

bool CommandStash::Push(std::deque<Envelope*>& queue, Envelope& envelope) {
  if (queue.size() >= capacity_) return false;
  KeepEnvelope(&envelope);
  queue.push_back(&envelope);
  return true;
}

bool CommandStash::PushInternal(Envelope& envelope) { return Push(internal_, envelope); }
bool CommandStash::PushUser(Envelope& envelope) { return Push(user_, envelope); }

void CommandStash::ReturnInternal(Envelope& envelope) {
  KeepEnvelope(&envelope);
  internal_.push_front(&envelope);
}

bool CommandStash::TakeFed(const Envelope& envelope) {
  // A message that is out of no stash comes after the fed one, which was swallowed if it is noted
  // still: this one may stand in its block.
  const bool swallowed = !context_.has(::sampo::internal::kUnstashing);
  if (!swallowed && fed_ != &envelope) return false;
  fed_ = nullptr;
  return !swallowed;
}

Envelope* CommandStash::TakeNext() {
  std::deque<Envelope*>& queue = unstashing_ > 0 ? user_ : internal_;
  if (queue.empty()) return nullptr;
  if (unstashing_ > 0) --unstashing_;
  Envelope* envelope = queue.front();
  queue.pop_front();
  return envelope;
}

void CommandStash::PutIntoOutbox(Envelope* envelope) {
  Envelope* current = context_.current_envelope();
  envelope->flags &= static_cast<uint16_t>(~kKept);  // it changes hands: the outbox keeps it now
  ::sampo::internal::SetCurrentEnvelope(envelope);
  absl::Status kept = outbox_.TryStash(envelope->payload());
  ::sampo::internal::SetCurrentEnvelope(current);
  SAMPO_CHECK(kept.ok(), "the outbox of a CommandStash has room");
}

bool CommandStash::Feed() {
  if (outbox_.size() > 0) return false;
  Envelope* next = TakeNext();
  if (next == nullptr) return false;
  PutIntoOutbox(next);
  fed_ = next;
  outbox_.BeginUnstash(1);
  return true;
}

}  // namespace sampo::persistence::internal
