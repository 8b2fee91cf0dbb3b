// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The client against the server, plain and under TLS, with routes between them; and what routes do
// with files, codings and events on a real socket.

#include <poll.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/manual_time.h"
#include "sampo/http/client/http_client.h"
#include "sampo/http/coding/coding_directives.h"
#include "sampo/http/coding/gzip.h"
#include "sampo/http/integration/server_test_util.h"
#include "sampo/http/internal/tls_test_util.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/directives.h"
#include "sampo/http/routing/streams.h"
#include "sampo/http/server/http_server.h"
#include "sampo/http/sse/event_stream.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

using internal::MakeCertificate;
using internal::TlsClient;
using stream::Sink;
using stream::Source;

constexpr absl::Duration kLong = absl::Minutes(1);

// A file of this test.
std::string WriteFile(const std::string& name, const std::string& text) {
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = StrCat(folder == nullptr ? "/tmp" : folder, "/", name);
  std::ofstream(path) << text;
  return path;
}

std::string Lines(size_t bytes) {
  std::string text;
  for (int n = 0; text.size() < bytes; ++n) text += StrCat("line ", n, "\n");
  return text;
}

// True: over TLS.
class ClientServerTest : public testing::TestWithParam<bool> {
 protected:
  void Serve(Route route, ServerSettings settings = {}) {
    ClientSettings of_client{.request_timeout = kLong, .subscription_timeout = kLong};
    if (GetParam()) {
      settings.tls = MakeCertificate("server.test");
      of_client.ca_file = settings.tls->certificate_chain_file;
    }
    server_.emplace(
        MustBind(kit_.system(), std::move(settings), Seal(std::move(route), kit_.system())));
    client_.emplace(kit_.system(), std::move(of_client));
  }
  std::string Url(std::string_view target) const { return StrCat(server_->url(), target); }
  HttpResponse Send(Method method, std::string_view target, Headers headers = {},
                    Entity entity = {}) const {
    const absl::StatusOr<HttpResponse> response =
        Await(client_->SendStrict(HttpRequest{.method = method,
                                              .uri = Uri::Parse(Url(target)).value(),
                                              .headers = std::move(headers),
                                              .entity = std::move(entity)}),
              kLong);
    EXPECT_TRUE(response.ok()) << target << ": " << response.status();
    return response.value_or(HttpResponse{.status = StatusCode::kBadGateway});
  }
  HttpResponse Get(std::string_view target, Headers headers = {}) const {
    return Send(Method::kGet, target, std::move(headers));
  }
  static std::string BodyOf(const HttpResponse& response) {
    return response.entity.IsStrict() ? response.entity.bytes().ToString() : "a stream";
  }
  static std::string Field(const HttpResponse& response, std::string_view name) {
    return std::string(response.headers.Get(name).value_or(""));
  }

  ActorTestKit kit_;
  std::optional<HttpServer> server_;
  std::optional<HttpClient> client_;
};

