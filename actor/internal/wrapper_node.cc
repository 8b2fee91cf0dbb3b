// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/wrapper_node.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/internal/behavior_words.h"

namespace sampo::internal {

BehaviorNode::~BehaviorNode() = default;
Word BehaviorNode::NodeSignal(ContextBase&, SignalRef) { return kUnhandled; }
Word BehaviorNode::NodeStart(ContextBase&) { return kSame; }
Word BehaviorNode::NodeInstantiate(ContextBase&) const {
  CheckFailed(__FILE__, __LINE__, "restartable", "a behavior that can't be restarted was");
}
Word BehaviorNode::NodeComplete(ContextBase&, Word late) { return late; }
bool BehaviorNode::NodeHandleFailure(ContextBase&, const Failure&, bool, Word*) { return false; }
bool BehaviorNode::NodeFinishRestart(ContextBase&, const void*, Word*) { return false; }
bool BehaviorNode::NodeIsSameWrapper(const BehaviorNode&) const { return false; }
absl::Status BehaviorNode::NodeCheckSpawnable() const { return absl::OkStatus(); }

namespace {
constexpr size_t kFailBytes = sizeof(FailBlock);
constexpr size_t kStopBytes = sizeof(StopBlock);
}  // namespace

Word MakeFailWord(absl::Status status) {
  SAMPO_CHECK(!status.ok(), "Fail(OkStatus()): a failure needs a code and a message");
  auto* block = ::new (AllocateBlock(kFailBytes)) FailBlock{std::move(status)};
  return reinterpret_cast<Word>(block) | kFailTag;
}

Word MakeStopWord(UniqueFunction<void()> hook) {
  auto* block = ::new (AllocateBlock(kStopBytes)) StopBlock{std::move(hook)};
  return reinterpret_cast<Word>(block) | kStopTag;
}

void DestroyWordSlow(Word word) {
  switch (word & kWordTagMask) {
    case 0:
      delete NodeOf(word);
      return;
    case kFailTag: {
      auto* block = reinterpret_cast<FailBlock*>(word & ~kWordTagMask);
      std::destroy_at(block);
      return FreeBlock(block, kFailBytes);
    }
    case kStopTag: {
      auto* block = reinterpret_cast<StopBlock*>(word & ~kWordTagMask);
      std::destroy_at(block);
      return FreeBlock(block, kStopBytes);
    }
    default:
      return;
  }
}

bool ContainsSameWrapper(Word word, const BehaviorNode& wrapper) {
  for (BehaviorNode* node = NodeOf(word); node != nullptr; node = NodeOf(node->node_inner())) {
    if (node->NodeIsSameWrapper(wrapper)) return true;
  }
  return false;
}

WrapperNode::~WrapperNode() { DestroyWord(inner_); }

Word WrapperNode::DispatchInner(ContextBase& context, Envelope& envelope) {
  return DispatchWord(inner_, context, envelope);
}

Word WrapperNode::SignalInner(ContextBase& context, SignalRef signal) {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr ? kUnhandled : node->NodeSignal(context, signal);
}

Word WrapperNode::NodeReceive(ContextBase& context, Envelope& envelope) {
  return Absorb(context, DispatchInner(context, envelope));
}

Word WrapperNode::NodeSignal(ContextBase& context, SignalRef signal) {
  return Absorb(context, SignalInner(context, signal));
}

Word WrapperNode::Absorb(ContextBase& context, Word next) {
  if (next == kSame || next == kUnhandled || next == kSuspended) [[likely]]
    return next;
  if (NodeOf(next) != nullptr) {
    next = StartWord(context, next);
    if (NodeOf(next) == nullptr && next != kIgnore && next != kEmpty) return next;
    if (ContainsSameWrapper(next, *this)) return next;
  } else if (next != kIgnore && next != kEmpty) {
    return next;  // Stopped, Fail
  }
  Word old = inner_;
  inner_ = next;
  RetireBehavior(context, old);
  return kSame;
}

Word WrapperNode::StartAround(ContextBase& context, Word inner) {
  DestroyWord(std::exchange(inner_, inner));
  return WrapperNode::NodeStart(context);
}

Word WrapperNode::NodeStart(ContextBase& context) {
  started_ = true;
  // Taken out first: where a Setup throws, nothing half-started is left in here.
  Word begun = StartWord(context, std::exchange(inner_, kIgnore));
  if (NodeOf(begun) == nullptr && begun != kIgnore && begun != kEmpty) return begun;
  if (ContainsSameWrapper(begun, *this)) return begun;
  inner_ = begun;
  return kSame;
}

Word WrapperNode::NodeComplete(ContextBase& context, Word late) {
  if (BehaviorNode* node = NodeOf(inner_)) late = node->NodeComplete(context, late);
  return Absorb(context, late);
}

bool WrapperNode::NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                                    Word* next) {
  BehaviorNode* node = NodeOf(inner_);
  if (node == nullptr || !node->NodeHandleFailure(context, failure, starting, next)) return false;
  *next = Absorb(context, *next);
  return true;
}

bool WrapperNode::NodeFinishRestart(ContextBase& context, const void* token, Word* next) {
  BehaviorNode* node = NodeOf(inner_);
  if (node == nullptr || !node->NodeFinishRestart(context, token, next)) return false;
  *next = Absorb(context, *next);
  return true;
}

bool WrapperNode::node_restartable() const {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr || node->node_restartable();
}

Word WrapperNode::NodeInstantiate(ContextBase& context) const {
  BehaviorNode* node = NodeOf(inner_);
  Word copy = node == nullptr ? inner_ : node->NodeInstantiate(context);
  if (NodeOf(copy) == nullptr && copy != kIgnore && copy != kEmpty) return copy;
  WordHolder holder(copy);
  WrapperNode* clone = CloneAround(context, holder.get());
  holder.Release();
  clone->set_started();
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(clone));
}

absl::Status WrapperNode::NodeCheckSpawnable() const {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr ? absl::OkStatus() : node->NodeCheckSpawnable();
}

Word StartInPlace(ContextBase& context, BehaviorNode* node) {
  Word next = node->NodeStart(context);
  // A Setup is done with once it has run; a wrapper has started what it wraps, and stays.
  if (next == kSame && NodeOf(node->node_inner()) == nullptr && node->node_needs_start()) {
    return MakeFailWord(absl::FailedPreconditionError("Setup returned Same()"));
  }
  return next;
}

}  // namespace sampo::internal
