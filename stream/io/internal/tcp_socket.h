// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TcpSocket and TcpListener: sockets on the one I/O thread of a system, which tell a stage what
// happens to them. The only place that knows the I/O library.
//
// Threads: all methods from any; events come on the I/O thread, into the stage's inbox.
// Lifetime: shared with the I/O thread while something is on its way.
#ifndef SAMPO_STREAM_IO_INTERNAL_TCP_SOCKET_H_
#define SAMPO_STREAM_IO_INTERNAL_TCP_SOCKET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/actor_system.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/io/tcp.h"

namespace sampo::stream::internal {

class TcpSocket;

struct TcpEvent {
  enum class Kind : uint8_t {
    kConnected,  // `local` and `remote`; of a listener: `socket`, too
    kRead,       // `bytes`
    kPeerEnded,  // nothing more will be read
    kWritten,    // what was given to Write is with the system
    kBound,      // of a listener: `local`
    kUnbind,     // of a listener: somebody wants it
    kFailed,     // `failure`
  };
  Kind kind;
  Bytes bytes = {};
  absl::Status failure = {};
  TcpAddress local = {};
  TcpAddress remote = {};
  std::shared_ptr<TcpSocket> socket = {};
};

using TcpInbox = StageInbox<TcpEvent>;

class TcpSocket {
 public:
  virtual ~TcpSocket() = default;
  // Events go there from now on.
  virtual void Attach(std::shared_ptr<TcpInbox> inbox) = 0;
  // kConnected or kFailed follows.
  virtual void Connect(std::string host, uint16_t port) = 0;
  // One at a time: kRead, kPeerEnded or kFailed follows.
  virtual void Read(size_t bytes_max) = 0;
  // One at a time: kWritten or kFailed follows.
  virtual void Write(std::vector<Bytes> pieces) = 0;
  // Ends our direction, behind what was written.
  virtual void EndWriting() = 0;
  // At once; what was read by nobody is lost. `abort`: the peer sees a failure.
  virtual void Close(bool abort) = 0;
};
std::shared_ptr<TcpSocket> MakeTcpSocket(ActorSystemBase& system);

class TcpListener {
 public:
  virtual ~TcpListener() = default;
  // kBound or kFailed follows.
  virtual void Listen(std::string host, uint16_t port, int backlog) = 0;
  // One at a time: kConnected or kFailed follows.
  virtual void Accept() = 0;
  virtual void Close() = 0;
};
std::shared_ptr<TcpListener> MakeTcpListener(ActorSystemBase& system,
                                             std::shared_ptr<TcpInbox> inbox);

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_IO_INTERNAL_TCP_SOCKET_H_
