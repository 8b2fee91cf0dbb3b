// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The example of management/README.md, and the answers that the page shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <utility>

#include "sampo/actor/base/metrics.h"
#include "sampo/management/health_checks.h"
#include "sampo/management/internal/management_test_util.h"
#include "sampo/management/management.h"

namespace sampo::management_test {
namespace {

absl::Status RunExample(int port, std::string* answer) {
  // [begin: example]
  SystemSettings settings;
  settings.instrumentation = std::make_shared<MetricsInstrumentation>();  // counts messages
  ActorSystem<Command> shop(Worker(), "shop", settings);

  absl::StatusOr<Management> management = Management::Start(shop, {.port = port});
  if (!management.ok()) return management.status();
  absl::Status added = HealthChecks::Get(shop).Add(HealthKind::kReady, "warehouse", [] {
    return absl::UnavailableError("no answer from 10.0.0.7");
  });
  if (!added.ok()) return added;

  Counter orders =
      shop.metrics().GetCounter({.name = "shop_orders_total", .help = "Orders that were taken."});
  orders.Add();
  // [end: example]
  httplib::Client client("127.0.0.1", management->port());
  httplib::Result metrics = client.Get("/metrics");
  if (!metrics) return absl::UnavailableError(httplib::to_string(metrics.error()));
  *answer = metrics->body;
  return absl::OkStatus();
}

TEST(ReadmeTest, TheExampleCountsAnOrder) {
  std::string answer;
  const absl::Status status = RunExample(/*port=*/0, &answer);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(answer, testing::HasSubstr("\nshop_orders_total 1\n"));
}

// What differs from run to run.
std::string Settled(std::string text) {
  const std::pair<const char*, const char*> changes[] = {
      {R"("now": "[^"]+")", "\"now\": \"2026-11-26T08:00:07.250Z\""},
      {R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?=",\n   ))", "2026-11-26T08:00:00.000Z"},
      {R"("uid": \d+)", "\"uid\": 4021"},
      {R"("busy_seconds": [0-9.e-]+)", "\"busy_seconds\": 7.25"},
      {R"("thread": "default-\d")", "\"thread\": \"default-0\""},
  };
  for (const auto& [pattern, with] : changes) {
    text = std::regex_replace(text, std::regex(pattern), with);
  }
  return text;
}

class TranscriptTest : public ManagementTest {
 protected:
  // "$ curl ..." with its answer. `arguments`: those before the URL.
  void Curl(const std::string& arguments, const std::string& target) {
    const bool is_put = arguments.find("PUT") != std::string::npos;
    httplib::Result result = is_put ? client_->Put(target) : client_->Get(target);
    ASSERT_TRUE(result) << target;
    transcript_ += "$ curl -s " + arguments + "'http://127.0.0.1:8558" + target + "'\n" +
                   Settled(result->body);
  }
  std::string transcript_;
};

TEST_F(TranscriptTest, ThePageShowsWhatIsAnswered) {
  Start({.read_only = false});
  ASSERT_TRUE(HealthChecks::Get(kit_.system())
                  .Add(HealthKind::kReady, "warehouse",
                       [] { return absl::UnavailableError("no answer from 10.0.0.7"); })
                  .ok());
  const auto begun = std::make_shared<std::latch>(1);
  const auto release = std::make_shared<std::latch>(1);
  ActorRef<Command> cart = SpawnWorker("cart");
  cart.Tell(Block{begun, release});
  begun->wait();
  Curl("", "/health/ready");
  Curl("", "/actors?below=/user/cart");
  Curl("", "/actors?limit=0");
  Curl("", "/streams");
  Curl("-X PUT ", "/loggers?logger=shop&level=debug");
  Curl("", "/loggers?logger=shop.cart");
  release->count_down();
  // To renew: copy what is printed. tools/docs/snippets.py puts it into the page.
  std::ifstream file("management/testdata/curl.txt");
  const std::string expected(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(transcript_, expected) << transcript_;
}

}  // namespace
}  // namespace sampo::management_test
