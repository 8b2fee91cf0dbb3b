// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Directives around routes: extraction, answers changed, timeouts, authentication, CORS,
// conditions, ranges and files.
#include "sampo/http/routing/directives.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/after.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/http/testkit/route_test_kit.h"

namespace sampo::http {
namespace {

// --- Basics ---

TEST(ExtractTest, GivesPartsOfTheRequest) {
  const Route route = Concat(
      Path("uri", ExtractUri([](const Uri& uri) { return Complete(uri.raw_query()); })),
      Path("id", ExtractRequestId([](std::string id) { return Complete(id); })),
      Path("host", ExtractHost([](std::string host) { return Complete(host); })),
      PathPrefix("rest", ExtractUnmatchedPath([](std::string rest) { return Complete(rest); })));
  EXPECT_EQ(RunRoute(route, Get("/uri?a=1")).body, "a=1");
  EXPECT_EQ(RunRoute(route, Get("/id").RequestId("7")).body, "7");
  EXPECT_EQ(RunRoute(route, Get("/host").Header("Host", "Example.org:80")).body, "example.org");
  EXPECT_EQ(RunRoute(route, Get("/host").Header("Host", "[::1]:80")).body, "::1");
  EXPECT_EQ(RunRoute(route, Get("/rest/a/b")).body, "/a/b");
  const Route hosts = Concat(Host("a.example", Complete("a")), Host("b.example", Complete("b")));
  EXPECT_EQ(RunRoute(hosts, Get("/").Header("Host", "B.example")).body, "b");
  EXPECT_EQ(RunRoute(hosts, Get("/")).status, StatusCode::kNotFound);
}

TEST(ResponseTest, IsChangedOnItsWayOut) {
  const Route route = RespondWithHeader(
      "X-A", "1",
      RespondWithDefaultHeader("X-A", "not", RespondWithDefaultHeader("X-B", "2", Complete("x"))));
  const TestResponse response = RunRoute(route, Get("/"));
  EXPECT_EQ(response.Header("X-A"), "not");
  EXPECT_EQ(response.headers.GetAll("X-A").size(), 2u);
  EXPECT_EQ(response.Header("X-B"), "2");
  const Route mapped = MapResponse(
      [](HttpResponse r) {
        r.status = StatusCode::kAccepted;
        return r;
      },
      Complete("x"));
  EXPECT_EQ(RunRoute(mapped, Get("/")).status, StatusCode::kAccepted);
  const Route moved = MapRequest(
      [](HttpRequest request) {
        request.uri = Uri::Parse("/new").value();
        return request;
      },
      Path("new", Complete("new")));
  EXPECT_EQ(RunRoute(moved, Get("/old")).body, "new");
  EXPECT_EQ(RunRoute(Redirect("/a"), Get("/")).Header("Location"), "/a");
  EXPECT_EQ(RunRoute(Redirect("/a\r\nX: 1"), Get("/")).status, StatusCode::kInternalServerError);
  const Route validated =
      Validate([](const RequestContext& c) { return c.request().uri.raw_query().empty(); },
               "no query is taken here", Complete("x"));
  EXPECT_NE(RunRoute(validated, Get("/?a")).body.find("no query is taken here"), std::string::npos);
}

TEST(ResponseTest, AValueFromOutsideThatIsNoFieldIs500) {
  const auto respond = [](const auto& directive) {
    return RunRoute(Path(Segment,
                         [directive](std::string value) {
                           return directive("X-Mirror", value, Complete("x"));
                         }),
                    Get("/a%0Ab"));
  };
  EXPECT_EQ(respond(RespondWithHeader).status, StatusCode::kInternalServerError);
  EXPECT_EQ(respond(RespondWithDefaultHeader).status, StatusCode::kInternalServerError);
}

TEST(CookieTest, IsSetAndDeleted) {
  const Route set = SetCookie({.name = "id",
                               .value = "7",
                               .max_age = absl::Hours(1),
                               .secure = true,
                               .same_site = "Strict"},
                              Complete("x"));
  EXPECT_EQ(RunRoute(set, Get("/")).Header("Set-Cookie"),
            "id=7; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Strict");
  EXPECT_EQ(RunRoute(DeleteCookie("id", Complete("x")), Get("/")).Header("Set-Cookie"),
            "id=deleted; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  EXPECT_FALSE(SetCookieText({.name = "id", .value = "a;b"}).ok());
  EXPECT_FALSE(SetCookieText({.name = "i d", .value = "a"}).ok());
  EXPECT_EQ(RunRoute(SetCookie({.name = "id", .value = "\r\n"}, Complete("x")), Get("/")).status,
            StatusCode::kInternalServerError);
}

TEST(TimeoutTest, AnAnswerThatIsLateIs503) {
  ForEachSeed(20, [](uint64_t seed) {
    RouteTestKit kit({.seed = seed});
    const auto after = [&kit](absl::Duration delay) {
      return Route([&kit, delay] {
        return Complete(After(kit.system(), delay, [] { return std::string("in time"); }));
      });
    };
    const absl::Duration limit = absl::Seconds(5);
    EXPECT_EQ(kit.Run(WithRequestTimeout(limit, after(absl::Seconds(1))), Get("/")).body,
              "in time");
    const TestResponse late = kit.Run(WithRequestTimeout(limit, after(absl::Hours(1))), Get("/"));
    EXPECT_EQ(late.status, StatusCode::kServiceUnavailable);
    EXPECT_NE(late.body.find("no answer within 5s"), std::string::npos) << late;
    EXPECT_TRUE(late.close) << "who holds the body may never read it";
  });
}

TEST(ExceptionTest, HandlersSeeStatusesAndExceptions) {
  const Route route = HandleExceptions(
      [](const RouteFailure& failure, const RequestContext&) -> std::optional<HttpResponse> {
        if (failure.exception != nullptr) return HttpResponse{.entity = Entity::Text("thrown")};
        if (absl::IsAborted(failure.status)) return HttpResponse{.entity = Entity::Text("aborted")};
        return std::nullopt;
      },
      Concat(Path("throws", [](const RequestContext&) -> Route { throw std::runtime_error("x"); }),
             Path("aborts", FailWith(absl::AbortedError("x"))),
             Path("fails", FailWith(absl::UnavailableError("x")))));
  EXPECT_EQ(RunRoute(route, Get("/throws")).body, "thrown");
  EXPECT_EQ(RunRoute(route, Get("/aborts")).body, "aborted");
  EXPECT_EQ(RunRoute(route, Get("/fails")).status, StatusCode::kServiceUnavailable);
  const Route inside = FailWith(absl::UnavailableError("secret host"));
  EXPECT_EQ(RunRoute(inside, Get("/")).body.find("secret"), std::string::npos);
  EXPECT_NE(
      RunRoute(inside, Get("/"), {.settings = {.show_internal_errors = true}}).body.find("secret"),
      std::string::npos);
}

// --- Security ---

TEST(AuthenticateTest, BasicAsksTheAuthenticator) {
  const Route route = AuthenticateBasic(
      "sho\"p",
      [](const BasicCredentials& c) -> std::optional<std::string> {
        if (!SecureEquals(c.password, "pa:ss")) return std::nullopt;
        return c.user;
      },
      [](std::string user) { return Complete("hello " + user); });
  const TestResponse missing = RunRoute(route, Get("/"));
  EXPECT_EQ(missing.status, StatusCode::kUnauthorized);
  EXPECT_EQ(missing.Header("WWW-Authenticate"), "Basic realm=\"sho\\\"p\", charset=\"UTF-8\"");
  // "ann:pa:ss"
  EXPECT_EQ(RunRoute(route, Get("/").Header("Authorization", "basic YW5uOnBhOnNz")).body,
            "hello ann");
  for (const char* wrong : {"Basic YW5uOng=", "Basic ???", "Basic", "Basic YW5u", "Bearer x", ""}) {
    const TestResponse response = RunRoute(route, Get("/").Header("Authorization", wrong));
    EXPECT_EQ(response.status, StatusCode::kUnauthorized) << wrong;
    EXPECT_EQ(response.body.find("pa:ss"), std::string::npos);
  }
}

TEST(AuthenticateTest, BearerMayTakeTimeAndRightsAreAskedAfter) {
  RouteTestKit kit;
  const Route route = AuthenticateBearer(
      "api",
      [&kit](const std::string& token) {
        return After(kit.system(), absl::Seconds(1),
                     [token] { return token == "t" ? std::optional<int>(7) : std::nullopt; });
      },
      [](int user) {
        return Concat(Path("admin", Authorize(user == 1, Complete("admin"))),
                      Path("user", Complete(std::to_string(user))));
      });
  EXPECT_EQ(kit.Run(route, Get("/user").Header("Authorization", "Bearer t")).body, "7");
  EXPECT_EQ(kit.Run(route, Get("/admin").Header("Authorization", "Bearer t")).status,
            StatusCode::kForbidden);
  const TestResponse wrong = kit.Run(route, Get("/user").Header("Authorization", "Bearer u"));
  EXPECT_EQ(wrong.status, StatusCode::kUnauthorized);
  EXPECT_EQ(wrong.Header("WWW-Authenticate"), "Bearer realm=\"api\"");
  EXPECT_EQ(kit.Run(route, Get("/none").Header("Authorization", "Bearer t")).status,
            StatusCode::kNotFound);
}

TEST(AuthenticateTest, SecureEqualsComparesWhole) {
  EXPECT_TRUE(SecureEquals("abc", "abc"));
  EXPECT_TRUE(SecureEquals("", ""));
  for (const char* other : {"", "ab", "abd", "abcabc", "xbc"}) {
    EXPECT_FALSE(SecureEquals(other, "abc")) << other;
  }
  EXPECT_FALSE(SecureEquals("a", ""));
}

TEST(CorsTest, PreflightsAndAnswersCarryTheFields) {
  const Route route =
      Cors({.allowed_origins = {"https://a.example"}, .exposed_headers = {"X-Total"}},
           Path("x", Get(Complete("x"))));
  const TestResponse preflight =
      RunRoute(route, Options("/x")
                          .Header("Origin", "https://a.example")
                          .Header("Access-Control-Request-Method", "GET")
                          .Header("Access-Control-Request-Headers", "X-A"));
  EXPECT_EQ(preflight.status, StatusCode::kNoContent);
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Methods"), "GET, POST, HEAD, OPTIONS");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Headers"), "X-A");
  EXPECT_EQ(preflight.Header("Access-Control-Max-Age"), "1800");
  const TestResponse actual = RunRoute(route, Get("/x").Header("Origin", "https://a.example"));
  EXPECT_EQ(actual.body, "x");
  EXPECT_EQ(actual.Header("Vary"), "Origin");
  EXPECT_EQ(actual.Header("Access-Control-Expose-Headers"), "X-Total");
  // So that the page can read why.
  const TestResponse missing = RunRoute(route, Get("/y").Header("Origin", "https://a.example"));
  EXPECT_EQ(missing.status, StatusCode::kNotFound);
  EXPECT_EQ(missing.Header("Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(RunRoute(route, Get("/x").Header("Origin", "https://b.example")).status,
            StatusCode::kForbidden);
  EXPECT_EQ(RunRoute(route, Options("/x")
                                .Header("Origin", "https://a.example")
                                .Header("Access-Control-Request-Method", "DELETE"))
                .status,
            StatusCode::kForbidden);
  EXPECT_FALSE(RunRoute(route, Get("/x")).headers.Has("Access-Control-Allow-Origin"));
}

TEST(CorsTest, FailuresAndExceptionsCarryTheFieldsToo) {
  const Route route = Cors(
      {.allowed_origins = {"https://a.example"}},
      Concat(Path("fails", FailWith(absl::UnavailableError("no journal"))),
             Path("later",
                  [] {
                    return OnSuccess([] { return Future<int>::Failed(absl::AbortedError("late")); },
                                     [](int) { return Complete("x"); });
                  }),
             Path("throws", []() -> Route { throw std::runtime_error("secret"); })));
  const auto get = [&](const char* path) {
    return RunRoute(route, Get(path).Header("Origin", "https://a.example"));
  };
  EXPECT_EQ(get("/fails").status, StatusCode::kServiceUnavailable);
  EXPECT_EQ(get("/later").status, StatusCode::kConflict);
  EXPECT_EQ(get("/throws").status, StatusCode::kInternalServerError);
  for (const char* path : {"/fails", "/later", "/throws"}) {
    const TestResponse response = get(path);
    EXPECT_EQ(response.Header("Access-Control-Allow-Origin"), "https://a.example") << path;
    EXPECT_EQ(response.Header("Vary"), "Origin") << path;
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
  }
}

// A cache gives an answer to others than who asked for it.
TEST(CorsTest, WhereOriginsAreListedAllAnswersVaryByThem) {
  const Route listed = Cors({.allowed_origins = {"https://a.example"}}, Path("x", Complete("x")));
  EXPECT_EQ(RunRoute(listed, Get("/x")).Header("Vary"), "Origin");
  EXPECT_EQ(RunRoute(listed, Get("/x").Header("Origin", "https://b.example")).Header("Vary"),
            "Origin");
  const Route any = Cors({}, Path("x", Complete("x")));
  EXPECT_FALSE(RunRoute(any, Get("/x").Header("Origin", "https://b.example")).headers.Has("Vary"));
}

TEST(LogRequestResultTest, WritesOneLineForEachEndAlsoForFailures) {
  LogCapture log;
  ActorTestKit actors({.settings = log.Settings()});
  const RouteTestKit kit(actors.system());
  const Route route = LogRequestResult(
      "shop", Concat(Path("fine", Complete("x")),
                     Path("later", FailWith(absl::UnavailableError("no journal"))),
                     Path("throws", []() -> Route { throw std::runtime_error("torn"); })));
  for (const char* path : {"/fine", "/none", "/later", "/throws"}) (void)kit.Run(route, Get(path));
  EXPECT_EQ(log.Count({.message_contains = "shop: GET /fine -> 200 in "}), 1u);
  EXPECT_EQ(log.Count({.message_contains = "shop: GET /none -> 0 rejections in "}), 1u);
  EXPECT_EQ(log.Count({.message_contains = "shop: GET /later -> UNAVAILABLE: no journal in "}), 1u);
  EXPECT_EQ(log.Count({.message_contains = "shop: GET /throws -> "}), 1u);
  EXPECT_EQ(log.Count({.message_contains = "torn"}), 2u) << "Seal says it, too";
}

// --- Conditions and ranges ---

TEST(ConditionalTest, AnswersOnlyWhatHasChanged) {
  const absl::Time modified = absl::FromUnixSeconds(784111777);
  const Route route = Conditional({.etag = "\"v1\"", .last_modified = modified}, Complete("body"));
  const TestResponse whole = RunRoute(route, Get("/"));
  EXPECT_EQ(whole.Header("ETag"), "\"v1\"");
  EXPECT_EQ(whole.Header("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto with = [&](Method method, const char* name, const char* value) {
    return RunRoute(route, TestRequest(method, "/").Header(name, value)).status;
  };
  const StatusCode same = StatusCode::kNotModified;
  const StatusCode failed = StatusCode::kPreconditionFailed;
  EXPECT_EQ(with(Method::kGet, "If-None-Match", "\"v0\", W/\"v1\""), same);
  EXPECT_EQ(with(Method::kGet, "If-None-Match", "*"), same);
  EXPECT_EQ(with(Method::kGet, "If-None-Match", "\"v2\""), StatusCode::kOk);
  EXPECT_EQ(with(Method::kPost, "If-None-Match", "*"), failed);
  EXPECT_EQ(with(Method::kGet, "If-Match", "\"v1\""), StatusCode::kOk);
  EXPECT_EQ(with(Method::kGet, "If-Match", "W/\"v1\""), failed);
  EXPECT_EQ(with(Method::kPut, "If-Match", "\"v0\""), failed);
  const auto dated = [&](const char* name) {
    return RunRoute(Conditional({.last_modified = modified}, Complete("body")),
                    TestRequest(Method::kPut, "/").Header(name, "*"))
        .status;
  };
  EXPECT_EQ(dated("If-None-Match"), failed) << "it exists, whatever it is known by";
  EXPECT_EQ(dated("If-Match"), StatusCode::kOk);
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(with(Method::kGet, "If-Modified-Since", date), same) << date;
  }
  EXPECT_EQ(with(Method::kGet, "If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"),
            StatusCode::kOk);
  EXPECT_EQ(with(Method::kGet, "If-Modified-Since", "yesterday"), StatusCode::kOk);
  EXPECT_EQ(with(Method::kPut, "If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), failed);
}

TEST(RangeTest, IsTakenApartAndJoined) {
  using Ranges = std::vector<ByteRange>;
  EXPECT_EQ(ParseRange("bytes=0-9", 100).ranges, Ranges({{0, 9}}));
  EXPECT_EQ(ParseRange("bytes=90-", 100).ranges, Ranges({{90, 99}}));
  EXPECT_EQ(ParseRange("bytes=-10", 100).ranges, Ranges({{90, 99}}));
  EXPECT_EQ(ParseRange("bytes=-1000", 100).ranges, Ranges({{0, 99}}));
  EXPECT_EQ(ParseRange("bytes=0-9, 20-29 ,10-19", 100).ranges, Ranges({{0, 29}}));
  EXPECT_EQ(ParseRange("bytes=0-9,50-1000", 100).ranges, Ranges({{0, 9}, {50, 99}}));
  EXPECT_EQ(ParseRange("bytes=0-18446744073709551615", 100).ranges, Ranges({{0, 99}}));
  EXPECT_EQ(ParseRange("bytes=0-99999999999999999999", 100).ranges, Ranges({{0, 99}}));
  EXPECT_EQ(ParseRange("bytes=99999999999999999999-", 100).outcome, RangeOutcome::kNotSatisfiable);
  EXPECT_EQ(ParseRange("bytes=100-", 100).outcome, RangeOutcome::kNotSatisfiable);
  EXPECT_EQ(ParseRange("bytes=-0", 100).outcome, RangeOutcome::kNotSatisfiable);
  for (const char* whole :
       {"", "bytes", "bytes=", "lines=0-9", "bytes=9-0", "bytes=a-b", "bytes=-", "bytes=0-9,x"}) {
    EXPECT_EQ(ParseRange(whole, 100).outcome, RangeOutcome::kWhole) << whole;
  }
  std::string many = "bytes=0-0";
  for (size_t i = 0; i < kRangesMax; ++i) many += ",0-0";
  EXPECT_EQ(ParseRange(many, 100).outcome, RangeOutcome::kWhole);
}

// --- Files ---

class FileTest : public testing::Test {
 protected:
  FileTest() {
    Write("a.txt", "0123456789");
    Write(".secret", "dot");
    Write("empty.html", "");
    ::mkdir((root_ + "/sub").c_str(), 0755);
    Write("sub/index.html", "<p>");
    Write("sub/a b%.json", "{}");
    Write("../outside.txt", "outside");
    std::string big(300'000, 'x');
    big[250'000] = 'y';
    Write("big.bin", big);
    EXPECT_EQ(::symlink("a.txt", (root_ + "/link").c_str()), 0);
    EXPECT_EQ(::symlink("..", (root_ + "/up").c_str()), 0);
    EXPECT_EQ(::mkfifo((root_ + "/fifo").c_str(), 0644), 0);
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ + "/" + name) << text;
  }
  static std::string MakeRoot() {
    std::string name = testing::TempDir() + "/files_XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    name += "/www";
    ::mkdir(name.c_str(), 0755);
    return name;
  }
  TestResponse Fetch(TestRequest request) { return RunRoute(route_, std::move(request)); }

  const std::string root_ = MakeRoot();
  const Route route_ = PathPrefix("static", GetFromDirectory(root_, {.index = "index.html"}));
};

TEST_F(FileTest, IsServedWithTypeTimeAndTag) {
  const TestResponse response = Fetch(Get("/static/a.txt"));
  EXPECT_EQ(response.status, StatusCode::kOk);
  EXPECT_EQ(response.body, "0123456789");
  EXPECT_TRUE(response.was_streamed);
  EXPECT_EQ(response.content_type.substr(0, 10), "text/plain");
  EXPECT_EQ(response.Header("Accept-Ranges"), "bytes");
  EXPECT_FALSE(response.Header("Last-Modified").empty());
  const std::string etag = response.Header("ETag");
  EXPECT_EQ(Fetch(Get("/static/a.txt").Header("If-None-Match", etag)).status,
            StatusCode::kNotModified);
  EXPECT_EQ(Fetch(Get("/static/sub/a%20b%25.json")).body, "{}");
  EXPECT_EQ(Fetch(Get("/static/sub/")).body, "<p>");
  EXPECT_EQ(Fetch(Get("/static/sub")).status, StatusCode::kNotFound);
  EXPECT_EQ(Fetch(Get("/static/empty.html")).body, "");
  const TestResponse big = Fetch(Get("/static/big.bin"));
  EXPECT_EQ(big.body.size(), 300'000u);
  EXPECT_EQ(big.body[250'000], 'y');
  EXPECT_EQ(Fetch(Post("/static/a.txt")).Header("Allow"), "GET, HEAD");
  EXPECT_EQ(RunRoute(GetFromFile(root_ + "/a.txt"), Get("/")).body, "0123456789");
  EXPECT_EQ(RunRoute(GetFromFile(root_ + "/none"), Get("/")).status, StatusCode::kNotFound);
}

TEST_F(FileTest, NothingOutsideIsServed) {
  for (const char* path :
       {"/static/../outside.txt", "/static/..%2Foutside.txt", "/static/%2e%2e/outside.txt",
        "/static/sub/../../outside.txt", "/static/sub%2Findex.html", "/static/.secret",
        "/static/%2Esecret", "/static/link", "/static/up/outside.txt", "/static/up/www/a.txt",
        "/static//a.txt", "/static/./a.txt", "/static/..\\outside.txt", "/static/fifo", "/static/",
        "/static", "/static/a.txt/", "/static/a.txt/x"}) {
    absl::StatusOr<Uri> uri = Uri::Parse(path);
    if (!uri.ok()) continue;  // the server refuses it before
    EXPECT_EQ(Fetch(Get(path)).status, StatusCode::kNotFound) << path;
  }
}

TEST_F(FileTest, NoMoreDescriptorsIsNot404) {
  RouteTestKit kit;
  EXPECT_EQ(kit.Run(route_, Get("/static/empty.html")).status, StatusCode::kOk);
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  const rlimit none{0, files.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const TestResponse full = kit.Run(route_, Get("/static/empty.html"));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(full.status, StatusCode::kServiceUnavailable) << full;
}

TEST_F(FileTest, RangesArePartsAndTheWholeWhereTheyAreSeveral) {
  const TestResponse part = Fetch(Get("/static/a.txt").Header("Range", "bytes=2-5"));
  EXPECT_EQ(part.status, StatusCode::kPartialContent);
  EXPECT_EQ(part.body, "2345");
  EXPECT_EQ(part.Header("Content-Range"), "bytes 2-5/10");
  EXPECT_EQ(Fetch(Get("/static/a.txt").Header("Range", "bytes=-3")).body, "789");
  EXPECT_EQ(Fetch(Get("/static/a.txt").Header("Range", "bytes=0-2,3-4")).body, "01234");
  const TestResponse several = Fetch(Get("/static/a.txt").Header("Range", "bytes=0-1,8-9"));
  EXPECT_EQ(several.status, StatusCode::kOk);
  EXPECT_EQ(several.body, "0123456789");
  const TestResponse beyond = Fetch(Get("/static/a.txt").Header("Range", "bytes=10-"));
  EXPECT_EQ(beyond.status, StatusCode::kRangeNotSatisfiable);
  EXPECT_EQ(beyond.Header("Content-Range"), "bytes */10");
  const std::string etag = part.Header("ETag");
  const auto if_range = [&](const std::string& value) {
    return Fetch(Get("/static/a.txt").Header("Range", "bytes=0-0").Header("If-Range", value))
        .status;
  };
  EXPECT_EQ(if_range(etag), StatusCode::kPartialContent);
  EXPECT_EQ(if_range(part.Header("Last-Modified")), StatusCode::kPartialContent);
  EXPECT_EQ(if_range("\"other\""), StatusCode::kOk);
  EXPECT_EQ(if_range("Sun, 06 Nov 1994 08:49:37 GMT"), StatusCode::kOk);
  EXPECT_EQ(Fetch(Get("/static/big.bin").Header("Range", "bytes=250000-250000")).body, "y");
}

TEST_F(FileTest, OneThatShrinksWhileItIsSentBreaksOff) {
  RouteTestKit kit;
  absl::StatusOr<HttpResponse> response =
      Await(kit.Start(route_, Get("/static/big.bin")), absl::Minutes(1));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(::truncate((root_ + "/big.bin").c_str(), 1000), 0);
  EXPECT_EQ(kit.Read(*std::move(response)).body_status.code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sampo::http
