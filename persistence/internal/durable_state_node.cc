// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/durable_state_node.h"

#include <utility>
#include <variant>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {

using ::sampo::internal::kSame;
using ::sampo::internal::kStopped;
using ::sampo::internal::kUnhandled;
using ::sampo::internal::MakeFailWord;
using ::sampo::internal::SignalKind;
using ::sampo::internal::SignalRef;

absl::Status DurableStateSettings::Check() const {
  absl::Status id = persistence_id.status();
  if (!id.ok()) return id;
  if (!can_store) {
    return absl::InvalidArgumentError(
        StrCat(persistence_id.text(),
               ": its state can't be stored: specialise ProtoCodec<State> in a header seen where "
               "the behavior is made, or give .snapshot_adapter"));
  }
  if (tag.size() > kTagBytesMax) {
    return absl::InvalidArgumentError(StrCat(persistence_id.text(), ": its tag has ", tag.size(),
                                             " bytes, at most ", kTagBytesMax, " are stored"));
  }
  return absl::OkStatus();
}

DurableStateNode::DurableStateNode(ContextBase& context,
                                   std::shared_ptr<const DurableStateSettings> settings)
    : PersistentNode(context, settings->node), settings_(std::move(settings)) {}

DurableStateNode::~DurableStateNode() = default;

absl::Status DurableStateNode::FindStorage() {
  store_ = settings_->store != nullptr ? settings_->store
                                       : Persistence::Get(context().System()).plugins().states;
  if (store_ != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Named("there is no durable state store: call Persistence::Get(system).Use(...) before, or "
            "give .plugins"));
}

std::string DurableStateNode::Named(std::string_view text) const {
  return StrCat(persistence_id().text(), ": ", text);
}

void DurableStateNode::set_phase(Phase phase) {
  phase_ = phase;
  set_ready(phase == Phase::kRunning);
}

// --- recovery ---

void DurableStateNode::Begin(ContextBase& context) {
  NewIncarnation();
  set_phase(Phase::kPermit);
  ResetState();
  epoch_ = 0;
  revision_ = 0;
  Pipe(context, Persistence::Get(context.System()).permits().Acquire(),
       [this](ContextBase& at, absl::StatusOr<RecoveryPermit> permit) {
         return OnPermit(at, std::move(permit));
       });
}

Word DurableStateNode::OnPermit(ContextBase& context, absl::StatusOr<RecoveryPermit> permit) {
  if (!permit.ok()) return FailRecovery(permit.status());
  permit_ = *std::move(permit);
  set_phase(Phase::kWriter);
  StartTimer(context, settings_->recovery_timeout, [this](ContextBase&) {
    return FailRecovery(absl::DeadlineExceededError(
        StrCat("becoming the writer: no answer within ",
               absl::FormatDuration(settings_->recovery_timeout), " (recovery_timeout)")));
  });
  Pipe(context, store_->AcquireWriter(persistence_id().text()),
       [this](ContextBase& at, absl::StatusOr<StateGrant> grant) {
         return OnGrant(at, std::move(grant));
       });
  return kSame;
}

Word DurableStateNode::OnGrant(ContextBase& context, absl::StatusOr<StateGrant> grant) {
  if (!grant.ok()) return FailRecovery(grant.status());
  if (grant->state.has_value()) {
    absl::Status restored = RestoreState(*grant->state);
    if (!restored.ok()) {
      return FailRecovery(absl::Status(restored.code(), StrCat("revision ", grant->revision, ": ",
                                                               std::string(restored.message()))));
    }
  }
  StopTimer(context);
  epoch_ = grant->epoch;
  revision_ = grant->revision;
  permit_ = RecoveryPermit();  // others may recover while the signal is handled
  set_phase(Phase::kRunning);
  EmitSignal(RecoveryCompleted{.seq = revision_});
  return kSame;
}

Word DurableStateNode::FailRecovery(absl::Status status) {
  permit_ = RecoveryPermit();
  set_phase(Phase::kEnded);
  absl::Status named(status.code(), Named(StrCat("recovery: ", std::string(status.message()))));
  EmitSignal(RecoveryFailed{named});
  const bool retry = !absl::IsDataLoss(named);  // lost bytes do not come back by waiting
  return FailStorage(std::move(named), retry);
}

// --- writing ---

Word DurableStateNode::BeginWrite(ContextBase& context) {
  no_room_count_ = 0;
  return SendPending(context);
}

