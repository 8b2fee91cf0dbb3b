// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Writing: from the pending events to what follows them, or to the end of the actor.
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/internal/event_sourced_progress.h"

namespace sampo::persistence::internal {

template class SignallingNode<EventSourcedSignals>;

using ::sampo::internal::kSame;

EventSourcedNode::EventSourcedNode(ContextBase& context,
                                   std::shared_ptr<const EventSourcedSettings> settings)
    : SignallingNode(context, settings->node), settings_(std::move(settings)) {}

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
  // A store of snapshots fences by the journal that it belongs to.
  snapshots_ =
      own.snapshots != nullptr || own.journal != nullptr ? own.snapshots : system.snapshots;
  if (journal_ == nullptr) {
    return absl::FailedPreconditionError(
        Named("there is no journal: call Persistence::Get(system).Use(...) before, or give "
              ".plugins"));
  }
  const bool wants_snapshots = settings_->snapshot_every > 0 || settings_->snapshot_when;
  if (wants_snapshots && snapshots_ == nullptr) {
    return absl::FailedPreconditionError(Named(
        StrCat("there is no snapshot store for the snapshots it wants",
               own.journal != nullptr ? ": give .plugins.snapshots beside .plugins.journal" : "")));
  }
  return absl::OkStatus();
}

Word EventSourcedNode::BeginWrite(ContextBase& context) {
  no_room_count_ = 0;
  return SendPending(context);
}

Word EventSourcedNode::SendPending(ContextBase& context) {
  std::vector<EventRecord> records;
  absl::Status encoded = EncodePending(records);
  if (!encoded.ok()) return Reject(encoded);
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
                   .epoch = epoch(),
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
      return FinishWrite();
    }
    case WriteOutcome::kNoRoom:
      return WriteLater(context);
    case WriteOutcome::kRejected:
      return Reject(written.status);
    case WriteOutcome::kFenced:
      return Fence(written.status);
    case WriteOutcome::kFailed:
      break;
  }
  return FailWrite(written.status);
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

Word EventSourcedNode::FinishWrite() {
  set_phase(Phase::kRunning);
  return RunPendingSteps();
}

Task<absl::Status> EventSourcedNode::WriteInTask(ContextBase& context) {
  for (int attempt = 0;; ++attempt) {
    std::vector<EventRecord> records;
    absl::Status encoded = EncodePending(records);
    if (!encoded.ok()) {
      co_return EndTaskWrite(WriteOutcome::kRejected, encoded);
    }
    Future<std::vector<AppendResult>> appended = Append(std::move(records));
    absl::StatusOr<std::vector<AppendResult>> results = co_await appended;
    const Written written = ResultOf(std::move(results));
    if (written.outcome == WriteOutcome::kNoRoom) {
      SleepOperation pause(context, RoomDelay(attempt));
      co_await std::move(pause);
      continue;
    }
    if (written.outcome != WriteOutcome::kWritten) {
      co_return EndTaskWrite(written.outcome, written.status);
    }
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

}  // namespace sampo::persistence::internal
