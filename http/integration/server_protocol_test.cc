// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// What the server says to well-formed clients: HTTP/1.1 and 1.0 over real sockets, byte for byte.

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/http/integration/server_test_util.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/server/http_server.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

using stream::Sink;
using stream::Source;

class ServerProtocolTest : public testing::Test {
 protected:
  uint16_t Serve(HttpHandler handler, ServerSettings settings = {}) {
    return MustBind(kit_.system(), std::move(settings), std::move(handler)).port();
  }
  // Answers with the path.
  static Future<HttpResponse> EchoPath(HttpRequest request) {
    return ReplyText(request.uri.Target());
  }
  // Answers with what the body has, and how it came.
  HttpHandler EchoBody() {
    return [&system = kit_.system()](HttpRequest request) {
      const std::string how = request.entity.IsStrict() ? "strict:" : "stream:";
      return ToStrict(request.entity, system, 1 << 20, kSoon).Map([how](const Entity& entity) {
        return HttpResponse{.entity = Entity::Text(how + entity.bytes().ToString())};
      });
    };
  }
  ActorTestKit kit_;
};

TEST_F(ServerProtocolTest, AnswersInOrderOnOneConnectionAlsoWhatCameTogether) {
  RawClient client(Serve(&EchoPath));
  EXPECT_EQ(client.Ask(Get("/1")).body, "/1");
  EXPECT_EQ(client.Ask(Get("/2?x=%20")).body, "/2?x=%20");
  std::string together;
  for (int n = 0; n < 500; ++n) together += Get(StrCat("/", n));
  std::thread sender([&] { client.Send(together); });
  for (int n = 0; n < 500; ++n) EXPECT_EQ(client.ReadAnswer().body, StrCat("/", n));
  sender.join();
}

TEST_F(ServerProtocolTest, AnswersAsynchronousRequestsInOrder) {
  std::vector<Promise<HttpResponse>> promises(3);
  std::atomic<size_t> calls{0};
  RawClient client(Serve([&](HttpRequest) { return promises[calls.fetch_add(1)].future(); }));
  client.Send(Get("/0") + Get("/1") + Get("/2"));
  for (size_t at = 0; at < promises.size(); ++at) {
    while (calls.load() <= at) std::this_thread::yield();
    EXPECT_EQ(calls.load(), at + 1) << "the next request waits for the answer of this one";
    promises[at].Complete(HttpResponse{.entity = Entity::Text(StrCat(at))});
    EXPECT_EQ(client.ReadAnswer().body, StrCat(at));
  }
}

TEST_F(ServerProtocolTest, ReadsRequestsThatComeByteByByte) {
  RawClient client(Serve(EchoBody()));
  const std::string requests = Post("/", "hello") +
                               "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n";
  for (const char c : requests) client.Send(std::string(1, c));
  EXPECT_EQ(client.ReadAnswer().body, "strict:hello");
  EXPECT_EQ(client.ReadAnswer().body.substr(7), "abcde");
}

