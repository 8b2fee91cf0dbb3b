// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WrapperNode: a behavior around another one. When the inner one changes, the wrapper stays and
// takes the new one in; a new one that brings the same wrapper along replaces this one, so that a
// million changes do not grow a chain.
#ifndef SAMPO_ACTOR_DETAIL_WRAPPER_NODE_H_
#define SAMPO_ACTOR_DETAIL_WRAPPER_NODE_H_

#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/context_base.h"

namespace sampo::internal {

class WrapperNode : public BehaviorNode {
 public:
  explicit WrapperNode(Word inner) : inner_(inner) {}
  ~WrapperNode() override;

  Word NodeReceive(ContextBase& context, Envelope& envelope) override;
  Word NodeSignal(ContextBase& context, SignalRef signal) override;
  bool node_needs_start() const override { return !started_; }
  Word NodeStart(ContextBase& context) override;
  // Starts around `inner`, which may be started already: kSame, or what replaces this wrapper.
  Word StartAround(ContextBase& context, Word inner);
  Word NodeComplete(ContextBase& context, Word late) override;
  bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                         Word* next) override;
  bool NodeFinishRestart(ContextBase& context, const void* token, Word* next) override;
  Word node_inner() const override { return inner_; }
  bool node_restartable() const override;
  Word NodeInstantiate(ContextBase& context) const override;
  absl::Status NodeCheckSpawnable() const override;

 protected:
  // A copy of this wrapper around another inner behavior. Only where node_restartable().
  virtual WrapperNode* CloneAround(ContextBase& context, Word inner) const = 0;

  Word DispatchInner(ContextBase& context, Envelope& envelope);
  Word SignalInner(ContextBase& context, SignalRef signal);
  // Takes in what the inner behavior returned; returns what the outside has to know.
  Word Absorb(ContextBase& context, Word next);
  Word held() const { return inner_; }
  void set_inner(Word inner) { inner_ = inner; }
  bool started() const { return started_; }
  void set_started() { started_ = true; }

 private:
  Word inner_;
  bool started_ = false;
};

// True where `word` or what it wraps is a wrapper that does the same as `wrapper`.
bool ContainsSameWrapper(Word word, const BehaviorNode& wrapper);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_WRAPPER_NODE_H_
