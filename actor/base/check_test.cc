// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/check.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

TEST(CheckTest, PassesWhenTheConditionHolds) {
  SAMPO_CHECK(1 + 1 == 2);
  SAMPO_CHECK(true, "never shown");
}

TEST(CheckTest, DoesNotBuildTheMessageUnlessItFails) {
  int built = 0;
  auto message = [&built] {
    ++built;
    return std::string("x");
  };
  SAMPO_CHECK(true, message());
  EXPECT_EQ(built, 0);
}

TEST(CheckTest, EvaluatesTheConditionOnce) {
  int calls = 0;
  SAMPO_CHECK(++calls > 0);
  EXPECT_EQ(calls, 1);
}

TEST(CheckTest, IsOneStatementForAnIfWithoutBraces) {
  bool other = false;
  if (other)
    SAMPO_CHECK(false);
  else
    other = true;
  EXPECT_TRUE(other);
}

TEST(CheckDeathTest, NamesFileLineConditionAndMessage) {
  EXPECT_DEATH(SAMPO_CHECK(1 > 2, std::string("one is ") + "small"),
               "check_test.cc:[0-9]+: check failed: 1 > 2: one is small");
}

TEST(CheckDeathTest, NeedsNoMessage) {
  EXPECT_DEATH(SAMPO_CHECK(1 > 2), "check_test.cc:[0-9]+: check failed: 1 > 2\n");
}

TEST(CheckDeathTest, CheckOkShowsTheStatus) {
  SAMPO_CHECK_OK(absl::OkStatus());
  EXPECT_DEATH(SAMPO_CHECK_OK(absl::NotFoundError("no file")), "NOT_FOUND: no file");
}

TEST(CheckDeathTest, UnreachableAborts) {
  EXPECT_DEATH(SAMPO_UNREACHABLE("level 9"), "check failed: unreachable: level 9");
}

#ifdef NDEBUG
TEST(CheckTest, DcheckIsOffInReleaseBuilds) {
  int calls = 0;
  SAMPO_DCHECK(++calls > 1);
  EXPECT_EQ(calls, 0);
}
#else
TEST(CheckDeathTest, DcheckIsOnInDebugBuilds) {
  EXPECT_DEATH(SAMPO_DCHECK(1 > 2, "no"), "check failed: 1 > 2: no");
}
#endif

}  // namespace
}  // namespace sampo
