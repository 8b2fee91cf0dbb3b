// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Writing: from the pending events to what follows them, or to the end of the actor.
#include <utility>
#include <variant>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/internal/event_sourced_progress.h"

namespace sampo::persistence::internal {

using ::sampo::internal::kSame;
using ::sampo::internal::kStopped;
using ::sampo::internal::kUnhandled;
using ::sampo::internal::MakeFailWord;
using ::sampo::internal::SignalKind;
using ::sampo::internal::SignalRef;

EventSourcedNode::EventSourcedNode(ContextBase& context,
                                   std::shared_ptr<const EventSourcedSettings> settings)
    : PersistentNode(context, settings->node), settings_(std::move(settings)) {}

EventSourcedNode::~EventSourcedNode() = default;

absl::Status EventSourcedSettings::Check() const {
  absl::Status id = persistence_id.status();
  if (!id.ok()) return id;
  const auto invalid = [&](std::string_view text) {
    return absl::InvalidArgumentError(StrCat(persistence_id.text(), ": ", text));
  };
  if (!can_store_events) {
    return invalid(
        "its events can't be stored: specialise ProtoCodec<Event> in a header seen "
        "where the behavior is made, or give .event_adapter");
  }
  const bool wants_snapshots = snapshot_every != 0 || snapshot_when;
  if (wants_snapshots && !can_snapshot) {
    return invalid(
        "snapshots of its state can't be stored: specialise ProtoCodec<State> in a "
        "header seen where the behavior is made, or give .snapshot_adapter");
  }
  if (snapshot_every < 0) return invalid("snapshot_every is negative");
  if (keep_snapshots < 1) return invalid("keep_snapshots is less than 1");
  if (wants_snapshots && !recovery.events()) {
    return invalid("with a disabled recovery a snapshot would be of a state without its history");
  }
  if (delete_events_on_snapshot && snapshot_every == 0) {
    return invalid("delete_events_on_snapshot goes with snapshot_every");
  }
  return absl::OkStatus();
}

absl::Status EventSourcedNode::FindStorage() {
  const StoragePlugins system = Persistence::Get(context().System()).plugins();
  const StoragePlugins& own = settings_->plugins;
  journal_ = own.journal != nullptr ? own.journal : system.journal;
  snapshots_ = own.snapshots != nullptr ? own.snapshots : system.snapshots;
  if (journal_ == nullptr) {
    return absl::FailedPreconditionError(
        Named("there is no journal: call Persistence::Get(system).Use(...) before, or give "
              ".plugins"));
  }
  const bool wants_snapshots = settings_->snapshot_every > 0 || settings_->snapshot_when;
  if (wants_snapshots && snapshots_ == nullptr) {
    return absl::FailedPreconditionError(
        Named("there is no snapshot store for the snapshots it wants"));
  }
  return absl::OkStatus();
}

std::string EventSourcedNode::Named(std::string_view text) const {
  return StrCat(persistence_id().text(), ": ", text);
}

void EventSourcedNode::set_phase(Phase phase) {
  phase_ = phase;
  set_ready(phase == Phase::kRunning);
}

void EventSourcedNode::EmitSignal(const PersistenceSignal& signal) {
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

Word EventSourcedNode::OnSignal(ContextBase&, SignalRef signal) {
  bool handled = false;
  switch (signal.kind) {
    case SignalKind::kPreRestart:
      handled = CallSignalHandler(*static_cast<const PreRestart*>(signal.signal));
      break;
    case SignalKind::kPostStop:
      progress_.reset();
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

void EventSourcedNode::OnPreRestart(ContextBase&) { EmitSignal(PreRestart{}); }

Word EventSourcedNode::BeginWrite(ContextBase& context) {
  no_room_count_ = 0;
  return SendPending(context);
}

Word EventSourcedNode::SendPending(ContextBase& context) {
  std::vector<EventRecord> records;
  absl::Status encoded = EncodePending(records);
  if (!encoded.ok()) return Reject(context, std::move(encoded));
  set_phase(Phase::kWriting);
  Pipe(context, Append(std::move(records)),
       [this](ContextBase& at, absl::StatusOr<std::vector<AppendResult>> results) {
         return OnWritten(at, ResultOf(std::move(results)));
       });
  return kSame;
}

Future<std::vector<AppendResult>> EventSourcedNode::Append(std::vector<EventRecord> records) {
  pending_events_ = static_cast<int64_t>(records.size());
  std::vector<AtomicAppend> batch;
  batch.push_back({.persistence_id = persistence_id().text(),
                   .epoch = epoch_,
                   .after_seq = last_seq_,
                   .events = std::move(records)});
  return journal_->Append(std::move(batch));
}

EventSourcedNode::Written EventSourcedNode::ResultOf(
    absl::StatusOr<std::vector<AppendResult>> results) {
  // A future that fails says nothing about the write.
  if (!results.ok()) return {WriteOutcome::kFailed, results.status(), {}};
  if (results->size() != 1) {
    return {WriteOutcome::kFailed,
            absl::InternalError(StrCat("the journal gave ", results->size(), " results for 1")),
            {}};
  }
  AppendResult& result = results->front();
  if (result.outcome != WriteOutcome::kWritten && result.status.ok()) {
    result.status = absl::InternalError(StrCat("the journal says ", NameOf(result.outcome)));
  }
  return {result.outcome, std::move(result.status), result.hash};
}

Word EventSourcedNode::OnWritten(ContextBase& context, const Written& written) {
  switch (written.outcome) {
    case WriteOutcome::kWritten: {
      const SnapshotReason reason = NoteWritten(written.hash);
      if (reason != SnapshotReason::kNone && SaveSnapshot(context, reason)) return kSame;
      return FinishWrite(context);
    }
    case WriteOutcome::kNoRoom:
      return WriteLater(context);
    case WriteOutcome::kRejected:
      return Reject(context, written.status);
    case WriteOutcome::kFenced:
      return Fence(context, written.status);
    case WriteOutcome::kFailed:
      break;
  }
  return FailWrite(context, written.status);
}

EventSourcedNode::SnapshotReason EventSourcedNode::NoteWritten(const ChainHash& hash) {
  const int64_t before = last_seq_;
  last_seq_ += pending_events_;
  pending_events_ = 0;
  hash_ = hash;
  const bool wanted = pending_wants_snapshot();
  AdoptPending();
  const int64_t every = settings_->snapshot_every;
  if (every > 0 && before / every != last_seq_ / every) return SnapshotReason::kWithRetention;
  return wanted ? SnapshotReason::kAlone : SnapshotReason::kNone;
}

Word EventSourcedNode::WriteLater(ContextBase& context) {
  set_phase(Phase::kRoom);
  StartTimer(context, RoomDelay(no_room_count_++),
             [this](ContextBase& at) { return SendPending(at); });
  return kSame;
}

Word EventSourcedNode::Reject(ContextBase&, absl::Status status) {
  DropPending();
  pending_events_ = 0;
  set_phase(Phase::kRunning);
  absl::Status named(status.code(),
                     Named(StrCat("event ", last_seq_ + 1, " was rejected, and is not stored: ",
                                  std::string(status.message()))));
  EmitSignal(JournalPersistRejected{named});
  return MakeFailWord(std::move(named));
}

absl::Status EventSourcedNode::FencedStatus(const absl::Status& status) const {
  return absl::FailedPreconditionError(
      Named(StrCat("the writer of epoch ", epoch_,
                   " has been replaced and stops: ", std::string(status.message()))));
}

// Stops without failing: a failure would be handed to supervisors, and one that restarts would take
// the id back from the new writer, for ever, in turns.
Word EventSourcedNode::Fence(ContextBase& context, const absl::Status& status) {
  DropPending();
  set_phase(Phase::kEnded);
  NewIncarnation();
  StopTimer(context);
  const absl::Status fenced = FencedStatus(status);
  context.Log().Error(fenced.ToString());
  EmitSignal(WriterFenced{fenced});
  return kStopped;
}

Word EventSourcedNode::FailWrite(ContextBase&, const absl::Status& status) {
  DropPending();
  set_phase(Phase::kEnded);
  absl::Status named(
      status.code(),
      Named(StrCat("the write of event ", last_seq_ + 1,
                   " failed, and may be stored or not: ", std::string(status.message()))));
  EmitSignal(JournalPersistFailed{named});
  return FailStorage(std::move(named));
}

Word EventSourcedNode::FinishWrite(ContextBase& context) {
  set_phase(Phase::kRunning);
  return RunPendingSteps(context);
}

// --- coroutine handlers ---

void EventSourcedNode::EnterTask() { set_phase(Phase::kTask); }

Word EventSourcedNode::LeaveTask() {
  set_phase(Phase::kRunning);
  if (task_end_.ok()) return kSame;
  set_phase(Phase::kEnded);
  if (!task_fenced_) return FailStorage(task_end_);
  NewIncarnation();
  return kStopped;
}

Task<absl::Status> EventSourcedNode::WriteInTask(ContextBase& context) {
  for (int attempt = 0;; ++attempt) {
    if (!task_end_.ok()) co_return task_end_;
    std::vector<EventRecord> records;
    absl::Status encoded = EncodePending(records);
    if (!encoded.ok()) {
      co_return EndTaskWrite({WriteOutcome::kRejected, std::move(encoded), {}});
    }
    Future<std::vector<AppendResult>> appended = Append(std::move(records));
    absl::StatusOr<std::vector<AppendResult>> results = co_await appended;
    const Written written = ResultOf(std::move(results));
    if (written.outcome == WriteOutcome::kNoRoom) {
      SleepOperation pause(context, RoomDelay(attempt));
      co_await std::move(pause);
      continue;
    }
    if (written.outcome != WriteOutcome::kWritten) co_return EndTaskWrite(written);
    const SnapshotReason reason = NoteWritten(written.hash);
    if (reason != SnapshotReason::kNone) {
      std::optional<SnapshotRecord> snapshot = MakeSnapshot();
      if (snapshot.has_value()) {
        Future<SaveResult> saving = snapshots_->Save(*std::move(snapshot));
        absl::StatusOr<SaveResult> saved = co_await saving;
        NoteSaved(context, reason, std::move(saved));
      }
    }
    co_return absl::OkStatus();
  }
}

absl::Status EventSourcedNode::EndTaskWrite(const Written& written) {
  DropPending();
  pending_events_ = 0;
  if (written.outcome == WriteOutcome::kRejected) {
    EmitSignal(JournalPersistRejected{written.status});
    return written.status;
  }
  if (written.outcome == WriteOutcome::kFenced) {
    task_fenced_ = true;
    task_end_ = FencedStatus(written.status);
    context().Log().Error(task_end_.ToString());
    EmitSignal(WriterFenced{task_end_});
  } else {
    task_end_ = absl::Status(
        written.status.code(),
        Named(StrCat("the write of event ", last_seq_ + 1, " failed, and may be stored or not: ",
                     std::string(written.status.message()))));
    EmitSignal(JournalPersistFailed{task_end_});
  }
  return task_end_;
}

}  // namespace sampo::persistence::internal
