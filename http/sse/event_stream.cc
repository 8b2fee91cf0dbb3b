// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/sse/event_stream.h"

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/http/model/entity_stream.h"

namespace sampo::http {

Entity EventStreamEntity(stream::Source<ServerSentEvent> events, absl::Duration heartbeat) {
  return StreamedEntity(
      ContentType::EventStream(),
      events.KeepAlive(heartbeat, [] { return ServerSentEvent::Heartbeat(); })
          .Map([](const ServerSentEvent& event) { return Bytes(RenderEvent(event)); }));
}

stream::Source<ServerSentEvent> EventsOf(const Entity& entity, EventParserOptions options) {
  using Result = absl::StatusOr<ServerSentEvent>;
  return DataBytes(entity)
      .StatefulMapConcat([options] {
        return [parser = EventParser(options)](const Bytes& bytes) mutable {
          std::vector<Result> results;
          const absl::Status fed = parser.Feed(bytes.view());
          while (std::optional<ServerSentEvent> event = parser.Next()) {
            results.push_back(*std::move(event));
          }
          if (!fed.ok()) results.push_back(fed);
          return results;
        };
      })
      .TryMap([](Result result) { return result; });
}

}  // namespace sampo::http
