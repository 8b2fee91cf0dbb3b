// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RequestContext: a request on its way through the routes: itself, the part of its path that no
// directive has matched yet, and what applies to it.
//
// A cheap value: the request is shared by all copies and never changed; a directive that changes
// something hands a changed copy to its inner route, so that the next alternative finds everything
// as it was.
// Threads: a value; it may go along with a Future. Lifetime: not beyond the sealed route's system.
//
//   Route([](const RequestContext& c) { return Complete(c.unmatched_path()); })
#ifndef SAMPO_HTTP_ROUTING_REQUEST_CONTEXT_H_
#define SAMPO_HTTP_ROUTING_REQUEST_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/message.h"

namespace sampo {
class ActorSystemBase;
class Logger;
}  // namespace sampo

namespace sampo::http {

struct RoutingSettings {
  // Of bodies that directives read as a whole, and of what DecodeRequest makes of them; more is
  // answered 413. Pekko's default. WithSizeLimit changes it for a part of the routes.
  uint64_t content_bytes_max = 8 << 20;
  // How long a body that is read as a whole may take; more is answered 408.
  absl::Duration content_timeout = absl::Seconds(30);
  // A HEAD is tried as a GET where no Head(...) took it; the server leaves the body away.
  bool head_as_get = true;
  // The text of statuses that are answered 500 to 599 is sent, not only logged: for development.
  bool show_internal_errors = false;
};

namespace internal {

// What all requests of a sealed route share.
struct SealedRoute;
// What all contexts of a request share.
class SharedRequest;

// How much of a body may be read. A value without the request, so that streams of its body hold no
// context, which may hold them.
struct BodyLimit {
  uint64_t bytes_max;
  // More came: RESOURCE_EXHAUSTED that comes out of the route is 413 then, and not 429.
  std::shared_ptr<std::atomic<bool>> is_exceeded;
};

}  // namespace internal

class RequestContext {
 public:
  const HttpRequest& request() const;
  // Raw; begins with "/" or is empty.
  std::string_view unmatched_path() const;
  // Parsed once for a request.
  const absl::StatusOr<Query>& query() const;
  const RoutingSettings& settings() const;
  ActorSystemBase& system() const;
  const Logger& log() const;
  uint64_t content_bytes_max() const { return content_bytes_max_; }
  // The method that routes match: GET for HEAD, where that is the setting. See Head().
  bool IsMethod(Method method) const;

  // The body in memory: at once where it is strict; else read once for all alternatives, behind
  // WithRequest too where that left it as it was. Fails with RESOURCE_EXHAUSTED beyond
  // content_bytes_max(), DEADLINE_EXCEEDED after content_timeout. A body that was too long for one
  // alternative is so for all that follow: the larger limit comes first.
  Future<Entity> StrictEntity() const;

  // Changed copies, for inner routes. Of a request with another path that is matched anew.
  RequestContext WithUnmatchedPath(size_t bytes_left) const;
  // Where the path is "/" alone it stays.
  RequestContext WithoutTrailingSlash() const;
  RequestContext WithRequest(HttpRequest request) const;
  RequestContext WithContentBytesMax(uint64_t bytes_max) const;

  // --- for Seal and the library ---
  RequestContext(std::shared_ptr<const internal::SealedRoute> sealed, HttpRequest request);
  const internal::SealedRoute& sealed() const;
  internal::BodyLimit body_limit() const;
  bool is_body_too_long() const;
  // What the first call's `make` made of the request's streamed body, for all alternatives: what it
  // makes reads that one, which can be done once. It must not hold the context.
  Entity EntityMadeOnce(const std::function<Entity()>& make) const;

 private:
  std::shared_ptr<internal::SharedRequest> shared_;
  size_t path_offset_ = 0;
  size_t path_end_ = 0;
  uint64_t content_bytes_max_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_REQUEST_CONTEXT_H_
