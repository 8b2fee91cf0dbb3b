// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// What routes do with streams: sources as answers, bodies as sources, gzip both ways, events, and
// JSON of protobuf messages.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"
#include "sampo/http/coding/coding_directives.h"
#include "sampo/http/coding/gzip.h"
#include "sampo/http/json/protobuf_json.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/directives.h"
#include "sampo/http/routing/streams.h"
#include "sampo/http/sse/event_stream.h"
#include "sampo/http/testkit/route_test_kit.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::http {
namespace {

using stream::Sink;
using stream::Source;

TEST(StreamsTest, SourcesAreAnswersAndBodiesAreSources) {
  RouteTestKit kit;
  const Route route =
      Concat(Get(Complete(Source<Bytes>::From({Bytes("a"), Bytes("b")}))),
             Post(ExtractDataBytes([&kit](Source<Bytes> body) {
               return Complete(body.RunWith(Sink<Bytes>::Count(), kit.system()).Map([](int64_t n) {
                 return std::to_string(n) + " pieces";
               }));
             })));
  const TestResponse response = kit.Run(route, Get("/"));
  EXPECT_EQ(response.body, "ab");
  EXPECT_TRUE(response.was_streamed);
  EXPECT_EQ(response.content_type, "application/octet-stream");
  EXPECT_EQ(kit.Run(route, Post("/").Streamed({"1", "2", "3"})).body, "3 pieces");
  const TestResponse long_one =
      kit.Run(WithSizeLimit(2, route), Post("/").Streamed({"1", "2", "3"}));
  EXPECT_EQ(long_one.status, StatusCode::kContentTooLarge) << long_one;
  EXPECT_NE(long_one.body.find("the body has more than 2 bytes"), std::string::npos) << long_one;
  const std::string gzip = GzipText("123").value();
  const TestResponse unpacked =
      kit.Run(WithSizeLimit(2, DecodeRequest(route)),
              Post("/").Streamed({gzip}).Header("Content-Encoding", "gzip"));
  EXPECT_EQ(unpacked.status, StatusCode::kContentTooLarge) << unpacked;
}

TEST(StreamsTest, ASmallerLimitHoldsBehindALargerOne) {
  const auto text = [](bool matches) {
    return EntityAs<std::string>(
        [matches](std::string body) { return matches ? Route(Complete(body)) : Reject(); });
  };
  const Route route = Concat(WithSizeLimit(10, text(false)), WithSizeLimit(4, text(true)),
                             WithSizeLimit(6, text(true)));
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"12", "34"})).body, "1234");
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"12", "345"})).body, "12345");
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"123", "4567"})).status,
            StatusCode::kContentTooLarge);
}

// As the server's: its second run fails. `runs` counts them.
HttpRequest PostOnce(std::vector<Bytes> pieces, int* runs) {
  HttpRequest request = Post("/");
  request.entity = StreamedEntity(
      ContentType::TextUtf8(),
      Source<Bytes>::From(std::move(pieces)).MapMaterializedValue([runs](stream::NotUsed) {
        EXPECT_EQ(++*runs, 1);
        return stream::NotUsed();
      }));
  return request;
}

TEST(StreamsTest, AlternativesBehindChangedRequestsShareOneReadOfTheBody) {
  const auto text = [](bool matches) {
    return EntityAs<std::string>(
        [matches](std::string body) { return matches ? Route(Complete(body)) : Reject(); });
  };
  const auto marked = [](HttpRequest request) {
    request.headers.AddUnchecked("X-Marked", "1");
    return request;
  };
  int runs = 0;
  const Route mapped = Concat(MapRequest(marked, text(false)), text(false),
                              MapRequest(marked, MapRequest(marked, text(true))));
  EXPECT_EQ(RunRoute(mapped, PostOnce({Bytes("12"), Bytes("34")}, &runs)).body, "1234");
  EXPECT_EQ(std::exchange(runs, 0), 1);
  const Route decoded = Concat(DecodeRequest(text(false)), DecodeRequest(text(true)));
  HttpRequest request = PostOnce({Bytes(GzipText("hello").value())}, &runs);
  request.headers.AddUnchecked("Content-Encoding", "gzip");
  EXPECT_EQ(RunRoute(decoded, std::move(request)).body, "hello");
  EXPECT_EQ(runs, 1);
}

// --- gzip ---

std::string Repeated(size_t size) {
  std::string text;
  while (text.size() < size) text += "a line of text " + std::to_string(text.size()) + "\n";
  return text;
}

