// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Event streams as bodies: EventStreamEntity of a Source of events, for servers; EventsOf a body,
// for clients.
//
// A heartbeat, a comment that clients ignore, goes out where no event did for `heartbeat`, so that
// neither side takes the connection for dead. Back-pressure reaches the source of events, and the
// end of the client cancels it.
// Threads: values.
//
//   Get(Path("feed", [=] { return Complete(EventStreamEntity(events)); }))
//   EventsOf(response.entity).RunWith(Sink<ServerSentEvent>::Foreach(Print), system);
#ifndef SAMPO_HTTP_SSE_EVENT_STREAM_H_
#define SAMPO_HTTP_SSE_EVENT_STREAM_H_

#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "sampo/http/model/entity.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/sse/server_sent_event.h"
#include "sampo/stream/source.h"

namespace sampo::http {

// Pekko's users set 1 s to 10 s by hand; half of the server's shortest usual idle timeout.
inline constexpr absl::Duration kEventStreamHeartbeat = absl::Seconds(10);

Entity EventStreamEntity(stream::Source<ServerSentEvent> events,
                         absl::Duration heartbeat = kEventStreamHeartbeat);

// Fails with RESOURCE_EXHAUSTED beyond the parser's bounds.
stream::Source<ServerSentEvent> EventsOf(const Entity& entity, EventParserOptions options = {});

// Complete(source) of events.
template <class Mat>
struct Marshaller<stream::Source<ServerSentEvent, Mat>> {
  static Entity ToEntity(stream::Source<ServerSentEvent, Mat> events) {
    if constexpr (std::is_same_v<Mat, stream::NotUsed>) {
      return EventStreamEntity(std::move(events));
    } else {
      return EventStreamEntity(
          events.MapMaterializedValue([](auto&&) { return stream::NotUsed(); }));
    }
  }
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_SSE_EVENT_STREAM_H_
