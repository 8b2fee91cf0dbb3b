// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/detail/durable_state_node.h"

#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {

template class SignallingNode<DurableStateSignals>;

using ::sampo::internal::kSame;

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
    : SignallingNode(context, settings->node), settings_(std::move(settings)) {}

DurableStateNode::~DurableStateNode() = default;

absl::Status DurableStateNode::FindStorage() {
  store_ = settings_->store != nullptr ? settings_->store
                                       : Persistence::Get(context().System()).plugins().states;
  if (store_ != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Named("there is no durable state store: call Persistence::Get(system).Use(...) before, or "
            "give .plugins"));
}

std::string_view DurableStateNode::PhaseName(Phase phase) const {
  switch (phase) {
    case Phase::kWriter:
      return "recover-state";
    case Phase::kWriting:
    case Phase::kRoom:
      return "persist-state";
    default:
      return SignallingNode::PhaseName(phase);
  }
}

// --- recovery ---

void DurableStateNode::BecomeWriter(ContextBase& context) {
  Pipe(context, store_->AcquireWriter(persistence_id().text()),
       [this](ContextBase& at, absl::StatusOr<StateGrant> grant) {
         return OnGrant(at, std::move(grant));
       });
}

Word DurableStateNode::OnGrant(ContextBase& context, absl::StatusOr<StateGrant> grant) {
  if (!grant.ok()) {
    return AwaitRoom(context, grant.status(), [this](ContextBase& at) { return AskForWriter(at); });
  }
  if (grant->state.has_value()) {
    absl::Status restored = RestoreState(*grant->state);
    if (!restored.ok()) {
      return FailRecovery(absl::Status(restored.code(), StrCat("revision ", grant->revision, ": ",
                                                               std::string(restored.message()))));
    }
  }
  StopTimer(context);
  set_epoch(grant->epoch);
  revision_ = grant->revision;
  ReleasePermit();  // others may recover while the signal is handled
  set_phase(Phase::kRunning);
  EmitSignal(RecoveryCompleted{.seq = revision_});
  return kSame;
}

// --- writing ---

Word DurableStateNode::BeginWrite(ContextBase& context) {
  no_room_count_ = 0;
  return SendPending(context);
}

Word DurableStateNode::SendPending(ContextBase& context) {
  absl::StatusOr<Future<StateResult>> written = Write(context);
  if (!written.ok()) return Reject(written.status());
  set_phase(Phase::kWriting);
  Pipe(context, *std::move(written), [this](ContextBase& at, absl::StatusOr<StateResult> result) {
    return OnWritten(at, ResultOf(std::move(result)));
  });
  return kSame;
}

absl::StatusOr<Future<StateResult>> DurableStateNode::Write(ContextBase& context) {
  if (!pending_has_state()) {
    return store_->Delete(persistence_id().text(), epoch(), revision_ + 1);
  }
  StateRecord record{.persistence_id = persistence_id().text(),
                     .revision = revision_ + 1,
                     .epoch = epoch(),
                     .written_at_micros = absl::ToUnixMicros(context.System().clock().WallTime()),
                     .tag = settings_->tag};
  absl::Status encoded = EncodePending(record);
  if (!encoded.ok()) return encoded;
  return store_->Upsert(std::move(record));
}

StateResult DurableStateNode::ResultOf(absl::StatusOr<StateResult> result) const {
  // A future that fails says nothing about the write.
  if (!result.ok()) return {WriteOutcome::kFailed, result.status()};
  if (result->outcome != WriteOutcome::kWritten && result->status.ok()) {
    result->status = absl::InternalError(StrCat(store_->name(), " says ", NameOf(result->outcome)));
  }
  return *std::move(result);
}

Word DurableStateNode::OnWritten(ContextBase& context, const StateResult& result) {
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
      return Fence(result.status);
    case WriteOutcome::kFailed:
      break;
  }
  return FailWrite(result.status);
}

Task<absl::Status> DurableStateNode::WriteInTask(ContextBase& context) {
  for (int attempt = 0;; ++attempt) {
    absl::StatusOr<Future<StateResult>> writing = Write(context);
    if (!writing.ok()) co_return EndTaskWrite(WriteOutcome::kRejected, writing.status());
    Future<StateResult> written = *std::move(writing);
    absl::StatusOr<StateResult> answer = co_await written;
    const StateResult result = ResultOf(std::move(answer));
    if (result.outcome == WriteOutcome::kNoRoom) {
      SleepOperation pause(context, RoomDelay(attempt));
      co_await std::move(pause);
      continue;
    }
    if (result.outcome != WriteOutcome::kWritten) {
      co_return EndTaskWrite(result.outcome, result.status);
    }
    ++revision_;
    AdoptPending();
    co_return absl::OkStatus();
  }
}

}  // namespace sampo::persistence::internal