TEST(CodingTest, GzipTextIsBoundedOnTheWayBack) {
  const std::string text = Repeated(200'000);
  const std::string gzip = GzipText(text).value();
  EXPECT_LT(gzip.size(), text.size() / 3);
  EXPECT_EQ(GunzipText(gzip, text.size()).value(), text);
  EXPECT_EQ(GunzipText(gzip, text.size() - 1).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GunzipText(gzip + GzipText("more").value(), text.size() + 4).value(), text + "more");
  EXPECT_EQ(GunzipText(GzipText("").value(), 0).value(), "");
  for (size_t cut : {size_t{0}, size_t{5}, gzip.size() / 2, gzip.size() - 1}) {
    EXPECT_EQ(GunzipText(gzip.substr(0, cut), 1 << 20).status().code(), absl::StatusCode::kDataLoss)
        << cut;
  }
  EXPECT_EQ(GunzipText(gzip + "x", 1 << 20).status().code(), absl::StatusCode::kDataLoss);
}

TEST(CodingTest, AnswersAreEncodedWhereTheClientLikesIt) {
  const std::string text = Repeated(2000);
  const std::string large = Repeated(200'000);
  const Route route = EncodeResponse(Concat(
      Path("text", Conditional({.etag = "\"v\""}, Complete(text))), Path("large", Complete(large)),
      Path("small", Complete("small")),
      Path("image", Complete(Entity::Strict(ContentType::OctetStream(), Bytes(text)))),
      Path("stream", Complete(StreamedEntity(ContentType::TextUtf8(),
                                             Source<Bytes>::From({Bytes("a"), Bytes("b")}))))));
  const auto get = [&](const char* path, const char* accept) {
    return RunRoute(route, Get(path).Header("Accept-Encoding", accept));
  };
  const TestResponse encoded = get("/text", "gzip, deflate;q=0.5");
  EXPECT_EQ(encoded.Header("Content-Encoding"), "gzip");
  EXPECT_EQ(encoded.Header("Vary"), "Accept-Encoding");
  EXPECT_EQ(encoded.Header("ETag"), "W/\"v\"");
  EXPECT_EQ(GunzipText(encoded.body, 1 << 20).value(), text);
  const TestResponse streamed = get("/large", "*");
  EXPECT_TRUE(streamed.was_streamed);
  EXPECT_EQ(GunzipText(streamed.body, 1 << 20).value(), large);
  EXPECT_EQ(GunzipText(get("/stream", "gzip").body, 100).value(), "ab");
  for (const char* accept : {"", "identity", "gzip;q=0", "br", "gzip;q=0.5, identity", "*;q=0"}) {
    EXPECT_FALSE(get("/text", accept).headers.Has("Content-Encoding")) << accept;
    EXPECT_EQ(get("/text", accept).Header("Vary"), "Accept-Encoding");
  }
  EXPECT_FALSE(get("/small", "gzip").headers.Has("Content-Encoding"));
  EXPECT_FALSE(get("/image", "gzip").headers.Has("Content-Encoding"));
}

TEST(CodingTest, BodiesAreDecodedWithinTheLimit) {
  const Route route = DecodeRequest(
      WithSizeLimit(1000, EntityAs<std::string>([](std::string text) { return Complete(text); })));
  const auto post = [&](const std::string& body, const char* coding) {
    return RunRoute(route, Post("/").Body(body).Header("Content-Encoding", coding),
                    {.settings = {.content_bytes_max = 1000}});
  };
  EXPECT_EQ(post(GzipText("hello").value(), "gzip").body, "hello");
  EXPECT_EQ(post("plain", "identity").body, "plain");
  const TestResponse bomb = post(GzipText(std::string(900'000, 'x')).value(), "gzip");
  EXPECT_EQ(bomb.status, StatusCode::kContentTooLarge);
  EXPECT_EQ(post("no gzip", "gzip").status, StatusCode::kBadRequest);
  const TestResponse other = post("x", "br");
  EXPECT_EQ(other.status, StatusCode::kUnsupportedMediaType);
  EXPECT_EQ(other.Header("Accept-Encoding"), "gzip");
  const auto stream = [&](std::string gzip) {
    std::vector<std::string> pieces = {gzip.substr(0, gzip.size() / 2),
                                       gzip.substr(gzip.size() / 2)};
    return RunRoute(route, Post("/").Streamed(pieces).Header("Content-Encoding", "gzip"));
  };
  EXPECT_EQ(stream(GzipText("hello").value()).body, "hello");
  EXPECT_EQ(stream(GzipText(std::string(900'000, 'x')).value()).status,
            StatusCode::kContentTooLarge);
  EXPECT_EQ(stream("no gzip at all").status, StatusCode::kBadRequest);
}

// More would hold the thread, which serves other connections.
TEST(CodingTest, OnlyShortBodiesAreDecodedInPlace) {
  const Route route = DecodeRequest(
      Concat(Path("how", ExtractRequest([](const HttpRequest& request) {
                    return Complete(request.entity.IsStrict() ? "in place" : "streamed");
                  })),
             EntityAs<std::string>(
                 [](std::string text) { return Complete(std::to_string(text.size())); })));
  const auto post = [&](const char* path, size_t size) {
    return RunRoute(route, Post(path)
                               .Body(GzipText(std::string(size, 'x')).value())
                               .Header("Content-Encoding", "gzip"));
  };
  EXPECT_EQ(post("/how", kGunzipInPlaceMax).body, "in place");
  EXPECT_EQ(post("/how", kGunzipInPlaceMax + 1).body, "streamed");
  EXPECT_EQ(post("/", kGunzipInPlaceMax).body, "262144");
  EXPECT_EQ(post("/", 8 << 20).body, "8388608");
  EXPECT_EQ(post("/", (8 << 20) + 1).status, StatusCode::kContentTooLarge);
}

// --- Events ---

std::vector<ServerSentEvent> Parse(std::string_view text, size_t piece = 1000) {
  EventParser parser;
  std::vector<ServerSentEvent> events;
  for (size_t at = 0; at < text.size(); at += piece) {
    const absl::Status fed = parser.Feed(text.substr(at, piece));
    EXPECT_TRUE(fed.ok()) << fed;
    while (std::optional<ServerSentEvent> event = parser.Next()) events.push_back(*event);
  }
  return events;
}

TEST(EventTest, RendersAndParsesBack) {
  EXPECT_EQ(RenderEvent({.data = "two\nlines", .event = "news"}),
            "event:news\ndata:two\ndata:lines\n\n");
  EXPECT_EQ(RenderEvent(ServerSentEvent::Heartbeat()), ":\n\n");
  EXPECT_EQ(RenderEvent({.data = "x", .event = "a\ndata:evil", .id = "1\r\n2"}),
            "event:adata:evil\nid:12\ndata:x\n\n");
  const std::vector<ServerSentEvent> events = {
      {.data = "a"},
      {.data = " two\n\n lines ", .event = "news", .id = "7", .retry = absl::Seconds(3)},
      {.data = "", .event = "empty"},
      {.data = "\xC3\xA4:", .id = ""}};
  std::string text = "\xEF\xBB\xBF";
  for (const ServerSentEvent& event : events) text += RenderEvent(event) + ":\n\n";
  for (size_t piece : {1, 2, 7, 1000}) EXPECT_EQ(Parse(text, piece), events) << piece;
}

TEST(EventTest, TakesWhatTheStandardTakes) {
  const std::vector<ServerSentEvent> expected = {
      {.data = "YHOO\n+2\n10"}, {.data = "test", .id = "1"}, {.data = "\n"}};
  EXPECT_EQ(Parse("data: YHOO\rdata: +2\r\ndata: 10\n\n: comment\nid: 1\ndata:test\nfoo: bar\n"
                  "retry: x\n\ndata\ndata\n\nevent: lost\n\ndata: cut off"),
            expected);
  EventParser comments({.line_bytes_max = 10, .event_bytes_max = 20});
  for (int n = 0; n < 100; ++n) ASSERT_TRUE(comments.Feed(": comment\n").ok());
  EXPECT_TRUE(comments.Feed("data:x\n\n").ok());
  EXPECT_TRUE(comments.Next().has_value());
  EventParser parser({.line_bytes_max = 10, .event_bytes_max = 20});
  EXPECT_TRUE(parser.Feed("data:12345\ndata:12345").ok());
  EXPECT_EQ(parser.Feed("x").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(parser.Feed("\n\n").code(), absl::StatusCode::kResourceExhausted);
  EventParser lines({.line_bytes_max = 10, .event_bytes_max = 20});
  EXPECT_EQ(lines.Feed("data:1234\ndata:1234\nid:1\n").code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(EventTest, AStreamOfEventsIsABodyWithHeartbeats) {
  RouteTestKit kit;
  const Route route = Get([] {
    return Complete(Source<ServerSentEvent>::From({{.data = "1"}, {.data = "2"}})
                        .InitialDelay(absl::Seconds(25)));
  });
  const TestResponse response = kit.Run(route, Get("/"));
  EXPECT_EQ(response.content_type, "text/event-stream");
  EXPECT_EQ(response.body, ":\n\n:\n\ndata:1\n\ndata:2\n\n");
  absl::StatusOr<HttpResponse> raw = Await(kit.Start(route, Get("/")), absl::Minutes(1));
  ASSERT_TRUE(raw.ok());
  const auto events = Await(
      EventsOf(raw->entity).RunWith(Sink<ServerSentEvent>::Seq(), kit.system()), absl::Minutes(5));
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ(*events, std::vector<ServerSentEvent>({{.data = "1"}, {.data = "2"}}));
  const Entity endless = Entity::Text(std::string(5000, 'x'));
  EXPECT_EQ(
      Await(EventsOf(endless).RunWith(Sink<ServerSentEvent>::Seq(), kit.system()), absl::Minutes(1))
          .status()
          .code(),
      absl::StatusCode::kResourceExhausted);
}

// --- Protobuf ---

TEST(ProtobufTest, MessagesAreJson) {
  const Route route = EntityAs<google::protobuf::Timestamp>([](google::protobuf::Timestamp time) {
    time.set_seconds(time.seconds() + 1);
    return Complete(time);
  });
  EXPECT_EQ(RunRoute(route, Post("/").Json("\"1970-01-01T00:00:00Z\"")).body,
            "\"1970-01-01T00:00:01Z\"");
  const TestResponse wrong = RunRoute(route, Post("/").Json("{\"x\":1}"));
  EXPECT_EQ(wrong.status, StatusCode::kBadRequest);
  EXPECT_NE(wrong.body.find("google.protobuf.Timestamp"), std::string::npos) << wrong;
}

}  // namespace
}  // namespace sampo::http
