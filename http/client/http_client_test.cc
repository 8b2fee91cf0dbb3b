// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The client against servers that follow a script: one answer for each request, pools and their
// bounds, what is sent again and what not, timeouts, responses that are none.

#include "sampo/http/client/http_client.h"

#include <atomic>
#include <latch>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/http/internal/client_test_server.h"
#include "sampo/http/model/entity_stream.h"

namespace sampo::http {
namespace {

using internal::ClosedPort;
using internal::RecordingServer;
using internal::ScriptedConnection;
using internal::ScriptedServer;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
// Long enough for any machine; what passes does not wait for it.
constexpr absl::Duration kLong = absl::Minutes(1);

// Pauses that a test does not notice.
ClientSettings Quick() {
  ClientSettings settings;
  settings.backoff = {.min = absl::Milliseconds(1), .max = absl::Milliseconds(5)};
  settings.request_timeout = kLong;
  return settings;
}

HttpRequest RequestOf(Method method, std::string_view url, Entity entity = {}) {
  absl::StatusOr<Uri> uri = Uri::Parse(url);
  EXPECT_TRUE(uri.ok()) << uri.status();
  return {.method = method, .uri = *std::move(uri), .entity = std::move(entity)};
}

class HttpClientTest : public testing::Test {
 protected:
  HttpClient Client(ClientSettings settings = Quick()) {
    return HttpClient(kit_.system(), std::move(settings));
  }
  static absl::StatusOr<HttpResponse> Wait(Future<HttpResponse> future) {
    return Await(std::move(future), kLong);
  }
  static void ExpectFailure(const absl::StatusOr<HttpResponse>& response, absl::StatusCode code,
                            std::string_view text) {
    EXPECT_EQ(response.status().code(), code) << response.status();
    EXPECT_NE(response.status().message().find(ToAbsl(text)), std::string::npos)
        << response.status();
  }
  static std::string BodyOf(const absl::StatusOr<HttpResponse>& response) {
    if (!response.ok()) return StrCat("failed: ", response.status());
    if (!response->entity.IsStrict()) return "a stream";
    return response->entity.bytes().ToString();
  }

  ActorTestKit kit_;
};

// Answers each request with `answer`.
ScriptedServer::Script Always(std::string answer) {
  return [answer = std::move(answer)](ScriptedConnection& peer) {
    while (peer.ReadRequest()) peer.Write(answer);
  };
}

TEST_F(HttpClientTest, SendsARequestAndKeepsTheConnection) {
  RecordingServer server{std::string(kOk)};
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/a?b=c"), {{"X-Mine", "1"}}))), "ok");
  EXPECT_EQ(BodyOf(Wait(client.Post(server.Url("/p"), Entity::Text("hello")))), "ok");
  EXPECT_EQ(BodyOf(Wait(client.Post(server.Url("/p"), Entity()))), "ok");
  EXPECT_EQ(server.accepted(), 1);
  const std::vector<std::string> requests = server.requests();
  const std::string host = StrCat("Host: 127.0.0.1:", server.port(), "\r\n");
  EXPECT_EQ(requests.at(0), StrCat("GET /a?b=c HTTP/1.1\r\n", host, "X-Mine: 1\r\n",
                                   "Accept-Encoding: gzip\r\nUser-Agent: sampo-http\r\n\r\n"));
  EXPECT_EQ(requests.at(1),
            StrCat("POST /p HTTP/1.1\r\n", host,
                   "Accept-Encoding: gzip\r\nUser-Agent: sampo-http\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"));
  EXPECT_TRUE(requests.at(2).find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_F(HttpClientTest, TakesEachKindOfBody) {
  struct Case {
    std::string_view answer;
    std::string_view body;
  };
  const Case kCases[] = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n"
       "T: u\r\n\r\n",
       "abcde"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n", ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       "x"},
      {"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", "oops"},
  };
  for (const Case& one : kCases) {
    ScriptedServer server(Always(std::string(one.answer)));
    const HttpClient client = Client();
    for (int n = 0; n < 2; ++n) {
      EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), one.body) << one.answer;
    }
    EXPECT_EQ(server.accepted(), 1) << one.answer;
  }
}

TEST_F(HttpClientTest, ABodyWithoutLengthEndsWithItsConnection) {
  ScriptedServer server([](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.0 200 OK\r\n\r\nall of it");
  });
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "all of it");
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "all of it");
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClientTest, TheResponseToHeadHasNoBody) {
  ScriptedServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  const HttpClient client = Client();
  for (int n = 0; n < 2; ++n) {
    const auto response = Wait(client.Send(RequestOf(Method::kHead, server.Url("/"))));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->entity.IsEmpty());
    EXPECT_EQ(response->headers.Get("content-length"), "500");
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClientTest, APoolHasAtMostFourConnectionsAndThirtyTwoRequests) {
  std::atomic<int> open{0};
  std::atomic<int> open_max{0};
  std::latch four(4);
  std::latch go(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    bool is_first = true;
    while (peer.ReadRequest()) {
      open_max = std::max(open_max.load(), open.fetch_add(1) + 1);
      if (std::exchange(is_first, false)) four.count_down();
      go.wait();
      open.fetch_sub(1);
      peer.Write(kOk);
    }
  });
  const HttpClient client = Client();
  std::vector<Future<HttpResponse>> responses;
  for (int n = 0; n < 32; ++n) responses.push_back(client.Get(server.Url("/")));
  four.wait();
  ExpectFailure(
      Wait(client.Get(server.Url("/"))), absl::StatusCode::kResourceExhausted,
      StrCat("pool http://127.0.0.1:", server.port(), " has 32 open requests (open_requests_max)"));
  go.count_down();
  for (const auto& response : responses) EXPECT_EQ(BodyOf(Wait(response)), "ok");
  EXPECT_EQ(server.accepted(), 4);
  EXPECT_EQ(open_max.load(), 4);
}

