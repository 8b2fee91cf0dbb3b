// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The bridges between a connection, which lives on an I/O thread, and the streams of bodies, which
// live in actors: RequestBody (socket -> Source) and ResponseBody (Source -> socket).
//
// Both are lent one piece, or some bytes, at a time, so that a slow stream holds the socket back
// and a slow socket the stream. A strict body has none of this.
//
// | between | who says it | what |
// | --- | --- | --- |
// | RequestBody | stage -> connection | demand for one piece; dropped: nobody will read the rest |
// |             | connection -> stage | a piece; the end; a failure |
// | ResponseBody | stage -> connection | a piece; the end; a failure |
// |             | connection -> stage | so many bytes are written; cancelled |
//
// Threads: the connection's side on its loop's thread, the stages on their actors' turns. What
// comes after the end of the other side is dropped. Lifetime: shared by both sides.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_BODY_H_
#define SAMPO_HTTP_INTERNAL_SERVER_BODY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/actor_system.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/model/entity.h"

namespace sampo::http::internal {

// A connection, as the streams see it: called on the loop's thread. `exchange`: the number of the
// request in its connection; one that is over is ignored.
class BodyOwner {
 public:
  virtual ~BodyOwner() = default;
  virtual void OnBodyDemand(uint64_t exchange) = 0;
  virtual void OnBodyDropped(uint64_t exchange) = 0;
  virtual void OnAnswerPiece(uint64_t exchange, Bytes piece) = 0;
  // OK: the end.
  virtual void OnAnswerEnd(uint64_t exchange, const absl::Status& end) = 0;
};

// Where a bridge finds its connection.
struct BodyAddress {
  std::shared_ptr<IoLoop> loop;
  std::weak_ptr<BodyOwner> owner;
  uint64_t exchange = 0;
};

// The connection's side of a request's body.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  // A piece that was asked for.
  virtual void Deliver(Bytes piece) = 0;
  // The end: OK, or why the body broke off.
  virtual void Finish(absl::Status end) = 0;
  // Nobody will read the rest. The owner is told, too, but later.
  virtual bool IsDropped() const = 0;

  struct Made;
  // The bridge, and the entity at its other end.
  static Made Make(BodyAddress address, ContentType type, std::optional<uint64_t> length);
};
struct RequestBody::Made {
  std::shared_ptr<RequestBody> body;
  Entity entity;
};

// The connection's side of an answer's body.
class ResponseBody {
 public:
  virtual ~ResponseBody() = default;
  // So many bytes of pieces that came need no room any more.
  virtual void Written(size_t bytes) = 0;
  // Nobody wants the rest.
  virtual void Cancel() = 0;

  // Runs the stream of `entity`, which is not strict. At most about `buffer_bytes`, and one piece
  // more, come before they are Written.
  static std::shared_ptr<ResponseBody> Start(ActorSystemBase& system, const Entity& entity,
                                             BodyAddress address, size_t buffer_bytes);
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_BODY_H_
