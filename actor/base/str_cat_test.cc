// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/str_cat.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

struct Address {
  std::string ToString() const { return "host:1"; }
};

TEST(StrCatTest, JoinsBothKindsOfViewAndNumbers) {
  std::string_view ours = "a";
  absl::string_view theirs = "b";
  EXPECT_EQ(StrCat(ours, theirs, std::string("c"), "d", 1, uint64_t{2}, 0.5), "abcd120.5");
}

TEST(StrCatTest, PrintsBoolAsAWord) { EXPECT_EQ(StrCat(true, "/", false), "true/false"); }

TEST(StrCatTest, PrintsWhatKnowsHowToPrintItself) {
  EXPECT_EQ(StrCat(absl::NotFoundError("x"), " at ", Address{}), "NOT_FOUND: x at host:1");
}

TEST(StrCatTest, KeepsEmbeddedZeroBytes) {
  EXPECT_EQ(StrCat(std::string_view("a\0b", 3)).size(), 3u);
}

TEST(StrCatTest, AppendsInPlace) {
  std::string text = "x";
  StrAppend(text, std::string_view("y"), 1);
  EXPECT_EQ(text, "xy1");
}

TEST(StrCatTest, ViewsCrossTheBorderWithoutACopy) {
  std::string_view text = "abc";
  EXPECT_EQ(ToStd(ToAbsl(text)).data(), text.data());
}

}  // namespace
}  // namespace sampo