TEST_F(ServerProtocolTest, SaysDateServerAndLength) {
  RawClient client(Serve(&EchoPath, {.server_name = "mine"}));
  const RawAnswer answer = client.Ask(Get("/x"));
  absl::Time date;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", answer.Field("date"), &date, &error))
      << answer.Field("date");
  EXPECT_LT(absl::AbsDuration(absl::Now() - date), absl::Minutes(5));
  EXPECT_EQ(answer.Field("server"), "mine");
  EXPECT_EQ(answer.Field("content-length"), "2");
  EXPECT_EQ(answer.Field("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.fields.count("connection"), 0u);
}

TEST_F(ServerProtocolTest, ServesHttp10) {
  const uint16_t port = Serve(&EchoPath);
  RawClient plain(port);
  EXPECT_EQ(plain.Ask("GET /a HTTP/1.0\r\n\r\n").Field("connection"), "close");
  EXPECT_TRUE(plain.AtEnd());
  RawClient kept(port);
  const std::string request = "GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(kept.Ask(request).Field("connection"), "keep-alive");
  EXPECT_EQ(kept.Ask(request).body, "/b");
}

TEST_F(ServerProtocolTest, ClosesWhereEitherSideWantsIt) {
  const uint16_t port = Serve([](HttpRequest request) {
    return Reply({.entity = Entity::Text("x"), .close = request.uri.path() == "/close"});
  });
  RawClient by_client(port);
  EXPECT_EQ(by_client.Ask(Get("/", "Connection: close\r\n")).Field("connection"), "close");
  EXPECT_TRUE(by_client.AtEnd());
  RawClient by_server(port);
  EXPECT_EQ(by_server.Ask(Get("/close")).Field("connection"), "close");
  EXPECT_TRUE(by_server.AtEnd());
  RawClient half_closed(port);
  half_closed.Send(Get("/1") + Get("/2"));
  half_closed.EndSending();
  EXPECT_EQ(half_closed.ReadAnswer().status, 200);
  EXPECT_EQ(half_closed.ReadAnswer().status, 200);
  EXPECT_TRUE(half_closed.AtEnd());
}

TEST_F(ServerProtocolTest, AnswersHeadLikeGetWithoutItsBody) {
  RawClient client(Serve([](HttpRequest request) {
    if (request.uri.path() == "/strict") return ReplyText("four");
    std::optional<uint64_t> length;
    if (request.uri.path() == "/length") length = 7;
    return Reply({.entity = StreamedEntity(ContentType::Json(),
                                           Source<Bytes>::Single(Bytes("{\"a\":1}")), length)});
  }));
  const auto head = [&](std::string_view path) {
    return client.Ask(StrCat("HEAD ", path, " HTTP/1.1\r\nHost: test\r\n\r\n"), false);
  };
  EXPECT_EQ(head("/strict").Field("content-length"), "4");
  EXPECT_EQ(head("/length").Field("content-length"), "7");
  EXPECT_EQ(head("/chunked").Field("transfer-encoding"), "chunked");
  EXPECT_EQ(client.Ask(Get("/length")).body, "{\"a\":1}");
  EXPECT_EQ(client.Ask(Get("/chunked")).body, "{\"a\":1}");
}

TEST_F(ServerProtocolTest, SendsNoBodyWhereThereIsNone) {
  RawClient client(Serve([](HttpRequest request) {
    return Reply(
        {.status = request.uri.path() == "/204" ? StatusCode::kNoContent : StatusCode::kNotModified,
         .entity = Entity::Text("dropped")});
  }));
  const RawAnswer none = client.Ask(Get("/204"));
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.fields.count("content-length"), 0u);
  EXPECT_EQ(client.Ask(Get("/304")).status, 304);
  EXPECT_EQ(client.Ask(Get("/204")).status, 204);
}

// --- bodies ---

TEST_F(ServerProtocolTest, SmallBodiesAreStrictLargeAndChunkedOnesAreStreams) {
  RawClient client(Serve(EchoBody(), {.strict_body_bytes_max = 10}));
  EXPECT_EQ(client.Ask(Post("/", "")).body, "strict:");
  EXPECT_EQ(client.Ask(Post("/", "0123456789")).body, "strict:0123456789");
  EXPECT_EQ(client.Ask(Post("/", "01234567890")).body, "stream:01234567890");
  const std::string large(300'000, 'x');
  EXPECT_TRUE(client.Ask(Post("/", large)).body == "stream:" + large);
  const std::string_view head = "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.Ask(StrCat(head, "3\r\nabc\r\n0\r\n\r\n")).body, "strict:abc");
  client.Send(StrCat(head, "3\r\nabc\r\n"));
  client.Send("1\r\nd\r\n0\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().body.substr(7), "abcd");
}

TEST_F(ServerProtocolTest, Says100WhenTheBodyIsReadFirst) {
  RawClient client(Serve(EchoBody()));
  client.Send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 100);
  EXPECT_EQ(client.Ask("ab").body, "stream:ab");
  EXPECT_EQ(client.Ask(Get("/")).body, "strict:") << "the connection goes on";
}

TEST_F(ServerProtocolTest, SaysNo100WhereTheBodyIsNotRead) {
  RawClient client(Serve([](HttpRequest) { return Reply({.status = StatusCode::kForbidden}); }));
  const RawAnswer answer =
      client.Ask("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.Field("connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerProtocolTest, Says100BeforeAnAnswerThatIsMadeOfTheBody) {
  RawClient client(Serve([](HttpRequest request) {
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(), DataBytes(request.entity))});
  }));
  for (const char* body : {"ab", "cd"}) {
    client.Send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.ReadAnswer().status, 100);
    const RawAnswer answer = client.Ask(body);
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.fields.count("connection"), 0u) << "the connection goes on";
  }
}

