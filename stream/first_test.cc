// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

TEST(FirstTest, RunsFusedAndAcrossABoundary) {
  ActorTestKit kit;
  auto odd = Source<int>::Range(1, 10)
                 .Filter([](int n) { return n % 2 == 1; })
                 .Map([](int n) { return std::to_string(n); })
                 .RunWith(Sink<std::string>::Seq(), kit.system());
  auto result = Await(odd, absl::Seconds(3));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, (std::vector<std::string>{"1", "3", "5", "7", "9"}));

  auto sum =
      Source<int64_t>::Range(1, 100000)
          .Map([](int64_t n) { return n; })
          .Async()
          .Map([](int64_t n) { return n + 1; })
          .Take(1000)
          .RunWith(Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; }),
                   kit.system());
  auto total = Await(sum, absl::Seconds(3));
  ASSERT_TRUE(total.ok()) << total.status();
  EXPECT_EQ(*total, 1000 * 1001 / 2 + 1000);
}

}  // namespace
}  // namespace sampo::stream
