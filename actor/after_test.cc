// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/after.h"

#include <string>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

TEST(AfterTest, GivesTheFunctionsValueWhenTheTimeHasCome) {
  SimulatedKit kit;
  bool called = false;
  Future<int> seven = After(kit.system(), absl::Seconds(2), [&] {
    called = true;
    return 7;
  });
  kit.RunFor(absl::Seconds(1));
  EXPECT_FALSE(called);
  absl::StatusOr<int> value = Await(seven, absl::Seconds(10));
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, 7);
  EXPECT_GE(kit.simulation().NowNanos(), 2'000'000'000);
}

TEST(AfterTest, FlattensAFutureAndPassesItsFailureOn) {
  SimulatedKit kit;
  Future<std::string> good =
      After(kit.system(), absl::Seconds(1), [] { return Future<std::string>::Ready("later"); });
  Future<std::string> bad = After(kit.system(), absl::Seconds(1), [] {
    return Future<std::string>::Failed(absl::NotFoundError("gone"));
  });
  EXPECT_EQ(Await(good, absl::Seconds(5)).value(), "later");
  EXPECT_EQ(Await(bad, absl::Seconds(5)).status(), absl::NotFoundError("gone"));
}

TEST(AfterTest, WithoutAFunctionIsAPause) {
  SimulatedKit kit;
  EXPECT_EQ(Await(After(kit.system(), absl::Minutes(1)), absl::Minutes(2)), absl::OkStatus());
}

TEST(AfterTest, TheEndOfTheSystemCancels) {
  std::optional<Future<int>> never;
  {
    SimulatedKit kit;
    never = After(kit.system(), absl::Hours(1), [] { return 1; });
  }
  EXPECT_EQ(Await(*never, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sampo
