// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/memory/internal/memory_journal.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence::internal {
namespace {

constexpr const char kName[] = "journal memory";

absl::Status Fenced(std::string_view persistence_id, uint64_t epoch, int64_t after_seq,
                    const JournalHead& head) {
  return absl::FailedPreconditionError(
      StrCat(kName, ": ", persistence_id, ": a writer of epoch ", epoch, " behind event ",
             after_seq, " is fenced: the newest writer has epoch ", head.epoch,
             ", the last event is ", head.highest_seq));
}

absl::Status ChainBroken(std::string_view persistence_id, int64_t seq, const ChainHash& want,
                         const ChainHash& got) {
  return absl::DataLossError(StrCat(kName, ": ", persistence_id,
                                    ": the hash of the chain at event ", seq, " is ", HashText(got),
                                    ", stored is ", HashText(want)));
}

}  // namespace

MemoryJournal::Entry* MemoryJournal::Find(std::string_view persistence_id) {
  auto found = entries_.find(persistence_id);
  return found == entries_.end() ? nullptr : &found->second;
}

uint64_t MemoryJournal::EpochOf(std::string_view persistence_id) const {
  auto found = entries_.find(persistence_id);
  return found == entries_.end() ? 0 : found->second.head.epoch;
}

absl::StatusOr<WriterGrant> MemoryJournal::AcquireWriter(std::string_view persistence_id) {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  auto [place, added] = entries_.try_emplace(std::string(persistence_id));
  if (added) ids_.emplace_back(persistence_id);
  ++place->second.head.epoch;
  return WriterGrant{place->second.head};
}

AppendResult MemoryJournal::Append(AtomicAppend append, int64_t now_micros) {
  absl::Status fit = CheckAppend(append);
  if (!fit.ok()) return {WriteOutcome::kRejected, std::move(fit)};
  Entry* entry = Find(append.persistence_id);
  const JournalHead head = entry == nullptr ? JournalHead{} : entry->head;
  if (entry == nullptr || head.epoch != append.epoch || head.highest_seq != append.after_seq) {
    return {WriteOutcome::kFenced,
            Fenced(append.persistence_id, append.epoch, append.after_seq, head)};
  }
  for (EventRecord& event : append.events) {
    Store(append.persistence_id, *entry, std::move(event), now_micros);
  }
  return {WriteOutcome::kWritten, absl::OkStatus(), entry->head.hash};
}

void MemoryJournal::Store(std::string_view persistence_id, Entry& entry, EventRecord event,
                          int64_t now_micros) {
  const int64_t seq = ++entry.head.highest_seq;
  Event& stored = entry.events[seq];
  static_cast<EventRecord&>(stored.record) = std::move(event);
  stored.record.persistence_id = persistence_id;
  stored.record.seq = seq;
  stored.record.epoch = entry.head.epoch;
  stored.record.ordering = ++last_ordering_;
  stored.record.written_at_micros = now_micros;
  digest_.SetEvent(persistence_id, stored.record);
  stored.crc = digest_.Crc32c();
  entry.head.hash = digest_.ChainAfter(entry.head.hash);
  for (const std::string& tag : stored.record.tags) tags_[tag][last_ordering_] = &stored;
}

absl::Status MemoryJournal::CheckEvent(std::string_view persistence_id, const Event& event) {
  digest_.SetEvent(persistence_id, event.record);
  const uint32_t crc = digest_.Crc32c();
  if (crc == event.crc) return absl::OkStatus();
  return absl::DataLossError(StrCat(kName, ": event ", event.record.seq, " of ", persistence_id,
                                    " is damaged: its checksum is ", crc, ", stored is ",
                                    event.crc));
}

absl::StatusOr<const MemoryJournal::Event*> MemoryJournal::Checked(std::string_view persistence_id,
                                                                   const Entry& entry,
                                                                   int64_t seq) {
  auto found = entry.events.find(seq);
  if (found == entry.events.end()) {
    return absl::DataLossError(
        StrCat(kName, ": event ", seq, " of ", persistence_id, " is missing"));
  }
  SAMPO_RETURN_IF_ERROR(CheckEvent(persistence_id, found->second));
  return &found->second;
}

absl::StatusOr<EventsPage> MemoryJournal::ReadEvents(const EventsRequest& request) {
  SAMPO_RETURN_IF_ERROR(CheckId(request.persistence_id));
  SAMPO_RETURN_IF_ERROR(CheckPage(kName, request.events_max));
  EventsPage page;
  const Entry* entry = Find(request.persistence_id);
  static const Entry* const none = new Entry;
  if (entry == nullptr) entry = none;
  page.head = entry->head;
  const int64_t before = std::max<int64_t>(request.from_seq, 1) - 1;
  if (request.hash_before.has_value() && before > page.head.highest_seq) {
    return absl::DataLossError(StrCat(kName, ": ", request.persistence_id,
                                      ": the reader knows event ", before, ", the newest is ",
                                      page.head.highest_seq));
  }
  SAMPO_RETURN_IF_ERROR(ReadInto(request, *entry, page));
  return page;
}