TEST_F(HttpClientTest, PoolsAreBoundedToo) {
  ScriptedServer first(Always(std::string(kOk)));
  ScriptedServer second(Always(std::string(kOk)));
  ClientSettings settings = Quick();
  settings.pools_max = 1;
  const HttpClient client = Client(settings);
  EXPECT_EQ(BodyOf(Wait(client.Get(first.Url("/")))), "ok");
  ExpectFailure(Wait(client.Get(second.Url("/"))), absl::StatusCode::kResourceExhausted,
                "pools_max");
}

TEST_F(HttpClientTest, AConnectionThatTheServerClosedIsReplaced) {
  ScriptedServer server([](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    peer.Write(kOk);  // promises to keep it, and closes it
  });
  const HttpClient client = Client();
  for (int n = 0; n < 5; ++n) EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  EXPECT_EQ(server.accepted(), 5);
}

// The first connection answers once and leaves the second request unanswered.
ScriptedServer::Script ClosesInsteadOfTheSecondAnswer(std::atomic<int>& requests) {
  return [&requests](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      const int n = requests.fetch_add(1);
      if (n == 1) return;
      peer.Write(kOk);
    }
  };
}

TEST_F(HttpClientTest, AStaleConnectionCostsAnIdempotentRequestNothing) {
  std::atomic<int> requests{0};
  ScriptedServer server(ClosesInsteadOfTheSecondAnswer(requests));
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  EXPECT_EQ(BodyOf(Wait(client.Put(server.Url("/"), Entity::Text("x")))), "ok");
  EXPECT_EQ(requests.load(), 3);
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClientTest, APostIsNeverSentTwiceOnceBytesWereSent) {
  std::atomic<int> requests{0};
  ScriptedServer server(ClosesInsteadOfTheSecondAnswer(requests));
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  ExpectFailure(Wait(client.Post(server.Url("/"), Entity::Text("x"))),
                absl::StatusCode::kUnavailable, "the connection ended before the response began");
  EXPECT_EQ(requests.load(), 2);
}

TEST_F(HttpClientTest, AnIdempotentRequestIsSentAgainUpToItsBound) {
  std::atomic<int> requests{0};
  std::atomic<int> failures{3};
  ScriptedServer server([&](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      requests.fetch_add(1);
      if (failures.fetch_sub(1) > 0) return peer.Reset();
      peer.Write(kOk);
    }
  });
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  EXPECT_EQ(requests.load(), 4);
  failures = 1000;
  ExpectFailure(Wait(client.Get(server.Url("/"))), absl::StatusCode::kUnavailable,
                "(after 4 attempts)");
  EXPECT_EQ(requests.load(), 8);
}

