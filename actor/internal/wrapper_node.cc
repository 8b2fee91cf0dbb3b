// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/detail/wrapper_node.h"

#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/internal/behavior_words.h"

namespace sampo::internal {

BehaviorNode::~BehaviorNode() = default;
Word BehaviorNode::Signal(ContextBase&, SignalRef) { return kUnhandled; }
Word BehaviorNode::Start(ContextBase&) { return kSame; }
Word BehaviorNode::Instantiate(ContextBase&) const {
  CheckFailed(__FILE__, __LINE__, "restartable", "a behavior that can't be restarted was");
}
Word BehaviorNode::Complete(ContextBase&, Word late) { return late; }
bool BehaviorNode::HandleFailure(ContextBase&, const Failure&, bool, Word*) { return false; }
bool BehaviorNode::FinishRestart(ContextBase&, const void*, Word*) { return false; }
bool BehaviorNode::IsSameWrapper(const BehaviorNode&) const { return false; }
absl::Status BehaviorNode::CheckSpawnable() const { return absl::OkStatus(); }

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
  for (BehaviorNode* node = NodeOf(word); node != nullptr; node = NodeOf(node->inner())) {
    if (node->IsSameWrapper(wrapper)) return true;
  }
  return false;
}

WrapperNode::~WrapperNode() { DestroyWord(inner_); }

Word WrapperNode::DispatchInner(ContextBase& context, Envelope& envelope) {
  return DispatchWord(inner_, context, envelope);
}

Word WrapperNode::SignalInner(ContextBase& context, SignalRef signal) {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr ? kUnhandled : node->Signal(context, signal);
}

Word WrapperNode::Receive(ContextBase& context, Envelope& envelope) {
  return Absorb(context, DispatchInner(context, envelope));
}

Word WrapperNode::Signal(ContextBase& context, SignalRef signal) {
  return Absorb(context, SignalInner(context, signal));
}

Word WrapperNode::Absorb(ContextBase& context, Word next) {
  if (next == kSame || next == kUnhandled || next == kSuspended) [[likely]] return next;
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
  return WrapperNode::Start(context);
}

Word WrapperNode::Start(ContextBase& context) {
  started_ = true;
  // Taken out first: where a Setup throws, nothing half-started is left in here.
  Word begun = StartWord(context, std::exchange(inner_, kIgnore));
  if (NodeOf(begun) == nullptr && begun != kIgnore && begun != kEmpty) return begun;
  if (ContainsSameWrapper(begun, *this)) return begun;
  inner_ = begun;
  return kSame;
}

Word WrapperNode::Complete(ContextBase& context, Word late) {
  if (BehaviorNode* node = NodeOf(inner_)) late = node->Complete(context, late);
  return Absorb(context, late);
}

bool WrapperNode::HandleFailure(ContextBase& context, const Failure& failure, bool starting,
                                Word* next) {
  BehaviorNode* node = NodeOf(inner_);
  if (node == nullptr || !node->HandleFailure(context, failure, starting, next)) return false;
  *next = Absorb(context, *next);
  return true;
}

bool WrapperNode::FinishRestart(ContextBase& context, const void* token, Word* next) {
  BehaviorNode* node = NodeOf(inner_);
  if (node == nullptr || !node->FinishRestart(context, token, next)) return false;
  *next = Absorb(context, *next);
  return true;
}

bool WrapperNode::restartable() const {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr || node->restartable();
}

Word WrapperNode::Instantiate(ContextBase& context) const {
  BehaviorNode* node = NodeOf(inner_);
  Word copy = node == nullptr ? inner_ : node->Instantiate(context);
  if (NodeOf(copy) == nullptr && copy != kIgnore && copy != kEmpty) return copy;
  WordHolder holder(copy);
  WrapperNode* clone = CloneAround(context, holder.get());
  holder.Release();
  clone->set_started();
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(clone));
}

absl::Status WrapperNode::CheckSpawnable() const {
  BehaviorNode* node = NodeOf(inner_);
  return node == nullptr ? absl::OkStatus() : node->CheckSpawnable();
}

Word StartInPlace(ContextBase& context, BehaviorNode* node) {
  Word next = node->Start(context);
  // A Setup is done with once it has run; a wrapper has started what it wraps, and stays.
  if (next == kSame && NodeOf(node->inner()) == nullptr && node->needs_start()) {
    return MakeFailWord(absl::FailedPreconditionError("Setup returned Same()"));
  }
  return next;
}

}  // namespace sampo::internal
