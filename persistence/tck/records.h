// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The records that rules write: made in one place, so that a rule says only what matters to it.
// Threads, lifetime: values.
//
//   SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {"a", "b"})));
#ifndef SAMPO_PERSISTENCE_TCK_RECORDS_H_
#define SAMPO_PERSISTENCE_TCK_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::tck {

// An event of manifest "tck.Event".
EventRecord EventOf(std::string payload, std::vector<std::string> tags = {});
// Events of these payloads for a writer.
AtomicAppend AppendOf(std::string_view id, uint64_t epoch, int64_t after_seq,
                      std::vector<std::string> payloads);
// "a,b,c" of the payloads, for comparison and messages.
std::string PayloadsOf(const std::vector<StoredEvent>& events);

// With the payload "ID@NUMBER", written NUMBER seconds after 1970.
SnapshotRecord SnapshotOf(std::string_view id, uint64_t epoch, int64_t seq);
StateRecord StateOf(std::string_view id, uint64_t epoch, int64_t revision);
std::string PayloadOf(std::string_view id, int64_t number);

// All kinds of bytes, zeros among them.
std::string OddBytes(size_t size);

// Parts that a plugin might bend: a SnapshotRecord's, a StateRecord's.
template <class Record>
void MakeOdd(Record& record) {
  record.written_at_micros = 1'700'000'000'123'456;
  record.version = 0xFFFFFFFF;
  record.manifest = std::string(255, 'm');
  record.payload = OddBytes(size_t{1} << 20);
}

}  // namespace sampo::persistence::tck

#endif  // SAMPO_PERSISTENCE_TCK_RECORDS_H_
