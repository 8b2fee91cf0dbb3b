// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/record_limits.h"

#include <string>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/serialized_message.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {
namespace {

// `what` names the record, and is made only where it is refused.
template <class What>
absl::Status CheckText(const What& what, const char* part, std::string_view text,
                       size_t bytes_max) {
  if (!text.empty() && text.size() <= bytes_max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat(what(), ": ", part, " of ", text.size(), " bytes, want 1 to ", bytes_max));
}

template <class What>
absl::Status CheckSize(const What& what, const char* part, size_t size, size_t max) {
  if (size <= max) return absl::OkStatus();
  return absl::ResourceExhaustedError(StrCat(what(), ": ", size, " ", part, ", at most ", max));
}

template <class What>
absl::Status CheckEvent(const What& what, const EventRecord& event) {
  SAMPO_RETURN_IF_ERROR(CheckText(what, "a manifest", event.manifest, kManifestBytesMax));
  SAMPO_RETURN_IF_ERROR(
      CheckSize(what, "bytes of payload", event.payload.size(), kPayloadBytesMax));
  SAMPO_RETURN_IF_ERROR(
      CheckSize(what, "bytes of metadata", event.metadata.size(), kMetadataBytesMax));
  SAMPO_RETURN_IF_ERROR(CheckSize(what, "tags", event.tags.size(), kTagsPerEventMax));
  for (const std::string& tag : event.tags) {
    SAMPO_RETURN_IF_ERROR(CheckText(what, "a tag", tag, kTagBytesMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckId(std::string_view persistence_id) {
  return PersistenceId::OfUniqueId(persistence_id).status();
}

absl::Status CheckAppend(const AtomicAppend& append) {
  SAMPO_RETURN_IF_ERROR(CheckId(append.persistence_id));
  if (append.events.empty()) {
    return absl::InvalidArgumentError(
        StrCat("append to ", append.persistence_id, ": there are no events in it"));
  }
  SAMPO_RETURN_IF_ERROR(CheckSize([&] { return StrCat("append to ", append.persistence_id); },
                                  "events", append.events.size(), kEventsPerAppendMax));
  // Unsigned: a writer may believe in any number; that it is wrong is the journal's to say.
  auto seq = static_cast<uint64_t>(append.after_seq);
  for (const EventRecord& event : append.events) {
    ++seq;
    SAMPO_RETURN_IF_ERROR(
        CheckEvent([&] { return StrCat("event ", seq, " of ", append.persistence_id); }, event));
  }
  return absl::OkStatus();
}

absl::Status CheckSnapshot(const SnapshotRecord& snapshot) {
  SAMPO_RETURN_IF_ERROR(CheckId(snapshot.persistence_id));
  const auto what = [&] {
    return StrCat("snapshot ", snapshot.seq, " of ", snapshot.persistence_id);
  };
  SAMPO_RETURN_IF_ERROR(CheckText(what, "a manifest", snapshot.manifest, kManifestBytesMax));
  SAMPO_RETURN_IF_ERROR(
      CheckSize(what, "bytes of metadata", snapshot.metadata.size(), kMetadataBytesMax));
  return CheckSize(what, "bytes of payload", snapshot.payload.size(), kPayloadBytesMax);
}

absl::Status CheckState(const StateRecord& state) {
  SAMPO_RETURN_IF_ERROR(CheckId(state.persistence_id));
  const auto what = [&] {
    return StrCat("revision ", state.revision, " of ", state.persistence_id);
  };
  SAMPO_RETURN_IF_ERROR(CheckText(what, "a manifest", state.manifest, kManifestBytesMax));
  if (!state.tag.empty()) {
    SAMPO_RETURN_IF_ERROR(CheckText(what, "a tag", state.tag, kTagBytesMax));
  }
  return CheckSize(what, "bytes of payload", state.payload.size(), kPayloadBytesMax);
}

absl::Status CheckPage(std::string_view what, int64_t records_max) {
  if (records_max >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(what, ": a page of ", records_max, ", want at least 1"));
}

}  // namespace sampo::persistence