Word DurableStateNode::SendPending(ContextBase& context) {
  const auto then = [this](ContextBase& at, absl::StatusOr<StateResult> result) {
    // A future that fails says nothing about the write.
    return OnWritten(
        at, result.ok() ? *std::move(result) : StateResult{WriteOutcome::kFailed, result.status()});
  };
  if (!pending_has_state()) {
    set_phase(Phase::kWriting);
    Pipe(context, store_->Delete(persistence_id().text(), epoch_, revision_ + 1), then);
    return kSame;
  }
  StateRecord record{.persistence_id = persistence_id().text(),
                     .revision = revision_ + 1,
                     .epoch = epoch_,
                     .written_at_micros = absl::ToUnixMicros(context.System().clock().WallTime()),
                     .tag = settings_->tag};
  absl::Status encoded = EncodePending(record);
  if (!encoded.ok()) return Reject(encoded);
  set_phase(Phase::kWriting);
  Pipe(context, store_->Upsert(std::move(record)), then);
  return kSame;
}

Word DurableStateNode::OnWritten(ContextBase& context, StateResult result) {
  if (result.outcome != WriteOutcome::kWritten && result.status.ok()) {
    result.status = absl::InternalError(StrCat(store_->name(), " says ", NameOf(result.outcome)));
  }
  switch (result.outcome) {
    case WriteOutcome::kWritten:
      ++revision_;
      AdoptPending();
      set_phase(Phase::kRunning);
      return RunPendingSteps();
    case WriteOutcome::kNoRoom:
      set_phase(Phase::kRoom);
      StartTimer(context, RoomDelay(no_room_count_++),
                 [this](ContextBase& at) { return SendPending(at); });
      return kSame;
    case WriteOutcome::kRejected:
      return Reject(result.status);
    case WriteOutcome::kFenced:
      return Fence(context, result.status);
    case WriteOutcome::kFailed:
      break;
  }
  return FailWrite(result.status);
}

Word DurableStateNode::Reject(const absl::Status& status) {
  DropPending();
  set_phase(Phase::kRunning);
  absl::Status named(status.code(),
                     Named(StrCat("revision ", revision_ + 1, " was rejected, and is not stored: ",
                                  std::string(status.message()))));
  EmitSignal(StatePersistRejected{named});
  return MakeFailWord(std::move(named));
}

// Stops without failing, as an event-sourced actor does: a supervisor that restarts would take the
// id back from the new writer, for ever, in turns.
Word DurableStateNode::Fence(ContextBase& context, const absl::Status& status) {
  DropPending();
  set_phase(Phase::kEnded);
  NewIncarnation();
  const absl::Status fenced = absl::FailedPreconditionError(
      Named(StrCat("the writer of epoch ", epoch_,
                   " has been replaced and stops: ", std::string(status.message()))));
  context.Log().Error(fenced.ToString());
  EmitSignal(WriterFenced{fenced});
  return kStopped;
}

Word DurableStateNode::FailWrite(const absl::Status& status) {
  DropPending();
  set_phase(Phase::kEnded);
  absl::Status named(
      status.code(),
      Named(StrCat("the write of revision ", revision_ + 1,
                   " failed, and may be stored or not: ", std::string(status.message()))));
  EmitSignal(StatePersistFailed{named});
  return FailStorage(std::move(named));
}

// --- signals ---

void DurableStateNode::EmitSignal(const DurableStateSignal& signal) {
  try {
    CallSignalHandler(signal);
  } catch (...) {  // of the user's handler
    absl::Status status = StatusOfHandlerException();
    // A failed turn would be restarted; who is fenced must not be.
    if (std::holds_alternative<WriterFenced>(signal)) {
      return context().Log().Error(Named("on_signal of WriterFenced: "), status.ToString());
    }
    context().FailTurn(std::move(status));
  }
}

Word DurableStateNode::OnSignal(ContextBase&, SignalRef signal) {
  bool handled = false;
  switch (signal.kind) {
    case SignalKind::kPreRestart:
      handled = CallSignalHandler(*static_cast<const PreRestart*>(signal.signal));
      break;
    case SignalKind::kPostStop:
      permit_ = RecoveryPermit();
      handled = CallSignalHandler(*static_cast<const PostStop*>(signal.signal));
      break;
    case SignalKind::kTerminated:
      handled = CallSignalHandler(*static_cast<const Terminated*>(signal.signal));
      break;
    case SignalKind::kChildFailed:
      handled = CallSignalHandler(*static_cast<const ChildFailed*>(signal.signal));
      break;
    case SignalKind::kMessageAdaptionFailure:
      break;
  }
  return handled ? kSame : kUnhandled;
}

void DurableStateNode::OnPreRestart(ContextBase&) { EmitSignal(PreRestart{}); }

// Its handlers are no coroutines.
Word DurableStateNode::OnTaskDone(ContextBase&) { return kSame; }

void DurableStateNode::OnFailure(ContextBase&) {
  if (ready()) DropPending();
}

}  // namespace sampo::persistence::internal
