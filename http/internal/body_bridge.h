// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The bridges between a connection, which lives on an I/O thread, and the streams of bodies, which
// live in actors: InboundBody (socket -> Source) and OutboundBody (Source -> socket). The server's
// connections read requests and write answers through them, the client's the other way round.
//
// Both are lent one piece, or some bytes, at a time, so that a slow stream holds the socket back
// and a slow socket the stream. A strict body has none of this.
//
// | bridge | who says it | what |
// | --- | --- | --- |
// | InboundBody | stage -> connection | it runs; demand for one piece; dropped |
// | InboundBody | connection -> stage | a piece; the end; a failure |
// | OutboundBody | stage -> connection | a piece; the end; a failure |
// | OutboundBody | connection -> stage | so many bytes are written; cancelled |
//
// Dropped: the rest is unread.
//
// Threads: the connection's side on its loop's thread, the stages on their actors' turns. What
// comes after the end of the other side is dropped. Lifetime: shared by both sides.
//
//   InboundBody::Made made = InboundBody::Make(
//       {.post = [loop](UniqueFunction<void()> work) { loop->Post(std::move(work)); },
//        .owner = weak_from_this(), .exchange = number_},
//       kRequestTexts, type, length);
#ifndef SAMPO_HTTP_INTERNAL_BODY_BRIDGE_H_
#define SAMPO_HTTP_INTERNAL_BODY_BRIDGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/http/model/entity.h"

namespace sampo::http::internal {

// A connection, as the streams see it: called on the loop's thread. `exchange`: the number of the
// request in its connection; one that is over is ignored.
class BodyOwner {
 public:
  virtual ~BodyOwner() = default;
  // The stream of what comes runs, and wants no piece yet. For who does not wait for that: nothing.
  virtual void OnInboundSubscribed(uint64_t exchange) { (void)exchange; }
  virtual void OnInboundDemand(uint64_t exchange) = 0;
  // Nobody will read the rest.
  virtual void OnInboundDropped(uint64_t exchange) = 0;
  virtual void OnOutboundPiece(uint64_t exchange, Bytes piece) = 0;
  // OK: the end; else why the stream failed.
  virtual void OnOutboundEnd(uint64_t exchange, const absl::Status& end) = 0;
};

// Where a bridge finds its connection.
struct BodyAddress {
  // Runs work on the connection's thread, in order for each caller; called from any thread. Drops
  // it where the loop has ended: its connections have told their streams so.
  std::function<void(UniqueFunction<void()> work)> post;
  std::weak_ptr<BodyOwner> owner;
  uint64_t exchange = 0;
};

// What a user calls its bodies, in names and errors. Bridges keep references: they are static.
struct InboundTexts {
  const char* stage;       // "httpRequestBody"
  const char* waits_for;   // "a request's body"
  const char* read_twice;  // the error of a second read
};
struct OutboundTexts {
  const char* stage;      // "httpAnswer"
  const char* body;       // "the body of an answer"
  const char* waits_for;  // who is slow where no more may be lent
};

// The connection's side of a body that comes.
class InboundBody {
 public:
  virtual ~InboundBody() = default;
  // A piece that was asked for.
  virtual void Deliver(Bytes piece) = 0;
  // The end: OK, or why the body broke off. The first call counts.
  virtual void Finish(absl::Status end) = 0;
  // Nobody will read the rest. The owner is told, too, but later.
  virtual bool IsDropped() const = 0;

  struct Made;
  // The bridge, and the entity at its other end.
  static Made Make(BodyAddress address, const InboundTexts& texts, ContentType type,
                   std::optional<uint64_t> length);
};
struct InboundBody::Made {
  std::shared_ptr<InboundBody> body;
  Entity entity;
};

// The connection's side of a body that goes.
class OutboundBody {
 public:
  virtual ~OutboundBody() = default;
  // So many bytes of pieces that came need no room any more.
  virtual void Written(size_t bytes) = 0;
  // Nobody wants the rest.
  virtual void Cancel() = 0;

  // Runs the stream of `entity`, which is not strict. At most about `buffer_bytes`, and one piece
  // more, come before they are Written. Fails where a function of the stream's materialization
  // throws: it is called here, on the loop's thread.
  static absl::StatusOr<std::shared_ptr<OutboundBody>> Start(ActorSystemBase& system,
                                                             const Entity& entity,
                                                             BodyAddress address,
                                                             const OutboundTexts& texts,
                                                             size_t buffer_bytes);
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_BODY_BRIDGE_H_
