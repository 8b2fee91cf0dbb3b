// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/tcp.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/all_stages_stopped.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);

class TcpTest : public testing::Test {
 protected:
  // A server whose connections the test takes one by one.
  struct Server {
    ServerBinding binding;
    TestSinkProbe<IncomingConnection> connections;
    uint16_t port() const { return binding.local().port; }
  };
  Server Listen(TcpOptions options = {}) {
    auto [binding, connections] = Tcp::Bind(system(), "127.0.0.1", 0, options)
                                      .ToMat(TestSink<IncomingConnection>::Probe(), KeepBoth())
                                      .Run(system());
    return {Await(binding, kTimeout).value(), connections};
  }
  // One side of a connection in the test's hand.
  struct Side {
    TestSourceProbe<Bytes> in;
    TestSinkProbe<Bytes> out;
  };
  Side Take(const Flow<Bytes, Bytes>& flow) {
    auto [in, out] = TestSource<Bytes>::Probe()
                         .Via(flow)
                         .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
                         .Run(system());
    return {in, out};
  }
  Side Connect(uint16_t port, TcpOptions options = {}) {
    auto [in, out] = TestSource<Bytes>::Probe()
                         .Via(Tcp::OutgoingConnection(system(), "127.0.0.1", port, options))
                         .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
                         .Run(system());
    return {in, out};
  }
  // An unbound server and nothing left.
  void Finish(Server& server) {
    server.binding.Unbind();
    server.connections.Request(1).ExpectComplete();
    AssertAllStagesStopped(system());
  }
  ActorSystemBase& system() { return kit_.system(); }
  ActorTestKit kit_;
};

TEST_F(TcpTest, BytesGoBothWaysAndEachDirectionEndsByItself) {
  Server server = Listen();
  EXPECT_NE(server.port(), 0);
  Side client = Connect(server.port());
  Side served = Take(server.connections.RequestNext().flow);
  client.in.SendNext(Bytes("question"));
  EXPECT_EQ(served.out.RequestNext(), Bytes("question"));
  client.in.SendComplete();
  served.out.Request(1).ExpectComplete();
  served.in.SendNext(Bytes("answer"));
  EXPECT_EQ(client.out.RequestNext(), Bytes("answer"));
  served.in.SendComplete();
  client.out.Request(1).ExpectComplete();
  Finish(server);
}

TEST_F(TcpTest, WithoutHalfCloseTheEndOfThePeerEndsOurs) {
  Server server = Listen({.half_close = false});
  Side client = Connect(server.port());
  Side served = Take(server.connections.RequestNext().flow);
  client.in.SendComplete();
  served.out.Request(1).ExpectComplete();
  EXPECT_TRUE(served.in.ExpectCancellation().ok());
  client.out.Request(1).ExpectComplete();
  Finish(server);
}

TEST_F(TcpTest, ManyBytesThroughAnEcho) {
  auto [binding, done] =
      Tcp::Bind(system(), "127.0.0.1", 0)
          .ToMat(Sink<IncomingConnection>::Foreach([this](const IncomingConnection& connection) {
                   connection.HandleWith(Flow<Bytes>(), system());
                 }),
                 KeepBoth())
          .Run(system());
  const ServerBinding bound = Await(binding, kTimeout).value();
  constexpr int kPieces = 2000;
  auto back =
      Source<int>::Range(1, kPieces)
          .Map([](int n) { return Bytes(std::string(5000, static_cast<char>('a' + n % 26))); })
          .Via(Tcp::OutgoingConnection(system(), "127.0.0.1", bound.local().port))
          .RunWith(Sink<Bytes>::Fold(std::string(),
                                     [](std::string all, const Bytes& piece) {
                                       all += piece.view();
                                       return all;
                                     }),
                   system());
  auto got = Await(back, absl::Seconds(20));
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->size(), kPieces * 5000u);
  for (int n = 1; n <= kPieces; ++n) {
    const size_t at = static_cast<size_t>(n - 1) * 5000;
    ASSERT_EQ((*got)[at], static_cast<char>('a' + n % 26));
    ASSERT_EQ((*got)[at + 4999], static_cast<char>('a' + n % 26));
  }
  bound.Unbind();
  EXPECT_TRUE(Await(done, kTimeout).ok());
  AssertAllStagesStopped(system());
}

