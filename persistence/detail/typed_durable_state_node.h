// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The typed part of a DurableStateBehavior's actor: the state, and the user's functions.
#ifndef SAMPO_PERSISTENCE_DETAIL_TYPED_DURABLE_STATE_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_TYPED_DURABLE_STATE_NODE_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/behavior.h"
#include "sampo/persistence/detail/durable_state_node.h"
#include "sampo/persistence/detail/typed_event_sourced_node.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/state_effect.h"
#include "sampo/persistence/state_signals.h"

namespace sampo::persistence::internal {

// kReplies: the handler must return a StateReplyEffect.
template <class Command, class State, bool kReplies>
class StateCommandHandler {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, StateCommandHandler>)
      StateCommandHandler(F&& function) {  // NOLINT: implicit on purpose
    using Function = std::decay_t<F>;
    static_assert(std::is_invocable_v<Function&, const State&, Command&&>,
                  "Sampo: a command handler is StateEffect<State>(const State&, Command&&).");
    using R = std::remove_cvref_t<std::invoke_result_t<Function&, const State&, Command&&>>;
    if constexpr (kReplies) {
      static_assert(std::is_same_v<R, StateReplyEffect<State>>,
                    "Sampo: with enforced replies a command handler returns "
                    "StateReplyEffect<State>.");
    } else {
      static_assert(
          std::is_same_v<R, StateEffect<State>> || std::is_same_v<R, StateReplyEffect<State>>,
          "Sampo: a command handler is StateEffect<State>(const State&, Command&&).");
    }
    call_ = [f = Function(std::forward<F>(function))](const State& state,
                                                      Command&& command) mutable {
      return f(state, std::move(command)).Release();
    };
  }
  BaseStateEffect<State> Call(const State& state, Command&& command) {
    return call_(state, std::move(command));
  }

 private:
  UniqueFunction<BaseStateEffect<State>(const State&, Command&&)> call_;
};

// What all incarnations of one actor share.
template <class Options>
struct DurableStateShared {
  Options options;
  std::shared_ptr<StoredForm<typename Options::StateType>> states;  // null: no codec
  std::shared_ptr<const DurableStateSettings> settings;

  explicit DurableStateShared(Options from) : options(std::move(from)) {
    states = AdapterAccess::FormOf(options.snapshot_adapter);
    settings = std::make_shared<DurableStateSettings>(DurableStateSettings{
        .persistence_id = options.persistence_id,
        .store = options.plugins.states,
        .recovery_timeout = options.recovery_timeout,
        .tag = options.tag,
        .can_store = states != nullptr,
        .node = {.stash_capacity = static_cast<size_t>(std::max(0, options.stash_capacity)),
                 .on_stash_full = options.on_stash_full,
                 .on_persist_failure = options.on_persist_failure},
    });
  }
};

template <class Options>
class TypedDurableStateNode final : public DurableStateNode {
 public:
  using Command = typename Options::CommandType;
  using State = typename Options::StateType;
  using EffectType = BaseStateEffect<State>;
  using Shared = DurableStateShared<Options>;

  TypedDurableStateNode(ContextBase& context, std::shared_ptr<Shared> shared)
      : DurableStateNode(context, shared->settings),
        shared_(std::move(shared)),
        state_(shared_->options.empty_state) {}

 private:
  Word OnCommand(ContextBase& context, Envelope& envelope) override {
    if constexpr (::sampo::internal::VariantProtocol<Command>) {
      Command command = ::sampo::internal::WholeMessage<Command>(envelope);
      return Handle(context, envelope, command);
    } else {
      return Handle(context, envelope, envelope.As<Command>());
    }
  }
  Word Handle(ContextBase& context, Envelope& envelope, Command& command) {
    EffectType effect = shared_->options.on_command.Call(state_, std::move(command));
    switch (EffectAccess::Kind(effect)) {
      case EffectKind::kUnhandled:
        PutBack(envelope, command);
        return RunSteps(effect) == ::sampo::internal::kStopped ? ::sampo::internal::kStopped
                                                               : ::sampo::internal::kUnhandled;
      case EffectKind::kStash: {
        PutBack(envelope, command);
        const Word stashed = StashUser(context, envelope);
        const Word next = RunSteps(effect);
        return stashed != ::sampo::internal::kSame ? stashed : next;
      }
      case EffectKind::kPersist:
        pending_.emplace(std::move(effect));
        return BeginWrite(context);
      case EffectKind::kNone:
        break;
    }
    return RunSteps(effect);
  }
  Word RunSteps(EffectType& effect) {
    Word next = ::sampo::internal::kSame;
    for (EffectStep<State>& step : EffectAccess::Steps(effect)) {
      switch (step.kind) {
        case StepKind::kRun:
          step.run(state_);
          break;
        case StepKind::kUnstashAll:
          stash().UnstashAll();
          break;
        case StepKind::kStop:
          next = ::sampo::internal::kStopped;
          break;
      }
    }
    return next;
  }

