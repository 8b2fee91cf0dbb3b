// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/http/model/entity.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/model/headers.h"
#include "sampo/http/model/message.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/status_code.h"
#include "sampo/http/model/uri.h"
#include "sampo/stream/stream.h"

namespace sampo::http {
namespace {

using stream::Source;

Uri Good(std::string_view text) {
  absl::StatusOr<Uri> uri = Uri::Parse(text);
  EXPECT_TRUE(uri.ok()) << text << ": " << uri.status();
  return uri.ok() ? *uri : Uri();
}

TEST(MethodTest, NamesAreCaseSensitiveAndComeBack) {
  for (const char* name : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const std::optional<Method> method = ParseMethod(name);
    ASSERT_TRUE(method.has_value()) << name;
    EXPECT_EQ(ToString(*method), name);
  }
  EXPECT_EQ(ParseMethod("get"), std::nullopt);
  EXPECT_EQ(ParseMethod("TRACE"), std::nullopt);
  EXPECT_EQ(ParseMethod(""), std::nullopt);
}

TEST(MethodTest, OnlyPostAndPatchMayNotBeSentTwice) {
  EXPECT_TRUE(IsIdempotent(Method::kGet));
  EXPECT_TRUE(IsIdempotent(Method::kPut));
  EXPECT_TRUE(IsIdempotent(Method::kDelete));
  EXPECT_FALSE(IsIdempotent(Method::kPost));
  EXPECT_FALSE(IsIdempotent(Method::kPatch));
}

TEST(StatusCodeTest, ReasonOfANameOrOfItsClass) {
  EXPECT_EQ(Reason(StatusCode::kNotFound), "Not Found");
  EXPECT_EQ(Reason(StatusCode::kContinue), "Continue");
  EXPECT_EQ(Reason(StatusCode::kInsufficientStorage), "Insufficient Storage");
  EXPECT_EQ(Reason(static_cast<StatusCode>(299)), "Success");
  EXPECT_EQ(Reason(static_cast<StatusCode>(418)), "Client Error");
  EXPECT_EQ(Reason(static_cast<StatusCode>(599)), "Server Error");
}

TEST(StatusCodeTest, OneTableFromStatusToHttp) {
  const std::pair<absl::StatusCode, int> kTable[] = {
      {absl::StatusCode::kOk, 200},
      {absl::StatusCode::kInvalidArgument, 400},
      {absl::StatusCode::kOutOfRange, 400},
      {absl::StatusCode::kUnauthenticated, 401},
      {absl::StatusCode::kPermissionDenied, 403},
      {absl::StatusCode::kNotFound, 404},
      {absl::StatusCode::kAlreadyExists, 409},
      {absl::StatusCode::kAborted, 409},
      {absl::StatusCode::kFailedPrecondition, 409},
      {absl::StatusCode::kResourceExhausted, 429},
      {absl::StatusCode::kCancelled, 499},
      {absl::StatusCode::kUnimplemented, 501},
      {absl::StatusCode::kUnavailable, 503},
      {absl::StatusCode::kDeadlineExceeded, 504},
      {absl::StatusCode::kInternal, 500},
      {absl::StatusCode::kDataLoss, 500},
      {absl::StatusCode::kUnknown, 500},
  };
  for (const auto& [code, number] : kTable) {
    EXPECT_EQ(ToNumber(StatusCodeOf(absl::Status(code, "x"))), number) << static_cast<int>(code);
  }
}

TEST(StatusCodeTest, TheWayBackForClients) {
  const std::pair<int, absl::StatusCode> kTable[] = {
      {204, absl::StatusCode::kOk},
      {304, absl::StatusCode::kOk},
      {400, absl::StatusCode::kInvalidArgument},
      {401, absl::StatusCode::kUnauthenticated},
      {404, absl::StatusCode::kNotFound},
      {409, absl::StatusCode::kFailedPrecondition},
      {418, absl::StatusCode::kInvalidArgument},
      {429, absl::StatusCode::kResourceExhausted},
      {500, absl::StatusCode::kUnknown},
      {503, absl::StatusCode::kUnavailable},
      {504, absl::StatusCode::kDeadlineExceeded},
      {599, absl::StatusCode::kUnknown},
  };
  for (const auto& [number, code] : kTable) {
    EXPECT_EQ(AbslCodeOf(static_cast<StatusCode>(number)), code) << number;
  }
}

TEST(HeadersTest, NamesCompareWithoutCaseAndKeepTheirOrder) {
  Headers headers = {{"Accept", "a"}, {"ACCEPT", "b"}, {"Host", "h"}};
  EXPECT_EQ(headers.Get("accept"), "a");
  EXPECT_EQ(headers.GetAll("aCcEpT"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(headers.Get("nothing"), std::nullopt);
  EXPECT_TRUE(headers.Set("Accept", "c").ok());
  EXPECT_EQ(headers.GetAll("accept"), (std::vector<std::string_view>{"c"}));
  EXPECT_EQ(headers.Remove("HOST"), 1u);
  EXPECT_EQ(headers, (Headers{{"Accept", "c"}}));
}

TEST(HeadersTest, ALineBreakInAValueWouldSplitTheMessageAndIsRefused) {
  Headers headers;
  const std::string_view with_nul("a\0b", 3);
  for (std::string_view bad : {std::string_view("a\r\nSet-Cookie: x"), std::string_view("a\nb"),
                               std::string_view("\x7f"), with_nul}) {
    const absl::Status status = headers.Add("X-Name", bad);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("X-Name"), std::string::npos) << status;
    EXPECT_FALSE(headers.Set("X-Name", bad).ok());
  }
  for (std::string_view bad : {"", "a b", "a:", "a\r\n", "\xc3\xa4"}) {
    EXPECT_FALSE(headers.Add(bad, "x").ok()) << bad;
  }
  EXPECT_TRUE(headers.empty());
  EXPECT_TRUE(headers.Add("X-Name", "tab\tand \xc3\xa4").ok());
}

TEST(HeadersTest, TokensOfAList) {
  Headers headers = {{"Connection", "keep-alive ,Upgrade"}, {"Connection", "CLOSE"}};
  EXPECT_TRUE(headers.HasToken("connection", "close"));
  EXPECT_TRUE(headers.HasToken("connection", "upgrade"));
  EXPECT_TRUE(headers.HasToken("connection", "Keep-Alive"));
  EXPECT_FALSE(headers.HasToken("connection", "keep"));
  EXPECT_FALSE(headers.HasToken("te", "close"));
}

TEST(UriTest, AnAbsoluteOneInParts) {
  const Uri uri = Good("HTTPS://Example.org:8443/a/b%2Fc/?x=1&x=2&y#part");
  EXPECT_EQ(uri.scheme(), "https");
  EXPECT_EQ(uri.host(), "example.org");
  EXPECT_EQ(uri.port(), 8443);
  EXPECT_EQ(uri.path(), "/a/b%2Fc/");
  EXPECT_EQ(uri.raw_query(), "x=1&x=2&y");
  EXPECT_EQ(*uri.PathSegments(), (std::vector<std::string>{"a", "b/c", ""}));
  EXPECT_EQ(uri.query()->Get("x"), "1");
  EXPECT_EQ(uri.query()->GetAll("x"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_EQ(uri.query()->Get("y"), "");
  EXPECT_EQ(uri.query()->Get("X"), std::nullopt);
  EXPECT_EQ(uri.ToString(), "https://example.org:8443/a/b%2Fc/?x=1&x=2&y");
  EXPECT_EQ(uri.Target(), "/a/b%2Fc/?x=1&x=2&y");
  EXPECT_EQ(uri.Authority(), "example.org:8443");
}

TEST(UriTest, PortsAndHosts) {
  EXPECT_EQ(Good("http://h").port(), 80);
  EXPECT_EQ(Good("http://h").path(), "/");
  EXPECT_EQ(Good("https://h?x").port(), 443);
  EXPECT_EQ(Good("https://h?x").raw_query(), "x");
  EXPECT_EQ(Good("http://h:/").port(), 80);
  EXPECT_EQ(Good("http://h:80/").ToString(), "http://h/");
  EXPECT_EQ(Good("http://[::1]:8080/x").host(), "::1");
  EXPECT_EQ(Good("http://[::1]:8080/x").ToString(), "http://[::1]:8080/x");
  EXPECT_EQ(Good("other://h").port(), 0);
}

TEST(UriTest, TargetsOfRequests) {
  EXPECT_EQ(Good("*").path(), "*");
  EXPECT_TRUE(Good("*").PathSegments()->empty());
  EXPECT_EQ(Good("/").Target(), "/");
  EXPECT_EQ(*Good("/").PathSegments(), (std::vector<std::string>{""}));
  EXPECT_EQ(Good("//twice?").Target(), "//twice");
  EXPECT_EQ(Uri(), Good("/"));
  EXPECT_EQ(Good("/a?old").WithQuery(*Query::Parse("k=v w")).Target(), "/a?k=v%20w");
}

TEST(UriTest, WhatMayNotBeThereIsAnErrorWithItsPlace) {
  const std::string nul("/a\0b", 4);
  for (std::string_view bad : {std::string_view(""),
                               std::string_view("a/b"),
                               std::string_view("/a b"),
                               std::string_view("/%"),
                               std::string_view("/%4"),
                               std::string_view("/%zz"),
                               std::string_view("/%00"),
                               std::string_view("/a#b"),
                               std::string_view("/\xc3\xa4"),
                               std::string_view("/a\r\n"),
                               std::string_view("http://"),
                               std::string_view("http:///x"),
                               std::string_view("http://user@h/"),
                               std::string_view("http://h:x/"),
                               std::string_view("http://h:65536/"),
                               std::string_view("http://h:0/"),
                               std::string_view("http://[::1/"),
                               std::string_view("http://[]/"),
                               std::string_view("http://h%41/"),
                               std::string_view("1http://h/"),
                               std::string_view("/?\"<>"),
                               std::string_view("/?%g1"),
                               std::string_view(nul)}) {
    const absl::StatusOr<Uri> uri = Uri::Parse(bad);
    EXPECT_EQ(uri.status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_NE(Uri::Parse("/ab c").status().message().find("byte 3"), std::string::npos);
  EXPECT_FALSE(Uri::Parse("/" + std::string(kUriMax, 'a')).ok());
  EXPECT_TRUE(Uri::Parse("/" + std::string(kUriMax - 1, 'a')).ok());
  // As browsers send it.
  EXPECT_EQ(Good("/?filter[a]=b|c").query()->Get("filter[a]"), "b|c");
}

TEST(QueryTest, FormsInAndOut) {
  const Query query = *Query::Parse("a=1+2&&b=%C3%A4%26&=v&c");
  EXPECT_EQ(query.pairs(), (std::vector<std::pair<std::string, std::string>>{
                               {"a", "1 2"}, {"b", "\xc3\xa4&"}, {"", "v"}, {"c", ""}}));
  EXPECT_EQ(query.ToString(), "a=1%202&b=%C3%A4%26&=v&c=");
  EXPECT_EQ(*Query::Parse(query.ToString()), query);
  EXPECT_FALSE(Query::Parse("a=%").ok());
  std::string many;
  for (int n = 0; n < kQueryPairsMax; ++n) many += "a&";
  EXPECT_TRUE(Query::Parse(many).ok());
  EXPECT_FALSE(Query::Parse(many + "a").ok());
}

TEST(ContentTypeTest, IsNormalisedAndTakenApart) {
  const ContentType type = *ContentType::Parse(" Text/HTML ;Charset=\"UTF-8\";; level=1 ");
  EXPECT_EQ(type.media_type(), "text/html");
  EXPECT_EQ(type.charset(), "utf-8");
  EXPECT_EQ(type.ToString(), "text/html; charset=\"UTF-8\"; level=1");
  EXPECT_EQ(*ContentType::Parse("application/json"), ContentType::Json());
  EXPECT_EQ(ContentType::Json().charset(), "");
  EXPECT_EQ(ContentType::TextUtf8().charset(), "utf-8");
  EXPECT_TRUE(ContentType().empty());
  EXPECT_EQ(*ContentType::Parse(ContentType::Form().ToString()), ContentType::Form());
}

TEST(ContentTypeTest, WhatIsNoneIsRefused) {
  for (std::string_view bad :
       {"", "text", "/", "text/", "/html", "text/html; x", "text/html; =1",
        "text/html; a=", "text/html; a=\"x", "text/html x", "te xt/html", "text/html; a=b c",
        "a/b/c; x=\"\\", "text/html\r\n", "text/html; a=\"\r\n\""}) {
    EXPECT_EQ(ContentType::Parse(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(ContentTypeTest, OfFileNames) {
  for (auto [name, type] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"a.html", "text/html"},
           {"a/b.min.JS", "text/javascript"},
           {"x.css", "text/css"},
           {"x.zip", "application/zip"},
           {"x.json", "application/json"},
           {"x", "application/octet-stream"},
           {"x.", "application/octet-stream"},
           {"x.unknown", "application/octet-stream"}}) {
    EXPECT_EQ(ContentType::OfFileName(name).media_type(), type) << name;
  }
}

TEST(EntityTest, StrictOnesKnowTheirLength) {
  EXPECT_TRUE(Entity().IsEmpty());
  const Entity text = Entity::Text("Hello");
  EXPECT_TRUE(text.IsStrict());
  EXPECT_EQ(text.length(), 5u);
  EXPECT_EQ(text.bytes().view(), "Hello");
  EXPECT_EQ(text.content_type(), ContentType::TextUtf8());
}

struct Simulated {
  explicit Simulated(uint64_t seed)
      : simulation(seed),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}) {}
  SimulatedRuntime simulation;
  ActorTestKit kit;
};

Entity Streamed(std::optional<uint64_t> length) {
  return StreamedEntity(ContentType::OctetStream(),
                        Source<Bytes>::From({Bytes("abc"), Bytes("defg")}), length);
}

TEST(EntityStreamTest, BecomesStrictWithinItsBound) {
  ForEachSeed(5, [](uint64_t seed) {
    Simulated sim(seed);
    ActorSystemBase& system = sim.kit.system();
    const auto wait = [&](Future<Entity> future) {
      return Await(std::move(future), absl::Seconds(60));
    };
    const absl::StatusOr<Entity> strict =
        wait(ToStrict(Streamed(std::nullopt), system, 7, absl::Seconds(1)));
    ASSERT_TRUE(strict.ok()) << strict.status();
    EXPECT_EQ(strict->bytes().view(), "abcdefg");
    EXPECT_EQ(strict->content_type(), ContentType::OctetStream());
    const absl::StatusOr<Entity> long_one =
        wait(ToStrict(Streamed(std::nullopt), system, 6, absl::Seconds(1)));
    EXPECT_EQ(long_one.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_NE(long_one.status().message().find("6 bytes"), std::string::npos);
    // Its length was said before: nothing is read.
    EXPECT_EQ(wait(ToStrict(Streamed(7), system, 6, absl::Seconds(1))).status().code(),
              absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(wait(ToStrict(Entity::Text("Hello"), system, 4, absl::Seconds(1))).status().code(),
              absl::StatusCode::kResourceExhausted);
    const Entity endless = StreamedEntity(ContentType::OctetStream(), Source<Bytes>::Never());
    EXPECT_EQ(wait(ToStrict(endless, system, 6, absl::Seconds(1))).status().code(),
              absl::StatusCode::kDeadlineExceeded);
  });
}

TEST(EntityStreamTest, DiscardsAndCounts) {
  Simulated sim(1);
  ActorSystemBase& system = sim.kit.system();
  EXPECT_EQ(*Await(DiscardBytes(Streamed(7), system), absl::Seconds(9)), 7u);
  EXPECT_EQ(*Await(DiscardBytes(Entity::Text("abc"), system), absl::Seconds(9)), 3u);
  EXPECT_EQ(*Await(DiscardBytes(StreamedEntity({}, DataBytes(Entity())), system), absl::Seconds(9)),
            0u);
}

}  // namespace
}  // namespace sampo::http
