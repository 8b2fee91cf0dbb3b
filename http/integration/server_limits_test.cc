// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// What the server does with hostile, slow and too many clients: raw bytes and the code they get,
// every limit and every timeout, and that none of them stalls another client.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/manual_time.h"
#include "sampo/http/integration/server_test_util.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/server/http_server.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

using stream::Source;

Future<HttpResponse> Hello(HttpRequest) { return ReplyText("hello"); }

// --- bytes that are no request ---

struct Shape {
  const char* name;
  std::string bytes;
  int status;
};

std::string Fields(std::string_view fields, std::string_view rest = "") {
  return StrCat("POST / HTTP/1.1\r\nHost: h\r\n", fields, "\r\n", rest);
}

const std::vector<Shape> kShapes{
    // Lengths that two readers may take for two things.
    {"two equal lengths", Fields("Content-Length: 1\r\nContent-Length: 1\r\n", "a"), 400},
    {"two lengths", Fields("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400},
    {"a list of lengths", Fields("Content-Length: 1, 1\r\n", "a"), 400},
    {"a signed length", Fields("Content-Length: +1\r\n", "a"), 400},
    {"a negative length", Fields("Content-Length: -1\r\n", "a"), 400},
    {"a hexadecimal length", Fields("Content-Length: 0x1\r\n", "a"), 400},
    {"an empty length", Fields("Content-Length: \r\n", "a"), 400},
    {"a length beyond 64 bits", Fields("Content-Length: 18446744073709551617\r\n", "a"), 400},
    {"a length of 19 digits", Fields("Content-Length: 1000000000000000000\r\n", "a"), 413},
    {"length, then encoding",
     Fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"encoding, then length",
     Fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
    {"two encodings",
     Fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"gzip and chunked", Fields("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
    {"chunked and identity", Fields("Transfer-Encoding: chunked, identity\r\n"), 400},
    {"identity", Fields("Transfer-Encoding: identity\r\n"), 400},
    {"xchunked", Fields("Transfer-Encoding: xchunked\r\n"), 400},
    {"vertical tab before chunked",
     Fields("Transfer-Encoding: \x0b"
            "chunked\r\n"),
     400},
    {"encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    // Lines.
    {"a folded field", Fields("X-A: 1\r\n 2\r\n"), 400},
    {"a field folded at its beginning", Fields("X-A:\r\n\t2\r\n"), 400},
    {"a field folded into nothing", Fields("X-A: 1\r\n \r\n"), 400},
    {"a folded Host", "GET / HTTP/1.1\r\nHost:\r\n h\r\n\r\n", 400},
    {"a space before the colon", Fields("Content-Length : 1\r\n", "a"), 400},
    {"a space in the name", Fields("X A: 1\r\n"), 400},
    {"an empty name", Fields(": 1\r\n"), 400},
    {"no colon", Fields("X-A\r\n"), 400},
    {"a bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
    {"a bare LF in a field", Fields("X-A: 1\nX-B: 2\r\n"), 400},
    {"a bare CR in a field", Fields("X-A: 1\rX-B: 2\r\n"), 400},
    {"a NUL in a value", Fields(std::string("X-A: a\0b\r\n", 10)), 400},
    {"a NUL in a name", Fields(std::string("X\0A: b\r\n", 8)), 400},
    {"DEL in a value", Fields("X-A: a\x7f\r\n"), 400},
    {"a space before the method", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"two spaces behind the method", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a tab behind the method", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"HTTP/0.9", "GET /\r\n\r\n", 400},
    {"a lower case version", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
    {"a TLS hello", std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11), 400},
    // Host and target.
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
    {"a bad percent sequence", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a NUL in the path", "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a target without a slash", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"* for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"absolute form without a host", "GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    // What is well formed, and not ours.
    {"an unknown method", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"a lower case method", "get / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
    {"another expectation", Fields("Expect: 200-maybe\r\n"), 417},
    // Chunks.
    {"a chunk that is no number", Fields("Transfer-Encoding: chunked\r\n", "x\r\n"), 400},
    {"a negative chunk", Fields("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400},
    {"a chunk with 0x", Fields("Transfer-Encoding: chunked\r\n", "0x1\r\na\r\n0\r\n\r\n"), 400},
    {"a chunk beyond 64 bits", Fields("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n"),
     400},
    {"a chunk that is longer", Fields("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
     400},
    {"a bare LF behind a chunk's size",
     Fields("Transfer-Encoding: chunked\r\n", "1\na\r\n0\r\n\r\n"), 400},
    {"a LF in an extension",
     Fields("Transfer-Encoding: chunked\r\n", "1;a=\"\n\"\r\na\r\n0\r\n\r\n"), 400},
    {"a length in the trailer",
     Fields("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n"), 400},
    // What must be served.
    {"absolute form", "GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", 200},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 200},
    {"a head that ends early", "GET / HTTP/1.1\r\nHost: h\r\n", 400},
    {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 200},
    {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
    {"an empty value", Fields("X-A:\r\n"), 200},
    {"white space around a value", Fields("X-A: \t v \t\r\n"), 200},
    {"CHUNKED", Fields("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), 200},
    {"a chunk's extension", Fields("Transfer-Encoding: chunked\r\n", "1;a=b\r\nx\r\n0\r\n\r\n"),
     200},
    {"bytes above 127 in a value", Fields("X-A: \xc3\xa4\r\n"), 200},
    {"an address as Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200},
};

TEST(ServerHostileTest, RefusesWhatTwoReadersCouldTakeForTwoRequests) {
  ActorTestKit kit;
  // A handler that answers before it has seen the body could be right about the head.
  const HttpHandler after_the_body = [&kit](HttpRequest request) {
    return DiscardBytes(request.entity, kit.system()).FlatMap([](uint64_t) {
      return ReplyText("hello");
    });
  };
  const uint16_t port = MustBind(kit.system(), {}, after_the_body).port();
  for (const Shape& shape : kShapes) {
    for (const bool in_pieces : {false, true}) {
      RawClient client(port);
      if (in_pieces) {
        for (const char c : shape.bytes) client.Send(std::string(1, c));
      } else {
        client.Send(shape.bytes);
      }
      client.EndSending();
      const RawAnswer answer = client.ReadAnswer();
      EXPECT_EQ(answer.status, shape.status) << shape.name << (in_pieces ? ", in pieces" : "");
      if (shape.status != 200) {
        EXPECT_EQ(answer.Field("connection"), "close") << shape.name;
      }
      EXPECT_TRUE(client.AtEnd()) << shape.name << ": the rest must not be another request";
    }
  }
}

// --- limits ---

TEST(ServerLimitsTest, EachHasItsAnswer) {
  ActorTestKit kit;
  const ServerSettings settings{.limits = {.uri_bytes_max = 100,
                                           .header_count_max = 3,
                                           .header_name_bytes_max = 20,
                                           .header_value_bytes_max = 20,
                                           .head_bytes_max = 1000,
                                           .content_length_max = 50,
                                           .chunk_bytes_max = 10,
                                           .chunk_extension_bytes_max = 8}};
  const uint16_t port = MustBind(kit.system(), settings, [&](HttpRequest request) {
                          return DiscardBytes(request.entity, kit.system()).Map([](uint64_t) {
                            return HttpResponse{};
                          });
                        }).port();
  const std::string chunked = Fields("Transfer-Encoding: chunked\r\n");
  const std::vector<Shape> shapes{
      {"target", Get(StrCat("/", std::string(99, 'x'))), 200},
      {"longer target", Get(StrCat("/", std::string(100, 'x'))), 414},
      {"target without an end", StrCat("GET /", std::string(100'000, 'x')), 414},
      {"three fields", Get("/", "A: 1\r\nB: 2\r\n"), 200},
      {"four fields", Get("/", "A: 1\r\nB: 2\r\nC: 3\r\n"), 431},
      {"name", Get("/", "01234567890123456789: 1\r\n"), 200},
      {"longer name", Get("/", "012345678901234567890: 1\r\n"), 431},
      {"value", Get("/", StrCat("A: ", std::string(20, 'x'), "\r\n")), 200},
      {"longer value", Get("/", StrCat("A: ", std::string(21, 'x'), "\r\n")), 431},
      {"head without an end", StrCat("GET / HTTP/1.1\r\nA: ", std::string(100'000, 'x')), 431},
      {"body", Post("/", std::string(50, 'x')), 200},
      {"longer body", Post("/", std::string(51, 'x')), 413},
      {"chunk", StrCat(chunked, "a\r\n0123456789\r\n0\r\n\r\n"), 200},
      {"longer chunk", StrCat(chunked, "b\r\n0123456789a\r\n0\r\n\r\n"), 413},
      {"extension", StrCat(chunked, "1;23456789abc\r\nx\r\n0\r\n\r\n"), 400},
      {"chunk's line without an end", StrCat(chunked, "1;", std::string(100'000, 'x')), 400},
  };
  for (const Shape& shape : shapes) {
    RawClient client(port);
    client.Send(shape.bytes);
    EXPECT_EQ(client.ReadAnswer().status, shape.status) << shape.name;
  }
}

TEST(ServerLimitsTest, AnEndlessBodyIsRefusedWhileItIsRead) {
  ActorTestKit kit;
  const ServerSettings settings{.limits = {.content_length_max = 100'000}};
  const uint16_t port = MustBind(kit.system(), settings, [&](HttpRequest request) {
                          return DiscardBytes(request.entity, kit.system()).Map([](uint64_t) {
                            return HttpResponse{};
                          });
                        }).port();
  RawClient client(port);
  client.Send(Fields("Transfer-Encoding: chunked\r\n"));
  const std::string chunk = StrCat("1000\r\n", std::string(4096, 'x'), "\r\n");
  for (int n = 0; n < 1000 && client.Send(chunk); ++n) {
  }
  EXPECT_EQ(client.ReadAnswer().status, 413);
}

// What is sent and read by nobody stays with the client.
TEST(ServerLimitsTest, ABodyThatIsNotReadHoldsItsClientBack) {
  ActorTestKit kit;
  Promise<HttpResponse> answer;
  Future<HttpResponse> promised = answer.future();
  std::shared_ptr<HttpRequest> held;
  const ServerSettings settings{.limits = {.content_length_max = 1 << 30}};
  const uint16_t port = MustBind(kit.system(), settings, [&](HttpRequest request) {
                          if (request.uri.path() == "/hello") return Hello(std::move(request));
                          held = std::make_shared<HttpRequest>(std::move(request));
                          return promised;
                        }).port();
  RawClient client(port);
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  fcntl(client.fd(), F_SETFL, O_NONBLOCK);
  const std::string piece(1 << 20, 'x');
  int64_t sent = 0;
  // Until there has been no room for a while: what fits is in the buffers of the kernel.
  for (pollfd room{client.fd(), POLLOUT, 0}; sent < (1 << 30) && poll(&room, 1, 300) == 1;) {
    sent += std::max<ssize_t>(0, send(client.fd(), piece.data(), piece.size(), MSG_NOSIGNAL));
  }
  EXPECT_LT(sent, 64 << 20);
  EXPECT_EQ(RawClient(port).Ask(Get("/hello")).status, 200) << "others are served meanwhile";
  answer.Complete(HttpResponse{});
}

TEST(ServerLimitsTest, AnAnswerThatIsNotReadHoldsItsStreamBackAndIsCut) {
  ActorTestKit kit;
  std::atomic<int64_t> made{0};
  Promise<void> cancelled;
  Future<void> was_cancelled = cancelled.future();
  auto ended = std::make_shared<Promise<void>>(std::move(cancelled));
  const ServerSettings settings{.write_timeout = absl::Milliseconds(300)};
  const uint16_t port =
      MustBind(kit.system(), settings, [&, ended](HttpRequest request) {
        if (request.uri.path() == "/hello") return Hello(std::move(request));
        const Bytes piece(std::string(1 << 16, 'x'));
        Source<Bytes> endless = Source<Bytes>::Repeat(piece)
                                    .Map([&](Bytes bytes) {
                                      made += static_cast<int64_t>(bytes.size());
                                      return bytes;
                                    })
                                    .WatchTermination([ended](stream::NotUsed, Future<void> end) {
                                      end.OnComplete([ended](absl::Status) { ended->Complete(); });
                                      return stream::NotUsed();
                                    });
        return Reply({.entity = StreamedEntity(ContentType::OctetStream(), endless)});
      }).port();
  RawClient client(port);
  client.Send(Get("/endless"));
  EXPECT_EQ(RawClient(port).Ask(Get("/hello")).body, "hello");
  EXPECT_TRUE(Await(was_cancelled, kSoon).ok());
  EXPECT_GT(made.load(), 0);
  EXPECT_LT(made.load(), 64 << 20);
}

TEST(ServerLimitsTest, AboveTheLimitOfConnectionsTheyWaitForAnIdleOne) {
  ActorTestKit kit;
  std::vector<Promise<HttpResponse>> held(2);
  std::latch called(2);
  const HttpServer server =
      MustBind(kit.system(), {.connections_max = 2}, [&](HttpRequest request) {
        const std::string path = request.uri.path();
        if (path == "/") return Hello(std::move(request));
        Future<HttpResponse> answer = held[path == "/held" ? 0 : 1].future();
        called.count_down();
        return answer;
      });
  RawClient first(server.port());
  first.Send(Get("/held"));
  RawClient second(server.port());
  second.Send(Get("/other"));
  called.wait();
  RawClient third(server.port());
  third.Send(Get("/"));
  EXPECT_EQ(server.open_connections(), 2) << "neither is idle";
  held[0].Complete(HttpResponse{});
  EXPECT_EQ(first.ReadAnswer().status, 200);
  EXPECT_EQ(third.ReadAnswer().status, 200);
  EXPECT_TRUE(first.AtEnd());
  held[1].Complete(HttpResponse{});
  EXPECT_EQ(second.ReadAnswer().status, 200);
  RawClient fourth(server.port());
  EXPECT_EQ(fourth.Ask(Get("/")).status, 200);
  EXPECT_TRUE(third.AtEnd()) << "the one that was idle for longest";
  EXPECT_EQ(second.Ask(Get("/")).status, 200);
}

// Opens `count` connections and holds them until `hold` is closed. Only system calls: it runs in a
// child of a process with threads.
[[noreturn]] void HoldConnections(uint16_t port, int count, int report, int hold) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int open = 0;
  for (int n = 0; n < count; ++n) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) ++open;
  }
  (void)!write(report, &open, sizeof(open));
  char byte = 0;
  (void)!read(hold, &byte, 1);
  _exit(0);
}

TEST(ServerLimitsTest, TenThousandIdleConnectionsStallNobodyAndCostNoThread) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const int count = static_cast<int>(std::min<rlim_t>(10'000, files.rlim_cur - 300));
  if (count < 10'000) {
    std::printf("only %d connections: the limit of open files is %d\n", count,
                static_cast<int>(files.rlim_cur));
  }
  ActorTestKit kit;
  const HttpServer server = MustBind(kit.system(), {.connections_max = 12'000}, &Hello);
  int report[2];
  int hold[2];
  ASSERT_EQ(pipe(report) + pipe(hold), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(hold[1]);
    HoldConnections(server.port(), count, report[1], hold[0]);
  }
  int open = 0;
  EXPECT_EQ(read(report[0], &open, sizeof(open)), static_cast<ssize_t>(sizeof(open)));
  EXPECT_EQ(open, count);
  while (server.open_connections() < count) std::this_thread::yield();
  RawClient client(server.port());
  for (int n = 0; n < 100; ++n) ASSERT_EQ(client.Ask(Get("/")).body, "hello");
  EXPECT_EQ(server.open_connections(), count + 1);
  close(hold[1]);
  waitpid(child, nullptr, 0);
  for (const int fd : {report[0], report[1], hold[0]}) close(fd);
  while (server.open_connections() > 1) std::this_thread::yield();
  EXPECT_EQ(client.Ask(Get("/")).body, "hello");
}

// --- time: it stands still until the test moves it ---

class ServerTimeoutTest : public testing::Test {
 protected:
  uint16_t Serve(HttpHandler handler, ServerSettings settings = {}) {
    port_ = MustBind(kit_.system(), std::move(settings), std::move(handler)).port();
    return port_;
  }
  // What was sent before has been looked at.
  void Settle() {
    RawClient other(port_);
    for (int n = 0; n < 2; ++n) ASSERT_NE(other.Ask(Get("/settle")).status, 0);
  }
  ManualTime time_;
  ActorTestKit kit_{{.runtime = time_.Runtime()}};
  uint16_t port_ = 0;
};

TEST_F(ServerTimeoutTest, ASlowHeadIs408) {
  RawClient client(Serve(&Hello));
  client.Send("GET / HTTP/1.1\r\nHo");
  Settle();
  time_.TimePasses(absl::Seconds(9));
  client.Send("st: h\r\nX-Slow: ");
  Settle();
  time_.TimePasses(absl::Seconds(1));
  EXPECT_EQ(client.ReadAnswer().status, 408) << "a byte now and then does not help";
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTimeoutTest, ASlowStrictBodyIs408) {
  RawClient client(Serve(&Hello));
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  Settle();
  time_.TimePasses(absl::Seconds(20));
  EXPECT_EQ(client.ReadAnswer().status, 408);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTimeoutTest, AStreamedBodyMayTakeLongerThanAnAnswer) {
  RawClient client(Serve(
      [this](HttpRequest request) {
        return ToStrict(request.entity, kit_.system(), 100, absl::Hours(1))
            .Map([](const Entity& body) { return HttpResponse{.entity = body}; });
      },
      {.strict_body_bytes_max = 0}));
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\none");
  for (const char* piece : {"two", "six"}) {
    Settle();
    time_.TimePasses(absl::Seconds(15));
    client.Send(piece);
  }
  EXPECT_EQ(client.ReadAnswer().body, "onetwosix");
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\none");
  Settle();
  time_.TimePasses(absl::Seconds(60));
  // 503 where the handler has not asked for more yet.
  const int stalled = client.ReadAnswer().status;
  EXPECT_TRUE(stalled == 408 || stalled == 503) << stalled;
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTimeoutTest, AnIdleConnectionIsClosedWithoutAWord) {
  RawClient fresh(Serve(&Hello));
  RawClient used(port_);
  EXPECT_EQ(used.Ask(Post("/", "body") + "\r\n").status, 200);
  Settle();
  time_.TimePasses(absl::Seconds(60));
  EXPECT_TRUE(fresh.AtEnd());
  EXPECT_TRUE(used.AtEnd());
}

TEST_F(ServerTimeoutTest, ALateAnswerIs503AndIsDroppedWhenItComes) {
  std::vector<Promise<HttpResponse>> late(1);
  RawClient client(Serve([&](HttpRequest request) {
    return request.uri.path() == "/late" ? late[0].future() : Hello(std::move(request));
  }));
  client.Send(Get("/late"));
  Settle();
  time_.TimePasses(absl::Seconds(20));
  const RawAnswer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Field("connection"), "close");
  late[0].Complete(HttpResponse{.entity = Entity::Text("late")});
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTimeoutTest, AnUnreadBodyIsWaitedForAsLongAsAnIdleConnection) {
  std::shared_ptr<Entity> held;
  RawClient client(Serve(
      [&](HttpRequest request) {
        if (request.method == Method::kPost) held = std::make_shared<Entity>(request.entity);
        return ReplyText("held");
      },
      {.strict_body_bytes_max = 0}));
  EXPECT_EQ(client.Ask(Post("/", std::string(100'000, 'x'))).body, "held");
  Settle();
  time_.TimePasses(absl::Seconds(60));
  EXPECT_TRUE(client.AtEnd());
}

}  // namespace
}  // namespace sampo::http
