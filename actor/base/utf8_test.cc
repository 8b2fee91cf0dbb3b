// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/utf8.h"

#include <optional>
#include <string_view>

#include "gtest/gtest.h"

namespace sampo {
namespace {

TEST(Utf8Test, MeasuresCharactersOfEveryLength) {
  EXPECT_EQ(Utf8Length("a"), 1u);
  EXPECT_EQ(Utf8Length(std::string_view("\0", 1)), 1u);
  EXPECT_EQ(Utf8Length("\xC3\xA9x"), 2u);
  EXPECT_EQ(Utf8Length("\xE2\x82\xACx"), 3u);
  EXPECT_EQ(Utf8Length("\xF0\x9F\x98\x80x"), 4u);
  EXPECT_EQ(Utf8Length(""), 0u);
}

TEST(Utf8Test, TakesTheEndsOfEachRange) {
  for (std::string_view text :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(Utf8Length(text), text.size()) << text;
  }
}

TEST(Utf8Test, RefusesOverlongSurrogateTooLargeAndCutCharacters) {
  for (std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3(",
        "\xE2\x82("}) {
    EXPECT_EQ(Utf8Length(text), 0u) << text;
  }
}

TEST(Utf8Test, FindsTheFirstBadByte) {
  EXPECT_EQ(FirstInvalidUtf8("plain \xC3\xA9"), std::nullopt);
  EXPECT_EQ(FirstInvalidUtf8("\xC3\xA9\xC3"), std::optional<size_t>(2));
}

}  // namespace
}  // namespace sampo