TEST_F(ServerProtocolTest, SaysNo100WhereTheBodyIsDroppedBeforeTheAnswer) {
  std::vector<Promise<HttpResponse>> later(1);
  std::latch called(1);
  const uint16_t port = Serve([&](HttpRequest request) {
    if (request.method == Method::kGet) return ReplyText("fine");
    Future<HttpResponse> answer = later[0].future();
    called.count_down();
    return answer;  // the body is dropped here
  });
  RawClient client(port);
  client.Send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  called.wait();
  // The one I/O thread has been around, and knows that it was.
  RawClient other(port);
  EXPECT_EQ(other.Ask(Get("/")).body, "fine");
  later[0].Complete(HttpResponse{
      .entity = StreamedEntity(ContentType::OctetStream(), Source<Bytes>::Single(Bytes("x")))});
  const RawAnswer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "x");
  EXPECT_EQ(answer.Field("connection"), "close");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(other.Ask(Get("/")).body, "fine");
}

TEST_F(ServerProtocolTest, ABodyThatIsCutIsItsClientsDoing) {
  Promise<absl::StatusCode> seen;
  Future<absl::StatusCode> code = seen.future();
  auto tell = std::make_shared<Promise<absl::StatusCode>>(std::move(seen));
  RawClient client(Serve(
      [this, tell](HttpRequest request) {
        Future<uint64_t> all = DiscardBytes(request.entity, kit_.system());
        return all.Map([](uint64_t) { return HttpResponse{}; })
            .Recover([tell](const absl::Status& status) -> absl::StatusOr<HttpResponse> {
              tell->Complete(status.code());
              return status;
            });
      },
      {.strict_body_bytes_max = 0}));
  client.Send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabc");
  client.EndSending();
  EXPECT_EQ(client.ReadAnswer().status, 400);
  EXPECT_EQ(Await(code, kSoon).value_or(absl::StatusCode::kOk), absl::StatusCode::kCancelled);
}

TEST_F(ServerProtocolTest, StreamsBothWaysAtTheSameTime) {
  RawClient client(Serve([](HttpRequest request) {
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(), DataBytes(request.entity))});
  }));
  RawAnswer answer =
      (client.Send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"),
       client.ReadHead());
  ASSERT_EQ(answer.status, 200);
  for (const char* piece : {"one", "two", "six"}) {
    client.Send(StrCat("3\r\n", piece, "\r\n"));
    ASSERT_TRUE(client.ReadChunk(answer)) << "it comes while the request goes on";
  }
  client.Send("0\r\n\r\n");
  EXPECT_FALSE(client.ReadChunk(answer));
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body, "onetwosix");
}

TEST_F(ServerProtocolTest, SendsElementsOfAnAnswerAsTheyCome) {
  auto [queue, source] = Source<Bytes>::Queue(8).PreMaterialize(kit_.system());
  RawClient client(Serve([source = source](HttpRequest) {
    return Reply({.entity = StreamedEntity(ContentType::EventStream(), source)});
  }));
  client.Send(Get("/events"));
  RawAnswer answer = client.ReadHead();
  EXPECT_EQ(answer.Field("content-type"), "text/event-stream");
  for (int n = 0; n < 3; ++n) {
    queue.Offer(Bytes(StrCat("data: ", n, "\n\n")));
    ASSERT_TRUE(client.ReadChunk(answer));
    EXPECT_NE(answer.body.find(StrCat("data: ", n)), std::string::npos);
  }
  queue.Complete();
  EXPECT_FALSE(client.ReadChunk(answer));
  EXPECT_TRUE(answer.whole);
}

TEST_F(ServerProtocolTest, AStreamToHttp10EndsWithTheConnection) {
  RawClient client(Serve([](HttpRequest) {
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(),
                                           Source<Bytes>::From({Bytes("ab"), Bytes("cd")}))});
  }));
  const RawAnswer answer = client.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer.Field("connection"), "close");
  EXPECT_EQ(answer.fields.count("transfer-encoding"), 0u);
  EXPECT_EQ(answer.body, "abcd");
}

