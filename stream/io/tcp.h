// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Tcp: connections as flows of bytes, servers as sources of connections.
//
// Back-pressure reaches the socket: nothing is read that is not asked for (but one piece ahead),
// and what is written is taken as fast as the socket takes it; small writes that come meanwhile
// leave together. One thread for each system waits for the sockets; it is a thread of the machine,
// so TCP does not run in a SimulatedRuntime. A connection ends when both directions have ended.
// Failures: UNAVAILABLE with the system's text, DEADLINE_EXCEEDED for the timeouts. Threads:
// values. Lifetime: connections end with their stream.
//
//   auto [binding, done] = Tcp::Bind(system, "127.0.0.1", 0)
//       .ToMat(Sink<IncomingConnection>::Foreach([&](const IncomingConnection& connection) {
//                connection.HandleWith(Echo(), system);
//              }), KeepBoth()).Run(system);
//   Source<Bytes>::Single(Bytes("hello"))
//       .Via(Tcp::OutgoingConnection(system, "127.0.0.1", port)).RunWith(..., system);
#ifndef SAMPO_STREAM_IO_TCP_H_
#define SAMPO_STREAM_IO_TCP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/flow.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/runnable_graph.h"
#include "sampo/stream/source.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

namespace internal {

class BindState;

// `flow` and `handler` in a circle.
template <class Mat>
class CircleNode final : public Blueprint<Mat> {
 public:
  CircleNode(BlueprintRef<NotUsed> flow, BlueprintRef<Mat> handler)
      : flow_(std::move(flow)), handler_(std::move(handler)) {}
  Mat Build(BuildContext& context, Ports& /*ports*/) const override {
    Ports flow;
    Ports handler;
    flow_->Build(context, flow);
    Mat value = handler_->Build(context, handler);
    context.Link(flow.outs.front(), handler.ins.front());
    context.Link(handler.outs.front(), flow.ins.front());
    return value;
  }

 private:
  const BlueprintRef<NotUsed> flow_;
  const BlueprintRef<Mat> handler_;
};

}  // namespace internal

struct TcpAddress {
  std::string host;  // as digits
  uint16_t port = 0;
  std::string ToString() const;
  bool operator==(const TcpAddress&) const = default;
};

struct TcpOptions {
  // True: each direction ends by itself; a handler sees the end of the peer's and ends ours. False:
  // when the peer has ended its direction ours ends at once, after what was given to it until then.
  bool half_close = true;
  // Nothing read and nothing written for so long fails the connection.
  absl::Duration idle_timeout = absl::InfiniteDuration();
  absl::Duration connect_timeout = absl::Seconds(10);  // of OutgoingConnection
  // Pekko's figures: what is read at once, and what is taken while a write is on its way.
  size_t read_bytes_max = 16 << 10;
  size_t write_buffer_bytes = 16 << 10;
  int backlog = 100;  // of Bind: connections that wait to be accepted
};

struct IncomingConnection {
  TcpAddress local;
  TcpAddress remote;
  // Its elements are what the peer sends; what goes in is sent to it. Runs once; a second run fails
  // with FAILED_PRECONDITION. Dropped without a run, the connection is closed.
  Flow<Bytes, Bytes> flow;

  // Runs it with `handler` in a circle: what the peer sends goes through it and back.
  template <class Mat>
  Mat HandleWith(const Flow<Bytes, Bytes, Mat>& handler, const Materializer& materializer) const {
    return RunnableGraph<Mat>(internal::BlueprintRef<Mat>(new internal::CircleNode<Mat>(
                                  flow.blueprint(), handler.blueprint())))
        .Run(materializer);
  }
};

struct ConnectedTo {
  TcpAddress local;
  TcpAddress remote;
};

class ServerBinding {
 public:
  explicit ServerBinding(TcpAddress local, std::shared_ptr<internal::BindState> state)
      : local_(std::move(local)), state_(std::move(state)) {}
  const TcpAddress& local() const { return local_; }
  // Accepts no more: the source completes. Connections go on.
  void Unbind() const;

 private:
  TcpAddress local_;
  std::shared_ptr<internal::BindState> state_;
};

class Tcp {
 public:
  // Connections to `host` (digits, or a name of this machine) and `port`; 0: any that is free.
  // Emits when: somebody has connected. Backpressures when: downstream does; then they wait in the
  // backlog. Completes when: it was unbound. Cancels when: downstream does. Tested by: tcp_test.cc.
  static Source<IncomingConnection, Future<ServerBinding>> Bind(
      ActorSystemBase& system, std::string host, uint16_t port, TcpOptions options = {},
      SourceLocation where = SourceLocation::Current());
  // A connection for each materialization.
  // Emits when: the peer has sent something. Backpressures when: the socket does. Completes when:
  // the peer has ended its direction. Cancels when: the connection fails. Tested by: tcp_test.cc.
  static Flow<Bytes, Bytes, Future<ConnectedTo>> OutgoingConnection(
      ActorSystemBase& system, std::string host, uint16_t port, TcpOptions options = {},
      SourceLocation where = SourceLocation::Current());
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_IO_TCP_H_
