// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Recovery: permit, writer's epoch, snapshot, pages of events.
#include <algorithm>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/detail/event_sourced_node.h"
#include "sampo/persistence/internal/event_sourced_progress.h"

namespace sampo::persistence::internal {

using ::sampo::internal::kSame;

namespace {

// Events of one page. Pekko's replay-batch-size.
constexpr int64_t kPageEvents = 1000;

}  // namespace

void EventSourcedNode::ResetForRecovery() {
  progress_ = std::make_unique<Progress>();
  last_seq_ = applying_seq_ = pending_events_ = snapshot_seq_ = 0;
  kept_snapshots_.clear();
  retention_running_ = false;
}

void EventSourcedNode::BecomeWriter(ContextBase& context) {
  Pipe(context, journal_->AcquireWriter(persistence_id().text()),
       [this](ContextBase& at, absl::StatusOr<WriterGrant> grant) {
         return OnGrant(at, std::move(grant));
       });
}

Word EventSourcedNode::OnGrant(ContextBase& context, absl::StatusOr<WriterGrant> grant) {
  if (!grant.ok()) {
    return AwaitRoom(context, grant.status(), [this](ContextBase& at) { return AskForWriter(at); });
  }
  progress_->head = *grant;
  set_epoch(grant->epoch);
  if (!settings_->recovery.events()) return CompleteRecovery(context);
  const bool use_snapshots =
      settings_->recovery.snapshots() && settings_->can_snapshot && snapshots_ != nullptr;
  if (!use_snapshots) return ReplayFromStart(context);
  progress_->criteria = settings_->recovery.criteria();
  return LoadSnapshot(context);
}

Word EventSourcedNode::LoadSnapshot(ContextBase& context) {
  set_phase(Phase::kSnapshot);
  AwaitStorage(context, "loading a snapshot");
  Pipe(context, snapshots_->Load(persistence_id().text(), progress_->criteria),
       [this](ContextBase& at, absl::StatusOr<SnapshotLoad> load) {
         return OnSnapshot(at, std::move(load));
       });
  return kSame;
}

Word EventSourcedNode::OnSnapshot(ContextBase& context, absl::StatusOr<SnapshotLoad> load) {
  if (absl::IsResourceExhausted(load.status())) {
    return AwaitRoom(context, load.status(), [this](ContextBase& at) { return LoadSnapshot(at); });
  }
  if (!load.ok()) {
    // With all events there the state is the same without snapshots, only later.
    if (progress_->head.deleted_to > 0) return FailOrFence(context, load.status());
    Log().Warning(Named("no snapshot can be loaded: "), load.status().ToString(),
                  "; all events are replayed");
    return ReplayFromStart(context);
  }
  for (const absl::Status& each : load->unreadable) {
    Log().Warning(Named("a snapshot is unreadable: "), each.ToString(), "; an older one is tried");
  }
  if (!load->snapshot.has_value()) return ReplayFromStart(context);
  return UseSnapshot(context, *load->snapshot);
}

absl::Status EventSourcedNode::CheckSnapshotFits(const SnapshotRecord& snapshot) const {
  const JournalHead& head = progress_->head;
  if (snapshot.seq == head.highest_seq && snapshot.hash != head.hash) {
    return absl::DataLossError(StrCat("its events have another hash (", HashText(snapshot.hash),
                                      ") than those of ", journal_->name(), " (",
                                      HashText(head.hash), ")"));
  }
  return absl::OkStatus();
}

Word EventSourcedNode::UseSnapshot(ContextBase& context, const SnapshotRecord& snapshot) {
  const JournalHead& head = progress_->head;
  if (snapshot.seq > head.highest_seq) {
    // Events that were acknowledged are gone; to go on would write other ones in their place.
    return FailOrFence(context, absl::DataLossError(StrCat("there is a snapshot of event ",
                                                           snapshot.seq, ", but ", journal_->name(),
                                                           " ends at event ", head.highest_seq)));
  }
  NotePhase();
  absl::Status restored = CheckSnapshotFits(snapshot);
  if (restored.ok()) restored = RestoreState(snapshot);
  if (!restored.ok()) {
    Log().Warning(Named("the snapshot of event "), snapshot.seq,
                  " is unusable: ", restored.ToString(), "; an older one is tried");
    ResetState();
    progress_->criteria.seq_max = snapshot.seq - 1;
    return LoadSnapshot(context);
  }
  if (snapshot.seq < head.deleted_to) {
    return FailOrFence(
        context, absl::DataLossError(StrCat("events up to ", head.deleted_to,
                                            " are deleted, and the newest usable snapshot is of "
                                            "event ",
                                            snapshot.seq)));
  }
  snapshot_seq_ = snapshot.seq;
  kept_snapshots_.push_back(snapshot.seq);
  progress_->hash = snapshot.hash;
  progress_->next_read = progress_->next_apply = snapshot.seq + 1;
  return ReadPage(context);
}

Word EventSourcedNode::ReplayFromStart(ContextBase& context) {
  if (progress_->head.deleted_to > 0) {
    return FailOrFence(context,
                       absl::DataLossError(StrCat("events up to ", progress_->head.deleted_to,
                                                  " are deleted, and no snapshot is usable")));
  }
  progress_->hash.reset();
  progress_->next_read = progress_->next_apply = 1;
  return ReadPage(context);
}

Word EventSourcedNode::ReadPage(ContextBase& context) {
  const int64_t highest = progress_->head.highest_seq;
  if (progress_->next_read > highest) return CompleteRecovery(context);
  set_phase(Phase::kEvents);
  AwaitStorage(context, "reading events");
  Pipe(context,
       journal_->ReadEvents({.persistence_id = persistence_id().text(),
                             .from_seq = progress_->next_read,
                             .to_seq = highest,
                             .events_max = kPageEvents,
                             .hash_before = progress_->hash}),
       [this](ContextBase& at, absl::StatusOr<EventsPage> page) {
         return OnPage(at, std::move(page));
       });
  return kSame;
}

Word EventSourcedNode::OnPage(ContextBase& context, absl::StatusOr<EventsPage> page) {
  if (absl::IsResourceExhausted(page.status())) {
    return AwaitRoom(context, page.status(), [this](ContextBase& at) { return ReadPage(at); });
  }
  if (!page.ok()) return FailOrFence(context, page.status());
  StopTimer(context);
  if (!page->events.empty()) progress_->next_read = page->events.back().seq + 1;
  progress_->hash = page->hash_after;
  const bool more =
      !page->at_end && !page->events.empty() && progress_->next_read <= progress_->head.highest_seq;
  // The journal reads on while this page is applied.
  if (more) ReadPage(context);
  absl::Status applied = ApplyPage(page->events);
  if (!applied.ok()) ResetState();  // the event handler may have taken it apart
  if (applied.ok() && !more) applied = CheckComplete(page->hash_after);
  if (!applied.ok()) return FailOrFence(context, std::move(applied));
  return more ? kSame : CompleteRecovery(context);
}

absl::Status EventSourcedNode::ApplyPage(const std::vector<StoredEvent>& events) {
  NotePhase();
  for (const StoredEvent& event : events) {
    if (event.seq != progress_->next_apply) {
      return absl::DataLossError(
          StrCat("event ", progress_->next_apply, " is missing; the next one is ", event.seq));
    }
    applying_seq_ = event.seq;
    absl::Status applied = ApplyStored(event);
    applying_seq_ = 0;
    if (!applied.ok()) {
      return absl::Status(applied.code(),
                          StrCat("event ", event.seq, ": ", std::string(applied.message())));
    }
    last_seq_ = event.seq;
    ++progress_->next_apply;
    ++progress_->replayed;
  }
  return absl::OkStatus();
}

absl::Status EventSourcedNode::CheckComplete(const std::optional<ChainHash>& hash) const {
  const JournalHead& head = progress_->head;
  if (progress_->next_apply <= head.highest_seq) {
    return absl::DataLossError(StrCat("events ", progress_->next_apply, " to ", head.highest_seq,
                                      " are missing at the end"));
  }
  if (hash.has_value() && *hash != head.hash) {
    return absl::DataLossError(StrCat("the events up to ", head.highest_seq, " have the hash ",
                                      HashText(*hash), ", ", journal_->name(), " says ",
                                      HashText(head.hash)));
  }
  return absl::OkStatus();
}

// What looks like a loss may be the work of a newer writer, who has written, saved and deleted
// while this one recovered: the journal knows.
Word EventSourcedNode::FailOrFence(ContextBase& context, absl::Status status) {
  if (!absl::IsDataLoss(status)) return FailRecovery(std::move(status));
  NewIncarnation();  // a page may be on its way
  StartTimer(context, settings_->node.recovery_timeout,
             [this, status](ContextBase&) { return FailRecovery(status); });
  Pipe(context, journal_->ReadHead(persistence_id().text()),
       [this, status](ContextBase&, const absl::StatusOr<JournalHead>& head) {
         if (!head.ok() || head->epoch <= epoch()) return FailRecovery(status);
         ReleasePermit();
         ResetState();
         return Fence(absl::FailedPreconditionError(StrCat(
             journal_->name(), " is at epoch ", head->epoch, ", granted while it recovered")));
       });
  return kSame;
}

Word EventSourcedNode::CompleteRecovery(ContextBase& context) {
  StopTimer(context);
  const std::unique_ptr<Progress> done = std::move(progress_);
  ReleasePermit();  // others may recover while the signal is handled
  last_seq_ = done->head.highest_seq;
  hash_ = done->head.hash;
  set_phase(Phase::kRunning);
  EmitSignal(RecoveryCompleted{last_seq_, done->replayed});
  const bool was_long =
      settings_->snapshot_every > 0 && done->replayed >= settings_->snapshot_every;
  if (was_long) SaveSnapshot(context, SnapshotReason::kAlone);
  return kSame;
}

}  // namespace sampo::persistence::internal
