// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// HttpClient: sends requests and gives Futures of their responses.
//
// Connections are kept and shared, a pool of them for each scheme, host and port; what fails
// without harm is sent again (client_settings.h has the bounds, README.md the table of what is sent
// again). A response of any status is a response: only where there is none is the future failed.
// Redirects are not followed: a 302 is handed out as it is.
//
// Errors: INVALID_ARGUMENT: a request that can't be sent; RESOURCE_EXHAUSTED: a bound that is
// named; UNAVAILABLE: no connection, or it broke; DEADLINE_EXCEEDED: a timeout that is named;
// DATA_LOSS: what came is no response; CANCELLED: the client or the system has ended. Threads: all
// methods from any. Futures complete on the client's one I/O thread: callbacks must be short, and
// Await is refused there. Lifetime: a handle; requests on their way, and streams, go on when the
// last one is gone. Dropping a future does not cancel its request: the timeout ends it, and the
// body of its response is closed unread.
//
//   HttpClient client = HttpClient::Of(system);
//   client.Get("http://127.0.0.1:8080/hello")
//       .OnComplete([](absl::StatusOr<HttpResponse> response) {
//         if (response.ok()) Use(response->entity.bytes().view());
//       });
#ifndef SAMPO_HTTP_CLIENT_HTTP_CLIENT_H_
#define SAMPO_HTTP_CLIENT_HTTP_CLIENT_H_

#include <memory>
#include <string_view>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/http/client/client_settings.h"
#include "sampo/http/model/message.h"

namespace sampo::http {

class HttpClient {
 public:
  // The one of this system, with the default settings.
  static HttpClient Of(ActorSystemBase& system);
  // One with pools of its own. Settings that can't be fail each request.
  explicit HttpClient(ActorSystemBase& system, ClientSettings settings = {});

  // The response as soon as its head is there. A body that is long, or of unknown length, is a
  // stream, which must be read or discarded within subscription_timeout: otherwise its connection
  // is closed. The uri is absolute.
  Future<HttpResponse> Send(HttpRequest request) const;
  // The response with all of its body in memory, at most strict_body_bytes_max.
  Future<HttpResponse> SendStrict(HttpRequest request) const;

  // SendStrict for the usual.
  Future<HttpResponse> Get(std::string_view url, Headers headers = {}) const;
  Future<HttpResponse> Delete(std::string_view url, Headers headers = {}) const;
  Future<HttpResponse> Post(std::string_view url, Entity entity, Headers headers = {}) const;
  Future<HttpResponse> Put(std::string_view url, Entity entity, Headers headers = {}) const;

  // Closes all connections: requests and streams on their way end with CANCELLED, later ones too.
  // CoordinatedShutdown does it in its phase before-actor-system-terminate.
  Future<void> Shutdown() const;

 private:
  class Impl;
  explicit HttpClient(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  Future<HttpResponse> SendTo(Method method, std::string_view url, Entity entity,
                              Headers headers) const;

  std::shared_ptr<const Impl> impl_;
};

// A response of a status that is no success, as a Status: its code by AbslCodeOf, the text names
// the status and begins with the body. OK for 2xx and 3xx.
absl::Status StatusOfResponse(const HttpResponse& response);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_CLIENT_HTTP_CLIENT_H_
