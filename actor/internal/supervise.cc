// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The supervisor around a behavior: finds the rule, counts restarts, makes the behavior again.
#include "sampo/actor/supervise.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/detail/wrapper_node.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/restart.h"

namespace sampo {

SupervisorStrategy SupervisorStrategy::WithLimit(int restarts, absl::Duration window) const {
  SupervisorStrategy copy = *this;
  copy.limit_ = restarts;
  copy.window_ = window;
  return copy;
}

SupervisorStrategy SupervisorStrategy::WithStopChildren(bool stop) const {
  SupervisorStrategy copy = *this;
  copy.stop_children_ = stop;
  return copy;
}

SupervisorStrategy SupervisorStrategy::WithStashCapacity(int messages) const {
  SupervisorStrategy copy = *this;
  copy.stash_capacity_ = std::max(0, messages);
  return copy;
}

namespace internal {
namespace {

bool SameKind(const SupervisionRule& a, const SupervisionRule& b) {
  return a.code == b.code && a.matches == b.matches;
}

class SuperviseNode final : public WrapperNode {
 public:
  SuperviseNode(Word behavior, std::vector<SupervisionRule> rules)
      : WrapperNode(behavior), rules_(std::move(rules)), counts_(rules_.size()) {}
  ~SuperviseNode() override { DestroyWord(blueprint_); }

  Word Start(ContextBase& context) override {
    if (!NeedsBlueprint()) return WrapperNode::Start(context);
    set_started();
    blueprint_ = inner();
    set_inner(kIgnore);
    return Renew(context);
  }

  bool HandleFailure(ContextBase& context, const Failure& failure, bool starting,
                     Word* next) override {
    if (WrapperNode::HandleFailure(context, failure, starting, next)) return true;
    for (size_t i = 0; i < rules_.size(); ++i) {
      if (!Matches(rules_[i], failure)) continue;
      return Decide(context, i, failure, starting, next);
    }
    return false;
  }

  bool FinishRestart(ContextBase& context, const void* token, Word* next) override {
    if (token != this) return WrapperNode::FinishRestart(context, token, next);
    *next = Renew(context);
    return true;
  }

  bool IsSameWrapper(const BehaviorNode& other) const override {
    const auto* supervisor = dynamic_cast<const SuperviseNode*>(&other);
    return supervisor != nullptr &&
           std::equal(rules_.begin(), rules_.end(), supervisor->rules_.begin(),
                      supervisor->rules_.end(), SameKind);
  }

  bool restartable() const override {
    BehaviorNode* node = NodeOf(blueprint_ != 0 ? blueprint_ : inner());
    return node == nullptr || node->restartable();
  }
  Word Instantiate(ContextBase& context) const override {
    // A supervisor inside a restarted behavior begins anew, with its counts.
    BehaviorNode* node = NodeOf(blueprint_ != 0 ? blueprint_ : inner());
    auto copy = std::make_unique<SuperviseNode>(
        node == nullptr ? inner() : node->Instantiate(context), rules_);
    copy->set_started();
    copy->source_ = this;
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(copy.release()));
  }
  absl::Status CheckSpawnable() const override {
    if (NeedsBlueprint() && !restartable()) {
      return absl::InvalidArgumentError(
          "supervised with a restart, but the behavior can't be made again: wrap it in Setup, or "
          "use Receive without mutable or move-only lambdas");
    }
    return WrapperNode::CheckSpawnable();
  }

 private:
  struct Count {
    int restarts = 0;
    int64_t window_end_nanos = 0;
    int64_t last_failure_nanos = 0;
    bool counting = false;
  };

  WrapperNode* CloneAround(ContextBase&, Word inner) const override {
    return new SuperviseNode(inner, rules_);
  }

  bool NeedsBlueprint() const {
    return std::any_of(rules_.begin(), rules_.end(),
                       [](const SupervisionRule& rule) { return rule.strategy.restarts(); });
  }

  static bool Matches(const SupervisionRule& rule, const Failure& failure) {
    if (rule.matches != nullptr) return rule.matches(failure.exception);
    return rule.code == absl::StatusCode::kOk || rule.code == failure.status.code();
  }

