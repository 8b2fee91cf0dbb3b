// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The bridges between a client's connection, which lives on the loop's thread, and the streams of
// bodies, which live in actors: ClientDownload (socket -> Source) and ClientUpload (Source ->
// socket).
//
// A download gives one piece for each demand, so that a slow stream holds the socket back; an
// upload is lent some bytes and no more until they are written.
// Threads: the connection's side on the loop's thread, the stages on their actors' turns. What
// comes after the end of the other side is dropped. Lifetime: shared by both sides.
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_BODY_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_BODY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/actor_system.h"
#include "sampo/http/internal/client_loop.h"
#include "sampo/http/model/entity.h"

namespace sampo::http::internal {

// A connection, as the streams see it: called on the loop's thread. `exchange`: the number of the
// request in its connection; one that is over is ignored.
class ClientBodyOwner {
 public:
  virtual ~ClientBodyOwner() = default;
  // The stream of the response runs, and wants no piece yet.
  virtual void OnSubscribed(uint64_t exchange) = 0;
  virtual void OnDemand(uint64_t exchange) = 0;
  // Nobody will read the rest.
  virtual void OnDropped(uint64_t exchange) = 0;
  virtual void OnUploadPiece(uint64_t exchange, Bytes piece) = 0;
  // OK: the end; else why the stream of the request's body failed.
  virtual void OnUploadEnd(uint64_t exchange, const absl::Status& end) = 0;
};

// Where a bridge finds its connection.
struct ClientBodyAddress {
  std::shared_ptr<ClientLoop> loop;
  std::weak_ptr<ClientBodyOwner> owner;
  uint64_t exchange = 0;
};

// The connection's side of a response's body.
class ClientDownload {
 public:
  virtual ~ClientDownload() = default;
  // A piece that was asked for.
  virtual void Deliver(Bytes piece) = 0;
  // The end: OK, or why the body broke off. The first call counts.
  virtual void Finish(absl::Status end) = 0;

  struct Made;
  // The bridge, and the entity at its other end.
  static Made Make(ClientBodyAddress address, ContentType type, std::optional<uint64_t> length);
};
struct ClientDownload::Made {
  std::shared_ptr<ClientDownload> download;
  Entity entity;
};

// The connection's side of a request's body.
class ClientUpload {
 public:
  virtual ~ClientUpload() = default;
  // So many bytes of pieces that came need no room any more.
  virtual void Written(size_t bytes) = 0;
  // Nobody wants the rest.
  virtual void Cancel() = 0;

  // Runs the stream of `entity`, which is not strict. At most about `buffer_bytes`, and one piece
  // more, come before they are Written.
  static std::shared_ptr<ClientUpload> Start(ActorSystemBase& system, const Entity& entity,
                                             ClientBodyAddress address, size_t buffer_bytes);
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_BODY_H_
