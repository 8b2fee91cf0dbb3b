// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The routing model: paths, methods, values, completion, and how rejections add up (pekko-features
// 18.60g, RejectionSpec and RoutingSpec).
#include "sampo/http/routing/route.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/after.h"
#include "sampo/http/json/json.h"
#include "sampo/http/routing/directives.h"
#include "sampo/http/testkit/route_test_kit.h"

namespace counter {

struct Value {
  int64_t count;
};
struct Increment {
  int64_t by = 1;
};
struct GetValue {
  sampo::ReplyTo<Value> reply_to;
};
struct Command : std::variant<Increment, GetValue> {
  using variant::variant;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Increment, by)

// The second of a list; what is thrown where there is none is not the JSON library's.
struct Word {
  std::string text;
};
void from_json(const nlohmann::json& json, Word& word) {
  word.text = json.get<std::vector<std::string>>().at(1);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Value, count)

sampo::Behavior<Command> Counter(int64_t count = 0) {
  return sampo::Receive<Command>(
      sampo::On{[count](const Increment& m) { return Counter(count + m.by); },
                [count](GetValue&& m) {
                  m.reply_to.Tell({count});
                  return sampo::Same();
                }});
}

}  // namespace counter

namespace sampo::http {
namespace {

// --- Paths ---

TEST(PathTest, MatchesWholeSegmentsAndExtractsTyped) {
  const Route route = Concat(
      Path(Lit{"counters"} / Segment, [](std::string id) { return Complete("id " + id); }),
      Path("numbers" / IntNumber / "x",
           [](int64_t n) { return Complete("n " + std::to_string(n)); }),
      Path("all" / Segments,
           [](std::vector<std::string> s) { return Complete(std::to_string(s.size()) + s[0]); }),
      Path("rest" / Remaining, [](std::string rest) { return Complete(rest); }),
      Path("api/v1", Complete("two")),
      Path("two" / Segment / IntNumber,
           [](std::string a, int64_t b) { return Complete(a + std::to_string(b)); }));
  EXPECT_EQ(RunRoute(route, Get("/counters/7")).body, "id 7");
  EXPECT_EQ(RunRoute(route, Get("/counters/a%2Fb%20c")).body, "id a/b c");
  EXPECT_EQ(RunRoute(route, Get("/numbers/42/x")).body, "n 42");
  EXPECT_EQ(RunRoute(route, Get("/all/a%2Fb/c")).body, "2a/b");
  EXPECT_EQ(RunRoute(route, Get("/rest/a/b")).body, "a/b");
  EXPECT_EQ(RunRoute(route, Get("/api/v1")).body, "two");
  EXPECT_EQ(RunRoute(route, Get("/two/x/5")).body, "x5");
  for (const char* wrong : {"/counters", "/counters/", "/counters/7/", "/countersX/7",
                            "/counters/7/8", "//counters/7", "/numbers/4a/x", "/numbers/-4/x",
                            "/numbers/99999999999999999999/x", "/api%2Fv1", "/", "/api/v1/"}) {
    EXPECT_EQ(RunRoute(route, Get(wrong)).status, StatusCode::kNotFound) << wrong;
  }
}

TEST(CounterTest, TheSampleOfTheDesignRuns) {
  RouteTestKit kit;
  const ActorRef<counter::Command> counter = kit.system().Spawn(counter::Counter(), "counter");
  const Route route =
      Concat(Get(Path(Lit{"counters"} / Segment,
                      [=](std::string) {
                        return Complete(Ask<counter::Value>(counter, absl::Seconds(3), [](auto r) {
                          return counter::GetValue{std::move(r)};
                        }));
                      })),
             Post(Path(Lit{"counters"}, EntityAs<counter::Increment>([=](counter::Increment m) {
                         counter.Tell(m);
                         return Complete(StatusCode::kOk);
                       }))));
  EXPECT_EQ(kit.Run(route, Post("/counters").Json(R"({"by": 7})")).status, StatusCode::kOk);
  const TestResponse value = kit.Run(route, Get("/counters/x"));
  EXPECT_EQ(value.body, R"({"count":7})");
  EXPECT_EQ(value.content_type, "application/json");
}

TEST(PathTest, PrefixesNestAndEndsAreTold) {
  const Route route = PathPrefix("api" / Segment, [](std::string version) {
    return Concat(PathEnd(Complete("end " + version)), PathSingleSlash(Complete("slash")),
                  Path("ping", Complete("pong")),
                  PathPrefixTest("x", Path(Segment / "y",
                                           [](std::string x) { return Complete("tested " + x); })),
                  Path(SegmentAs<char>([](std::string_view text) -> std::optional<char> {
                         if (text.size() != 1) return std::nullopt;
                         return text[0];
                       }),
                       [](char c) { return Complete(std::string("char ") + c); }));
  });
  EXPECT_EQ(RunRoute(route, Get("/api/v1")).body, "end v1");
  EXPECT_EQ(RunRoute(route, Get("/api/v1/")).body, "slash");
  EXPECT_EQ(RunRoute(route, Get("/api/v1/ping")).body, "pong");
  EXPECT_EQ(RunRoute(route, Get("/api/v1/x/y")).body, "tested x");
  EXPECT_EQ(RunRoute(route, Get("/api/v1/c")).body, "char c");
  EXPECT_EQ(RunRoute(route, Get("/api/v1/cc")).status, StatusCode::kNotFound);
  EXPECT_EQ(RunRoute(route, Get("/apix/v1")).status, StatusCode::kNotFound);
  EXPECT_EQ(RunRoute(PathEndOrSingleSlash(Complete("root")), Get("/")).body, "root");
}

TEST(PathTest, TrailingSlashesAreRedirectedOrIgnored) {
  const Route with = RedirectToTrailingSlashIfMissing(Complete("in"));
  const Route without = RedirectToNoTrailingSlashIfPresent(Complete("in"));
  const TestResponse moved = RunRoute(with, Get("/a?x=1"));
  EXPECT_EQ(moved.status, StatusCode::kMovedPermanently);
  EXPECT_EQ(moved.Header("Location"), "/a/?x=1");
  EXPECT_EQ(RunRoute(with, Get("/a/")).body, "in");
  EXPECT_EQ(RunRoute(without, Get("/a/")).Header("Location"), "/a");
  EXPECT_EQ(RunRoute(without, Get("/")).body, "in");
  // A browser would go to the host evil.example.
  EXPECT_EQ(RunRoute(without, Get("//evil.example/")).status, StatusCode::kNotFound);
  EXPECT_EQ(RunRoute(with, Get("//evil.example")).status, StatusCode::kNotFound);
  const Route ignoring = IgnoreTrailingSlash(PathPrefix("a", Path("b", Complete("b"))));
  EXPECT_EQ(RunRoute(ignoring, Get("/a/b/")).body, "b");
  EXPECT_EQ(RunRoute(ignoring, Get("/a/b")).body, "b");
  EXPECT_EQ(RunRoute(ignoring, Get("/a/b//")).status, StatusCode::kNotFound);
}

TEST(RouterTest, TakesPatternsInOrder) {
  const Route route =
      Router()
          .Get("/counters/{id}",
               [](const PathValues& path) { return Complete(std::string(path["id"])); })
          .Post("/counters", Complete(StatusCode::kCreated))
          .Get("/files/{name...}",
               [](const PathValues& path) { return Complete(std::string(path["name"])); })
          .Delete("/counters/{id}", [] { return Complete(StatusCode::kNoContent); });
  EXPECT_EQ(RunRoute(route, Get("/counters/a%20b")).body, "a b");
  EXPECT_EQ(RunRoute(route, Get("/files/a/b")).body, "a/b");
  EXPECT_EQ(RunRoute(route, Post("/counters")).status, StatusCode::kCreated);
  EXPECT_EQ(RunRoute(route, Delete("/counters/7")).status, StatusCode::kNoContent);
  EXPECT_EQ(RunRoute(route, Put("/counters/7")).Header("Allow"), "GET, HEAD, DELETE");
  EXPECT_EQ(RunRoute(route, Get("/counters/7/8")).status, StatusCode::kNotFound);
}

// --- 60g: rejections ---

TEST(RejectionSpec60g, AccumulateAcrossAlternatives) {
  const Route route = Concat(Parameter<int>("a", [](int) { return Complete("a"); }),
                             Parameter<int>("b", [](int) { return Complete("b"); }), Reject());
  // Both are there; of equal importance the first is told.
  std::vector<std::string> places;
  const Route watched = MapRejections(
      [&places](Rejections rejections) {
        for (const Rejection& r : rejections.list()) places.push_back(r.place);
        return rejections;
      },
      route);
  const TestResponse response = RunRoute(watched, Get("/"));
  EXPECT_EQ(response.status, StatusCode::kBadRequest);
  EXPECT_EQ(places, std::vector<std::string>({"query parameter a", "query parameter b"}));
  EXPECT_NE(response.body.find("query parameter a is missing"), std::string::npos) << response;
  EXPECT_EQ(RunRoute(route, Get("/?b=7")).body, "b");
}

TEST(RejectionSpec60g, ALaterMatchingMethodCancelsMethodRejections) {
  // GET does not match Post, then matches Get, whose parameter is missing: 400, not 405.
  const Route route =
      Concat(Post(Complete("post")), Get(Parameter<int>("n", [](int) { return Complete("get"); })));
  const TestResponse response = RunRoute(route, Get("/"));
  EXPECT_EQ(response.status, StatusCode::kBadRequest);
  EXPECT_FALSE(response.headers.Has("Allow"));
  // The same where the matching one comes first.
  const Route other = Concat(Get(Reject()), Post(Complete("post")));
  EXPECT_EQ(RunRoute(other, Get("/")).status, StatusCode::kNotFound);
}

TEST(RejectionSpec60g, TheFinal405ListsEveryAllowedMethod) {
  const Route route = Path("x", Concat(Get(Complete("")), Post(Complete("")), Put(Complete("")),
                                       Concat(Patch(Complete("")), Get(Complete("")))));
  const TestResponse response = RunRoute(route, Delete("/x"));
  EXPECT_EQ(response.status, StatusCode::kMethodNotAllowed);
  EXPECT_EQ(response.Header("Allow"), "GET, HEAD, POST, PUT, PATCH");
  EXPECT_NE(response.body.find(R"("kind":"method")"), std::string::npos) << response;
}

TEST(RejectionSpec60g, AnEmptyListIs404) {
  const TestResponse response = RunRoute(Concat(Path("a", Complete("")), Reject()), Get("/b"));
  EXPECT_EQ(response.status, StatusCode::kNotFound);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_NE(response.body.find("nothing is at /b"), std::string::npos) << response;
}

TEST(RejectionSpec60g, KindsHavePriorities) {
  const Rejections methods = Rejections::OfMethod(Method::kPut);
  for (int first = 0; first < kRejectionKinds; ++first) {
    for (int second = 0; second < kRejectionKinds; ++second) {
      Rejections both(Rejection{.kind = static_cast<RejectionKind>(first)});
      both.Append(Rejections(Rejection{.kind = static_cast<RejectionKind>(second)}));
      ASSERT_NE(both.MostImportant(), nullptr);
      EXPECT_EQ(both.MostImportant()->kind, static_cast<RejectionKind>(std::min(first, second)));
      both.Append(methods);
      const bool is_405 = std::min(first, second) > static_cast<int>(RejectionKind::kMethod);
      EXPECT_EQ(both.MostImportant() == nullptr, is_405);
    }
  }
}

TEST(RejectionSpec60g, CustomOnesAndHandlersOfRejections) {
  const Route teapot = Reject(
      {.kind = RejectionKind::kCustom, .place = "pot", .status = static_cast<StatusCode>(418)});
  EXPECT_EQ(ToNumber(RunRoute(teapot, Get("/")).status), 418);
  const Route handled = HandleRejections(
      [](const Rejections& r, const RequestContext&) -> std::optional<HttpResponse> {
        if (!r.Has(RejectionKind::kCustom)) return std::nullopt;
        return HttpResponse{.entity = Entity::Text("tea")};
      },
      Concat(Path("tea", teapot), Path("post", Post(Complete("")))));
  EXPECT_EQ(RunRoute(handled, Get("/tea")).body, "tea");
  EXPECT_EQ(RunRoute(handled, Get("/post")).status, StatusCode::kMethodNotAllowed);
  // Handled inside, the next alternative is not tried.
  const Route inside = Concat(HandleRejections(Path("a", Complete("a"))), Complete("other"));
  EXPECT_EQ(RunRoute(inside, Get("/b")).status, StatusCode::kNotFound);
}

TEST(RejectionSpec60g, AccumulateThroughFutures) {
  RouteTestKit kit;
  ActorSystemBase& system = kit.system();
  const auto later = [&system](Route route) {
    return OnSuccess([&system] { return After(system, absl::Seconds(1)); },
                     [route] { return route; });
  };
  const Route route = Concat(later(Post(Complete("post"))), later(Put(Complete("put"))),
                             later(Delete(Complete("delete"))));
  EXPECT_EQ(kit.Run(route, Patch("/")).Header("Allow"), "POST, PUT, DELETE");
  EXPECT_EQ(kit.Run(route, Delete("/")).body, "delete");
}

// --- Methods ---

TEST(MethodTest, HeadFallsToGetUnlessAHeadRouteTakesIt) {
  const Route route = Get(Complete("body"));
  EXPECT_EQ(RunRoute(route, Head("/")).status, StatusCode::kOk);
  const Route own = Concat(Head(RespondWithHeader("X", "head", Complete(""))), route);
  EXPECT_EQ(RunRoute(own, Head("/")).Header("X"), "head");
  const RouteTestOptions strict{.settings = {.head_as_get = false}};
  const TestResponse refused = RunRoute(route, Head("/"), strict);
  EXPECT_EQ(refused.status, StatusCode::kMethodNotAllowed);
  EXPECT_EQ(refused.Header("Allow"), "GET");
}

// --- Values ---

TEST(ParameterTest, RequiredOptionalDefaultAndSeveral) {
  const Route route = Parameters(
      Param<int64_t>("limit").Between(1, 1000).Default(50), Param<std::string>("after").Optional(),
      Param<std::string>("sort").OneOf({"iata", "delay"}).Default("iata"), Param<bool>("all"),
      [](int64_t limit, std::optional<std::string> after, std::string sort, bool all) {
        return Complete(std::to_string(limit) + after.value_or("-") + sort + (all ? "T" : "F"));
      });
  EXPECT_EQ(RunRoute(route, Get("/?all=1")).body, "50-iataT");
  EXPECT_EQ(RunRoute(route, Get("/?all=false&limit=7&after=a+b%26&sort=delay")).body,
            "7a b&delayF");
  const TestResponse missing = RunRoute(route, Get("/"));
  EXPECT_EQ(missing.status, StatusCode::kBadRequest);
  EXPECT_NE(missing.body.find("query parameter all is missing; allowed: true or false"),
            std::string::npos)
      << missing;
}

TEST(ParameterTest, A400NamesTheParameterTheValueAndWhatIsAllowed) {
  const Route limit = Parameter(Param<int64_t>("limit").Between(1, 1000).Default(50),
                                [](int64_t) { return Complete(""); });
  for (const char* wrong : {"0", "1001", "x", "", "5.0", "99999999999999999999", "0x10", "1e3"}) {
    const TestResponse response = RunRoute(limit, Get(std::string("/?limit=") + wrong));
    EXPECT_EQ(response.status, StatusCode::kBadRequest) << wrong;
    EXPECT_NE(response.body.find("query parameter limit"), std::string::npos) << response;
    EXPECT_NE(response.body.find(wrong), std::string::npos) << response;
    EXPECT_NE(response.body.find("an integer from 1 to 1000"), std::string::npos) << response;
  }
  const auto read = [](Route route, const char* target) {
    return RunRoute(route, Get(target)).status;
  };
  const Route small = Parameter<uint8_t>("n", [](uint8_t) { return Complete(""); });
  EXPECT_EQ(read(small, "/?n=255"), StatusCode::kOk);
  EXPECT_EQ(read(small, "/?n=256"), StatusCode::kBadRequest);
  EXPECT_EQ(read(small, "/?n=-1"), StatusCode::kBadRequest);
  const Route real = Parameter<double>("x", [](double x) { return Complete(std::to_string(x)); });
  EXPECT_EQ(RunRoute(real, Get("/?x=-2.5e1")).body, "-25.000000");
  EXPECT_EQ(read(real, "/?x=nan"), StatusCode::kBadRequest);
  EXPECT_EQ(read(real, "/?x=inf"), StatusCode::kBadRequest);
  const Route even = Parameter(
      Param<int>("n").That([](const int& n) { return n % 2 == 0; }, "an even integer").Optional(),
      [](std::optional<int> n) { return Complete(n ? "even" : "none"); });
  EXPECT_EQ(RunRoute(even, Get("/")).body, "none");
  EXPECT_NE(RunRoute(even, Get("/?n=3")).body.find("an even integer"), std::string::npos);
}

TEST(HeaderTest, ValuesAndCookiesAreTyped) {
  const Route header =
      HeaderValue<int>("X-Count", [](int n) { return Complete(std::to_string(n)); });
  EXPECT_EQ(RunRoute(header, Get("/").Header("x-count", "5")).body, "5");
  EXPECT_EQ(RunRoute(header, Get("/")).status, StatusCode::kBadRequest);
  EXPECT_NE(RunRoute(header, Get("/").Header("X-Count", "q")).body.find("header X-Count"),
            std::string::npos);
  const Route cookie = Cookie<std::string>("id", [](std::string id) { return Complete(id); });
  EXPECT_EQ(RunRoute(cookie, Get("/").Header("Cookie", "a=1; id=\"x y\"; id=2")).body, "x y");
  const TestResponse none = RunRoute(cookie, Get("/").Header("Cookie", "ID=1"));
  EXPECT_NE(none.body.find("cookie id is missing"), std::string::npos) << none;
  const Route optional = OptionalCookie(
      "id", [](std::optional<std::string> id) { return Complete(id.value_or("none")); });
  EXPECT_EQ(RunRoute(optional, Get("/")).body, "none");
}

TEST(FormTest, FieldsComeFromTheBody) {
  const Route route =
      FormFields(Param<std::string>("name"), Param<int>("age").Default(1),
                 [](std::string name, int age) { return Complete(name + std::to_string(age)); });
  EXPECT_EQ(RunRoute(route, Post("/").Form("name=a+b&age=7")).body, "a b7");
  const TestResponse missing = RunRoute(route, Post("/").Form("age=7"));
  EXPECT_NE(missing.body.find("form field name is missing"), std::string::npos) << missing;
  EXPECT_EQ(RunRoute(route, Post("/").Json("{}")).status, StatusCode::kUnsupportedMediaType);
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"na", "me=x"}, ContentType::Form())).body, "x1");
}