  // --- what the state machine asks for ---
  void ResetState() override {
    state_ = shared_->options.empty_state;
    pending_.reset();
  }
  absl::Status RestoreState(const StateRecord& record) override {
    std::vector<State> states;
    absl::Status decoded = Guarded([&] {
      return shared_->states->Decode(record.manifest, record.version, record.payload, states);
    });
    if (!decoded.ok()) return decoded;
    if (states.size() != 1) return absl::DataLossError("the adapter made no state of it");
    state_ = std::move(states.front());
    return absl::OkStatus();
  }
  std::optional<State>& pending_state() { return EffectAccess::Events(*pending_).front().state; }
  bool pending_has_state() override { return pending_state().has_value(); }
  absl::Status EncodePending(StateRecord& record) override {
    EncodedValue encoded;
    absl::Status status =
        Guarded([&] { return shared_->states->Encode(*pending_state(), encoded); });
    if (!status.ok()) return status;
    record.manifest = std::move(encoded.manifest);
    record.version = encoded.version;
    record.payload = std::move(encoded.payload);
    return status;
  }
  // What an adapter throws, as a status.
  template <class F>
  static absl::Status Guarded(F&& code) {
    try {
      return code();
    } catch (...) {
      return StatusOfHandlerException();
    }
  }
  void AdoptPending() override {
    if (pending_state().has_value()) {
      state_ = *std::move(pending_state());
    } else {
      state_ = shared_->options.empty_state;
    }
  }
  void DropPending() override { pending_.reset(); }
  Word RunPendingSteps() override {
    EffectType effect = *std::move(pending_);
    pending_.reset();
    return RunSteps(effect);
  }
  bool CallSignalHandler(const DurableStateSignal& signal) override {
    return shared_->options.on_signal.Call(state_, signal);
  }

  const std::shared_ptr<Shared> shared_;
  State state_;                        // the visible one
  std::optional<EffectType> pending_;  // whose state is being written
};

// Makes the node when the actor starts, and again at each restart.
template <class Options>
class DurableStateBlueprint final : public BehaviorNode {
 public:
  explicit DurableStateBlueprint(Options options)
      : shared_(std::make_shared<DurableStateShared<Options>>(std::move(options))) {}

  Word NodeReceive(ContextBase&, Envelope&) override { return ::sampo::internal::kUnhandled; }
  bool node_needs_start() const override { return true; }
  Word NodeStart(ContextBase& context) override { return NodeInstantiate(context); }
  bool node_restartable() const override { return true; }
  Word NodeInstantiate(ContextBase& context) const override {
    // Not found out at the spawn where a Setup made this behavior.
    absl::Status fit = shared_->settings->Check();
    if (!fit.ok()) return ::sampo::internal::MakeFailWord(std::move(fit));
    auto node = std::make_unique<TypedDurableStateNode<Options>>(context, shared_);
    fit = node->FindStorage();
    if (!fit.ok()) return ::sampo::internal::MakeFailWord(std::move(fit));
    node->Begin(context);
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(node.release()));
  }
  absl::Status NodeCheckSpawnable() const override { return shared_->settings->Check(); }

 private:
  const std::shared_ptr<DurableStateShared<Options>> shared_;
};

template <class Options>
Behavior<typename Options::CommandType> MakeDurableState(Options options) {
  using Command = typename Options::CommandType;
  static_assert(std::is_copy_constructible_v<typename Options::StateType>,
                "Sampo: the state must be copyable: each start begins with a copy of the empty "
                "one.");
  return ::sampo::internal::MakeNode<Command, DurableStateBlueprint<Options>>(std::move(options));
}

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_TYPED_DURABLE_STATE_NODE_H_
