// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The typed part of an event-sourced actor: states, events, and the user's functions.
#ifndef SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/event_stream.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/detail/typed_persistent_node.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/event_adapter.h"

namespace sampo::persistence {

// A stored event on the event stream; see EventSourcedOptions::publish_events.
template <class Event>
struct PersistedEvent {
  std::string persistence_id;
  int64_t seq = 0;
  Event event;
};

namespace internal {

struct EventSourcedAccess;  // of the test kit: it looks at states and functions

// What all incarnations of one actor share.
template <class Options>
struct EventSourcedShared {
  using Kind = typename decltype(Options::on_command)::Kind;

  Options options;
  std::shared_ptr<const EventSourcedSettings> settings;
  std::shared_ptr<StoredForm<typename Options::EventType>> events;
  std::shared_ptr<StoredForm<typename Options::StateType>> states;  // null: no codec

  explicit EventSourcedShared(Options from) : options(std::move(from)) {
    events = AdapterAccess::FormOf(options.event_adapter);
    states = AdapterAccess::FormOf(options.snapshot_adapter);
    settings = std::make_shared<EventSourcedSettings>(EventSourcedSettings{
        .persistence_id = options.persistence_id,
        .plugins = options.plugins,
        .recovery = options.recovery,
        .snapshot_every = options.snapshot_every,
        .snapshot_when = static_cast<bool>(options.snapshot_when),
        .keep_snapshots = options.keep_snapshots,
        .delete_events_on_snapshot = options.delete_events_on_snapshot,
        .can_snapshot = states != nullptr,
        .can_store_events = events != nullptr,
        .node = {.stash_capacity = static_cast<size_t>(std::max(0, options.stash_capacity)),
                 .on_stash_full = options.on_stash_full,
                 .on_persist_failure = options.on_persist_failure,
                 .recovery_timeout = options.recovery_timeout},
    });
  }
};

template <class Options>
class TypedEventSourcedNode final
    : public TypedPersistentNode<EventSourcedNode, EventSourcedShared<Options>> {
  using Base = TypedPersistentNode<EventSourcedNode, EventSourcedShared<Options>>;

 public:
  using typename Base::EffectType;
  using typename Base::Event;
  using typename Base::Shared;
  using typename Base::State;

  TypedEventSourcedNode(ContextBase& context, std::shared_ptr<Shared> shared)
      : Base(context, std::move(shared)) {}

 private:
  friend struct EventSourcedAccess;
  using Base::options;
  using Base::pending;
  using Base::shared;
  using Base::state;

  // --- what the state machine asks for ---
  absl::Status ApplyStored(const StoredEvent& stored) override {
    scratch_.clear();
    return Guarded([&] {
      absl::Status decoded =
          shared()->events->Decode(stored.manifest, stored.version, stored.payload, scratch_);
      if (!decoded.ok()) return decoded;
      for (const Event& event : scratch_) {
        absl::StatusOr<State> next = options().on_event.ApplyTo(std::move(state()), event);
        if (!next.ok()) return next.status();
        state() = *std::move(next);
      }
      return absl::OkStatus();
    });
  }
  absl::Status RestoreState(const SnapshotRecord& snapshot) override {
    return DecodeState(*shared()->states, snapshot, state());
  }
  absl::Status EncodeState(SnapshotRecord& snapshot) override {
    return EncodeInto(*shared()->states, state(), snapshot);
  }
  absl::Status EncodePending(std::vector<EventRecord>& records) override {
    if (!labelled_.ok()) return labelled_;
    records = labels_;  // stays: the journal may have no room
    auto& events = EffectAccess::Events(*pending());
    records.resize(events.size());
    absl::Status status;
    for (size_t i = 0; i < events.size() && status.ok(); ++i) {
      status = EncodeInto(*shared()->events, events[i], records[i]);
    }
    return status;
  }
  // `state`: the one after this event.
  void Label(const State& state, const Event& event) {
    if (!labelled_.ok() || (!options().tags && !options().metadata)) return;
    EventRecord& record = labels_.emplace_back();
    labelled_ = Guarded([&] {
      if (options().tags) record.tags = options().tags(state, event);
      if (options().metadata) record.metadata = options().metadata(state, event);
      return absl::OkStatus();
    });
  }
  void DropLabels() {
    labels_.clear();
    labelled_ = absl::OkStatus();
  }
  void AdoptPending() override {
    state() = *std::move(pending_state_);
    pending_state_.reset();
    DropLabels();
    if (options().publish_events) PublishPending();
  }
  void DropPending() override {
    pending_state_.reset();
    DropLabels();
    wants_snapshot_ = false;
    Base::DropPending();
  }
  bool pending_wants_snapshot() const override { return wants_snapshot_; }
  bool CallSignalHandler(const PersistenceSignal& signal) override {
    return options().on_signal.Call(state(), signal);
  }

  // The state after the events, beside the visible one.
  absl::Status PreparePending(EffectType& effect) override {
    struct Reset {
      TypedEventSourcedNode* node;
      ~Reset() { node->set_applying_seq(0); }
    } reset{this};
    wants_snapshot_ = false;
    DropLabels();
    std::optional<State> next;
    int64_t seq = this->last_seq();
    for (const Event& event : EffectAccess::Events(effect)) {
      this->set_applying_seq(++seq);
      absl::StatusOr<State> after = next.has_value()
                                        ? options().on_event.ApplyTo(*std::move(next), event)
                                        : options().on_event.Apply(state(), event);
      if (!after.ok()) return after.status();
      next.emplace(*std::move(after));
      if (options().snapshot_when && options().snapshot_when(*next, event)) wants_snapshot_ = true;
      Label(*next, event);
    }
    pending_state_ = std::move(next);
    return absl::OkStatus();
  }
  // The numbers are given already: the last event has last_seq().
  void PublishPending() {
    EventStream& stream = this->context().System().event_stream();
    if (!stream.HasSubscribers<PersistedEvent<Event>>()) return;
    auto& events = EffectAccess::Events(*pending());
    int64_t seq = this->last_seq() - static_cast<int64_t>(events.size());
    for (const Event& event : events) {
      stream.Publish(PersistedEvent<Event>{this->persistence_id().text(), ++seq, event});
    }
  }

  bool wants_snapshot_ = false;
  std::optional<State> pending_state_;
  std::vector<EventRecord> labels_;  // tags and metadata of what is pending, where there are any
  absl::Status labelled_;            // what they threw
  std::vector<Event> scratch_;       // of one stored event
};

template <class Options>
Behavior<typename Options::CommandType> MakeEventSourced(Options options) {
  using Command = typename Options::CommandType;
  return ::sampo::internal::MakeNode<
      Command,
      PersistentBlueprint<Options, EventSourcedShared<Options>, TypedEventSourcedNode<Options>>>(
      std::move(options));
}

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_
