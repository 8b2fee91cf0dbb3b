// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a storage plugin refuses before it writes: records that are too large, or are no records.
//
// Why: a record that one plugin takes and another refuses cannot be moved from one to the other;
// and what is refused here is certainly not stored (WriteOutcome::kRejected). Plugins ask before a
// record joins others in a transaction. Payloads are bounded by kPayloadBytesMax, manifests by
// kManifestBytesMax (//actor/serialization). Threads: functions without state.
//
//   absl::Status fit = CheckAppend(append);     // not OK: kRejected with this status
#ifndef SAMPO_PERSISTENCE_RECORD_LIMITS_H_
#define SAMPO_PERSISTENCE_RECORD_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace sampo::persistence {

struct AtomicAppend;
struct SnapshotRecord;
struct StateRecord;

// All chosen, not measured.
inline constexpr size_t kEventsPerAppendMax = 10'000;
inline constexpr size_t kTagsPerEventMax = 100;
inline constexpr size_t kTagBytesMax = 255;
inline constexpr size_t kMetadataBytesMax = size_t{1} << 20;
// Ids, events or tagged events of one page; a request for more gets as many.
inline constexpr int64_t kPageRecordsMax = 10'000;
// A page of events ends behind the event whose payload passes this many bytes.
inline constexpr size_t kPageBytesMax = size_t{4} << 20;

// INVALID_ARGUMENT: no id (empty, too long, a NUL inside).
absl::Status CheckId(std::string_view persistence_id);
// INVALID_ARGUMENT: no id, no events, an empty manifest or tag, one that is too long, too many
// tags. RESOURCE_EXHAUSTED: too many events, a payload or metadata that are too large. The text
// names the id and which event it is.
absl::Status CheckAppend(const AtomicAppend& append);
absl::Status CheckSnapshot(const SnapshotRecord& snapshot);
absl::Status CheckState(const StateRecord& state);
// INVALID_ARGUMENT: a page of less than one record.
absl::Status CheckPage(std::string_view what, int64_t records_max);

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_RECORD_LIMITS_H_