// --- Bodies ---

TEST(EntityTest, JsonIsReadAndItsErrorsAreNamed) {
  const Route route = EntityAs<counter::Increment>(
      [](counter::Increment m) { return Complete(std::to_string(m.by)); });
  EXPECT_EQ(RunRoute(route, Post("/").Json(R"({"by":3})")).body, "3");
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({R"({"b)", R"(y":4})"}, ContentType::Json())).body,
            "4");
  const TestResponse cut = RunRoute(route, Post("/").Json(R"({"by":)"));
  EXPECT_EQ(cut.status, StatusCode::kBadRequest);
  EXPECT_NE(cut.body.find("column"), std::string::npos) << cut;
  const TestResponse other = RunRoute(route, Post("/").Json(R"({"to":1})"));
  EXPECT_NE(other.body.find("'by' not found"), std::string::npos) << other;
  EXPECT_EQ(RunRoute(route, Post("/").Json(R"({"by":"x"})")).status, StatusCode::kBadRequest);
  EXPECT_EQ(RunRoute(route, Post("/").Body("x")).status, StatusCode::kUnsupportedMediaType);
  EXPECT_EQ(RunRoute(route, Post("/")).status, StatusCode::kBadRequest);
  const std::string deep(1000, '[');
  EXPECT_NE(RunRoute(route, Post("/").Json(deep)).body.find("byte 200"), std::string::npos);
}

