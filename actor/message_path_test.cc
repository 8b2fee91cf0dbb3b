// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Keeps docs/message_path.md true: reads the page and the sources it names. Each function must be
// in its file, and the body of each step must go on with the name that the page gives, which is the
// next step's function or one of the links that the page explains.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sampo {
namespace {

// The test runs in its runfiles, where WORKSPACE is a link to the source tree; see BUILD.bazel.
std::string ReadSource(const std::string& path) {
  static const std::filesystem::path root = std::filesystem::canonical("WORKSPACE").parent_path();
  std::ostringstream text;
  text << std::ifstream(root / path).rdbuf();
  return text.str();
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// --- C++, as far as is needed ---

// The code with comments and the insides of literals blanked; line breaks stay.
std::string CodeOnly(const std::string& text) {
  std::string code = text;
  char in = 0;  // '/': line comment, '*': block comment, quotes: literal
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (in == 0) {
      const bool separator = c == '\'' && i > 0 && IsNameCharacter(text[i - 1]);  // 1'000
      if (c == '/' && (next == '/' || next == '*')) in = next;
      if ((c == '"' || c == '\'') && !separator) in = c;
      if (in == '/' || in == '*') code[i] = ' ';
      continue;
    }
    const bool ends = (in == '/' && c == '\n') || (in == '*' && c == '/' && text[i - 1] == '*') ||
                      (c == in && in != '/' && in != '*');
    if (!ends && c == '\\' && (in == '"' || in == '\'')) code[i++] = ' ';
    if (c != '\n') code[i] = ' ';
    if (ends) in = 0;
  }
  return code;
}

// Behind the bracket that closes the one at `open`; npos where it is not closed.
size_t Behind(const std::string& code, size_t open) {
  const char opening = code[open];
  const char closing = opening == '(' ? ')' : '}';
  int depth = 0;
  for (size_t i = open; i < code.size(); ++i) {
    if (code[i] == opening) ++depth;
    if (code[i] == closing && --depth == 0) return i + 1;
  }
  return std::string::npos;
}

bool HasName(std::string_view code, std::string_view name, size_t* at) {
  for (size_t found = code.find(name, *at); found != std::string_view::npos;
       found = code.find(name, found + 1)) {
    const bool begins = found == 0 || !IsNameCharacter(code[found - 1]);
    const size_t end = found + name.size();
    if (!begins || (end < code.size() && IsNameCharacter(code[end]))) continue;
    *at = found;
    return true;
  }
  return false;
}
bool HasName(std::string_view code, std::string_view name) {
  size_t at = 0;
  return HasName(code, name, &at);
}

// The bodies of the functions called `name`: a name, its parameters, and then '{' before any ';'.
std::vector<std::string> BodiesOf(const std::string& code, const std::string& name) {
  std::vector<std::string> bodies;
  for (size_t at = 0; HasName(code, name, &at); ++at) {
    const size_t open = code.find_first_not_of(" \n", at + name.size());
    if (open == std::string::npos || code[open] != '(') continue;
    const size_t parameters_end = Behind(code, open);
    if (parameters_end == std::string::npos) continue;
    const size_t body = code.find_first_of("{;,)", parameters_end);
    if (body == std::string::npos || code[body] != '{') continue;
    bodies.push_back(code.substr(body, Behind(code, body) - body));
  }
  return bodies;
}

// --- the page ---

using Row = std::map<std::string, std::string>;  // by the column's title, without backticks

std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const size_t begin = cell.find_first_not_of(' ');
    const size_t end = cell.find_last_not_of(' ');
    cell = begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1);
    const bool is_code = cell.size() > 1 && cell.front() == '`' && cell.back() == '`';
    cells.push_back(is_code ? cell.substr(1, cell.size() - 2) : cell);
  }
  return cells;
}

// The rows of the table whose first title is `first_title`.
std::vector<Row> TableOf(const std::string& page, const std::string& first_title) {
  std::vector<Row> rows;
  std::vector<std::string> titles;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] != '|') {
      if (!titles.empty()) return rows;
      continue;
    }
    const std::vector<std::string> cells = CellsOf(line);
    if (titles.empty()) {
      if (!cells.empty() && cells[0] == first_title) titles = cells;
      continue;
    }
    if (cells[0].find_first_not_of('-') == std::string::npos) continue;  // below the titles
    Row row;
    for (size_t i = 0; i < std::min(titles.size(), cells.size()); ++i) row[titles[i]] = cells[i];
    rows.push_back(row);
  }
  return rows;
}