TEST_F(TcpTest, AReaderThatDoesNotReadStopsTheWriter) {
  Server server = Listen();
  auto [sent, out] =
      Source<int>::Range(1, 1'000'000)
          .Map([](int) { return Bytes(std::string(16 << 10, 'x')); })
          .ViaMat(Flow<Bytes>().ViaMat(
                      Tcp::OutgoingConnection(system(), "127.0.0.1", server.port()), KeepRight()),
                  KeepRight())
          .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
          .Run(system());
  Side served = Take(server.connections.RequestNext().flow);
  EXPECT_TRUE(Await(sent, kTimeout).ok());
  // 16 GB would not fit into the sockets' buffers, and would not end.
  EXPECT_FALSE(served.out.RequestNext().empty());
  served.out.ExpectNoMessage();
  served.out.Cancel(absl::AbortedError("enough"));
  EXPECT_EQ(out.Request(1).ExpectError().code(), absl::StatusCode::kUnavailable);
  Finish(server);
}

TEST_F(TcpTest, NobodyListens) {
  Server server = Listen();
  const uint16_t port = server.port();
  Finish(server);
  auto [connected, out] =
      Source<Bytes>::Single(Bytes("x"))
          .ViaMat(Tcp::OutgoingConnection(system(), "127.0.0.1", port), KeepRight())
          .ToMat(TestSink<Bytes>::Probe(), KeepBoth())
          .Run(system());
  EXPECT_EQ(Await(connected, kTimeout).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(out.ExpectError().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TcpTest, APortThatIsTaken) {
  Server server = Listen();
  auto [binding, out] = Tcp::Bind(system(), "127.0.0.1", server.port())
                            .ToMat(TestSink<IncomingConnection>::Probe(), KeepBoth())
                            .Run(system());
  EXPECT_EQ(Await(binding, kTimeout).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(out.ExpectError().code(), absl::StatusCode::kUnavailable);
  Finish(server);
}

TEST_F(TcpTest, AConnectionWithoutTrafficTimesOut) {
  Server server = Listen();
  Side client = Connect(server.port(), {.idle_timeout = absl::Milliseconds(30)});
  Side served = Take(server.connections.RequestNext().flow);
  EXPECT_EQ(client.out.ExpectError().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client.in.ExpectCancellation().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(served.out.ExpectError().code(), absl::StatusCode::kUnavailable);
  Finish(server);
}

TEST_F(TcpTest, AnIncomingConnectionRunsOnceAndIsClosedWhenDropped) {
  Server server = Listen();
  Side first = Connect(server.port());
  {
    IncomingConnection connection = server.connections.RequestNext();
    EXPECT_EQ(connection.local.port, server.port());
    Side served = Take(connection.flow);
    Side again = Take(connection.flow);
    EXPECT_EQ(again.out.ExpectError().code(), absl::StatusCode::kFailedPrecondition);
    served.in.SendError(absl::AbortedError("a test's"));
    EXPECT_EQ(first.out.ExpectError().code(), absl::StatusCode::kUnavailable);
  }
  Side second = Connect(server.port());
  { IncomingConnection dropped = server.connections.RequestNext(); }
  second.out.Request(1).ExpectComplete();
  second.in.SendComplete();
  Finish(server);
}

TEST_F(TcpTest, ASystemThatEndsClosesItsConnections) {
  Server server = Listen();
  Side client = Connect(server.port());
  Side served = Take(server.connections.RequestNext().flow);
  client.in.SendNext(Bytes("x"));
  EXPECT_EQ(served.out.RequestNext(), Bytes("x"));
  kit_.system().Terminate();
  EXPECT_TRUE(IsAbruptTermination(client.out.ExpectError()));
}

}  // namespace
}  // namespace sampo::stream