TEST(EntityTest, WhatAFromJsonThrowsIsTheClientsMistake) {
  const Route route =
      EntityAs<counter::Word>([](const counter::Word& word) { return Complete(word.text); });
  EXPECT_EQ(RunRoute(route, Post("/").Json(R"(["a","b"])")).body, "b");
  EXPECT_EQ(RunRoute(route, Post("/").Json("[]")).status, StatusCode::kBadRequest);
}

TEST(EntityTest, SizeAndTimeOfABodyAreBounded) {
  const Route route =
      WithSizeLimit(4, EntityAs<std::string>([](std::string s) { return Complete("got " + s); }));
  EXPECT_EQ(RunRoute(route, Post("/").Body("1234")).body, "got 1234");
  const TestResponse strict = RunRoute(route, Post("/").Body("12345"));
  EXPECT_EQ(strict.status, StatusCode::kContentTooLarge);
  EXPECT_TRUE(strict.close);
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"123", "45"})).status,
            StatusCode::kContentTooLarge);
  EXPECT_EQ(RunRoute(route, Post("/").Silent()).status, StatusCode::kRequestTimeout);
  // The failure of what the function does is not taken for one of the body.
  const Route own = EntityAs<std::string>(
      [](std::string) { return Complete(absl::ResourceExhaustedError("queue")); });
  EXPECT_EQ(RunRoute(own, Post("/").Streamed({"x"})).status, StatusCode::kTooManyRequests);
}

