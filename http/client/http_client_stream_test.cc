// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The client's bodies and its TLS against servers that follow a script: streams with back-pressure
// both ways, gzip, JSON, events, certificates.

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/http/client/http_client.h"
#include "sampo/http/client/json.h"
#include "sampo/http/internal/client_test_server.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/sse/event_stream.h"
#include "sampo/stream/io/compression.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::http {

struct Price {
  std::string item;
  int cents = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Price, item, cents)

namespace {

using internal::RecordingServer;
using internal::ScriptedConnection;
using internal::ScriptedServer;
using internal::TestCertificate;
using stream::Sink;
using stream::Source;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
// Long enough for any machine; what passes does not wait for it.
constexpr absl::Duration kLong = absl::Minutes(1);

class HttpClientStreamTest : public testing::Test {
 protected:
  ClientSettings Quick() {
    ClientSettings settings;
    settings.backoff = {.min = absl::Milliseconds(1), .max = absl::Milliseconds(5)};
    settings.request_timeout = kLong;
    settings.subscription_timeout = kLong;
    return settings;
  }
  HttpClient Client() { return HttpClient(kit_.system(), Quick()); }
  static HttpRequest RequestOf(Method method, std::string_view url, Entity entity = {}) {
    return {.method = method, .uri = *Uri::Parse(url), .entity = std::move(entity)};
  }
  template <class T>
  static FutureResult<T> Wait(Future<T> future) {
    return Await(std::move(future), kLong);
  }
  static std::string BodyOf(const absl::StatusOr<HttpResponse>& response) {
    if (!response.ok()) return StrCat("failed: ", response.status());
    if (!response->entity.IsStrict()) return "a stream";
    return response->entity.bytes().ToString();
  }
  ActorSystemBase& system() { return kit_.system(); }

