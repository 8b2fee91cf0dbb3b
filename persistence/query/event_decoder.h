// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DecodeEvents<Event>: the application's events out of what a ReadJournal gives.
//
// Why: an envelope holds bytes and the name of their schema; older versions are read by the codec's
// Upcast, other schemas by an EventAdapter, as when an actor recovers. One stored event may become
// none, one, or several.
// Threads: the stream's turn; the functions of an adapter are shared by the copies, and run on
// several turns where several streams do. Lifetime: a value.
//
//   journal.CurrentEventsByPersistenceId("Cart|7").TryMap(DecodeEvents<Event>())   // vectors
#ifndef SAMPO_PERSISTENCE_QUERY_EVENT_DECODER_H_
#define SAMPO_PERSISTENCE_QUERY_EVENT_DECODER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/query/read_journal.h"

namespace sampo::persistence {
namespace internal {

// `status` with the event it is about.
absl::Status WithPlace(const absl::Status& status, const EventEnvelope& envelope);

}  // namespace internal

// A function of an EventEnvelope that returns a StatusOr<std::vector<Event>>. UNIMPLEMENTED: nobody
// reads that schema, or it is newer than this program; DATA_LOSS: the bytes are no such event. The
// text names the id and the sequence number. Without an adapter: by the ProtoCodec of Event.
template <class Event>
auto DecodeEvents(const EventAdapter<Event>& adapter = {}) {
  std::shared_ptr<internal::StoredForm<Event>> form = internal::AdapterAccess::FormOf(adapter);
  SAMPO_CHECK(form != nullptr, "DecodeEvents: the event has no ProtoCodec and no adapter");
  return [form](const EventEnvelope& envelope) -> absl::StatusOr<std::vector<Event>> {
    std::vector<Event> events;
    absl::Status decoded =
        form->Decode(envelope.manifest, envelope.version, envelope.payload, events);
    if (!decoded.ok()) return internal::WithPlace(decoded, envelope);
    return events;
  };
}

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_QUERY_EVENT_DECODER_H_
