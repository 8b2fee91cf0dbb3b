// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TypedPersistentNode: a persistent actor's state, its command handler, and what an effect is
// carried out as; the same for both kinds of behavior. `Base` is their untyped state machine:
// EventSourcedNode or DurableStateNode.
//
// Threads: the actor's turn. Lifetime: one for each start of the actor.
#ifndef SAMPO_PERSISTENCE_DETAIL_TYPED_PERSISTENT_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_TYPED_PERSISTENT_NODE_H_

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/task.h"
#include "sampo/persistence/detail/command_handler.h"
#include "sampo/persistence/detail/persistent_node.h"
#include "sampo/persistence/effect.h"
#include "sampo/persistence/event_adapter.h"

namespace sampo::persistence::internal {

int64_t LastSequenceNumberOf(const ContextBase& context);
// The word of a coroutine that DriveHandler made: none of its own.
Word TakeDrivenWord(std::coroutine_handle<> handle);
// Says on the event stream that the command being handled was left unhandled.
void PublishUnhandled(ContextBase& context);

// What an adapter, a tagger, or an event handler during recovery throws, as a status.
template <class F>
absl::Status Guarded(F&& code) {
  try {
    return code();
  } catch (...) {
    return StatusOfHandlerException();
  }
}

// Record is an EventRecord, a SnapshotRecord or a StateRecord.
template <class Form, class Value, class Record>
absl::Status EncodeInto(Form& form, const Value& value, Record& record) {
  EncodedValue encoded;
  absl::Status status = Guarded([&] { return form.Encode(value, encoded); });
  if (!status.ok()) return status;
  record.manifest = std::move(encoded.manifest);
  record.version = encoded.version;
  record.payload = std::move(encoded.payload);
  return status;
}
template <class State, class Record>
absl::Status DecodeState(StoredForm<State>& form, const Record& record, State& state) {
  std::vector<State> states;
  absl::Status decoded =
      Guarded([&] { return form.Decode(record.manifest, record.version, record.payload, states); });
  if (!decoded.ok()) return decoded;
  if (states.size() != 1) return absl::DataLossError("the adapter made no state of it");
  state = std::move(states.front());
  return absl::OkStatus();
}

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

template <class Base, class SharedParts>
class TypedPersistentNode
    : public Base,
      private PersistingNode<typename SharedParts::Kind::Event, typename SharedParts::Kind::State> {
 public:
  using Shared = SharedParts;
  using Kind = typename Shared::Kind;
  using Command = typename Kind::Command;
  using Event = typename Kind::Event;
  using State = typename Kind::State;
  using EffectType = typename Kind::EffectType;

 protected:
  TypedPersistentNode(ContextBase& context, std::shared_ptr<Shared> shared)
      : Base(context, shared->settings),
        shared_(std::move(shared)),
        state_(options().empty_state),
        task_context_(static_cast<ActorContext<Command>&>(context), *this) {}

  // What is to be done with the pending events before they are stored; not OK: they are not.
  virtual absl::Status PreparePending(EffectType& effect) = 0;

  auto& options() { return shared_->options; }
  const std::shared_ptr<Shared>& shared() const { return shared_; }
  State& state() { return state_; }
  // Whose events are being written.
  std::optional<EffectType>& pending() { return pending_; }

  void DropPending() override { pending_.reset(); }

 private:
  void ResetState() final {
    state_ = options().empty_state;
    DropPending();
  }

  // --- commands ---
  Word OnCommand(ContextBase& context, Envelope& envelope) final {
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
      case EffectKind::kUnhandled: {
        PutBack(envelope, command);
        const Word next = RunSteps(effect);
        if (next == ::sampo::internal::kSame) return ::sampo::internal::kUnhandled;
        PublishUnhandled(context);  // a word says one thing
        return next;
      }
      case EffectKind::kStash: {
        PutBack(envelope, command);
        const Word stashed = this->StashUser(context, envelope);
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
    absl::Status prepared = PreparePending(effect);
    if (!prepared.ok()) return ::sampo::internal::MakeFailWord(std::move(prepared));
    pending_.emplace(std::move(effect));
    return this->BeginWrite(context);
  }
  Word RunSteps(EffectType& effect) {
    Word next = ::sampo::internal::kSame;
    for (EffectStep<State>& step : EffectAccess::Steps(effect)) {
      switch (step.kind) {
        case StepKind::kRun:
          step.run(state_);
          break;
        case StepKind::kUnstashAll:
          this->stash().UnstashAll();
          break;
        case StepKind::kStop:
          next = ::sampo::internal::kStopped;
          break;
      }
    }
    return next;
  }
  Word RunPendingSteps() final {
    if (!pending_.has_value()) return ::sampo::internal::kSame;  // a snapshot after a recovery
    EffectType effect = *std::move(pending_);
    pending_.reset();
    options().on_command.NoteWritten(state_);
    return RunSteps(effect);
  }

  // --- coroutine handlers ---
  Word StartTask(ContextBase& context, Envelope& envelope) {
    task_command_.emplace(::sampo::internal::WholeMessage<Command>(envelope));
    task_running_ = false;  // until its coroutine begins
    this->EnterTask();
    std::coroutine_handle<> handle = options().on_command.Start(
        task_context_, std::move(*task_command_), &task_effect_, &task_running_);
    const Word word = context.RunTask(handle, envelope, &TakeDrivenWord);
    return word == ::sampo::internal::kSuspended ? word : OnTaskDone(context);
  }
  Word OnTaskDone(ContextBase& context) final {
    task_command_.reset();
    std::optional<EffectType> effect = std::exchange(task_effect_, std::nullopt);
    if (this->task_end().ok()) {
      this->LeaveTask();
      return effect.has_value() ? ExecuteOfTask(context, *std::move(effect))
                                : ::sampo::internal::kSame;
    }
    // It may still answer; what it wants to store is not.
    if (effect.has_value() && EffectAccess::Kind(*effect) != EffectKind::kPersist) {
      ::sampo::internal::DestroyWord(ExecuteOfTask(context, *std::move(effect)));
    }
    return this->LeaveTask();
  }
  Word ExecuteOfTask(ContextBase& context, EffectType effect) {
    switch (EffectAccess::Kind(effect)) {
      case EffectKind::kUnhandled:
        // Not as a word: the second side of an OrElse would get a command without its parts.
        PublishUnhandled(context);
        return RunSteps(effect);
      case EffectKind::kStash:
        return ::sampo::internal::MakeFailWord(absl::FailedPreconditionError(
            this->Named("a coroutine handler can't stash its command: its parts are moved away")));
      default:
        return Execute(context, std::move(effect));
    }
  }
  const State& visible_state() const final { return state_; }
  Task<absl::Status> PersistInTask(std::vector<Event> events) final {
    if (events.empty()) co_return absl::OkStatus();
    if (!this->task_end().ok()) co_return this->task_end();
    EffectType effect = EffectType::PersistAll(std::move(events));
    absl::Status prepared = PreparePending(effect);
    if (!prepared.ok()) co_return prepared;
    pending_.emplace(std::move(effect));
    auto written = this->WriteInTask(this->context());
    absl::Status status = co_await std::move(written);
    pending_.reset();
    if (status.ok()) options().on_command.NoteWritten(state_);
    co_return status;
  }
  void OnFailure(ContextBase&) final {
    if (this->in_task() && !task_running_) {  // the coroutine has thrown
      task_effect_.reset();
      task_command_.reset();
      DropPending();
      // What its writes came to counts more than what it threw then.
      const Word next = this->LeaveTask();
      if (next == ::sampo::internal::kStopped) this->StopInsteadOfFailing();
      ::sampo::internal::DestroyWord(next);
    } else if (this->ready()) {
      DropPending();  // the event handler has thrown
    }
  }

  const std::shared_ptr<Shared> shared_;
  State state_;  // the visible one
  bool task_running_ = false;
  std::optional<EffectType> pending_;
  std::optional<EffectType> task_effect_;
  std::optional<Command> task_command_;
  typename Kind::Context task_context_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_TYPED_PERSISTENT_NODE_H_
