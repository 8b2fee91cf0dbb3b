// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The example of http/README.md, so that it compiles and does what the page says, and the page's
// tables of codes, so that they are those of the program. That the page shows this text is checked
// by //tools/docs:snippets_test.
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/http/http.h"
#include "sampo/http/json/json.h"
#include "sampo/http/testkit/route_test_kit.h"

namespace readme {

using namespace sampo;        // NOLINT: as in the page's text
using namespace sampo::http;  // NOLINT: as in the page's text

// [begin: routes]
struct Value {
  int64_t count;
};
struct Increment {
  int64_t by = 1;
};
struct GetValue {
  ReplyTo<Value> reply_to;
};
struct Command : std::variant<Increment, GetValue> {
  using variant::variant;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Value, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Increment, by)

Route Routes(ActorRef<Command> counter) {
  const auto value = [=] {  // asked anew for each request
    return Complete(Ask<Value>(counter, absl::Seconds(3),
                               [](auto reply_to) { return GetValue{std::move(reply_to)}; }));
  };
  return Concat(Path("counter", Concat(Get(value), Post(EntityAs<Increment>([=](Increment m) {
                                         counter.Tell(m);
                                         return Complete(StatusCode::kAccepted);
                                       })))),
                Get(Path("greet" / Segment, [](std::string name) {
                  return Parameter(Param<int64_t>("times").Between(1, 9).Default(1),
                                   [name](int64_t times) {
                                     std::string text;
                                     while (times-- > 0) text += "Hello " + name + "\n";
                                     return Complete(text);
                                   });
                })));
}
// [end: routes]

Behavior<Command> Counter(int64_t count = 0) {
  return Receive<Command>(On{[count](const Increment& m) { return Counter(count + m.by); },
                             [count](GetValue&& m) {
                               m.reply_to.Tell({count});
                               return Same();
                             }});
}

TEST(ReadmeTest, TheRoutesAnswer) {
  RouteTestKit kit;
  const ActorRef<Command> counter = kit.system().Spawn(Counter(), "counter");
  // [begin: test]
  EXPECT_EQ(kit.Run(Routes(counter), Post("/counter").Json(R"({"by":7})")).status,
            StatusCode::kAccepted);
  EXPECT_EQ(kit.Run(Routes(counter), Get("/counter")).body, R"({"count":7})");
  EXPECT_EQ(kit.Run(Routes(counter), Get("/greet/Ann?times=2")).body, "Hello Ann\nHello Ann\n");
  EXPECT_EQ(kit.Run(Routes(counter), Delete("/counter")).Header("Allow"), "GET, HEAD, POST");
  // [end: test]
  EXPECT_EQ(kit.Run(Routes(counter), Get("/greet/Ann?times=x")).status, StatusCode::kBadRequest);
}

absl::StatusOr<HttpServer> Serve(ActorSystem<Command>& system) {
  // [begin: serve]
  return HttpServer::Bind(system, {.port = 8080}, Seal(Routes(system.guardian()), system));
  // [end: serve]
}

// --- The page's tables ---

// "| `name` | 404 |": the rows below `heading`, up to the next one.
std::map<std::string, int> TableOf(std::string_view heading) {
  std::ifstream page("http/README.md");
  EXPECT_TRUE(page.good()) << "http/README.md is not among the test's files";
  std::map<std::string, int> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == heading;
    if (!inside || !line.starts_with("| `")) continue;
    // A row may name several.
    const size_t codes = line.rfind("` | ");
    if (codes == std::string::npos) continue;
    const int code = std::stoi(line.substr(codes + 4));
    std::istringstream names(line.substr(0, codes + 1));
    for (std::string part; std::getline(names, part, '`');) {
      if (part.find_first_of("|, ") == std::string::npos && !part.empty()) rows[part] = code;
    }
  }
  return rows;
}

TEST(ReadmeTest, TheTableOfStatusesIsTheProgramsOwn) {
  std::map<std::string, int> expected;
  for (int code = 0; code <= 16; ++code) {
    const auto status = static_cast<absl::StatusCode>(code);
    expected[absl::StatusCodeToString(status)] = ToNumber(StatusCodeOf(absl::Status(status, "x")));
  }
  EXPECT_EQ(TableOf("## Status to HTTP"), expected);
}

TEST(ReadmeTest, TheTableOfRejectionsIsTheProgramsOwn) {
  std::map<std::string, int> expected;
  for (int i = 0; i < kRejectionKinds; ++i) {
    const auto kind = static_cast<RejectionKind>(i);
    expected[std::string(ToString(kind))] = ToNumber(StatusCodeOf(kind));
  }
  EXPECT_EQ(TableOf("## Rejections to HTTP"), expected);
}

}  // namespace readme
