// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Transport, Listener, TlsContext: a server's sockets, plain and under TLS. With server_loop.cc the
// only part of the server that knows the I/O library.
//
// Threads: a transport belongs to its loop's thread, a listener to the thread of the loop it was
// bound with; a TlsContext may be shared by all. Lifetime: an operation that is on its way holds
// its owner; a transport ends with its owner.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_TRANSPORT_H_
#define SAMPO_HTTP_INTERNAL_SERVER_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/server/server_settings.h"

namespace sampo::http::internal {

// Told what became of its operations, on the loop's thread, never within the call that began them.
class TransportOwner {
 public:
  virtual ~TransportOwner() = default;
  // Not OK: the connection is of no use.
  virtual void OnHandshake(bool ok) = 0;
  // `bytes` were read; 0: the peer ended its direction. `ok` false: the connection is broken.
  virtual void OnRead(bool ok, size_t bytes) = 0;
  virtual void OnWritten(bool ok, size_t bytes) = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // First of all; OnHandshake follows. Without TLS nothing is to be done: false, and no call.
  virtual bool Handshake(std::shared_ptr<TransportOwner> owner) = 0;
  // One at a time; OnRead follows. `into` must stay until then.
  virtual void Read(char* into, size_t bytes_max, std::shared_ptr<TransportOwner> owner) = 0;
  // Writes now what goes without waiting; how much. May be nothing at all.
  virtual size_t TryWrite(const std::string_view* pieces, size_t count) = 0;
  // One at a time: some of the bytes; OnWritten follows. They must stay until then.
  virtual void Write(const std::string_view* pieces, size_t count,
                     std::shared_ptr<TransportOwner> owner) = 0;
  // Ends our direction, behind what was written. What is read afterwards is for nobody to
  // understand: it only tells that the peer is still there. Idempotent.
  virtual void EndWriting(std::shared_ptr<TransportOwner> owner) = 0;
  // At once; operations on their way fail. `abort`: the peer sees a failure, not an end.
  virtual void Close(bool abort) = 0;
  virtual bool is_tls() const = 0;
  // "127.0.0.1:4711"
  virtual const std::string& peer() const = 0;
};

// A certificate that connections are opened with.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  // INVALID_ARGUMENT: a file is missing, or is none; or the key is another certificate's.
  static absl::StatusOr<std::shared_ptr<TlsContext>> Load(const TlsSettings& settings);
};

class Listener {
 public:
  using OnAccept = UniqueFunction<void(absl::StatusOr<std::unique_ptr<Transport>>)>;
  // The certificate for a connection that has just come; null: without TLS.
  using TlsSource = UniqueFunction<std::shared_ptr<TlsContext>()>;

  virtual ~Listener() = default;
  // Binds and listens. INVALID_ARGUMENT: no numeric address; UNAVAILABLE: the port is taken, or the
  // address is not this machine's.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(std::shared_ptr<IoLoop> loop,
                                                        const std::string& host, uint16_t port,
                                                        int backlog);
  virtual uint16_t port() const = 0;
  // One at a time. The next connection, for `on`. CANCELLED after Close; ABORTED: that one has gone
  // again; UNAVAILABLE: the system has no room for one now.
  virtual void Accept(std::shared_ptr<IoLoop> on, TlsSource tls, OnAccept done) = 0;
  // Calls once, where a connection waits to be accepted. Not after Close.
  virtual void WhenOneWaits(UniqueFunction<void()> done) = 0;
  virtual void Close() = 0;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_TRANSPORT_H_