TEST_F(HttpClientTest, RetryAfterIsHonouredUpToItsBound) {
  std::atomic<int> requests{0};
  std::atomic<const char*> after{"0"};
  ScriptedServer server([&](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      if (requests.fetch_add(1) % 2 == 0) {
        peer.Write(StrCat("HTTP/1.1 503 Busy\r\nRetry-After: ", after.load(),
                          "\r\nContent-Length: 4\r\n\r\nbusy"));
      } else {
        peer.Write(kOk);
      }
    }
  });
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  EXPECT_EQ(requests.load(), 2);
  EXPECT_EQ(server.accepted(), 1);
  after = "Thu, 01 Jan 1970 00:00:01 GMT";  // over
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  EXPECT_EQ(requests.load(), 4);
  // A POST is the caller's to repeat.
  EXPECT_EQ(BodyOf(Wait(client.Post(server.Url("/"), Entity::Text("x")))), "busy");
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  for (const char* too_long : {"18446744073709551615", "9223372036854775808"}) {
    after = too_long;
    EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "busy") << too_long;
    EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  }
  after = "3600";
  const auto handed_out = Wait(client.Get(server.Url("/")));
  EXPECT_EQ(BodyOf(handed_out), "busy");
  EXPECT_EQ(StatusOfResponse(*handed_out).code(), absl::StatusCode::kUnavailable);
}

// Nobody could be answered after the pause.
TEST_F(HttpClientTest, ARetryAfterBeyondTheRequestsTimeIsNotWaitedFor) {
  ScriptedServer server(
      Always("HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 4\r\n\r\nbusy"));
  ClientSettings settings = Quick();
  settings.request_timeout = absl::Seconds(4);
  EXPECT_EQ(BodyOf(Wait(Client(settings).Get(server.Url("/")))), "busy");
}

TEST_F(HttpClientTest, AServerThatIsNotThereIsNamedAfterAllAttempts) {
  const uint16_t port = ClosedPort();
  const HttpClient client = Client();
  const std::string url = StrCat("http://127.0.0.1:", port, "/");
  // Nothing was sent: a POST is tried again, too.
  ExpectFailure(Wait(client.Post(url, Entity::Text("x"))), absl::StatusCode::kUnavailable,
                StrCat("http://127.0.0.1:", port, ": connect: Connection refused"));
  ExpectFailure(Wait(client.Get(url)), absl::StatusCode::kUnavailable, "(after 4 attempts)");
}

TEST_F(HttpClientTest, ARequestThatIsNotAnsweredInTimeFailsAndFreesItsSlot) {
  std::latch closed(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    if (peer.index() > 0) return Always(std::string(kOk))(peer);
    peer.AwaitClose();
    closed.count_down();
  });
  ClientSettings settings = Quick();
  settings.connections_max = 1;
  settings.request_timeout = absl::Milliseconds(300);
  const HttpClient impatient = Client(settings);
  ExpectFailure(Wait(impatient.Get(server.Url("/slow"))), absl::StatusCode::kDeadlineExceeded,
                "no response to GET /slow within 300ms (request_timeout)");
  closed.wait();
  settings.request_timeout = kLong;
  EXPECT_EQ(BodyOf(Wait(Client(settings).Get(server.Url("/")))), "ok");
}