  ActorTestKit kit_;
};

Entity Pieces(std::optional<uint64_t> length) {
  return StreamedEntity(ContentType::TextUtf8(),
                        Source<Bytes>::From({Bytes("abc"), Bytes("defghijklmnopqrs")}), length);
}

TEST_F(HttpClientStreamTest, AStreamedRequestIsChunkedOrHasItsLength) {
  RecordingServer server{std::string(kOk)};
  const HttpClient client = Client();
  EXPECT_EQ(BodyOf(Wait(client.Post(server.Url("/"), Pieces(std::nullopt)))), "ok");
  EXPECT_EQ(BodyOf(Wait(client.Post(server.Url("/"), Pieces(19)))), "ok");
  EXPECT_EQ(server.accepted(), 1);
  const std::vector<std::string> requests = server.requests();
  EXPECT_TRUE(
      requests.at(0).ends_with("Transfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n10\r\ndefghijklmnopqrs\r\n0\r\n\r\n"))
      << requests.at(0);
  EXPECT_TRUE(requests.at(1).ends_with("Content-Length: 19\r\n\r\nabcdefghijklmnopqrs"))
      << requests.at(1);
}

TEST_F(HttpClientStreamTest, AStreamedRequestThatIsNotWhatItSaidFails) {
  ScriptedServer server([](ScriptedConnection& peer) { peer.AwaitClose(); });
  const HttpClient client = Client();
  const auto status_of = [&](Entity entity) {
    return Wait(client.Post(server.Url("/"), std::move(entity))).status();
  };
  EXPECT_EQ(status_of(Pieces(20)).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status_of(Pieces(18)).code(), absl::StatusCode::kInvalidArgument);
  const absl::Status broken = status_of(StreamedEntity(
      ContentType::OctetStream(), Source<Bytes>::Failed(absl::PermissionDeniedError("no file"))));
  EXPECT_EQ(broken.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_NE(broken.message().find("no file"), std::string::npos) << broken;
  // The last one may have failed before the server has taken its connection.
  while (server.accepted() < 3) std::this_thread::yield();
  EXPECT_EQ(server.accepted(), 3);  // each cost its connection, and none was tried again
}

TEST_F(HttpClientStreamTest, AStreamedRequestThatThrowsWhereItIsRunFails) {
  ScriptedServer server([](ScriptedConnection& peer) { (void)peer.ReadRequest(); });
  const auto throws = Source<Bytes>::Single(Bytes("x"))
                          .MapMaterializedValue([](stream::NotUsed) -> stream::NotUsed {
                            throw std::runtime_error("no stream");
                          });
  const auto answer = Wait(Client().Send(RequestOf(
      Method::kPost, server.Url("/"), StreamedEntity(ContentType::OctetStream(), throws))));
  EXPECT_FALSE(answer.ok());
}

TEST_F(HttpClientStreamTest, AResponseBeforeTheRequestsEndIsTaken) {
  ScriptedServer server([](ScriptedConnection& peer) {
    (void)peer.ReadHead();
    peer.Write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge");
    peer.AwaitClose();
  });
  const auto response =
      Wait(Client().Post(server.Url("/"), StreamedEntity(ContentType::OctetStream(),
                                                         Source<Bytes>::Repeat(Bytes("endless")))));
  EXPECT_EQ(BodyOf(response), "large");
  EXPECT_EQ(response->status, StatusCode::kContentTooLarge);
}

TEST_F(HttpClientStreamTest, AReaderThatWaitsHoldsTheServerBack) {
  constexpr size_t kTotal = 64 << 20;
  std::latch is_stuck(1);
  std::atomic<size_t> written{0};
  ScriptedServer server([&](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      peer.Write(StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", kTotal, "\r\n\r\n"));
      written = peer.WriteUntilStuck(kTotal, 300);
      is_stuck.count_down();
      peer.WriteUntilStuck(kTotal - written, -1);
      written = kTotal;
    }
  });
  const HttpClient client = Client();
  const auto response = Wait(client.Send(RequestOf(Method::kGet, server.Url("/"))));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->entity.length(), kTotal);
  auto reader = DataBytes(response->entity).RunWith(stream::TestSink<Bytes>::Probe(), system());
  reader.Request(1);
  const Bytes first = reader.ExpectNext();
  EXPECT_FALSE(first.empty());
  is_stuck.wait();
  EXPECT_LT(written.load(), kTotal);  // what the sockets' buffers take, and one piece
  reader.Request(1'000'000);
  size_t sum = first.size();
  while (sum < kTotal) sum += reader.ExpectNext().size();
  reader.ExpectComplete();
  EXPECT_EQ(sum, kTotal);
  // The connection is whole, and used again.
  const auto again = Wait(client.Send(RequestOf(Method::kGet, server.Url("/"))));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClientStreamTest, ABodyIsReadOnceAndACancelledOneClosesItsConnection) {
  std::latch closed(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthe beginning");
    peer.AwaitClose();
    closed.count_down();
  });
  const auto response = Wait(Client().Send(RequestOf(Method::kGet, server.Url("/"))));
  ASSERT_TRUE(response.ok()) << response.status();
  const auto head = DataBytes(response->entity).RunWith(Sink<Bytes>::Head(), system());
  EXPECT_EQ(Wait(head)->view(), "the beginning");
  closed.wait();
  EXPECT_EQ(Wait(DiscardBytes(response->entity, system())).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(HttpClientStreamTest, ABodyThatIsDroppedUnreadClosesItsConnectionAtOnce) {
  std::latch closed(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    peer.AwaitClose();
    closed.count_down();
  });
  // The future, and the response in it, are gone at once.
  EXPECT_TRUE(Wait(Client().Send(RequestOf(Method::kGet, server.Url("/")))).ok());
  closed.wait();
}

TEST_F(HttpClientStreamTest, ABodyThatBreaksOffOrStandsStillFailsItsStream) {
  std::atomic<bool> breaks_off{true};
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    if (!breaks_off) peer.AwaitClose();
  });
  ClientSettings settings = Quick();
  settings.idle_timeout = absl::Milliseconds(200);
  const HttpClient client(system(), settings);
  const auto failure = [&] { return Wait(client.Get(server.Url("/"))).status(); };
  EXPECT_EQ(failure().code(), absl::StatusCode::kDataLoss);
  breaks_off = false;
  const absl::Status idle = failure();
  EXPECT_EQ(idle.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_NE(idle.message().find("idle_timeout"), std::string::npos) << idle;
}