std::string LastName(const std::string& qualified) {
  const size_t colons = qualified.rfind("::");
  return colons == std::string::npos ? qualified : qualified.substr(colons + 2);
}

class MessagePathTest : public testing::Test {
 protected:
  MessagePathTest() : page_(ReadSource("docs/message_path.md")) {}
  const std::string page_;
};

TEST_F(MessagePathTest, HasAtMostNineStepsInOrder) {
  const std::vector<Row> steps = TableOf(page_, "step");
  ASSERT_GE(steps.size(), 5u);
  EXPECT_LE(steps.size(), 9u);
  for (size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i].at("step"), std::to_string(i + 1));
}

TEST_F(MessagePathTest, EveryStepGoesOnWithWhatThePageSays) {
  for (const Row& step : TableOf(page_, "step")) {
    SCOPED_TRACE("step " + step.at("step") + ": " + step.at("function"));
    const std::string& next = step.at("goes on with");
    const std::vector<std::string> bodies =
        BodiesOf(CodeOnly(ReadSource(step.at("file"))), LastName(step.at("function")));
    EXPECT_FALSE(bodies.empty()) << "not defined in " << step.at("file");
    EXPECT_TRUE(std::any_of(bodies.begin(), bodies.end(),
                            [&](const std::string& body) { return HasName(body, next); }))
        << "does not mention " << next;
  }
}

TEST_F(MessagePathTest, WhatAStepGoesOnWithIsTheNextStepOrExplained) {
  const std::vector<Row> steps = TableOf(page_, "step");
  const std::vector<Row> links = TableOf(page_, "from step");
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string& next = steps[i].at("goes on with");
    const bool is_call =
        i + 1 < steps.size() && LastName(steps[i + 1].at("function")) == LastName(next);
    const bool is_link = std::any_of(links.begin(), links.end(), [&](const Row& link) {
      return link.at("from step") == steps[i].at("step") && link.at("name") == next;
    });
    EXPECT_NE(is_call, is_link) << "step " << i + 1 << " goes on with " << next;
  }
}

TEST_F(MessagePathTest, TheLinksThatAreNoCallsAreInTheCode) {
  const std::vector<Row> links = TableOf(page_, "from step");
  ASSERT_FALSE(links.empty());
  for (const Row& link : links) {
    EXPECT_NE(CodeOnly(ReadSource(link.at("file"))).find(link.at("says")), std::string::npos)
        << link.at("file") << " does not say " << link.at("says");
  }
}

TEST_F(MessagePathTest, TheOtherFunctionsAreWhereThePageSays) {
  for (const char* table : {"result", "road"}) {
    const std::vector<Row> rows = TableOf(page_, table);
    EXPECT_GE(rows.size(), 3u) << table;
    for (const Row& row : rows) {
      EXPECT_FALSE(BodiesOf(CodeOnly(ReadSource(row.at("file"))), row.at("function")).empty())
          << row.at("function") << " is not defined in " << row.at("file");
    }
  }
}

// The reader of sources, on a small one: a check that finds everything proves nothing.
TEST(MessagePathReaderTest, FindsDefinitionsAndNotMentions) {
  const std::string code = CodeOnly(
      "void F(int a); // F() { G(); }\n"
      "const char* t = \"F() { G(); }\";\n"
      "void F(int a) const { if (a) { H(F2(1'000)); } }\n"
      "void K() { F(1); }\n");
  ASSERT_EQ(BodiesOf(code, "F").size(), 1u);
  EXPECT_TRUE(HasName(BodiesOf(code, "F")[0], "H"));
  EXPECT_FALSE(HasName(BodiesOf(code, "F")[0], "G"));
  EXPECT_FALSE(HasName(BodiesOf(code, "F")[0], "F"));
  EXPECT_TRUE(BodiesOf(code, "G").empty());
}

}  // namespace
}  // namespace sampo
