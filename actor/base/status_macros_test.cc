// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/status_macros.h"

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

absl::Status ReturnIfError(const absl::Status& status, bool& went_on) {
  SAMPO_RETURN_IF_ERROR(status);
  went_on = true;
  return absl::OkStatus();
}

absl::StatusOr<std::string> ErrorInsideStatusOr() {
  SAMPO_RETURN_IF_ERROR(absl::NotFoundError("key"));
  return "unreached";
}

absl::StatusOr<int> AddTwice(absl::StatusOr<int> left, absl::StatusOr<int> right) {
  SAMPO_ASSIGN_OR_RETURN(int sum, left);
  SAMPO_ASSIGN_OR_RETURN(const int more, right);
  SAMPO_ASSIGN_OR_RETURN(sum, absl::StatusOr<int>(sum + more));
  return sum;
}

absl::StatusOr<int> MovesOutTheValue() {
  absl::StatusOr<std::unique_ptr<int>> made = std::make_unique<int>(7);
  SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<int> value, std::move(made));
  return *value;
}

absl::StatusOr<size_t> TakesATypeWithACommaOnTheRight() {
  SAMPO_ASSIGN_OR_RETURN(auto map, absl::StatusOr<std::map<int, int>>(std::map<int, int>{{1, 2}}));
  return map.size();
}

TEST(StatusMacrosTest, ReturnIfErrorGoesOnWhenOk) {
  bool went_on = false;
  EXPECT_TRUE(ReturnIfError(absl::OkStatus(), went_on).ok());
  EXPECT_TRUE(went_on);
}

TEST(StatusMacrosTest, ReturnIfErrorHandsTheErrorUpUnchanged) {
  bool went_on = false;
  absl::Status error = absl::DataLossError("crc");
  EXPECT_EQ(ReturnIfError(error, went_on), error);
  EXPECT_FALSE(went_on);
  EXPECT_EQ(ErrorInsideStatusOr().status(), absl::NotFoundError("key"));
}

TEST(StatusMacrosTest, AssignOrReturnDeclaresAndAssigns) {
  EXPECT_EQ(AddTwice(1, 2).value(), 3);
  EXPECT_EQ(MovesOutTheValue().value(), 7);
  EXPECT_EQ(TakesATypeWithACommaOnTheRight().value(), 1u);
}

TEST(StatusMacrosTest, AssignOrReturnStopsAtTheFirstError) {
  EXPECT_EQ(AddTwice(absl::CancelledError("a"), absl::UnknownError("b")).status(),
            absl::CancelledError("a"));
}

}  // namespace
}  // namespace sampo
