// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ManagementTest: a system whose actors block or fail when told, a management server, and a client
// of it; and Parsed, the samples of a text as Prometheus' own parser sees them.
//
// Threads: the test's. Lifetime: a test.
#ifndef SAMPO_MANAGEMENT_INTERNAL_MANAGEMENT_TEST_UTIL_H_
#define SAMPO_MANAGEMENT_INTERNAL_MANAGEMENT_TEST_UTIL_H_

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <latch>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/metrics_instrumentation.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/management/management.h"

namespace sampo::management_test {

using Json = nlohmann::json;
using Gate = std::shared_ptr<std::latch>;

inline constexpr absl::Duration kLong = absl::Seconds(30);

struct Block {
  Gate begun;
  Gate release;
};
struct Boom {};
struct Ping {
  ReplyTo<bool> reply_to;
};
struct Command : std::variant<Block, Boom, Ping> {
  using variant::variant;
};

inline Behavior<Command> Worker() {
  return Supervise(Receive<Command>(On{[](const Block& m) {
                                         m.begun->count_down();
                                         m.release->wait();
                                         return Same();
                                       },
                                       [](const Boom&) -> Behavior<Command> {
                                         return Fail(absl::InternalError("boom"));
                                       },
                                       [](Ping&& m) {
                                         m.reply_to.Tell(true);
                                         return Same();
                                       }}))
      .OnFailure(SupervisorStrategy::Restart());
}

inline SystemSettings Settings(std::shared_ptr<CaptureLogSink> log) {
  SystemSettings settings;
  settings.threads = 2;
  settings.spare_threads_max = 0;
  settings.blocking_threads_max = 2;
  settings.log_sink = std::move(log);
  settings.instrumentation = std::make_shared<MetricsInstrumentation>();
  return settings;
}

class ManagementTest : public ::testing::Test {
 protected:
  ManagementTest() : kit_({.name = "shop", .settings = Settings(log_)}) {}

  void Start(ManagementSettings settings = {}) {
    settings.port = 0;
    absl::StatusOr<Management> started = Management::Start(kit_.system(), settings);
    ASSERT_TRUE(started.ok()) << started.status();
    management_ = std::make_unique<Management>(*std::move(started));
    client_ = std::make_unique<httplib::Client>("127.0.0.1", management_->port());
    client_->set_read_timeout(30);
  }
  httplib::Response Get(const std::string& path, const httplib::Headers& headers = {}) {
    httplib::Result result = client_->Get(path, headers);
    EXPECT_TRUE(result) << path << ": " << httplib::to_string(result.error());
    return result ? *result : httplib::Response();
  }
  Json GetJson(const std::string& path, int status = 200) {
    httplib::Response response = Get(path);
    EXPECT_EQ(response.status, status) << path << ": " << response.body;
    EXPECT_EQ(response.get_header_value("Content-Type"), "application/json");
    return Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  }
  ActorRef<Command> SpawnWorker(const std::string& name, const Props& props = {}) {
    return kit_.Spawn(Worker(), name, props);
  }
  void Settle(const ActorRef<Command>& actor) {
    ASSERT_TRUE(
        Await(Ask<bool>(actor, kLong, [](auto r) { return Ping{std::move(r)}; }), kLong).ok());
  }
  // The actor of that path in an answer of /actors; null where it isn't there.
  static Json Find(const Json& answer, const std::string& path) {
    for (const Json& actor : answer["actors"]) {
      if (actor["path"] == path) return actor;
    }
    return nullptr;
  }

  std::shared_ptr<CaptureLogSink> log_ = std::make_shared<CaptureLogSink>();
  ActorTestKit kit_;
  std::unique_ptr<Management> management_;
  std::unique_ptr<httplib::Client> client_;
};

// What `name` of the test's temporary folder then holds.
inline std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
  return path;
}

// The samples of a text, as parse_metrics.py prints them.
inline std::string Parsed(const std::string& text) {
  const std::string file = WriteFile("metrics.txt", text);
  FILE* parser = popen(("/usr/bin/python3 -B management/parse_metrics.py " + file).c_str(), "r");
  std::string lines;
  for (int c = fgetc(parser); c != EOF; c = fgetc(parser)) lines += static_cast<char>(c);
  EXPECT_EQ(pclose(parser), 0) << lines;
  return lines;
}

}  // namespace sampo::management_test

#endif  // SAMPO_MANAGEMENT_INTERNAL_MANAGEMENT_TEST_UTIL_H_
