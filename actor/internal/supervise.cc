// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The supervisor around a behavior: finds the rule, counts restarts, makes the behavior again.
#include "sampo/actor/supervise.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/backoff.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/wrapper_node.h"
#include "sampo/actor/internal/behavior_words.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/restart.h"
#include "sampo/actor/internal/tracing.h"

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

  void AddRule(const SupervisionRule& rule) {
    rules_.push_back(rule);
    counts_.emplace_back();
    if (!rule.strategy.restarts() || MayRestart()) return;
    blueprint_ = std::make_shared<WordHolder>(held());
    set_inner(kIgnore);
  }

  Word NodeStart(ContextBase& context) override {
    if (!MayRestart()) return WrapperNode::NodeStart(context);
    // The inner one of two supervisors of the same failures stays: restarts do not multiply.
    if (ContainsSameWrapper(blueprint_->get(), *this)) return blueprint_->Release();
    set_started();
    // Not found out at Spawn where a Setup made this supervisor.
    if (absl::Status spawnable = NodeCheckSpawnable(); !spawnable.ok()) {
      return MakeFailWord(absl::Status(
          spawnable.code(), StrCat("actor ", context.path(), ": ", ToStd(spawnable.message()))));
    }
    return Renew(context);
  }

  bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                         Word* next) override {
    if (WrapperNode::NodeHandleFailure(context, failure, starting, next)) return true;
    const SupervisionRule* rule = Find(failure);
    if (rule == nullptr) return false;
    if (rule->strategy.restarts()) {
      if (!Restart(context, *rule, failure, starting)) return false;
      *next = context.has(kRestarting) ? kSame : RenewNoted(context);
      return true;
    }
    // A Stop is as if nobody handled it: the actor stops with its failure.
    if (rule->strategy.kind() == SupervisorStrategy::Kind::kStop) return false;
    if (failure.out_of_memory || starting) return false;
    context.System().NoteFailure(context, failure, "resumed");
    *next = kSame;
    return true;
  }

  bool NodeFinishRestart(ContextBase& context, const void* token, Word* next) override {
    if (token != this) return WrapperNode::NodeFinishRestart(context, token, next);
    *next = RenewNoted(context);
    return true;
  }

  bool NodeIsSameWrapper(const BehaviorNode& other) const override {
    const auto* supervisor = dynamic_cast<const SuperviseNode*>(&other);
    return supervisor != nullptr &&
           std::equal(rules_.begin(), rules_.end(), supervisor->rules_.begin(),
                      supervisor->rules_.end(), SameKind);
  }

  Word node_inner() const override {
    return MayRestart() && !started() ? blueprint_->get() : held();
  }
  bool node_restartable() const override {
    BehaviorNode* node = NodeOf(MayRestart() ? blueprint_->get() : held());
    return node == nullptr || node->node_restartable();
  }
  Word NodeInstantiate(ContextBase& context) const override {
    if (!MayRestart()) return WrapperNode::NodeInstantiate(context);
    if (ContainsSameWrapper(blueprint_->get(), *this)) {
      return NodeOf(blueprint_->get())->NodeInstantiate(context);
    }
    // A supervisor inside a restarted behavior begins anew, with its counts.
    auto copy = std::make_unique<SuperviseNode>(kIgnore, rules_);
    copy->blueprint_ = blueprint_;
    copy->set_started();
    Word next = copy->Renew(context);
    if (next != kSame) return next;
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(copy.release()));
  }
  absl::Status NodeCheckSpawnable() const override {
    if (MayRestart() && !node_restartable()) {
      return absl::InvalidArgumentError(
          "supervised with a restart, but the behavior can't be made again: wrap it in Setup, or "
          "use Receive without mutable or move-only lambdas");
    }
    BehaviorNode* node = NodeOf(node_inner());
    return node == nullptr ? absl::OkStatus() : node->NodeCheckSpawnable();
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

  bool MayRestart() const { return blueprint_ != nullptr; }

  static bool Matches(const SupervisionRule& rule, const Failure& failure) {
    if (rule.matches != nullptr) return rule.matches(failure.exception);
    return rule.code == absl::StatusCode::kOk || rule.code == failure.status.code();
  }

  const SupervisionRule* Find(const Failure& failure) const {
    for (const SupervisionRule& rule : rules_) {
      if (Matches(rule, failure)) return &rule;
    }
    return nullptr;
  }

  // The blueprint's behavior, new and started, takes the place of the inner one. A start that fails
  // is this supervisor's to decide before those around it see it. Returns kSame, also where a
  // restart waits now, or what the outside has to know (Stopped, Fail); may throw.
  Word Renew(ContextBase& context) {
    for (;;) {
      Failure failure;
      Word fresh = TryInstantiate(context, &failure);
      if (NodeOf(fresh) != nullptr || fresh == kIgnore || fresh == kEmpty) {
        if (ContainsSameWrapper(fresh, *this)) return fresh;
        Word old = held();
        set_inner(fresh);
        RetireBehavior(context, old);
        return kSame;
      }
      if (fresh != 0) return fresh;
      const SupervisionRule* rule = Find(failure);
      if (rule == nullptr || !rule->strategy.restarts() ||
          !Restart(context, *rule, failure, /*starting=*/true)) {
        if (failure.exception) std::rethrow_exception(failure.exception);
        return MakeFailWord(failure.status);
      }
      if (context.has(kRestarting)) return kSame;
    }
  }
  // A started copy of the blueprint; 0 and *failure where its start failed.
  // The same after a failure, which the instrumentation is told.
  Word RenewNoted(ContextBase& context) {
    Word next = Renew(context);
    if (next == kSame && !context.has(kRestarting)) ObserveRestart(context);
    return next;
  }
  Word TryInstantiate(ContextBase& context, Failure* failure) const {
    Word fresh = 0;
    try {
      BehaviorNode* node = NodeOf(blueprint_->get());
      fresh = node == nullptr ? CopyWithoutNode() : node->NodeInstantiate(context);
    } catch (...) {
      *failure = FailureOfCurrentException();
      TakeTurnFailure(context);
      return 0;
    }
    if (std::optional<absl::Status> status = TakeTurnFailure(context)) {
      DestroyWord(fresh);
      *failure = {*std::move(status), nullptr, false};
      return 0;
    }
    if ((fresh & kWordTagMask) != kFailTag) return fresh;
    *failure = {TakeFailStatus(fresh), nullptr, false};
    return 0;
  }
  // A constant, a Fail, or a Stopped(hook), which is used once.
  Word CopyWithoutNode() const {
    switch (blueprint_->get() & kWordTagMask) {
      case kFailTag:
        return MakeFailWord(
            reinterpret_cast<const FailBlock*>(blueprint_->get() & ~kWordTagMask)->status);
      case kStopTag:
        return blueprint_->Release();
      default:
        return blueprint_->get();
    }
  }

  // Begins a restart: where it has to wait, kRestarting is set now, else Renew comes next. False:
  // this supervisor does not (or no more) restart.
  bool Restart(ContextBase& context, const SupervisionRule& rule, const Failure& failure,
               bool starting) {
    const SupervisorStrategy& strategy = rule.strategy;
    const bool backoff = strategy.kind() == SupervisorStrategy::Kind::kBackoff;
    // A start that fails would fail for ever: an unlimited restart does not try again.
    if (starting && !backoff && strategy.limit() < 0) return false;
    Count& count = counts_[static_cast<size_t>(&rule - rules_.data())];
    if (!Admit(context, strategy, starting, &count)) return false;
    context.System().NoteFailure(context, failure, "restarting");
    PrepareRestart(context, starting ? nullptr : NodeOf(held()), strategy.stop_children());
    RestartWait wait;
    wait.token = this;
    wait.for_children = strategy.stop_children();
    wait.stash_capacity = static_cast<size_t>(strategy.stash_capacity());
    if (backoff) {
      double chance = static_cast<double>(context.System().NextRandom() >> 11) * 0x1.0p-53;
      wait.backoff_nanos = absl::ToInt64Nanoseconds(BackoffDelay(
          {strategy.backoff().min, strategy.backoff().max, strategy.backoff().random_factor},
          count.restarts - 1, chance));
    }
    RestartMustWait(context, wait);
    return true;
  }

  // Counts one more restart; false where the limit is used up.
  static bool Admit(ContextBase& context, const SupervisorStrategy& strategy, bool starting,
                    Count* count) {
    const int64_t now = context.NowNanos();
    if (strategy.kind() == SupervisorStrategy::Kind::kBackoff) {
      const Backoff& backoff = strategy.backoff();
      absl::Duration reset = backoff.reset_after > absl::ZeroDuration()
                                 ? backoff.reset_after
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
  // The initial behavior, kept where a rule may restart it; shared with supervisors made again.
  std::shared_ptr<WordHolder> blueprint_;
};

}  // namespace

Word MakeSupervised(Word behavior) {
  return reinterpret_cast<Word>(static_cast<BehaviorNode*>(new SuperviseNode(behavior, {})));
}

void AddSupervisionRule(Word supervised, const SupervisionRule& rule) {
  static_cast<SuperviseNode*>(NodeOf(supervised))->AddRule(rule);
}

}  // namespace internal
}  // namespace sampo