TEST(EntityTest, AlternativesReadAStreamedBodyOnce) {
  const Route route =
      Concat(EntityAs<counter::Increment>([](counter::Increment) { return Complete("increment"); }),
             EntityAs<std::string>([](std::string text) { return Complete("text " + text); }));
  EXPECT_EQ(RunRoute(route, Post("/").Streamed({"no ", "json"}, ContentType::Json())).body,
            "text no json");
}

// --- Completion and failures ---

TEST(CompleteTest, TakesStatusesOptionalsAndFutures) {
  RouteTestKit kit;
  ActorSystemBase& system = kit.system();
  const auto run = [&](auto make) {
    return kit.Run(Route([make] { return Complete(make()); }), Get("/"));
  };
  EXPECT_EQ(run([] { return absl::OkStatus(); }).body, "");
  EXPECT_EQ(run([] { return absl::NotFoundError("no cart"); }).status, StatusCode::kNotFound);
  EXPECT_EQ(run([] { return absl::StatusOr<std::string>("x"); }).body, "x");
  EXPECT_EQ(run([] { return std::optional<std::string>(); }).status, StatusCode::kNotFound);
  EXPECT_EQ(run([] { return Future<std::string>::Ready("now"); }).body, "now");
  EXPECT_EQ(
      run([&] { return After(system, absl::Seconds(1), [] { return counter::Value{3}; }); }).body,
      R"({"count":3})");
  EXPECT_EQ(run([&] { return After(system, absl::Seconds(1)); }).status, StatusCode::kOk);
  EXPECT_EQ(run([&] {
              return After(system, absl::Seconds(1), [] {
                return absl::StatusOr<std::string>(absl::DeadlineExceededError("slow"));
              });
            }).status,
            StatusCode::kGatewayTimeout);
  const TestResponse conflict = kit.Run(
      Complete(StatusCode::kCreated, absl::AlreadyExistsError("cart 7 is there")), Get("/"));
  EXPECT_EQ(conflict.status, StatusCode::kConflict);
  EXPECT_NE(conflict.body.find("cart 7 is there"), std::string::npos);
  EXPECT_EQ(kit.Run(Complete(StatusCode::kCreated, "made"), Get("/")).status, StatusCode::kCreated);
  EXPECT_NE(kit.Run(Complete(StatusCode::kGone), Get("/")).body.find(R"("code":410)"),
            std::string::npos);
}

