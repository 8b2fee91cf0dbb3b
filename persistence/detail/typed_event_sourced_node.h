// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The typed part of an event-sourced actor: states, events, and the user's functions.
#ifndef SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/event_stream.h"
#include "sampo/persistence/detail/event_sourced_handlers.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/persistent_context.h"

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
int64_t LastSequenceNumberOf(const ContextBase& context);
// The word of a coroutine that DriveHandler made: none of its own.
Word TakeDrivenWord(std::coroutine_handle<> handle);

// Puts a command that was moved out of its envelope back.
template <class C>
void PutBack(Envelope& envelope, C& command) {
  if constexpr (::sampo::internal::VariantProtocol<C>) {
    std::visit(
        [&](auto& held) {
          using A = std::remove_cvref_t<decltype(held)>;
          A& place = envelope.As<A>();
          std::destroy_at(&place);
          std::construct_at(&place, std::move(held));
        },
        command);
  }
}

// What all incarnations of one actor share.
template <class Options>
struct EventSourcedShared {
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
        .recovery_timeout = options.recovery_timeout,
        .snapshot_every = options.snapshot_every,
        .snapshot_when = static_cast<bool>(options.snapshot_when),
        .keep_snapshots = options.keep_snapshots,
        .delete_events_on_snapshot = options.delete_events_on_snapshot,
        .can_snapshot = states != nullptr,
        .can_store_events = events != nullptr,
        .node = {.stash_capacity = static_cast<size_t>(std::max(0, options.stash_capacity)),
                 .on_stash_full = options.on_stash_full,
                 .on_persist_failure = options.on_persist_failure},
    });
  }
};

