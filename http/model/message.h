// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// HttpRequest and HttpResponse: what handlers take and give. Values without a connection, so that a
// test makes one by hand.
//
// Content-Type, Content-Length, Transfer-Encoding, Connection, Date and Server are not among the
// headers of messages that we make: the entity and the connection say them. Of a received message
// all fields are there as they came, Content-Type's too.
// Threads: values.
//
//   HttpHandler hello = [](HttpRequest) {
//     return Future<HttpResponse>::Ready(HttpResponse{.entity = Entity::Text("Hello")});
//   };
#ifndef SAMPO_HTTP_MODEL_MESSAGE_H_
#define SAMPO_HTTP_MODEL_MESSAGE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sampo/actor/future.h"
#include "sampo/http/model/entity.h"
#include "sampo/http/model/headers.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/status_code.h"
#include "sampo/http/model/uri.h"

namespace sampo::http {

struct HttpRequest {
  Method method = Method::kGet;
  Uri uri = {};
  Headers headers = {};
  Entity entity = {};
  bool is_http_1_0 = false;
  bool is_tls = false;
  std::string peer = {};        // "127.0.0.1:4711"; empty: made by hand
  std::string request_id = {};  // the server's, or the X-Request-Id that came; in the access log
};

struct HttpResponse {
  StatusCode status = StatusCode::kOk;
  Headers headers = {};
  Entity entity = {};
  // Close the connection behind this answer.
  bool close = false;
};

// Called on a thread of the server, for many requests at once: it must not block (blocking work
// belongs behind a Future: an actor, or a stream). What it throws is answered 500; so is a failed
// future, with its Status by StatusCodeOf.
using HttpHandler = std::function<Future<HttpResponse>(HttpRequest)>;

}  // namespace sampo::http

#endif  // SAMPO_HTTP_MODEL_MESSAGE_H_
