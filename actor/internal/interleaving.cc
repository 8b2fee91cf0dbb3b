// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Interleaving: lets an actor handle messages while its coroutine handlers wait.
#include "sampo/actor/behaviors.h"
#include "sampo/actor/detail/wrapper_node.h"
#include "sampo/actor/internal/extras.h"

namespace sampo::internal {
namespace {

class InterleavingNode final : public WrapperNode {
 public:
  explicit InterleavingNode(Word inner) : WrapperNode(inner) {}
  ~InterleavingNode() override {
    if (context_ != nullptr && --context_->extras().interleaving == 0) {
      context_->clear(kInterleaving);
    }
  }

  Word NodeStart(ContextBase& context) override {
    Enter(context);
    return WrapperNode::NodeStart(context);
  }
  bool NodeIsSameWrapper(const BehaviorNode& other) const override {
    return dynamic_cast<const InterleavingNode*>(&other) != nullptr;
  }

 private:
  WrapperNode* CloneAround(ContextBase& context, Word inner) const override {
    auto* clone = new InterleavingNode(inner);
    clone->Enter(context);
    return clone;
  }
  // Counted: where one replaces another, the new one starts before the old one ends.
  void Enter(ContextBase& context) {
    context_ = &context;
    ++context.extras().interleaving;
    context.set(kInterleaving);
  }
  ContextBase* context_ = nullptr;
};

}  // namespace

Word MakeInterleaving(Word behavior) {
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(new InterleavingNode(behavior)));
}

}  // namespace sampo::internal