TEST(CompleteTest, OneFutureForAllRequestsIsRefusedTheSecondTime) {
  RouteTestKit kit;
  const Route route = Complete(After(kit.system(), absl::Seconds(1), [] { return "once"; }));
  EXPECT_EQ(kit.Run(route, Get("/")).body, "once");
  EXPECT_EQ(kit.Run(route, Get("/")).status, StatusCode::kInternalServerError);
}

TEST(CompleteTest, AcceptIsNegotiated) {
  const Route text = Complete("text");
  EXPECT_EQ(RunRoute(text, Get("/").Header("Accept", "text/*")).body, "text");
  const TestResponse refused = RunRoute(text, Get("/").Header("Accept", "application/json"));
  EXPECT_EQ(refused.status, StatusCode::kNotAcceptable);
  EXPECT_NE(refused.body.find("text/plain"), std::string::npos) << refused;
  EXPECT_EQ(RunRoute(text, Get("/").Header("Accept", "text/plain;q=0, */*")).status,
            StatusCode::kNotAcceptable);
  // Errors are answered whatever is accepted.
  EXPECT_EQ(
      RunRoute(Complete(absl::NotFoundError("x")), Get("/").Header("Accept", "image/png")).status,
      StatusCode::kNotFound);
  const Route any = CompleteAnyOf({{ContentType::Json(), [] { return Entity::Text("{}"); }},
                                   {ContentType::HtmlUtf8(), [] { return Entity::Text("<p>"); }}});
  EXPECT_EQ(RunRoute(any, Get("/")).content_type, "application/json");
  EXPECT_EQ(RunRoute(any, Get("/").Header("Accept", "text/html, */*;q=0.5")).body, "<p>");
  EXPECT_EQ(RunRoute(any, Get("/").Header("Accept", "image/png")).status,
            StatusCode::kNotAcceptable);
}