TEST_F(ServerProtocolTest, AStreamThatFailsMidWayClosesTheConnection) {
  RawClient client(Serve([](HttpRequest request) {
    Source<Bytes> fails = Source<Bytes>::Single(Bytes("half"))
                              .Concat(Source<Bytes>::Failed(absl::DataLossError("broken")));
    std::optional<uint64_t> length;
    if (request.uri.path() == "/length") length = 8;
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(), fails, length)});
  }));
  EXPECT_FALSE(client.Ask(Get("/chunked")).whole);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerProtocolTest, AStreamOfAnotherLengthThanItSaidClosesTheConnection) {
  const uint16_t port = Serve([](HttpRequest request) {
    const uint64_t said = request.uri.path() == "/more" ? 3 : 5;
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(),
                                           Source<Bytes>::Single(Bytes("four")), said)});
  });
  for (const char* path : {"/more", "/less"}) {
    RawClient client(port);
    EXPECT_FALSE(client.Ask(Get(path)).whole) << path;
    EXPECT_TRUE(client.AtEnd()) << path;
  }
}

// pekko-features section 18, 60f: there is no auto-drain.
TEST_F(ServerProtocolTest, Pekko60fAnUnreadEntityHoldsItsConnectionUntilItIsDrained) {
  std::mutex mutex;
  Entity held;
  std::atomic<int> calls{0};
  const uint16_t port = Serve(
      [&](HttpRequest request) {
        ++calls;
        std::lock_guard guard(mutex);
        if (request.uri.path() == "/hold") held = request.entity;
        return ReplyText(request.uri.path());
      },
      {.strict_body_bytes_max = 0});
  RawClient client(port);
  EXPECT_EQ(client.Ask(Post("/hold", std::string(200'000, 'x')) + Get("/next")).body, "/hold");
  // The one I/O thread has been around twice since.
  RawClient other(port);
  EXPECT_EQ(other.Ask(Get("/other")).body, "/other");
  EXPECT_EQ(other.Ask(Get("/other")).body, "/other");
  EXPECT_EQ(calls.load(), 3) << "the next request is not looked at";
  Future<uint64_t> drained = [&] {
    std::lock_guard guard(mutex);
    return DiscardBytes(held, kit_.system());
  }();
  EXPECT_EQ(Await(drained, kSoon).value_or(0), 200'000u);
  EXPECT_EQ(client.ReadAnswer().body, "/next");
}

TEST_F(ServerProtocolTest, Pekko60fCancellingTheEntityClosesTheConnectionBehindTheAnswer) {
  const uint16_t port = Serve(
      [this](HttpRequest request) {
        if (request.uri.path() == "/cancel") {
          DataBytes(request.entity).RunWith(Sink<Bytes>::Cancelled(), kit_.system());
        }
        return ReplyText("done");  // the others drop it
      },
      {.strict_body_bytes_max = 0});
  for (const char* path : {"/cancel", "/drop"}) {
    RawClient client(port);
    client.Send(StrCat("POST ", path, " HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\nxy"));
    const RawAnswer answer = client.ReadAnswer();
    EXPECT_EQ(answer.body, "done") << path;
    if (path == std::string_view("/drop")) {
      EXPECT_EQ(answer.Field("connection"), "close");
    }
    EXPECT_TRUE(client.AtEnd()) << path;
  }
}

TEST_F(ServerProtocolTest, ABodyIsReadOnce) {
  RawClient client(Serve(
      [this](HttpRequest request) {
        Future<uint64_t> first = DiscardBytes(request.entity, kit_.system());
        return first.FlatMap([this, entity = request.entity](uint64_t) {
          return DiscardBytes(entity, kit_.system())
              .Map([](uint64_t) { return HttpResponse{}; })
              .Recover([](const absl::Status& status) {
                return HttpResponse{.entity = Entity::Text(ToStd(status.message()))};
              });
        });
      },
      {.strict_body_bytes_max = 0}));
  EXPECT_NE(client.Ask(Post("/", std::string(100'000, 'x'))).body.find("read before"),
            std::string::npos);
}

// --- failures of handlers ---

TEST_F(ServerProtocolTest, WhatAHandlerThrowsIs500AndTheConnectionGoesOn) {
  RawClient client(Serve([](HttpRequest request) -> Future<HttpResponse> {
    if (request.uri.path() == "/throw") throw std::runtime_error("secret");
    return ReplyText("fine");
  }));
  const RawAnswer answer = client.Ask(Get("/throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/")).body, "fine");
}

TEST_F(ServerProtocolTest, AFailedFutureIsItsStatus) {
  RawClient client(Serve([](HttpRequest request) {
    if (request.uri.path() == "/404") {
      return Future<HttpResponse>::Failed(absl::NotFoundError("no such airport"));
    }
    return Future<HttpResponse>::Failed(absl::DataLossError("secret"));
  }));
  EXPECT_EQ(client.Ask(Get("/404")).body, "404 Not Found: no such airport\n");
  EXPECT_EQ(client.Ask(Get("/500")).body, "500 Internal Server Error\n");
}

TEST_F(ServerProtocolTest, TakesAnswersFromOtherThreads) {
  RawClient client(Serve([this](HttpRequest) {
    return Source<int>::Range(1, 10)
        .RunWith(Sink<int>::Fold(0, [](int a, int b) { return a + b; }), kit_.system())
        .Map([](int sum) { return HttpResponse{.entity = Entity::Text(StrCat(sum))}; });
  }));
  for (int n = 0; n < 100; ++n) EXPECT_EQ(client.Ask(Get("/")).body, "55");
}

TEST_F(ServerProtocolTest, RefusesToWaitOnItsThreads) {
  RawClient client(Serve([](HttpRequest) {
    Promise<void> never;
    return ReplyText(ToStd(Await(never.future(), absl::Seconds(1)).message()));
  }));
  EXPECT_NE(client.Ask(Get("/")).body.find("Await in a handler"), std::string::npos);
}

TEST_F(ServerProtocolTest, AFieldThatWouldSplitTheAnswerIs500) {
  RawClient client(Serve([](HttpRequest) {
    HttpResponse response;
    response.headers.AddUnchecked("X-Evil", "a\r\nSet-Cookie: b");
    return Reply(std::move(response));
  }));
  const RawAnswer answer = client.Ask(Get("/"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.fields.count("set-cookie"), 0u);
}

TEST_F(ServerProtocolTest, AnInformationalStatusIsNoAnswer) {
  RawClient client(Serve([](HttpRequest request) {
    if (request.uri.path() == "/") return ReplyText("fine");
    return Reply({.status = StatusCode::kContinue});
  }));
  EXPECT_EQ(client.Ask(Get("/continue")).status, 500);
  EXPECT_EQ(client.Ask(Get("/")).body, "fine");
}

TEST_F(ServerProtocolTest, AStreamThatThrowsWhereItIsRunIs500) {
  RawClient client(Serve([](HttpRequest request) {
    if (request.uri.path() == "/") return ReplyText("fine");
    const auto throws = Source<Bytes>::Single(Bytes("x"))
                            .MapMaterializedValue([](stream::NotUsed) -> stream::NotUsed {
                              throw std::runtime_error("secret");
                            });
    return Reply({.entity = StreamedEntity(ContentType::OctetStream(), throws)});
  }));
  const RawAnswer answer = client.Ask(Get("/throws"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/")).body, "fine");
}

TEST_F(ServerProtocolTest, ARefusalBehindAHeadHasItsBody) {
  RawClient client(Serve(&EchoPath));
  EXPECT_EQ(client.Ask("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n", false).status, 200);
  const RawAnswer refused = client.Ask("no request\r\n\r\n");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.whole);
}

TEST_F(ServerProtocolTest, TheConnectionSaysItsOwnFields) {
  RawClient client(Serve([](HttpRequest) {
    HttpResponse response{.entity = Entity::Text("abc")};
    for (const char* name : {"Content-Length", "Transfer-Encoding", "Connection", "Date"}) {
      EXPECT_TRUE(response.headers.Add(name, "7").ok());
    }
    EXPECT_TRUE(response.headers.Add("X-Mine", "1").ok());
    return Reply(std::move(response));
  }));
  const RawAnswer answer = client.Ask(Get("/"));
  EXPECT_EQ(answer.Field("content-length"), "3");
  EXPECT_EQ(answer.fields.count("transfer-encoding"), 0u);
  EXPECT_EQ(answer.Field("x-mine"), "1");
}

}  // namespace
}  // namespace sampo::http
