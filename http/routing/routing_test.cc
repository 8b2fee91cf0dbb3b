// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The routing model: paths, methods, values, completion, and how rejections add up (pekko-features
// 18.60g, RejectionSpec and RoutingSpec).
#include "sampo/http/routing/route.h"

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
#include "sampo/http/routing/entity_directives.h"
#include "sampo/http/routing/method_directives.h"
#include "sampo/http/routing/path_directives.h"
#include "sampo/http/routing/value_directives.h"
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

}  // namespace
}  // namespace sampo::http
