// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Snapshots, and what is deleted after them: saved, then events, then older snapshots.
#include <algorithm>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/internal/event_sourced_progress.h"

namespace sampo::persistence::internal {

using ::sampo::internal::kSame;

std::optional<SnapshotRecord> EventSourcedNode::MakeSnapshot() {
  SnapshotRecord snapshot;
  absl::Status encoded = EncodeState(snapshot);
  if (!encoded.ok()) {
    Log().Warning(Named("the snapshot of event "), last_seq_,
                  " can't be encoded: ", encoded.ToString());
    EmitSignal(SnapshotFailed{last_seq_, std::move(encoded)});
    return std::nullopt;
  }
  snapshot.persistence_id = persistence_id().text();
  snapshot.seq = last_seq_;
  snapshot.epoch = epoch();
  snapshot.hash = hash_;
  snapshot.written_at_micros = absl::ToUnixMicros(context().System().clock().WallTime());
  return snapshot;
}

bool EventSourcedNode::SaveSnapshot(ContextBase& context, SnapshotReason reason) {
  std::optional<SnapshotRecord> snapshot = MakeSnapshot();
  if (!snapshot.has_value()) return false;
  set_phase(Phase::kSaving);
  Pipe(context, snapshots_->Save(*std::move(snapshot)),
       [this, reason](ContextBase& at, absl::StatusOr<SaveResult> saved) {
         return OnSaved(at, reason, std::move(saved));
       });
  return true;
}

Word EventSourcedNode::OnSaved(ContextBase& context, SnapshotReason reason,
                               absl::StatusOr<SaveResult> saved) {
  const absl::Status status = saved.ok() ? saved->status : saved.status();
  const bool fenced = NoteSaved(context, reason, std::move(saved));
  // Steps may throw in FinishWrite, and who is fenced must not be restarted.
  if (fenced) StopInsteadOfFailing();
  // The events are stored whatever became of the snapshot.
  const Word next = FinishWrite();
  if (!fenced) return next;
  ::sampo::internal::DestroyWord(next);
  return Fence(status);
}

bool EventSourcedNode::NoteSaved(ContextBase& context, SnapshotReason reason,
                                 absl::StatusOr<SaveResult> saved) {
  if (saved.ok() && saved->outcome == WriteOutcome::kWritten) {
    snapshot_seq_ = last_seq_;
    EmitSignal(SnapshotCompleted{snapshot_seq_});
    if (reason != SnapshotReason::kWithRetention) return false;
    kept_snapshots_.push_back(snapshot_seq_);
    // One for each multiple of snapshot_every that may still be kept, and the one below.
    const auto kept_max = static_cast<size_t>(settings_->keep_snapshots) + 2;
    while (kept_snapshots_.size() > kept_max) kept_snapshots_.pop_front();
    BeginRetention(context);
    return false;
  }
  const absl::Status status = saved.ok() ? saved->status : saved.status();
  const bool fenced = saved.ok() && saved->outcome == WriteOutcome::kFenced;
  Log().Warning(Named("the snapshot of event "), last_seq_, " is not saved: ", status.ToString());
  EmitSignal(SnapshotFailed{last_seq_, status});
  if (fenced && in_task()) FenceTask(status);
  return fenced;
}

void EventSourcedNode::BeginRetention(ContextBase& context) {
  if (retention_running_) {
    Log().Debug(Named("retention at event "), snapshot_seq_,
                " is left to the next one: the last one has not ended yet");
    return;
  }
  const int64_t upper = snapshot_seq_ - settings_->keep_snapshots * settings_->snapshot_every;
  if (upper <= 0) return;
  if (!settings_->delete_events_on_snapshot) {
    retention_running_ = true;
    return DeleteSnapshots(context, upper);
  }
  // Events go up to a snapshot that stays, so that each of the kept ones is one to recover from.
  int64_t to_seq = 0;
  for (const int64_t each : kept_snapshots_) {
    if (each <= upper) to_seq = std::max(to_seq, each);
  }
  if (to_seq == 0) return;
  retention_running_ = true;
  Pipe(context, journal_->DeleteEvents(persistence_id().text(), epoch(), to_seq),
       [this, to_seq](ContextBase& at, absl::Status status) {
         return OnEventsDeleted(at, to_seq, std::move(status));
       });
}

Word EventSourcedNode::OnEventsDeleted(ContextBase& context, int64_t to_seq, absl::Status status) {
  if (!status.ok()) {
    retention_running_ = false;
    Log().Warning(Named("events up to "), to_seq, " are not deleted: ", status.ToString());
    EmitSignal(DeleteEventsFailed{to_seq, status});
    return absl::IsFailedPrecondition(status) ? Fence(status) : kSame;
  }
  EmitSignal(DeleteEventsCompleted{to_seq});
  while (!kept_snapshots_.empty() && kept_snapshots_.front() < to_seq) kept_snapshots_.pop_front();
  // The snapshot of to_seq itself is one to recover from.
  DeleteSnapshots(context, to_seq - 1);
  return kSame;
}

void EventSourcedNode::DeleteSnapshots(ContextBase& context, int64_t to_seq) {
  Pipe(context,
       snapshots_->Delete(persistence_id().text(), epoch(), SnapshotCriteria{.seq_max = to_seq}),
       [this, to_seq](ContextBase&, const absl::Status& status) {
         return OnSnapshotsDeleted(to_seq, status);
       });
}

Word EventSourcedNode::OnSnapshotsDeleted(int64_t to_seq, const absl::Status& status) {
  retention_running_ = false;
  if (status.ok()) {
    EmitSignal(DeleteSnapshotsCompleted{to_seq});
    return kSame;
  }
  Log().Warning(Named("snapshots up to "), to_seq, " are not deleted: ", status.ToString());
  EmitSignal(DeleteSnapshotsFailed{to_seq, status});
  return absl::IsFailedPrecondition(status) ? Fence(status) : kSame;
}

}  // namespace sampo::persistence::internal