INSTANTIATE_TEST_SUITE_P(PlainAndTls, ClientServerTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Tls" : "Plain"; });

TEST_P(ClientServerTest, BodiesOfAllSizesComeBackAsTheyWereSent) {
  Serve(Concat(Path("echo", Post(ExtractDataBytes([](Source<Bytes> body) {
                      return Complete(StreamedEntity(ContentType::OctetStream(), std::move(body)));
                    }))),
               Path("strict", Post(EntityAs<std::string>(
                                  [](std::string body) { return Complete(std::move(body)); })))));
  for (const size_t size : {0, 1, 70'000, 3'000'000}) {
    const std::string text = Lines(size).substr(0, size);
    for (const char* path : {"/echo", "/strict"}) {
      const HttpResponse whole =
          Send(Method::kPost, path, {}, Entity::Strict(ContentType::TextUtf8(), Bytes(text)));
      EXPECT_TRUE(BodyOf(whole) == text) << path << " of " << size;
      std::vector<Bytes> pieces;
      for (size_t at = 0; at < size; at += 50'000) pieces.emplace_back(text.substr(at, 50'000));
      const HttpResponse streamed =
          Send(Method::kPost, path, {},
               StreamedEntity(ContentType::TextUtf8(), Source<Bytes>::From(std::move(pieces))));
      EXPECT_TRUE(BodyOf(streamed) == text) << path << " of " << size << ", streamed";
    }
  }
  EXPECT_EQ(server_->open_connections(), 1) << "one after the other on one connection";
}

TEST_P(ClientServerTest, ABodyThatIsTooLongIsAnsweredBeforeItIsSent) {
  Serve(Post(EntityAs<std::string>([](std::string body) { return Complete(std::move(body)); })),
        {.limits = {.content_length_max = 100'000}});
  const HttpResponse refused =
      Send(Method::kPost, "/", {},
           StreamedEntity(ContentType::OctetStream(), Source<Bytes>::Repeat(Bytes(Lines(4096)))));
  EXPECT_EQ(refused.status, StatusCode::kContentTooLarge);
  EXPECT_EQ(BodyOf(Send(Method::kPost, "/", {}, Entity::Text("short"))), "short");
}

TEST_P(ClientServerTest, FilesInPartsAndOnlyWhereTheyHaveChanged) {
  const std::string text = Lines(200'000);
  Serve(EncodeResponse(Path("file", GetFromFile(WriteFile("file.txt", text)))));
  const HttpResponse whole = Get("/file", {{"Accept-Encoding", "identity"}});
  EXPECT_TRUE(BodyOf(whole) == text);
  EXPECT_EQ(Field(whole, "Accept-Ranges"), "bytes");
  const std::string etag = Field(whole, "ETag");
  ASSERT_FALSE(etag.empty());
  // A part is never encoded.
  const HttpResponse part = Get("/file", {{"Range", "bytes=100000-199999"}, {"If-Range", etag}});
  EXPECT_EQ(part.status, StatusCode::kPartialContent);
  EXPECT_EQ(Field(part, "Content-Range"), StrCat("bytes 100000-199999/", text.size()));
  EXPECT_TRUE(BodyOf(part) == text.substr(100'000, 100'000));
  const HttpResponse outside = Get("/file", {{"Range", "bytes=900000-"}});
  EXPECT_EQ(outside.status, StatusCode::kRangeNotSatisfiable);
  EXPECT_EQ(Field(outside, "Content-Range"), StrCat("bytes */", text.size()));
  const HttpResponse unchanged = Get("/file", {{"If-None-Match", etag}});
  EXPECT_EQ(unchanged.status, StatusCode::kNotModified);
  EXPECT_EQ(Field(unchanged, "ETag"), etag);
  EXPECT_EQ(Field(unchanged, "Vary"), "Accept-Encoding");
  EXPECT_EQ(BodyOf(unchanged), "");
  // What the client has is the encoded one: its tag is the weak one.
  const HttpResponse weak = Get("/file", {{"If-None-Match", "W/" + etag}});
  EXPECT_EQ(weak.status, StatusCode::kNotModified);
  EXPECT_EQ(Field(weak, "ETag"), "W/" + etag);
  const HttpResponse head = Send(Method::kHead, "/file", {{"Accept-Encoding", "identity"}});
  EXPECT_EQ(Field(head, "Content-Length"), StrCat(text.size()));
  EXPECT_EQ(BodyOf(head), "");
  EXPECT_TRUE(BodyOf(Get("/file")) == text);
  EXPECT_EQ(server_->open_connections(), 1);
}

TEST_P(ClientServerTest, GzipBothWays) {
  const std::string text = Lines(400'000);
  const std::string gzip = GzipText(text).value();
  Serve(EncodeResponse(
      DecodeRequest(Concat(Path("text", http::Get(Complete(text))),
                           Path("size", http::Post(EntityAs<std::string>([](std::string body) {
                                  return Complete(std::to_string(body.size()));
                                })))))));
  const HttpResponse decoded = Get("/text");
  EXPECT_TRUE(BodyOf(decoded) == text);
  EXPECT_FALSE(decoded.headers.Has("Content-Encoding"));
  const HttpResponse raw = Get("/text", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(Field(raw, "Content-Encoding"), "gzip");
  EXPECT_LT(raw.entity.bytes().size(), text.size() / 3);
  EXPECT_TRUE(GunzipText(raw.entity.bytes().view(), 1 << 20).value_or("") == text);
  const Headers coded{{"Content-Encoding", "gzip"}};
  EXPECT_EQ(BodyOf(Send(Method::kPost, "/size", coded,
                        Entity::Strict(ContentType::TextUtf8(), Bytes(gzip)))),
            StrCat(text.size()));
  EXPECT_EQ(
      BodyOf(Send(Method::kPost, "/size", coded,
                  StreamedEntity(ContentType::TextUtf8(), Source<Bytes>::Single(Bytes(gzip))))),
      StrCat(text.size()));
}

TEST_P(ClientServerTest, CorsAndItsPreflight) {
  Serve(Cors({.allowed_origins = {"https://a.example"}}, Path("x", http::Get(Complete("x")))));
  const HttpResponse preflight =
      Send(Method::kOptions, "/x",
           {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "GET"}});
  EXPECT_EQ(preflight.status, StatusCode::kNoContent);
  EXPECT_EQ(Field(preflight, "Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(Field(Get("/x", {{"Origin", "https://a.example"}}), "Access-Control-Allow-Origin"),
            "https://a.example");
  EXPECT_EQ(Get("/x", {{"Origin", "https://b.example"}}).status, StatusCode::kForbidden);
}

TEST_P(ClientServerTest, EventsComeWhileTheStreamGoesOn) {
  auto [queue, source] = Source<ServerSentEvent>::Queue(8).PreMaterialize(kit_.system());
  Serve(Path("events", http::Get([events = source] { return Complete(events); })));
  const absl::StatusOr<HttpResponse> response = Await(
      client_->Send({.method = Method::kGet, .uri = Uri::Parse(Url("/events")).value()}), kLong);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_FALSE(response->entity.IsStrict());
  Future<std::vector<ServerSentEvent>> two =
      EventsOf(response->entity).Take(2).RunWith(Sink<ServerSentEvent>::Seq(), kit_.system());
  queue.Offer({.data = "1"});
  queue.Offer({.data = "2", .event = "news"});
  const auto seen = Await(two, kLong);  // the queue is open still
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, std::vector<ServerSentEvent>({{.data = "1"}, {.data = "2", .event = "news"}}));
  // The server sees that its client is gone with the next thing to write; a drain waits for that.
  queue.Complete();
}

TEST(ClientServerTlsTest, ACertificateThatIsNotTrustedIsAFailure) {
  ActorTestKit kit;
  const HttpServer server = MustBind(kit.system(), {.tls = MakeCertificate("other.test")},
                                     [](HttpRequest) { return ReplyText("x"); });
  const HttpClient client(kit.system());
  const absl::Status refused = Await(client.Get(server.url()), kLong).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
}

TEST(ClientServerTlsTest, PipelinedRequestsAndALongAnswerToASlowReader) {
  ActorTestKit kit;
  const std::string text = Lines(3'000'000);
  const Route routes = Concat(Path("n" / IntNumber, [](int64_t n) { return Complete(StrCat(n)); }),
                              Path("long", Complete(text)));
  const HttpServer server =
      MustBind(kit.system(), {.tls = MakeCertificate("long.test")}, Seal(routes, kit.system()));
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  std::string together;
  for (int n = 0; n < 50; ++n) together += Get(StrCat("/n/", n));
  client.Send(together + Get("/long", "Connection: close\r\n"));
  // Others are served while what this one does not read waits.
  TlsClient other(server.port());
  ASSERT_TRUE(other.connected());
  other.Send(Get("/n/7", "Connection: close\r\n"));
  EXPECT_TRUE(other.ReadToEnd().ends_with("\r\n\r\n7"));
  const std::string answers = client.ReadToEnd();
  size_t at = 0;
  for (int n = 0; n < 50 && at != std::string::npos; ++n) {
    at = answers.find(StrCat("\r\n\r\n", n, "HTTP/1.1"), at);
  }
  EXPECT_NE(at, std::string::npos) << "in their order";
  EXPECT_TRUE(answers.ends_with("\r\n\r\n" + text));
  EXPECT_TRUE(client.ended_well());
}

TEST(ServerPipelineTest, ExpectationsChunksAndHeadsOneBehindTheOther) {
  ActorTestKit kit;
  const Route routes = WithSizeLimit(
      10, Concat(Path("get", Get(Complete(Source<Bytes>::From({Bytes("a"), Bytes("b")})))),
                 Path("post", Post(EntityAs<std::string>(
                                  [](std::string body) { return Complete(std::move(body)); })))));
  const HttpServer server =
      MustBind(kit.system(), {.strict_body_bytes_max = 0}, Seal(routes, kit.system()));
  RawClient client(server.port());
  const std::string post = "POST /post HTTP/1.1\r\nHost: t\r\n";
  client.Send(StrCat("HEAD /get HTTP/1.1\r\nHost: t\r\n\r\n", post,
                     "Expect: 100-continue\r\nContent-Length: 2\r\n\r\ncd", post,
                     "Transfer-Encoding: chunked\r\n\r\n2\r\nef\r\n1\r\ng\r\n0\r\n\r\n",
                     Get("/get"), post, "Expect: 100-continue\r\nContent-Length: 11\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer(false).Field("transfer-encoding"), "chunked");
  RawAnswer with_body = client.ReadAnswer();
  // It is not needed where the body is there already.
  if (with_body.status == 100) with_body = client.ReadAnswer();
  EXPECT_EQ(with_body.body, "cd");
  EXPECT_EQ(client.ReadAnswer().body, "efg");
  EXPECT_EQ(client.ReadAnswer().body, "ab");
  const RawAnswer refused = client.ReadAnswer();
  EXPECT_EQ(refused.status, 413) << "and no 100 before it";
  EXPECT_EQ(refused.Field("connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerDrainTest, StreamedAnswersGoOnToTheirEnd) {
  ActorTestKit kit;
  auto [queue, source] = Source<ServerSentEvent>::Queue(8).PreMaterialize(kit.system());
  const HttpServer server = MustBind(
      kit.system(), {}, Seal(Route([events = source] { return Complete(events); }), kit.system()));
  RawClient client(server.port());
  client.Send(Get("/events") + Get("/later"));
  queue.Offer({.data = "before"});
  RawAnswer answer = client.ReadHead();
  ASSERT_TRUE(client.ReadChunk(answer));
  Future<void> ended = server.Terminate(kSoon);
  queue.Offer({.data = "while it ends"});
  while (answer.body.find("ends") == std::string::npos) ASSERT_TRUE(client.ReadChunk(answer));
  EXPECT_FALSE(ended.IsComplete());
  queue.Complete();
  EXPECT_FALSE(client.ReadChunk(answer));
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(client.ReadAnswer().status, 503) << "a request that waited behind it";
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(Await(ended, kSoon), absl::OkStatus());
}

// --- time: it stands still until the test moves it ---

// Moves time on until bytes are there for `client`.
bool PassUntilReadable(ManualTime& time, const RawClient& client, absl::Duration step) {
  for (int n = 0; n < 200; ++n) {
    time.TimePasses(step);
    pollfd readable{client.fd(), POLLIN, 0};
    if (poll(&readable, 1, 20) == 1) return true;
  }
  return false;
}

TEST(ServerTimeTest, HeartbeatsKeepAStreamOfEventsOpen) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  auto [queue, source] = Source<ServerSentEvent>::Queue(8).PreMaterialize(kit.system());
  const uint16_t port =
      MustBind(kit.system(), {.idle_timeout = absl::Seconds(25)},
               Seal(Route([events = source] { return Complete(events); }), kit.system()))
          .port();
  RawClient client(port);
  client.Send(Get("/"));
  queue.Offer({.data = "first"});
  RawAnswer answer = client.ReadHead();
  ASSERT_TRUE(client.ReadChunk(answer));
  EXPECT_EQ(answer.body, "data:first\n\n");
  for (int n = 0; n < 6; ++n) {
    answer.body.clear();
    ASSERT_TRUE(PassUntilReadable(time, client, absl::Seconds(2))) << n;
    ASSERT_TRUE(client.ReadChunk(answer)) << n;
    EXPECT_EQ(answer.body, ":\n\n") << n;
  }
  answer.body.clear();
  queue.Offer({.data = "last"});
  while (answer.body.find("last") == std::string::npos) ASSERT_TRUE(client.ReadChunk(answer));
  queue.Complete();
  EXPECT_FALSE(client.ReadChunk(answer));
  EXPECT_TRUE(answer.whole);
}

TEST(ServerTimeTest, ASlowHandshakeIsClosed) {
  ManualTime time;
  ActorTestKit kit({.runtime = time.Runtime()});
  const HttpServer server = MustBind(kit.system(), {.tls = MakeCertificate("slow.test")},
                                     [](HttpRequest) { return ReplyText("x"); });
  RawClient silent(server.port());
  RawClient half(server.port());
  half.Send(std::string("\x16\x03\x01\x00\xa5\x01", 6));
  while (server.open_connections() < 2) std::this_thread::yield();
  TlsClient whole(server.port());  // behind the others
  ASSERT_TRUE(whole.connected());
  time.TimePasses(absl::Seconds(9));
  EXPECT_EQ(server.open_connections(), 3);
  EXPECT_TRUE(PassUntilReadable(time, silent, absl::Seconds(1)));
  EXPECT_TRUE(PassUntilReadable(time, half, absl::Seconds(1)));
  EXPECT_TRUE(silent.AtEnd());
  EXPECT_TRUE(half.AtEnd());
}

// Nobody is idle, and nobody is served either.
TEST(ServerTimeTest, SlowHeadsHandshakesAndBodiesMakeRoomForTheNextClient) {
  for (const char* bytes : {"G", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n", "\r"}) {
    ManualTime time;
    ActorTestKit kit({.runtime = time.Runtime()});
    const absl::Duration never = absl::Hours(9);
    const HttpServer server = MustBind(kit.system(),
                                       {.threads = 2,
                                        .connections_max = 2,
                                        .header_timeout = never,
                                        .body_timeout = never,
                                        .idle_timeout = never},
                                       [](HttpRequest) { return ReplyText("x"); });
    RawClient first(server.port());
    first.Send(bytes);
    RawClient second(server.port());
    second.Send(bytes);
    while (server.open_connections() < 2) std::this_thread::yield();
    RawClient third(server.port());
    third.Send(Get("/"));
    EXPECT_TRUE(PassUntilReadable(time, third, absl::Milliseconds(300))) << bytes;
    EXPECT_EQ(third.ReadAnswer().status, 200) << bytes;
  }
}

}  // namespace
}  // namespace sampo::http
