// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ResponseParser: bytes of a connection -> the head and the body of one response, and a status for
// what is none. No socket, no clock: a function of the bytes alone, whatever pieces they come in.
//
// The grammar is Beast's. On top of it everything is refused that leaves open where the response
// ends (a reader in front of us could see another end): two lengths, a length beside chunks, a
// transfer encoding that is not "chunked" alone; and what is beyond the limits.
// Threads: one at a time. Lifetime: one for each response.
//
//   parser.Feed(bytes);
//   for (;;) {
//     switch (parser.Next()) { case ResponseParser::Event::kBody: Use(parser.TakeBody()); ... }
//   }
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_PARSER_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "sampo/http/model/headers.h"
#include "sampo/http/model/status_code.h"
#include "sampo/stream/io/bytes.h"

namespace sampo::http::internal {

struct ResponseHead {
  StatusCode status = StatusCode::kOk;
  Headers headers;
  std::optional<uint64_t> length;  // of the body that follows, where it was said
  bool keep_alive = false;
  bool ends_with_connection = false;  // its body has no other end
};

struct ResponseLimits {
  size_t head_bytes_max = 64 * 1024;
  int header_count_max = 100;
};

class ResponseParser {
 public:
  enum class Event : uint8_t {
    kNeedMore,  // Feed, or FeedEnd
    kHead,      // head() is complete
    kBody,      // TakeBody() gives the next piece
    kEnd,       // of the response
    kFailed,    // failure() says why
  };

  // `is_head`: of a HEAD request, whose response has no body whatever its fields say.
  ResponseParser(const ResponseLimits& limits, bool is_head);
  ~ResponseParser();

  // Precondition: Next has said kNeedMore, or nothing was fed yet.
  void Feed(stream::Bytes bytes);
  // Nothing more will come.
  void FeedEnd();
  Event Next();

  ResponseHead& head();
  // After kBody. A part of what was fed.
  stream::Bytes TakeBody();
  // After kFailed. DATA_LOSS: this is no response, or a cut one; RESOURCE_EXHAUSTED: beyond a
  // limit; UNAVAILABLE: the connection ended before the response began.
  const absl::Status& failure() const;
  // Whether a byte of the response came.
  bool HasBegun() const;
  // After kEnd: what was fed and is no part of it.
  stream::Bytes TakeRest();

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_PARSER_H_
