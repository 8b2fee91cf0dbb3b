// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The routes of management over real sockets, and their answers while everything is stuck.
#include "sampo/management/management.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/management/health_checks.h"
#include "sampo/management/internal/management_test_util.h"
#include "sampo/stream/stream.h"

namespace sampo::management_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(ManagementTest, IsAliveAndReadyWithoutChecks) {
  Start();
  EXPECT_EQ(GetJson("/health/live")["status"], "up");
  EXPECT_EQ(GetJson("/health/ready"), Json::parse(R"({"status":"up","checks":[]})"));
  EXPECT_EQ(management_->url(), StrCat("http://127.0.0.1:", management_->port()));
}

TEST_F(ManagementTest, NamesTheChecksThatFail) {
  Start();
  HealthChecks& checks = HealthChecks::Get(kit_.system());
  ASSERT_TRUE(checks.Add(HealthKind::kReady, "warehouse", [] { return absl::OkStatus(); }).ok());
  ASSERT_TRUE(checks
                  .Add(HealthKind::kReady, "journal",
                       [] { return Future<void>::Failed(absl::UnavailableError("disk is full")); })
                  .ok());
  ASSERT_TRUE(checks
                  .Add(HealthKind::kReady, "thrower",
                       []() -> absl::Status { throw std::runtime_error("ouch"); })
                  .ok());
  const Json answer = GetJson("/health/ready", 503);
  EXPECT_EQ(answer["failing"], Json::parse(R"(["journal","thrower"])"));
  EXPECT_EQ(answer["checks"][0]["error"], "UNAVAILABLE: disk is full");
  EXPECT_EQ(answer["checks"][1]["error"], "UNKNOWN: the check threw: ouch");
  EXPECT_EQ(answer["checks"][2], Json::parse(R"({"name":"warehouse","status":"up"})"));
  EXPECT_EQ(Get("/health/live").status, 200);  // another kind

  EXPECT_EQ(checks.Add(HealthKind::kReady, "journal", [] { return absl::OkStatus(); }).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(checks.Add(HealthKind::kReady, "", [] { return absl::OkStatus(); }).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(checks.Remove(HealthKind::kReady, "journal"));
  EXPECT_TRUE(checks.Remove(HealthKind::kReady, "thrower"));
  EXPECT_FALSE(checks.Remove(HealthKind::kReady, "thrower"));
  EXPECT_EQ(Get("/health/ready").status, 200);
}

TEST_F(ManagementTest, ACheckThatHangsTimesOutAndIsNotStartedAgain) {
  Start({.check_timeout = absl::Milliseconds(20)});
  auto release = std::make_shared<std::latch>(1);
  std::atomic<int> runs{0};
  HealthChecks& checks = HealthChecks::Get(kit_.system());
  ASSERT_TRUE(checks
                  .Add(HealthKind::kLive, "pool",
                       [&runs, release] {
                         ++runs;
                         release->wait();
                         return absl::OkStatus();
                       })
                  .ok());
  ASSERT_TRUE(checks.Add(HealthKind::kLive, "other", [] { return absl::OkStatus(); }).ok());
  for (int i = 0; i < 3; ++i) {
    const Json answer = GetJson("/health/live", 503);
    EXPECT_EQ(answer["failing"], Json::parse(R"(["pool"])"));
    EXPECT_EQ(answer["checks"][1]["timed_out"], true);
    EXPECT_THAT(answer["checks"][1]["error"], HasSubstr("timed out: no answer within 20ms"));
  }
  EXPECT_EQ(runs, 1);
  release->count_down();
  const absl::Time deadline = absl::Now() + kLong;
  while (Get("/health/live").status != 200 && absl::Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Get("/health/live").status, 200);
}

TEST_F(ManagementTest, MetricsAreReadByPrometheusOwnParser) {
  Start();
  MetricsRegistry& metrics = kit_.system().metrics();
  metrics
      .GetCounter({.name = "shop_odd_total",
                   .help = "One\nline.",
                   .labels = {{"what", "a\"b\\c\nd\xff"}, {"empty", ""}}})
      .Add(3);
  Histogram times = metrics.GetHistogram({.name = "shop_commit_nanos", .help = "Commits."});
  times.Record(900'000);         // 0.9 ms
  times.Record(40'000'000);      // 40 ms
  times.Record(90'000'000'000);  // beyond the last bound
  Histogram sizes = metrics.GetHistogram({.name = "shop_group_size", .help = "Sizes."});
  sizes.Record(0);
  sizes.Record(7);
  ActorRef<Command> worker = SpawnWorker("w", Props().WithTags({"worker"}));
  worker.Tell(Boom{});
  Settle(worker);
  kit_.Stop(worker);
  worker.Tell(Boom{});  // to nobody

  Get("/metrics");
  httplib::Response response = Get("/metrics");
  EXPECT_EQ(response.get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const std::string samples = Parsed(response.body);
  for (const char* sample : {
           "shop_odd counter shop_odd_total{empty=,what=a\"b\\c\nd?} 3\n",
           "shop_commit_seconds histogram shop_commit_seconds_count{} 3\n",
           "shop_commit_seconds histogram shop_commit_seconds_bucket{le=0.0005} 0\n",
           "shop_commit_seconds histogram shop_commit_seconds_bucket{le=0.001} 1\n",
           "shop_commit_seconds histogram shop_commit_seconds_bucket{le=60} 2\n",
           "shop_commit_seconds histogram shop_commit_seconds_sum{} 90.0409\n",
           "shop_group_size histogram shop_group_size_bucket{le=0} 1\n",
           "shop_group_size histogram shop_group_size_bucket{le=10} 2\n",
           "sampo_actor_messages counter sampo_actor_messages_total{class=worker} 2\n",
           "sampo_actor_restarted counter sampo_actor_restarted_total{class=worker} 1\n",
           "sampo_actor_mailbox_depth histogram sampo_actor_mailbox_depth_count{class=worker} 2\n",
           "sampo_system_dead_letters counter sampo_system_dead_letters_total{} 1\n",
           "sampo_system_streams_running gauge sampo_system_streams_running{} 0\n",
           "sampo_system_mailbox_messages gauge sampo_system_mailbox_messages{dispatcher=default} "
           "0\n",
           "sampo_system_actors gauge sampo_system_actors{state=running} 0\n",
           "sampo_management_requests counter sampo_management_requests_total{code=200} 1\n",
       }) {
    EXPECT_THAT(samples, HasSubstr(sample));
  }
}

TEST_F(ManagementTest, ListsActorsPageByPage) {
  Start();
  for (const char* name : {"a", "b", "c"}) Settle(SpawnWorker(name));
  const Json all = GetJson("/actors?below=/user");
  EXPECT_EQ(all["totals"]["actors"], 4);
  EXPECT_EQ(Find(all, "/user")["children"], 3);
  const Json actor = Find(all, "/user/b");
  EXPECT_EQ(actor["messages_waiting"], 0);
  EXPECT_EQ(actor["dispatcher"], "default");
  EXPECT_EQ(actor["doing"], actor["state"]);

  std::vector<std::string> paths;
  std::string next = "/actors?limit=2&below=%2Fuser";
  while (!next.empty()) {
    const Json page = GetJson(next);
    for (const Json& one : page["actors"]) paths.push_back(one["path"]);
    EXPECT_EQ(page["more"], page.contains("next"));
    next = page.value("next", "");
  }
  EXPECT_THAT(paths, ElementsAre("/user", "/user/a", "/user/b", "/user/c"));
}

TEST_F(ManagementTest, NamesParameterValueAndRemedy) {
  Start();
  EXPECT_EQ(GetJson("/actors?limit=5000", 400), Json::parse(R"({
    "error": "parameter limit: it is no number in range", "parameter": "limit", "value": "5000",
    "remedy": "give a whole number from 1 to 1000"})"));
  EXPECT_EQ(GetJson("/actors?limit=ten", 400)["value"], "ten");
  EXPECT_EQ(GetJson("/actors?after=shop", 400)["remedy"], "give a path such as /user/shop");
  EXPECT_EQ(GetJson("/actors?limt=5", 400)["remedy"], "this route takes limit, after, below");
  EXPECT_EQ(GetJson("/actors?limit=1&limit=2", 400)["parameter"], "limit");
  EXPECT_EQ(GetJson("/streams?format=xml", 400)["remedy"], "one of json, text, dot");
  EXPECT_EQ(GetJson("/streams?after=-1", 400)["parameter"], "after");
  EXPECT_EQ(GetJson("/loggers?name=x", 400)["remedy"], "this route takes logger");
  EXPECT_THAT(GetJson("/actor", 404)["remedy"], HasSubstr("/actors, /health/live"));
  EXPECT_EQ(GetJson("/%ff", 404)["error"], "there is no path /\xEF\xBF\xBD");

  httplib::Result posted = client_->Post("/loggers", "x=1", "text/plain");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 405);
  EXPECT_EQ(posted->get_header_value("Allow"), "GET, HEAD, PUT");
  EXPECT_EQ(Json::parse(posted->body)["remedy"], "use GET, HEAD, PUT");
  httplib::Result head = client_->Head("/metrics");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_THAT(head->body, IsEmpty());
}

TEST_F(ManagementTest, ShowsStreamsThatRun) {
  Start();
  auto [switch1, done1] = stream::Source<int>::Maybe()
                              .ToMat(stream::Sink<int>::Ignore(), stream::KeepBoth())
                              .Run(kit_.system());
  auto [switch2, done2] = stream::Source<int>::Maybe()
                              .ToMat(stream::Sink<int>::Ignore(), stream::KeepBoth())
                              .Run(kit_.system());
  const absl::Time deadline = absl::Now() + kLong;
  while (GetJson("/streams")["total"] != 2 && absl::Now() < deadline) std::this_thread::yield();
  const Json page = GetJson("/streams?limit=1");
  ASSERT_EQ(page["streams"].size(), 1u);
  EXPECT_THAT(page["streams"][0]["stages"].dump(), HasSubstr("maybe"));
  EXPECT_EQ(page["more"], true);
  const Json second = GetJson(page["next"]);
  ASSERT_EQ(second["streams"].size(), 1u);
  EXPECT_EQ(second["streams"][0]["id"], 2);
  EXPECT_EQ(second["more"], false);
  EXPECT_THAT(Get("/streams?format=text").body,
              AllOf(HasSubstr("stream 1\n"), Not(HasSubstr("there are more"))));
  EXPECT_THAT(Get("/streams?format=text&limit=1").body,
              HasSubstr("\n// there are more: /streams?format=text&limit=1&after=1\n"));
  EXPECT_THAT(Get("/streams?format=dot&limit=1").body, HasSubstr("\n// there are more: "));
  EXPECT_THAT(Get("/streams?format=dot").body, HasSubstr("digraph streams"));
  switch1.Complete(std::nullopt);
  switch2.Complete(std::nullopt);
  EXPECT_TRUE(Await(done1, kLong).ok());
  EXPECT_TRUE(Await(done2, kLong).ok());
}

TEST_F(ManagementTest, ReadsAndChangesLevels) {
  Start({.read_only = false});
  LoggerRegistry& loggers = kit_.system().loggers();
  const Logger cart = loggers.Get("shop.cart");
  EXPECT_FALSE(cart.Enabled(LogLevel::kDebug));
  httplib::Result changed = client_->Put("/loggers?logger=shop&level=debug");
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->status, 200);
  EXPECT_EQ(Json::parse(changed->body),
            Json::parse(R"({"logger":"shop","level":"debug","configured":"debug"})"));
  EXPECT_TRUE(cart.Enabled(LogLevel::kDebug));
  EXPECT_EQ(GetJson("/loggers?logger=shop.cart"),
            Json::parse(R"({"logger":"shop.cart","level":"debug"})"));
  EXPECT_THAT(
      GetJson("/loggers")["loggers"].dump(),
      AllOf(HasSubstr(R"("level":"debug","logger":"shop.cart")"), HasSubstr(R"("logger":"")")));
  ASSERT_TRUE(client_->Put("/loggers?logger=shop&level=inherit"));
  EXPECT_FALSE(cart.Enabled(LogLevel::kDebug));
  httplib::Result wrong = client_->Put("/loggers?logger=shop&level=loud");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(Json::parse(wrong->body)["value"], "loud");
  EXPECT_EQ(client_->Put("/loggers?level=info")->status, 400);
}

TEST_F(ManagementTest, IsReadOnlyUnlessToldOtherwise) {
  Start();
  httplib::Result refused = client_->Put("/loggers?logger=shop&level=debug");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  EXPECT_THAT(refused->body, HasSubstr("ManagementSettings::read_only"));
  EXPECT_EQ(kit_.system().loggers().Level("shop"), LogLevel::kInfo);
}

TEST_F(ManagementTest, WantsItsTokenForAllButHealth) {
  Start({.token_file = WriteFile("token", "  s3cret\n")});
  EXPECT_EQ(Get("/health/ready").status, 200);
  EXPECT_EQ(Get("/metrics", {{"Authorization", "Bearer s3cret"}}).status, 200);
  EXPECT_EQ(Get("/metrics", {{"Authorization", "bearer s3cret"}}).status, 200);
  EXPECT_EQ(Get("/nowhere", {{"Authorization", "Bearer s3cret"}}).status, 404);
  for (const char* path : {"/metrics", "/actors", "/streams", "/loggers", "/nowhere", "/"}) {
    const httplib::Response response = Get(path);
    EXPECT_EQ(response.status, 401) << path;
    EXPECT_THAT(response.get_header_value("WWW-Authenticate"), HasSubstr("Bearer"));
    EXPECT_EQ(Get(path, {{"Authorization", "Bearer s3creT"}}).status, 401) << path;
    EXPECT_EQ(Get(path, {{"Authorization", "Bearer s3cret2"}}).status, 401) << path;
    EXPECT_EQ(Get(path, {{"Authorization", "Basic s3cret"}}).status, 401) << path;
    EXPECT_EQ(Get(path, {{"Authorization", "Bearer x"}, {"Authorization", "Bearer s3cret"}}).status,
              401)
        << path;
  }
}

TEST_F(ManagementTest, RefusesToStartWhereItWouldBeWrong) {
  auto problem = [this](const ManagementSettings& settings) {
    return Management::Start(kit_.system(), settings).status().ToString();
  };
  EXPECT_THAT(problem({.host = "0.0.0.0", .port = 0}),
              AllOf(HasSubstr("INVALID_ARGUMENT: management: refuses to listen on 0.0.0.0"),
                    HasSubstr("without a token; set token_file")));
  EXPECT_THAT(problem({.host = "example.com", .port = 0}), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(problem({.port = 70'000}), HasSubstr("port 70000 is none"));
  EXPECT_THAT(problem({.port = 0, .threads = 0}), HasSubstr("threads is 0; give 1 to 64"));
  EXPECT_THAT(problem({.port = 0, .token_file = "/nowhere/token"}),
              HasSubstr("UNAVAILABLE: management: token file /nowhere/token: No such file"));
  EXPECT_THAT(problem({.port = 0, .token_file = WriteFile("empty", " \n")}),
              HasSubstr("it is empty"));
  EXPECT_THAT(problem({.port = 0, .token_file = WriteFile("words", "two words")}),
              HasSubstr("not one word"));
  EXPECT_THAT(problem({.port = 0, .token_file = WriteFile("long", std::string(5000, 'x'))}),
              HasSubstr("more than 4096 bytes"));
  Start();
  EXPECT_THAT(problem({.port = management_->port()}), HasSubstr("UNAVAILABLE"));

  // With a token it listens everywhere; who else may read the token is warned about.
  const std::string open_file = WriteFile("open", "t0ken");
  chmod(open_file.c_str(), 0644);
  absl::StatusOr<Management> everywhere =
      Management::Start(kit_.system(), {.host = "0.0.0.0", .port = 0, .token_file = open_file});
  ASSERT_TRUE(everywhere.ok()) << everywhere.status();
  EXPECT_EQ(log_->Count([](const LogEvent& event) {
    return event.message.find("may be read by others") != std::string::npos;
  }),
            1u);
}

TEST_F(ManagementTest, EndsWithTheSystemAndIsNotReadyMeanwhile) {
  Start();
  Promise<void> drained;
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(kit_.system());
  ASSERT_TRUE(shutdown
                  .AddTask(kPhaseServiceRequestsDone, "drain",
                           [future = drained.future()] { return future; })
                  .ok());
  Future<void> done = shutdown.Run(ShutdownReason::ProcessSignal());
  const Json answer = GetJson("/health/ready", 503);
  EXPECT_EQ(answer["failing"], Json::parse(R"(["shutdown"])"));
  EXPECT_EQ(Get("/health/live").status, 200);
  drained.Complete();
  ASSERT_TRUE(Await(done, kLong).ok());
  EXPECT_FALSE(client_->Get("/health/live"));
  EXPECT_THAT(shutdown.Problems(), IsEmpty());
  kit_.Shutdown();
  management_->Stop();  // again, and after the system
}

TEST_F(ManagementTest, StopsInTimeWithIdleAndSilentClients) {
  Start();
  client_->set_keep_alive(true);
  EXPECT_EQ(Get("/health/live").status, 200);  // and stays connected
  management_->Stop();
  EXPECT_FALSE(client_->Get("/health/live"));
  // The system goes on, and may have another.
  Start();
  EXPECT_EQ(Get("/health/live").status, 200);
}

// Blocks every thread of every dispatcher: the default ones, those for blocking, the internal one,
// and one that is pinned.
class StuckTest : public ManagementTest {
 protected:
  void BlockAll() {
    const auto begun = std::make_shared<std::latch>(6);
    auto block = [&](const ActorRef<Command>& actor) { actor.Tell(Block{begun, release_}); };
    for (const char* name : {"default-a", "default-b"}) block(SpawnWorker(name));
    for (const char* name : {"blocking-a", "blocking-b"}) {
      block(SpawnWorker(name, Props().Blocking()));
    }
    block(SpawnWorker("pinned", Props().Pinned()));
    absl::StatusOr<ActorRef<Command>> internal =
        kit_.system().SpawnSystemActor(Worker(), "internal");
    ASSERT_TRUE(internal.ok());
    block(*internal);
    begun->wait();
  }
  void TearDown() override { release_->count_down(); }

  const Gate release_ = std::make_shared<std::latch>(1);
};

TEST_F(StuckTest, AnswersWhileEveryDispatcherIsBlocked) {
  Start();
  ActorRef<Command> waiting = SpawnWorker("waiting");
  Settle(waiting);
  ASSERT_TRUE(HealthChecks::Get(kit_.system())
                  .Add(HealthKind::kReady, "worker",
                       [waiting] {
                         return Ask<bool>(waiting, kLong, [](auto r) { return Ping{std::move(r)}; })
                             .Map([](bool) {});
                       })
                  .ok());
  ASSERT_EQ(Get("/health/ready").status, 200);
  BlockAll();
  ASSERT_FALSE(HasFatalFailure());
  waiting.Tell(Boom{});
  {
    // A client that waits for a second and no longer, as the issue of this module wants it.
    httplib::Client hasty("127.0.0.1", management_->port());
    hasty.set_connection_timeout(1);
    hasty.set_read_timeout(1);
    for (const char* path : {"/health/live", "/actors", "/streams", "/metrics", "/loggers"}) {
      const httplib::Result answer = hasty.Get(path);
      ASSERT_TRUE(answer) << path << ": " << httplib::to_string(answer.error());
      EXPECT_EQ(answer->status, 200) << path;
    }
  }

  EXPECT_EQ(Get("/health/live").status, 200);
  const Json ready = GetJson("/health/ready", 503);
  EXPECT_EQ(ready["failing"], Json::parse(R"(["worker"])"));
  EXPECT_EQ(ready["checks"][0]["timed_out"], true);

  const Json actors = GetJson("/actors");
  for (const char* path : {"/user/default-a", "/user/default-b", "/user/blocking-a",
                           "/user/blocking-b", "/user/pinned", "/system/internal"}) {
    const Json actor = Find(actors, path);
    ASSERT_FALSE(actor.is_null()) << path;
    EXPECT_EQ(actor["state"], "running") << path;
    EXPECT_THAT(actor["doing"], HasSubstr("busy since 20")) << path;
    EXPECT_THAT(actor["thread"], Not(IsEmpty())) << path;
  }
  EXPECT_EQ(Find(actors, "/user/waiting")["state"], "scheduled");
  EXPECT_GE(Find(actors, "/user/waiting")["messages_waiting"], 1);
  EXPECT_EQ(Find(actors, "/user/waiting")["doing"], "scheduled");

  const std::string samples = Parsed(Get("/metrics").body);
  EXPECT_THAT(samples,
              HasSubstr("sampo_system_actors gauge sampo_system_actors{state=running} 6\n"));
  EXPECT_EQ(GetJson("/streams")["total"], 0);
  EXPECT_THAT(GetJson("/loggers")["loggers"], Not(IsEmpty()));
}

TEST_F(StuckTest, ShowsTheStageThatIsBusy) {
  Start();
  const auto begun = std::make_shared<std::latch>(1);
  Future<void> done = stream::Source<int>::From({1})
                          .Map([begun, release = release_](int n) {
                            begun->count_down();
                            release->wait();
                            return n;
                          })
                          .RunWith(stream::Sink<int>::Ignore(), kit_.system());
  begun->wait();
  const Json answer = GetJson("/streams");
  ASSERT_EQ(answer["total"], 1);
  EXPECT_THAT(answer["streams"][0]["running"].dump(), HasSubstr("management_test.cc"));
  EXPECT_THAT(Get("/streams?format=text").body, HasSubstr("busy since"));
}

}  // namespace
}  // namespace sampo::management_test