template <class Options>
class TypedEventSourcedNode final
    : public EventSourcedNode,
      private PersistingNode<typename Options::EventType, typename Options::StateType> {
 public:
  using Command = typename Options::CommandType;
  using Event = typename Options::EventType;
  using State = typename Options::StateType;
  using EffectType = Effect<Event, State>;
  using Shared = EventSourcedShared<Options>;

  TypedEventSourcedNode(ContextBase& context, std::shared_ptr<Shared> shared)
      : EventSourcedNode(context, shared->settings),
        shared_(std::move(shared)),
        state_(shared_->options.empty_state),
        persistent_context_(static_cast<ActorContext<Command>&>(context), *this) {}

 private:
  friend struct EventSourcedAccess;
  Options& options() { return shared_->options; }

  // --- commands ---
  Word OnCommand(ContextBase& context, Envelope& envelope) override {
    if (options().on_command.is_coroutine()) return StartTask(context, envelope);
    if constexpr (::sampo::internal::VariantProtocol<Command>) {
      Command command = ::sampo::internal::WholeMessage<Command>(envelope);
      return Handle(context, envelope, command);
    } else {
      return Handle(context, envelope, envelope.As<Command>());
    }
  }
  Word Handle(ContextBase& context, Envelope& envelope, Command& command) {
    EffectType effect = options().on_command.Call(state_, std::move(command));
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
      default:
        return Execute(context, std::move(effect));
    }
  }
  // None and Persist.
  Word Execute(ContextBase& context, EffectType effect) {
    if (EffectAccess::Kind(effect) != EffectKind::kPersist) return RunSteps(effect);
    auto& events = EffectAccess::Events(effect);
    absl::Status applied = ApplyPending(events);
    if (!applied.ok()) return ::sampo::internal::MakeFailWord(std::move(applied));
    pending_.emplace(std::move(effect));
    return BeginWrite(context);
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

  // --- coroutine handlers ---
  Word StartTask(ContextBase& context, Envelope& envelope) {
    task_command_.emplace(::sampo::internal::WholeMessage<Command>(envelope));
    task_running_ = false;  // until its coroutine begins
    EnterTask();
    std::coroutine_handle<> handle = options().on_command.Start(
        persistent_context_, std::move(*task_command_), &task_effect_, &task_running_);
    const Word word = context.RunTask(handle, envelope, &TakeDrivenWord);
    return word == ::sampo::internal::kSuspended ? word : OnTaskDone(context);
  }
  Word OnTaskDone(ContextBase& context) override {
    task_command_.reset();
    std::optional<EffectType> effect = std::exchange(task_effect_, std::nullopt);
    const bool ended = is_fenced_or_failed();
    Word next = ::sampo::internal::kSame;
    if (effect.has_value() && (!ended || EffectAccess::Kind(*effect) == EffectKind::kNone)) {
      if (ended) {
        ::sampo::internal::DestroyWord(RunSteps(*effect));
      } else {
        LeaveTask();
        return ExecuteOfTask(context, *std::move(effect));
      }
    }
    next = LeaveTask();
    return next;
  }
  Word ExecuteOfTask(ContextBase& context, EffectType effect) {
    switch (EffectAccess::Kind(effect)) {
      case EffectKind::kUnhandled:
        return ::sampo::internal::kUnhandled;
      case EffectKind::kStash:
        return ::sampo::internal::MakeFailWord(absl::FailedPreconditionError(
            Named("a coroutine handler can't stash its command: its parts are moved away")));
      default:
        return Execute(context, std::move(effect));
    }
  }
  const State& visible_state() const override { return state_; }
  Task<absl::Status> PersistInTask(std::vector<Event> events) override {
    if (events.empty()) co_return absl::OkStatus();
    if (is_fenced_or_failed()) {
      auto refused = WriteInTask(context());
      co_return co_await std::move(refused);
    }
    EffectType effect = EffectType::PersistAll(std::move(events));
    absl::Status applied = ApplyPending(EffectAccess::Events(effect));
    if (!applied.ok()) co_return applied;
    pending_.emplace(std::move(effect));
    auto written = WriteInTask(context());
    absl::Status status = co_await std::move(written);
    pending_.reset();
    co_return status;
  }

  // --- what the state machine asks for ---
  void ResetState() override {
    state_ = shared_->options.empty_state;
    DropPending();
  }
  absl::Status ApplyStored(const StoredEvent& stored) override {
    scratch_.clear();
    return Guarded([&] {
      absl::Status decoded =
          shared_->events->Decode(stored.manifest, stored.version, stored.payload, scratch_);
      if (!decoded.ok()) return decoded;
      for (const Event& event : scratch_) {
        absl::StatusOr<State> next = options().on_event.ApplyTo(std::move(state_), event);
        if (!next.ok()) return next.status();
        state_ = *std::move(next);
      }
      return absl::OkStatus();
    });
  }
  absl::Status RestoreState(const SnapshotRecord& snapshot) override {
    std::vector<State> states;
    absl::Status decoded = Guarded([&] {
      return shared_->states->Decode(snapshot.manifest, snapshot.version, snapshot.payload, states);
    });
    if (!decoded.ok()) return decoded;
    if (states.size() != 1) return absl::DataLossError("the adapter made no state of it");
    state_ = std::move(states.front());
    return absl::OkStatus();
  }
  absl::Status EncodeState(SnapshotRecord& snapshot) override {
    EncodedValue encoded;
    absl::Status status = Guarded([&] { return shared_->states->Encode(state_, encoded); });
    if (!status.ok()) return status;
    snapshot.manifest = std::move(encoded.manifest);
    snapshot.version = encoded.version;
    snapshot.payload = std::move(encoded.payload);
    return status;
  }
  absl::Status EncodePending(std::vector<EventRecord>& records) override {
    auto& events = EffectAccess::Events(*pending_);
    records.reserve(events.size());
    return Guarded([&] {
      absl::Status status;
      for (auto event = events.begin(); event != events.end() && status.ok(); ++event) {
        status = EncodeEvent(*event, records.emplace_back());
      }
      return status;
    });
  }
  absl::Status EncodeEvent(const Event& event, EventRecord& record) {
    EncodedValue encoded;
    absl::Status status = shared_->events->Encode(event, encoded);
    if (!status.ok()) return status;
    record.manifest = std::move(encoded.manifest);
    record.version = encoded.version;
    record.payload = std::move(encoded.payload);
    if (options().tags) record.tags = options().tags(*pending_state_, event);
    if (options().metadata) record.metadata = options().metadata(*pending_state_, event);
    return status;
  }
  // What an adapter, a tagger, or an event handler during recovery throws, as a status.
  template <class F>
  static absl::Status Guarded(F&& encode) {
    try {
      return encode();
    } catch (...) {
      return StatusOfHandlerException();
    }
  }
  void AdoptPending() override {
    state_ = *std::move(pending_state_);
    pending_state_.reset();
    if (options().publish_events) PublishPending();
  }
  void DropPending() override {
    pending_state_.reset();
    pending_.reset();
    wants_snapshot_ = false;
  }
  bool pending_wants_snapshot() const override { return wants_snapshot_; }
  Word RunPendingSteps(ContextBase&) override {
    if (!pending_.has_value()) return ::sampo::internal::kSame;  // a snapshot after a recovery
    EffectType effect = *std::move(pending_);
    pending_.reset();
    return RunSteps(effect);
  }
  bool CallSignalHandler(const PersistenceSignal& signal) override {
    return options().on_signal.Call(state_, signal);
  }
  void OnFailure(ContextBase&) override {
    if (in_task() && !task_running_) {  // the coroutine has thrown
      task_effect_.reset();
      task_command_.reset();
      DropPending();
      // What its writes came to counts more than what it threw then.
      const Word next = LeaveTask();
      if (next == ::sampo::internal::kStopped) StopInsteadOfFailing();
      ::sampo::internal::DestroyWord(next);
    } else if (ready()) {
      DropPending();  // the event handler has thrown
    }
  }

  // The state after the events, beside the visible one.
  template <class Events>
  absl::Status ApplyPending(const Events& events) {
    struct Reset {
      TypedEventSourcedNode* node;
      ~Reset() { node->set_applying_seq(0); }
    } reset{this};
    wants_snapshot_ = false;
    std::optional<State> next;
    int64_t seq = last_seq();
    for (const Event& event : events) {
      set_applying_seq(++seq);
      absl::StatusOr<State> after = next.has_value()
                                        ? options().on_event.ApplyTo(*std::move(next), event)
                                        : options().on_event.Apply(state_, event);
      if (!after.ok()) return after.status();
      next.emplace(*std::move(after));
      if (options().snapshot_when && options().snapshot_when(*next, event)) wants_snapshot_ = true;
    }
    pending_state_ = std::move(next);
    return absl::OkStatus();
  }
  // The numbers are given already: the last event has last_seq().
  void PublishPending() {
    EventStream& stream = context().System().event_stream();
    if (!stream.HasSubscribers<PersistedEvent<Event>>()) return;
    auto& events = EffectAccess::Events(*pending_);
    int64_t seq = last_seq() - static_cast<int64_t>(events.size());
    for (const Event& event : events) {
      stream.Publish(PersistedEvent<Event>{persistence_id().text(), ++seq, event});
    }
  }

  const std::shared_ptr<Shared> shared_;
  State state_;  // the visible one
  bool wants_snapshot_ = false;
  bool task_running_ = false;
  std::optional<State> pending_state_;
  std::optional<EffectType> pending_;  // whose events are being written
  std::optional<EffectType> task_effect_;
  std::optional<Command> task_command_;
  std::vector<Event> scratch_;  // of one stored event
  PersistentContext<Command, Event, State> persistent_context_;
};

