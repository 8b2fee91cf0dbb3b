// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RequestParser: bytes of a connection -> heads and bodies of requests, and a refusal for what is
// none. No socket, no clock: a function of the bytes alone, whatever pieces they come in.
//
// The grammar is Beast's; on top of it everything is refused that two readers of the same bytes
// could take for two different requests (request smuggling):
//
// | refused                                                        | with |
// | --- | --- |
// | two Content-Length fields, also equal ones; one that is no plain number | 400 |
// | Content-Length beside Transfer-Encoding; one that is not "chunked"; in HTTP/1.0 | 400 |
// | a folded field; a space before the colon; bare CR or LF; NUL and other controls | 400 |
// | HTTP/1.1 without Host, two of them, one that can't be a host   | 400 |
// | a method we do not know / another version than 1.0 and 1.1     | 501 / 505 |
// | Expect other than 100-continue                                 | 417 |
// | beyond RequestLimits                                           | 413, 414, 431 |
//
// After a failure the connection can't be read on: nobody knows where the next request begins.
// Threads: one at a time. Lifetime: one for each connection, used again for each request.
//
//   for (;;) {
//     RequestParser::Step step = parser.Next(input);
//     input.remove_prefix(step.consumed);
//     if (step.kind == RequestParser::Kind::kNeedMore) break;
//     ...
//   }
#ifndef SAMPO_HTTP_INTERNAL_SERVER_PARSER_H_
#define SAMPO_HTTP_INTERNAL_SERVER_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sampo/http/model/headers.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/status_code.h"
#include "sampo/http/model/uri.h"
#include "sampo/http/server/server_settings.h"

namespace sampo::http::internal {

struct RequestHead {
  Method method = Method::kGet;
  std::string target;  // as it came; also of a request that was refused later
  Uri uri;
  Headers headers;
  bool is_http_1_0 = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool is_chunked = false;
  uint64_t content_length = 0;  // 0 where none was said
  bool has_method = false;      // `method` and `target` were understood
};

// Why a request is refused.
struct Refusal {
  StatusCode code = StatusCode::kBadRequest;
  std::string reason;
};

class RequestParser {
 public:
  enum class Kind : uint8_t {
    kNeedMore,  // all that could be used was consumed; show the rest again with more behind it
    kHead,      // head() is complete
    kPiece,     // of the body, in `piece`, which is part of the input
    kEnd,       // of the request
    kFailed,    // refusal() says why
  };
  struct Step {
    Kind kind = Kind::kNeedMore;
    size_t consumed = 0;
    std::string_view piece = {};
  };

  // `limits` must outlive it.
  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();

  // The next event in `input`. Precondition: kEnd and kFailed were followed by Reset.
  Step Next(std::string_view input);
  RequestHead& head();
  const RequestHead& head() const;
  const Refusal& refusal() const;
  // Of the body, so far.
  uint64_t body_bytes() const;
  // For the next request.
  void Reset();

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_PARSER_H_