TEST_F(HttpClientTest, WhatIsNoResponseIsAFailureWithTheServersName) {
  struct Case {
    std::string_view answer;
    absl::StatusCode code;
    std::string_view text;
  };
  const std::string many = StrCat(
      "HTTP/1.1 200 OK\r\n",
      [] {
        std::string fields;
        for (int n = 0; n < 101; ++n) fields += StrCat("X-", n, ": y\r\n");
        return fields;
      }(),
      "\r\n");
  const std::string long_one = StrCat("HTTP/1.1 200 OK\r\nX: ", std::string(70'000, 'x'));
  const Case kCases[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", absl::StatusCode::kDataLoss, ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
       absl::StatusCode::kDataLoss, "two Content-Length fields"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       absl::StatusCode::kDataLoss, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
       absl::StatusCode::kDataLoss, "Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
       absl::StatusCode::kDataLoss, "chunk"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", absl::StatusCode::kDataLoss,
       "ended in the body"},
      {"HTTP/1.1 200 OK\r\nContent-Le", absl::StatusCode::kDataLoss, "ended in the head"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", absl::StatusCode::kDataLoss, "101"},
      {many, absl::StatusCode::kResourceExhausted, "header_count_max"},
      {long_one, absl::StatusCode::kResourceExhausted, "head_bytes_max"},
  };
  for (const Case& one : kCases) {
    std::atomic<int> requests{0};
    ScriptedServer server([&](ScriptedConnection& peer) {
      (void)peer.ReadRequest();
      requests.fetch_add(1);
      peer.Write(one.answer);
    });
    const auto response = Wait(Client().Get(server.Url("/")));
    ExpectFailure(response, one.code, one.text);
    ExpectFailure(response, one.code, StrCat("http://127.0.0.1:", server.port()));
    EXPECT_EQ(requests.load(), 1) << one.answer;  // it would not become better
  }
}

// pekko-features section 18, 60f: a response whose entity nobody subscribes to within the timeout
// has its connection killed, and the slot of the pool is used again.
TEST_F(HttpClientTest, Behaviour60fAnEntityThatNobodyReadsLosesItsConnectionAndFreesTheSlot) {
  std::latch first_closed(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    if (peer.index() > 0) return Always(std::string(kOk))(peer);
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthe beginning");
    peer.AwaitClose();
    first_closed.count_down();
  });
  EXPECT_EQ(ClientSettings().subscription_timeout, absl::Seconds(1));
  ClientSettings settings = Quick();
  settings.connections_max = 1;
  settings.subscription_timeout = absl::Milliseconds(50);
  const HttpClient client = Client(settings);
  const auto unread = Wait(client.Send(RequestOf(Method::kGet, server.Url("/"))));
  ASSERT_TRUE(unread.ok()) << unread.status();
  ASSERT_FALSE(unread->entity.IsStrict());
  // It has to wait for the one slot.
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  first_closed.wait();
  EXPECT_EQ(server.accepted(), 2);
  const auto late = Await(DiscardBytes(unread->entity, kit_.system()), kLong);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(late.status().message().find("subscription_timeout"), std::string::npos)
      << late.status();
}

TEST_F(HttpClientTest, WhatCannotBeSentIsAnInvalidArgument) {
  const HttpClient client = Client();
  for (std::string_view url : {"/path", "ftp://host/", "http://", "http://a b/"}) {
    EXPECT_EQ(Wait(client.Get(url)).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
  Headers split;
  split.AddUnchecked("X", "a\r\nY: b");
  ExpectFailure(Wait(client.Get("http://127.0.0.1/", split)), absl::StatusCode::kInvalidArgument,
                "header field");
  ExpectFailure(Wait(client.Get("http://127.0.0.1/", {{"Authorization", "token\n"}})),
                absl::StatusCode::kInvalidArgument, "header field");
  ExpectFailure(Wait(client.Get("http://127.0.0.1/", {{"content-length", "7"}})),
                absl::StatusCode::kInvalidArgument, "content-length");
  ClientSettings settings;
  settings.attempts_max = 0;
  ExpectFailure(Wait(Client(settings).Get("http://127.0.0.1/")), absl::StatusCode::kInvalidArgument,
                "attempts_max is 0");
}

TEST_F(HttpClientTest, AShutdownEndsWhatIsOnItsWay) {
  std::latch asked(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    asked.count_down();
    peer.AwaitClose();
  });
  ClientSettings settings = Quick();
  settings.connections_max = 1;
  const HttpClient client = Client(settings);
  const auto running = client.Get(server.Url("/"));
  const auto waiting = client.Get(server.Url("/"));
  asked.wait();
  EXPECT_TRUE(
      Await(CoordinatedShutdown::Of(kit_.system()).Run(ShutdownReason::Unknown()), kLong).ok());
  ExpectFailure(Wait(running), absl::StatusCode::kCancelled, "shut down");
  ExpectFailure(Wait(waiting), absl::StatusCode::kCancelled, "shut down");
  ExpectFailure(Wait(client.Get(server.Url("/"))), absl::StatusCode::kCancelled, "shut down");
}

TEST_F(HttpClientTest, RequestsGoOnWhenTheirClientIsGone) {
  std::latch asked(1);
  std::latch go(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    asked.count_down();
    go.wait();
    peer.Write(kOk);
  });
  Future<HttpResponse> response = Client().Get(server.Url("/"));
  asked.wait();
  go.count_down();
  EXPECT_EQ(BodyOf(Wait(response)), "ok");
  EXPECT_EQ(BodyOf(Wait(HttpClient::Of(kit_.system()).Get(server.Url("/")))), "ok");
}

}  // namespace
}  // namespace sampo::http