// Makes the node when the actor starts, and again at each restart.
template <class Options>
class EventSourcedBlueprint final : public BehaviorNode {
 public:
  explicit EventSourcedBlueprint(Options options)
      : shared_(std::make_shared<EventSourcedShared<Options>>(std::move(options))) {}

  Word NodeReceive(ContextBase&, Envelope&) override { return ::sampo::internal::kUnhandled; }
  bool node_needs_start() const override { return true; }
  Word NodeStart(ContextBase& context) override { return NodeInstantiate(context); }
  bool node_restartable() const override { return true; }
  Word NodeInstantiate(ContextBase& context) const override {
    // Not found out at the spawn where a Setup made this behavior.
    absl::Status fit = shared_->settings->Check();
    if (!fit.ok()) return ::sampo::internal::MakeFailWord(std::move(fit));
    auto node = std::make_unique<TypedEventSourcedNode<Options>>(context, shared_);
    fit = node->FindStorage();
    if (!fit.ok()) return ::sampo::internal::MakeFailWord(std::move(fit));
    node->Begin(context);
    return reinterpret_cast<Word>(static_cast<BehaviorNode*>(node.release()));
  }
  absl::Status NodeCheckSpawnable() const override { return shared_->settings->Check(); }

 private:
  const std::shared_ptr<EventSourcedShared<Options>> shared_;
};

template <class Options>
Behavior<typename Options::CommandType> MakeEventSourced(Options options) {
  using Command = typename Options::CommandType;
  static_assert(std::is_copy_constructible_v<typename Options::StateType>,
                "Sampo: the state must be copyable: the one before a write stays visible until it "
                "is stored.");
  return ::sampo::internal::MakeNode<Command, EventSourcedBlueprint<Options>>(std::move(options));
}

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_TYPED_EVENT_SOURCED_NODE_H_
