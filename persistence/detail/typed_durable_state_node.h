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
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/behavior.h"
#include "sampo/persistence/detail/durable_state_node.h"
#include "sampo/persistence/detail/typed_persistent_node.h"
#include "sampo/persistence/durable_state_context.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/state_signals.h"

namespace sampo::persistence::internal {

// What all incarnations of one actor share.
template <class Options>
struct DurableStateShared {
  using Kind = typename decltype(Options::on_command)::Kind;

  Options options;
  std::shared_ptr<StoredForm<typename Options::StateType>> states;  // null: no codec
  std::shared_ptr<const DurableStateSettings> settings;

  explicit DurableStateShared(Options from) : options(std::move(from)) {
    states = AdapterAccess::FormOf(options.snapshot_adapter);
    settings = std::make_shared<DurableStateSettings>(DurableStateSettings{
        .persistence_id = options.persistence_id,
        .store = options.plugins.states,
        .tag = options.tag,
        .can_store = states != nullptr,
        .node = {.stash_capacity = static_cast<size_t>(std::max(0, options.stash_capacity)),
                 .on_stash_full = options.on_stash_full,
                 .on_persist_failure = options.on_persist_failure,
                 .recovery_timeout = options.recovery_timeout},
    });
  }
};

template <class Options>
class TypedDurableStateNode final
    : public TypedPersistentNode<DurableStateNode, DurableStateShared<Options>> {
  using Base = TypedPersistentNode<DurableStateNode, DurableStateShared<Options>>;

 public:
  using typename Base::EffectType;
  using typename Base::Shared;
  using typename Base::State;

  TypedDurableStateNode(ContextBase& context, std::shared_ptr<Shared> shared)
      : Base(context, std::move(shared)) {}

 private:
  using Base::options;
  using Base::shared;
  using Base::state;

  absl::Status PreparePending(EffectType&) override { return absl::OkStatus(); }
  absl::Status RestoreState(const StateRecord& record) override {
    return DecodeState(*shared()->states, record, state());
  }
  std::optional<State>& pending_state() {
    return EffectAccess::Events(*this->pending()).front().state;
  }
  bool pending_has_state() override { return pending_state().has_value(); }
  absl::Status EncodePending(StateRecord& record) override {
    return EncodeInto(*shared()->states, *pending_state(), record);
  }
  void AdoptPending() override {
    state() = pending_state().has_value() ? *std::move(pending_state()) : options().empty_state;
  }
  bool CallSignalHandler(const DurableStateSignal& signal) override {
    return options().on_signal.Call(state(), signal);
  }
};

template <class Options>
Behavior<typename Options::CommandType> MakeDurableState(Options options) {
  using Command = typename Options::CommandType;
  return ::sampo::internal::MakeNode<
      Command,
      PersistentBlueprint<Options, DurableStateShared<Options>, TypedDurableStateNode<Options>>>(
      std::move(options));
}

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_TYPED_DURABLE_STATE_NODE_H_
