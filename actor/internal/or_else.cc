// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// OrElse: a behavior that tries a second one with what the first left unhandled.
#include <algorithm>
#include <utility>
#include <vector>

#include "sampo/actor/behaviors.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"

namespace sampo::internal {
namespace {

class OrElseNode final : public BehaviorNode {
 public:
  OrElseNode(Word first, Word second) : first_(first), second_(second) {}
  ~OrElseNode() override {
    DestroyWord(first_);
    DestroyWord(second_);
  }

  Word NodeReceive(ContextBase& context, Envelope& envelope) override {
    Word next = DispatchWord(first_, context, envelope);
    Word* place = next != kUnhandled ? &first_ : &second_;
    if (next == kUnhandled) next = DispatchWord(second_, context, envelope);
    if (next == kSuspended) suspended_.push_back({context.extras().last_task_id, place});
    return Absorb(context, place, next);
  }
  Word NodeSignal(ContextBase& context, SignalRef signal) override {
    Word next = SignalTo(first_, context, signal);
    if (next != kUnhandled) return Absorb(context, &first_, next);
    return Absorb(context, &second_, SignalTo(second_, context, signal));
  }
  // A coroutine handler has ended: its result belongs to the side that it came from.
  Word NodeComplete(ContextBase& context, Word late) override {
    const uint64_t id = context.extras().completing_task_id;
    auto found = std::find_if(suspended_.begin(), suspended_.end(),
                              [id](const Suspended& each) { return each.task_id == id; });
    if (found == suspended_.end()) return late;
    Word* place = found->place;
    suspended_.erase(found);
    if (BehaviorNode* node = NodeOf(*place)) late = node->NodeComplete(context, late);
    return Absorb(context, place, late);
  }
  bool node_needs_start() const override { return !started_; }
  Word NodeStart(ContextBase& context) override {
    started_ = true;
    for (Word* each : {&first_, &second_}) {
      Word begun = StartWord(context, std::exchange(*each, kIgnore));
      if (NodeOf(begun) == nullptr && begun != kIgnore && begun != kEmpty) return begun;
      *each = begun;
    }
    return kSame;
  }
  bool node_restartable() const override { return Restartable(first_) && Restartable(second_); }
  Word NodeInstantiate(ContextBase& context) const override {
    WordHolder first(Copy(first_, context));
    if (IsResult(first.get())) return first.Release();
    WordHolder second(Copy(second_, context));
    if (IsResult(second.get())) return second.Release();
    auto* copy = new OrElseNode(first.Release(), second.Release());
    copy->started_ = true;
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(copy));
  }
  bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                         Word* next) override {
    for (Word* each : {&first_, &second_}) {
      BehaviorNode* node = NodeOf(*each);
      if (node == nullptr || !node->NodeHandleFailure(context, failure, starting, next)) continue;
      *next = Absorb(context, each, *next);
      return true;
    }
    return false;
  }
  bool NodeFinishRestart(ContextBase& context, const void* token, Word* next) override {
    for (Word* each : {&first_, &second_}) {
      BehaviorNode* node = NodeOf(*each);
      if (node == nullptr || !node->NodeFinishRestart(context, token, next)) continue;
      *next = Absorb(context, each, *next);
      return true;
    }
    return false;
  }
  // One OrElse that a side of another returns takes the other's place: a pair that names itself
  // again with each message does not grow.
  bool NodeIsSameWrapper(const BehaviorNode& other) const override {
    return dynamic_cast<const OrElseNode*>(&other) != nullptr;
  }
  absl::Status NodeCheckSpawnable() const override {
    for (Word each : {first_, second_}) {
      BehaviorNode* node = NodeOf(each);
      absl::Status status = node == nullptr ? absl::OkStatus() : node->NodeCheckSpawnable();
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  struct Suspended {
    uint64_t task_id;
    Word* place;
  };

  // Stopped or Fail: nothing to stand in a place.
  static bool IsResult(Word word) {
    return NodeOf(word) == nullptr && word != kIgnore && word != kEmpty;
  }
  static Word SignalTo(Word word, ContextBase& context, SignalRef signal) {
    BehaviorNode* node = NodeOf(word);
    return node == nullptr ? kUnhandled : node->NodeSignal(context, signal);
  }
  static bool Restartable(Word word) {
    BehaviorNode* node = NodeOf(word);
    return node == nullptr || node->node_restartable();
  }
  static Word Copy(Word word, ContextBase& context) {
    BehaviorNode* node = NodeOf(word);
    return node == nullptr ? word : node->NodeInstantiate(context);
  }
  Word Absorb(ContextBase& context, Word* place, Word next) {
    if (NodeOf(next) != nullptr) next = StartWord(context, next);
    if (IsResult(next)) return next;
    if (NodeOf(next) != nullptr && NodeIsSameWrapper(*NodeOf(next))) return next;
    RetireBehavior(context, std::exchange(*place, next));
    return kSame;
  }

  Word first_;
  Word second_;
  bool started_ = false;
  std::vector<Suspended> suspended_;  // by the coroutine handlers that wait
};

}  // namespace

Word MakeOrElse(Word first, Word second) {
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(new OrElseNode(first, second)));
}

Word StartMade(ContextBase& context, Word made) { return StartWord(context, made); }

}  // namespace sampo::internal