TEST_F(HttpClientStreamTest, WhatIsKeptInMemoryIsBounded) {
  ScriptedServer server([](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (peer.Write("400\r\n" + std::string(1024, 'x') + "\r\n")) {
      }
    }
  });
  ClientSettings settings = Quick();
  settings.strict_body_bytes_max = 100'000;
  const absl::Status endless = Wait(HttpClient(system(), settings).Get(server.Url("/"))).status();
  EXPECT_EQ(endless.code(), absl::StatusCode::kResourceExhausted) << endless;
  EXPECT_NE(endless.message().find("100000 bytes"), std::string::npos) << endless;
}

// What runs the reader may be busy for longer than that; the whole has its timeout.
TEST_F(HttpClientStreamTest, WhoReadsAtOnceIsUnderNoSubscriptionTimeout) {
  ScriptedServer server([](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
      peer.Write("0\r\n\r\n");
    }
  });
  ClientSettings settings = Quick();
  settings.subscription_timeout = absl::Nanoseconds(1);
  settings.small_body_bytes_max = 0;
  const HttpClient client(system(), settings);
  for (int n = 0; n < 20; ++n) EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
}

TEST_F(HttpClientStreamTest, GzipIsDecodedWithinTheSameBound) {
  // A megabyte of one letter: a thousandth of it on the wire.
  const absl::StatusOr<std::vector<Bytes>> pieces =
      Wait(Source<Bytes>::Single(Bytes(std::string(1 << 20, 'x')))
               .Via(stream::Compression::Gzip())
               .RunWith(Sink<Bytes>::Seq(), system()));
  ASSERT_TRUE(pieces.ok());
  std::string zipped;
  for (const Bytes& piece : *pieces) zipped.append(piece.view());
  ASSERT_GT(zipped.size(), 100u);
  ASSERT_LT(zipped.size(), 10'000u);
  ScriptedServer server([&](ScriptedConnection& peer) {
    while (peer.ReadRequest()) {
      peer.Write(StrCat("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ",
                        zipped.size(), "\r\n\r\n", zipped));
    }
  });
  const auto response = Wait(Client().Get(server.Url("/")));
  EXPECT_TRUE(BodyOf(response) == std::string(1 << 20, 'x'));
  EXPECT_FALSE(response->headers.Has("Content-Encoding"));
  ClientSettings settings = Quick();
  settings.strict_body_bytes_max = 100'000;
  EXPECT_EQ(Wait(HttpClient(system(), settings).Get(server.Url("/"))).status().code(),
            absl::StatusCode::kResourceExhausted);
  // Who asks for it himself gets it as it is.
  EXPECT_TRUE(BodyOf(Wait(Client().Get(server.Url("/"), {{"Accept-Encoding", "gzip"}}))) == zipped);
}

TEST_F(HttpClientStreamTest, JsonInAndOut) {
  RecordingServer server("");
  const auto answer_with = [&server](std::string_view status, std::string_view type,
                                     std::string_view body) {
    server.AnswerWith(StrCat("HTTP/1.1 ", status, "\r\nContent-Type: ", type,
                             "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  };
  const HttpClient client = Client();
  answer_with("200 OK", "application/json", R"({"item":"mill","cents":700})");
  EXPECT_EQ(Wait(GetJson<Price>(client, server.Url("/")))->cents, 700);
  EXPECT_EQ(Wait(PostJson<Price>(client, server.Url("/"), Price{"saw", 5}))->item, "mill");
  const std::string request = server.requests().at(1);
  EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos) << request;
  EXPECT_TRUE(request.ends_with(R"({"cents":5,"item":"saw"})")) << request;
  const auto failure = [&] { return Wait(GetJson<Price>(client, server.Url("/"))).status(); };
  answer_with("404 Not Found", "text/plain", "no such price");
  EXPECT_EQ(failure().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(failure().message().find("404 Not Found: no such price"), std::string::npos);
  answer_with("200 OK", "text/html", "<p>");
  EXPECT_EQ(failure().code(), absl::StatusCode::kDataLoss);
  answer_with("200 OK", "application/json", R"({"item":7})");
  EXPECT_EQ(failure().code(), absl::StatusCode::kDataLoss);
  answer_with("200 OK", "application/json", R"({"item":)");
  EXPECT_EQ(failure().code(), absl::StatusCode::kDataLoss);
}

TEST_F(HttpClientStreamTest, EventsComeAsTheyAreSent) {
  std::latch first_was_seen(1);
  ScriptedServer server([&](ScriptedConnection& peer) {
    (void)peer.ReadRequest();
    const std::string_view first = "data:one\n\n";
    const std::string_view second = ":heartbeat\n\nevent:news\ndata:two\n\n";
    peer.Write(
        StrCat("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
               "Transfer-Encoding: chunked\r\n\r\na\r\n",
               first, "\r\n"));
    first_was_seen.wait();
    peer.Write(StrCat("21\r\n", second, "\r\n0\r\n\r\n"));
  });
  const auto response = Wait(Client().Send(RequestOf(Method::kGet, server.Url("/"))));
  ASSERT_TRUE(response.ok()) << response.status();
  auto events =
      EventsOf(response->entity).RunWith(stream::TestSink<ServerSentEvent>::Probe(), system());
  events.Request(9);
  EXPECT_EQ(events.ExpectNext().data, "one");
  first_was_seen.count_down();
  EXPECT_EQ(events.ExpectNext(), (ServerSentEvent{.data = "two", .event = "news"}));
  events.ExpectComplete();
}

// A file for this test.
std::string FileWith(std::string_view name, std::string_view contents) {
  const std::string path = StrCat(testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

TEST_F(HttpClientStreamTest, TlsVerifiesTheServersName) {
  const TestCertificate right = TestCertificate::For("127.0.0.1");
  const TestCertificate wrong = TestCertificate::For("other.example");
  const auto answer = [](ScriptedConnection& peer) {
    while (peer.ReadRequest()) peer.Write(kOk);
  };
  ScriptedServer trusted(answer, right);
  ScriptedServer other_name(answer, wrong);
  ClientSettings settings = Quick();
  settings.ca_file = FileWith("ca.pem", right.certificate_pem + wrong.certificate_pem);
  const HttpClient client(system(), settings);
  for (int n = 0; n < 3; ++n) EXPECT_EQ(BodyOf(Wait(client.Get(trusted.Url("/")))), "ok");
  EXPECT_EQ(trusted.accepted(), 1);
  const absl::Status mismatch = Wait(client.Get(other_name.Url("/"))).status();
  EXPECT_EQ(mismatch.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(mismatch.message().find("TLS handshake"), std::string::npos) << mismatch;
  EXPECT_NE(mismatch.message().find("IP address mismatch"), std::string::npos) << mismatch;
  EXPECT_EQ(other_name.accepted(), 1);  // another attempt would not help
  // Nobody vouches for it.
  const absl::Status stranger = Wait(Client().Get(trusted.Url("/"))).status();
  EXPECT_EQ(stranger.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(stranger.message().find("self"), std::string::npos) << stranger;
  settings.ca_file = "/nonexistent/ca.pem";
  EXPECT_EQ(Wait(HttpClient(system(), settings).Get(trusted.Url("/"))).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(HttpClientStreamTest, TlsTellsTheNameBeforehand) {
  const TestCertificate certificate = TestCertificate::For("localhost");
  std::mutex mutex;
  std::string name;
  ScriptedServer server(
      [&](ScriptedConnection& peer) {
        {
          std::lock_guard guard(mutex);
          name = peer.server_name();
        }
        (void)peer.ReadRequest();
        peer.Write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end");
      },
      certificate);
  ClientSettings settings = Quick();
  settings.ca_file = FileWith("localhost.pem", certificate.certificate_pem);
  const auto response =
      Wait(HttpClient(system(), settings).Get(StrCat("https://localhost:", server.port(), "/")));
  EXPECT_EQ(BodyOf(response), "to the end");
  std::lock_guard guard(mutex);
  EXPECT_EQ(name, "localhost");
}

TEST_F(HttpClientStreamTest, ATlsConnectionThatWasClosedIsNotUsed) {
  const TestCertificate certificate = TestCertificate::For("127.0.0.1");
  std::latch end(1);
  ScriptedServer server(
      [&](ScriptedConnection& peer) {
        (void)peer.ReadRequest();
        peer.Write(kOk);
        end.wait();
      },
      certificate);
  ScriptedServer other([](ScriptedConnection& peer) {
    while (peer.ReadRequest()) peer.Write(kOk);
  });
  ClientSettings settings = Quick();
  settings.ca_file = FileWith("closed.pem", certificate.certificate_pem);
  const HttpClient client(system(), settings);
  EXPECT_EQ(BodyOf(Wait(client.Get(server.Url("/")))), "ok");
  // On the client's one thread, which can't see the end meanwhile. A POST is not sent again.
  Future<HttpResponse> posted = client.Get(other.Url("/")).FlatMap([&](const HttpResponse&) {
    end.count_down();
    while (server.closed() < 1) std::this_thread::yield();
    return client.Post(server.Url("/"), Entity::Text("x"));
  });
  EXPECT_EQ(BodyOf(Wait(std::move(posted))), "ok");
  EXPECT_EQ(server.accepted(), 2);
}

// What http/client/README.md shows.
TEST_F(HttpClientStreamTest, TheReadmesExampleRuns) {
  ScriptedServer server([](ScriptedConnection& peer) {
    while (auto request = peer.ReadRequest()) {
      if (request->starts_with("POST /orders")) {
        peer.Write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"
            R"({"item":"mill","cents":700})");
      } else {
        peer.Write(
            StrCat("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", std::string(100'000, 'x')));
      }
    }
  });
  const std::string shop = server.Url("");
  ActorSystemBase& system = this->system();
  // [begin: example]
  const HttpClient client = HttpClient::Of(system);

  // JSON: types with to_json and from_json; a 404 is a NOT_FOUND.
  Future<Price> price = PostJson<Price>(client, shop + "/orders", Price{"mill", 650});

  // A long body as a stream: read it, or DiscardBytes it, within a second.
  Future<uint64_t> size =
      client.Send({.uri = *Uri::Parse(shop + "/catalogue")}).FlatMap([&](HttpResponse response) {
        return DataBytes(response.entity)
            .RunWith(Sink<Bytes>::Fold(
                         uint64_t{0},
                         [](uint64_t sum, const Bytes& piece) { return sum + piece.size(); }),
                     system);
      });

  // In main and in tests only: elsewhere OnComplete, Map, PipeToSelf.
  absl::StatusOr<Price> paid = Await(price, absl::Seconds(10));
  absl::StatusOr<uint64_t> bytes = Await(size, absl::Seconds(10));
  // [end: example]
  ASSERT_TRUE(paid.ok()) << paid.status();
  EXPECT_EQ(paid->cents, 700);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, 100'000u);
}

}  // namespace
}  // namespace sampo::http
