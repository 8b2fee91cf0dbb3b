// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/findings.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/offline/journal_reader.h"
#include "sampo/persistence/sqlite/offline/verify.h"

namespace sampo::persistence::offline {

std::vector<std::string> FindingsOf(const std::string& file) {
  std::vector<std::string> texts;
  absl::StatusOr<VerifyReport> report = VerifyJournal(
      file, {.on_finding =
                 [&](const Finding& finding) {
                   const std::string text = FindingText("F", finding);
                   texts.push_back(text.substr(std::string("journal sqlite: F: ").size()));
                 },
             .on_progress = nullptr});
  if (!report.ok()) return {report.status().ToString()};
  EXPECT_EQ(report->findings, static_cast<int64_t>(texts.size()));
  return texts;
}

std::string EventsOf(const std::string& file, const std::string& id) {
  auto reader = JournalReader::Open(file);
  if (!reader.ok()) return reader.status().ToString();
  auto found = (*reader)->FindId(id);
  if (!found.ok() || !found->has_value()) return "none";
  auto page = (*reader)->ReadEvents(**found, {});
  if (!page.ok()) return page.status().ToString();
  if (page->events.empty()) return "empty";
  return StrCat(page->events.front().event.seq, " to ", page->events.back().event.seq);
}

}  // namespace sampo::persistence::offline