TEST(SealTest, WhatUserCodeThrowsIsA500WithoutItsText) {
  RouteTestKit kit;
  const Route route = Concat(
      Path("now", [](const RequestContext&) -> Route { throw std::runtime_error("secret"); }),
      Path("later",
           [&kit]() -> Route {
             return OnSuccess([&kit] { return After(kit.system(), absl::Seconds(1)); },
                              []() -> Completion { throw std::runtime_error("secret"); });
           }),
      Path("failed", FailWith(absl::InternalError("secret"))), Path("marshalled", [&kit] {
        return Complete(After(kit.system(), absl::Seconds(1),
                              []() -> std::string { throw std::runtime_error("secret"); }));
      }));
  for (const char* path : {"/now", "/later", "/failed", "/marshalled"}) {
    const TestResponse response = kit.Run(route, Get(path).RequestId("r-17"));
    EXPECT_EQ(response.status, StatusCode::kInternalServerError) << path;
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << response;
    EXPECT_NE(response.body.find(R"("request_id":"r-17")"), std::string::npos) << response;
  }
  RouteTestOptions shown{.settings = {.show_internal_errors = true}};
  EXPECT_NE(RunRoute(FailWith(absl::InternalError("why")), Get("/"), shown).body.find("why"),
            std::string::npos);
}

TEST(SealTest, ErrorsAreJsonWhateverIsInThem) {
  const Route route = Parameter<int>("n\"\\\n", [](int) { return Complete(""); });
  const TestResponse response = RunRoute(route, Get("/?n%22%5C%0A=%FF%22%01"));
  absl::StatusOr<nlohmann::json> json = ParseJson(response.body);
  ASSERT_TRUE(json.ok()) << json.status() << response;
  EXPECT_EQ((*json)["error"]["code"], 400);
  EXPECT_EQ((*json)["error"]["place"], "query parameter n\"\\\n");
}

}  // namespace
}  // namespace sampo::http
