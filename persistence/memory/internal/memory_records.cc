// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/memory/internal/memory_records.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence::internal {
namespace {

constexpr const char kSnapshots[] = "snapshots memory";
constexpr const char kStates[] = "state memory";

absl::Status SnapshotFenced(std::string_view persistence_id, uint64_t epoch, uint64_t newest) {
  return absl::FailedPreconditionError(StrCat(kSnapshots, ": ", persistence_id,
                                              ": a writer of epoch ", epoch,
                                              " is fenced: the newest writer has epoch ", newest));
}

bool Matches(const SnapshotRecord& snapshot, const SnapshotCriteria& criteria) {
  return snapshot.seq >= criteria.seq_min && snapshot.seq <= criteria.seq_max &&
         snapshot.written_at_micros <= criteria.written_at_micros_max;
}

}  // namespace

absl::StatusOr<SnapshotLoad> MemorySnapshots::Load(std::string_view persistence_id,
                                                   const SnapshotCriteria& criteria) {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  SnapshotLoad load;
  auto found = entries_.find(persistence_id);
  if (found == entries_.end()) return load;
  const std::map<int64_t, Snapshot>& snapshots = found->second.snapshots;
  for (auto each = snapshots.rbegin(); each != snapshots.rend(); ++each) {
    const Snapshot& snapshot = each->second;
    if (!Matches(snapshot.record, criteria)) continue;
    digest_.SetSnapshot(snapshot.record);
    if (digest_.Crc32c() == snapshot.crc) {
      load.snapshot = snapshot.record;
      break;
    }
    load.unreadable.push_back(absl::DataLossError(
        StrCat(kSnapshots, ": snapshot ", each->first, " of ", persistence_id,
               " is damaged: its checksum is ", digest_.Crc32c(), ", stored is ", snapshot.crc)));
  }
  return load;
}

SaveResult MemorySnapshots::Save(SnapshotRecord snapshot, uint64_t granted) {
  absl::Status fit = CheckSnapshot(snapshot);
  if (!fit.ok()) return {WriteOutcome::kRejected, std::move(fit)};
  Entry& entry = entries_[snapshot.persistence_id];
  const uint64_t newest = granted == 0 ? std::max(entry.epoch, snapshot.epoch) : granted;
  if (snapshot.epoch != newest) {
    return {WriteOutcome::kFenced, SnapshotFenced(snapshot.persistence_id, snapshot.epoch, newest)};
  }
  entry.epoch = newest;
  digest_.SetSnapshot(snapshot);
  Snapshot& stored = entry.snapshots[snapshot.seq];
  stored.crc = digest_.Crc32c();
  stored.record = std::move(snapshot);
  return {WriteOutcome::kWritten, absl::OkStatus()};
}

absl::Status MemorySnapshots::Delete(std::string_view persistence_id, uint64_t epoch,
                                     uint64_t granted, const SnapshotCriteria& criteria) {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  auto found = entries_.find(persistence_id);
  const uint64_t seen = found == entries_.end() ? 0 : found->second.epoch;
  const uint64_t newest = granted == 0 ? std::max(seen, epoch) : granted;
  if (epoch != newest) return SnapshotFenced(persistence_id, epoch, newest);
  if (found == entries_.end()) return absl::OkStatus();
  found->second.epoch = newest;
  std::erase_if(found->second.snapshots,
                [&](const auto& each) { return Matches(each.second.record, criteria); });
  return absl::OkStatus();
}

absl::Status MemorySnapshots::Damage(std::string_view persistence_id, int64_t seq) {
  auto found = entries_.find(persistence_id);
  if (found == entries_.end() || !found->second.snapshots.contains(seq)) {
    return absl::NotFoundError(StrCat(kSnapshots, ": no snapshot ", seq, " of ", persistence_id));
  }
  found->second.snapshots[seq].record.version ^= 1;
  return absl::OkStatus();
}

uint32_t MemoryStates::CrcOf(const StateRecord& state) {
  digest_.SetState(state);
  return digest_.Crc32c();
}

absl::StatusOr<StateGrant> MemoryStates::Read(std::string_view persistence_id) {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  auto found = entries_.find(persistence_id);
  if (found == entries_.end()) return StateGrant{};
  const Entry& entry = found->second;
  if (entry.state.has_value() && CrcOf(*entry.state) != entry.crc) {
    return absl::DataLossError(StrCat(kStates, ": revision ", entry.revision, " of ",
                                      persistence_id, " is damaged: its checksum is ",
                                      CrcOf(*entry.state), ", stored is ", entry.crc));
  }
  return StateGrant{entry.epoch, entry.revision, entry.state};
}

absl::StatusOr<StateGrant> MemoryStates::AcquireWriter(std::string_view persistence_id) {
  SAMPO_RETURN_IF_ERROR(Read(persistence_id).status());
  auto [place, added] = entries_.try_emplace(std::string(persistence_id));
  if (added) ids_.emplace_back(persistence_id);
  ++place->second.epoch;
  return Read(persistence_id);
}

absl::StatusOr<MemoryStates::Entry*> MemoryStates::Fence(std::string_view persistence_id,
                                                         uint64_t epoch, int64_t revision) {
  auto found = entries_.find(persistence_id);
  const Entry entry = found == entries_.end() ? Entry{} : found->second;
  if (found != entries_.end() && entry.epoch == epoch && entry.revision == revision - 1) {
    return &found->second;
  }
  return absl::FailedPreconditionError(
      StrCat(kStates, ": ", persistence_id, ": a writer of epoch ", epoch, " and revision ",
             revision, " is fenced: the newest writer has epoch ", entry.epoch, " and revision ",
             entry.revision, " is stored"));
}

StateResult MemoryStates::Upsert(StateRecord state) {
  absl::Status fit = CheckState(state);
  if (!fit.ok()) return {WriteOutcome::kRejected, std::move(fit)};
  absl::StatusOr<Entry*> entry = Fence(state.persistence_id, state.epoch, state.revision);
  if (!entry.ok()) return {WriteOutcome::kFenced, entry.status()};
  (*entry)->revision = state.revision;
  (*entry)->crc = CrcOf(state);
  (*entry)->state = std::move(state);
  return {WriteOutcome::kWritten, absl::OkStatus()};
}

StateResult MemoryStates::Delete(std::string_view persistence_id, uint64_t epoch,
                                 int64_t revision) {
  absl::StatusOr<Entry*> entry = Fence(persistence_id, epoch, revision);
  if (!entry.ok()) return {WriteOutcome::kFenced, entry.status()};
  (*entry)->revision = revision;
  (*entry)->state.reset();
  return {WriteOutcome::kWritten, absl::OkStatus()};
}

absl::StatusOr<IdsPage> MemoryStates::ListIds(int64_t after, int64_t ids_max) const {
  SAMPO_RETURN_IF_ERROR(CheckPage(kStates, ids_max));
  const int64_t count = static_cast<int64_t>(ids_.size());
  const int64_t first = std::clamp<int64_t>(after, 0, count);
  const int64_t last = first + std::min({ids_max, kPageRecordsMax, count - first});
  return IdsPage{{ids_.begin() + first, ids_.begin() + last}, last, last == count};
}

absl::Status MemoryStates::Damage(std::string_view persistence_id) {
  auto found = entries_.find(persistence_id);
  if (found == entries_.end() || !found->second.state.has_value()) {
    return absl::NotFoundError(StrCat(kStates, ": no state of ", persistence_id));
  }
  found->second.state->version ^= 1;
  return absl::OkStatus();
}

}  // namespace sampo::persistence::internal