  // The blueprint's behavior, new and started, takes the place of the inner one.
  Word Renew(ContextBase& context) {
    BehaviorNode* node = NodeOf(Blueprint());
    Word fresh = node == nullptr ? Blueprint() : node->Instantiate(context);
    if (NodeOf(fresh) == nullptr && fresh != kIgnore && fresh != kEmpty) return fresh;
    Word old = inner();
    set_inner(fresh);
    RetireBehavior(context, old);
    return kSame;
  }
  Word Blueprint() const {
    if (blueprint_ != 0 || source_ == nullptr) return blueprint_;
    return source_->blueprint_ != 0 ? source_->blueprint_ : source_->inner();
  }

  bool Decide(ContextBase& context, size_t index, const Failure& failure, bool starting,
              Word* next) {
    const SupervisorStrategy& strategy = rules_[index].strategy;
    switch (strategy.kind()) {
      case SupervisorStrategy::Kind::kStop:
        return false;  // as if nobody handled it: the actor stops with its failure
      case SupervisorStrategy::Kind::kResume:
        if (failure.out_of_memory || starting) return false;
        context.System().NoteFailure(context, failure, "resumed");
        *next = kSame;
        return true;
      default:
        return Restart(context, index, failure, starting, next);
    }
  }

  bool Restart(ContextBase& context, size_t index, const Failure& failure, bool starting,
               Word* next) {
    const SupervisorStrategy& strategy = rules_[index].strategy;
    const bool backoff = strategy.kind() == SupervisorStrategy::Kind::kBackoff;
    // A start that fails would fail for ever: an unlimited restart does not try again.
    if (starting && !backoff && strategy.limit() < 0) return false;
    Count& count = counts_[index];
    if (!Admit(context, strategy, starting, &count)) return false;
    context.System().NoteFailure(context, failure, "restarting");
    PrepareRestart(context, starting ? nullptr : NodeOf(inner()), strategy.stop_children());
    RestartWait wait;
    wait.token = this;
    wait.for_children = strategy.stop_children();
    wait.stash_capacity = static_cast<size_t>(strategy.stash_capacity());
    if (backoff) {
      double chance =
          static_cast<double>(context.System().NextRandom() >> 11) * 0x1.0p-53;
      wait.backoff_nanos = absl::ToInt64Nanoseconds(
          BackoffDelay({strategy.backoff().min, strategy.backoff().max,
                        strategy.backoff().random_factor},
                       count.restarts - 1, chance));
    }
    *next = RestartMustWait(context, wait) ? kSame : Renew(context);
    return true;
  }

  // Counts one more restart; false where the limit is used up.
  static bool Admit(ContextBase& context, const SupervisorStrategy& strategy, bool starting,
                    Count* count) {
    const int64_t now = context.NowNanos();
    if (strategy.kind() == SupervisorStrategy::Kind::kBackoff) {
      const Backoff& backoff = strategy.backoff();
      absl::Duration reset =
          backoff.reset_after > absl::ZeroDuration() ? backoff.reset_after
                                                     : (backoff.min + backoff.max) / 2;
      // Reset by the time since the last failure: an earlier failure's reset can't zero the count.
      if (count->counting && now - count->last_failure_nanos >= absl::ToInt64Nanoseconds(reset)) {
        count->restarts = 0;
      }
      count->last_failure_nanos = now;
      count->counting = true;
    } else if (!count->counting || now >= count->window_end_nanos) {
      count->restarts = 0;
      count->counting = true;
      count->window_end_nanos = DeadlineNanos(now, strategy.window());
    }
    // As in Pekko, a failed start counts itself already.
    int used = count->restarts + (starting && strategy.limit() >= 0 ? 1 : 0);
    if (strategy.limit() >= 0 && used >= strategy.limit()) return false;
    ++count->restarts;
    return true;
  }

  std::vector<SupervisionRule> rules_;
  std::vector<Count> counts_;
  Word blueprint_ = 0;  // the initial behavior, kept where a restart may need it
  const SuperviseNode* source_ = nullptr;
};

}  // namespace

Word MakeSupervised(Word behavior, std::vector<SupervisionRule> rules) {
  return reinterpret_cast<Word>(
      static_cast<BehaviorNode*>(new SuperviseNode(behavior, std::move(rules))));
}

}  // namespace internal
}  // namespace sampo
