// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The example of stream/README.md, so that it compiles and does what the page says. That the page
// shows this text is checked by //tools/docs:snippets_test.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/stream.h"

namespace readme {
namespace {

using namespace sampo;          // NOLINT: as in the page's text
using namespace sampo::stream;  // NOLINT

// [begin: actor]
struct Price {
  std::string item;
  int64_t cents;
};
struct GetPrice {
  std::string item;
  ReplyTo<Price> reply_to;
};

Behavior<GetPrice> PriceList() {
  return Receive<GetPrice>([](GetPrice&& m) {
    const auto cents = static_cast<int64_t>(100 * m.item.size());
    m.reply_to.Tell({m.item, cents});
    return Same();
  });
}
// [end: actor]

// [begin: stream]
Future<int64_t> Total(const std::vector<std::string>& items, ActorSystem<GetPrice>& shop) {
  const auto price_of = [prices = shop.guardian()](std::string item) {
    return Ask<Price>(prices, absl::Seconds(3), [&item](auto reply_to) {
      return GetPrice{std::move(item), std::move(reply_to)};
    });
  };
  return Source<std::string>::From(items)
      .Filter([](const std::string& item) { return !item.empty(); })
      .Throttle(1000, absl::Seconds(1))       // at most 1000 a second,
      .MapAsync(/*parallelism=*/4, price_of)  // 4 at a time, answers in order
      .Map([](const Price& price) { return price.cents; })
      .Async()  // from here on in an actor of its own
      .RunWith(Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; }), shop);
}
// [end: stream]

absl::StatusOr<int64_t> RunExample() {
  // [begin: run]
  ActorSystem<GetPrice> shop(PriceList(), "shop");
  Future<int64_t> total = Total({"tea", "", "bread"}, shop);
  return Await(total, absl::Seconds(30));  // main() and tests only: it blocks
  // [end: run]
}

TEST(ReadmeTest, TheExampleAddsThePrices) {
  const absl::StatusOr<int64_t> total = RunExample();
  ASSERT_TRUE(total.ok()) << total.status();
  EXPECT_EQ(*total, 300 + 500);
}

TEST(ReadmeTest, TheExampleFailsWhenItsActorHasStopped) {
  ActorSystem<GetPrice> shop(Stopped(), "closed");
  const absl::StatusOr<int64_t> total = Await(Total({"tea"}, shop), absl::Seconds(30));
  EXPECT_FALSE(total.ok());
}

}  // namespace
}  // namespace readme