absl::Status MemoryJournal::ReadInto(const EventsRequest& request, const Entry& entry,
                                     EventsPage& page) {
  const std::string& id = request.persistence_id;
  const int64_t before = std::max<int64_t>(request.from_seq, 1) - 1;
  std::optional<ChainHash> hash = request.hash_before;
  if (before == entry.head.deleted_to && hash.has_value() && *hash != entry.anchor) {
    return ChainBroken(id, before, entry.anchor, *hash);
  }
  if (before <= entry.head.deleted_to) hash = entry.anchor;
  const int64_t last = std::min(request.to_seq, entry.head.highest_seq);
  const int64_t events_max = std::min(request.events_max, kPageRecordsMax);
  int64_t at = std::max(before, entry.head.deleted_to);
  size_t bytes = 0;
  while (at < last && static_cast<int64_t>(page.events.size()) < events_max &&
         bytes <= kPageBytesMax) {
    SAMPO_ASSIGN_OR_RETURN(const Event* event, Checked(id, entry, at + 1));
    ++at;
    if (hash.has_value()) hash = digest_.ChainAfter(*hash);
    bytes += event->record.payload.size();
    page.events.push_back(event->record);
    page.events.back().persistence_id.clear();
  }
  if (hash.has_value() && at == entry.head.highest_seq && *hash != entry.head.hash) {
    return ChainBroken(id, at, entry.head.hash, *hash);
  }
  page.at_end = at >= last;
  page.hash_after = page.events.empty() ? request.hash_before : hash;
  return absl::OkStatus();
}

absl::StatusOr<JournalHead> MemoryJournal::ReadHead(std::string_view persistence_id) const {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  auto found = entries_.find(persistence_id);
  return found == entries_.end() ? JournalHead{} : found->second.head;
}

absl::Status MemoryJournal::DeleteEvents(std::string_view persistence_id, uint64_t epoch,
                                         int64_t to_seq) {
  SAMPO_RETURN_IF_ERROR(CheckId(persistence_id));
  Entry* entry = Find(persistence_id);
  if (entry == nullptr || entry->head.epoch != epoch) {
    return Fenced(persistence_id, epoch, to_seq, entry == nullptr ? JournalHead{} : entry->head);
  }
  const int64_t last = std::min(to_seq, entry->head.highest_seq);
  ChainHash hash = entry->anchor;
  for (int64_t seq = entry->head.deleted_to + 1; seq <= last; ++seq) {
    SAMPO_RETURN_IF_ERROR(Checked(persistence_id, *entry, seq).status());
    hash = digest_.ChainAfter(hash);
  }
  for (int64_t seq = entry->head.deleted_to + 1; seq <= last; ++seq) {
    auto event = entry->events.find(seq);
    for (const std::string& tag : event->second.record.tags) {
      tags_[tag].erase(event->second.record.ordering);
    }
    entry->events.erase(event);
  }
  entry->anchor = hash;
  entry->head.deleted_to = std::max(entry->head.deleted_to, last);
  return absl::OkStatus();
}

absl::StatusOr<IdsPage> MemoryJournal::ListIds(int64_t after, int64_t ids_max) const {
  SAMPO_RETURN_IF_ERROR(CheckPage(kName, ids_max));
  const int64_t count = static_cast<int64_t>(ids_.size());
  const int64_t first = std::clamp<int64_t>(after, 0, count);
  const int64_t last = first + std::min({ids_max, kPageRecordsMax, count - first});
  return IdsPage{{ids_.begin() + first, ids_.begin() + last}, last, last == count};
}

absl::StatusOr<TaggedPage> MemoryJournal::ReadByTag(const std::string& tag, int64_t after,
                                                    int64_t events_max) {
  SAMPO_RETURN_IF_ERROR(CheckPage(kName, events_max));
  TaggedPage page;
  page.at_end = true;
  page.next = after;
  auto tagged = tags_.find(tag);
  if (tagged == tags_.end()) return page;
  size_t bytes = 0;
  for (auto each = tagged->second.upper_bound(after); each != tagged->second.end(); ++each) {
    page.at_end =
        static_cast<int64_t>(page.events.size()) < std::min(events_max, kPageRecordsMax) &&
        bytes <= kPageBytesMax;
    if (!page.at_end) break;
    const Event& event = *each->second;
    SAMPO_RETURN_IF_ERROR(CheckEvent(event.record.persistence_id, event));
    bytes += event.record.payload.size();
    page.events.push_back(event.record);
    page.next = each->first;
  }
  return page;
}

absl::Status MemoryJournal::Damage(std::string_view persistence_id, int64_t seq) {
  Entry* entry = Find(persistence_id);
  if (entry == nullptr || !entry->events.contains(seq)) {
    return absl::NotFoundError(StrCat(kName, ": no event ", seq, " of ", persistence_id));
  }
  entry->events[seq].record.version ^= 1;
  return absl::OkStatus();
}

}  // namespace sampo::persistence::internal
