// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/config_value.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sampo/actor/base/config.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::detail {
namespace {

// Chosen, not measured: enough to recognise a value, short enough for a line of an error.
constexpr size_t kShownBytesMax = 80;

struct ByteUnit {
  std::string_view name;
  int64_t bytes;
};

// Largest first within each family, so that FormatConfigBytes can take the first that fits. Binary
// and decimal prefixes as in IEC 80000-13 and SI.
constexpr ByteUnit kByteUnits[] = {
    {"TiB", int64_t{1} << 40},
    {"GiB", int64_t{1} << 30},
    {"MiB", int64_t{1} << 20},
    {"KiB", int64_t{1} << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"kB", 1'000},
    {"B", 1},
};

// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours
// count one each, since a swap is the commonest slip of a typist.
size_t EditDistance(std::string_view a, std::string_view b) {
  const size_t width = b.size() + 1;
  std::vector<size_t> table((a.size() + 1) * width);
  for (size_t j = 0; j < width; ++j) table[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    table[i * width] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = table[(i - 1) * width + j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      size_t best =
          std::min({table[(i - 1) * width + j] + 1, table[i * width + j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        best = std::min(best, table[(i - 2) * width + j - 2] + 1);
      }
      table[i * width + j] = best;
    }
  }
  return table.back();
}

}  // namespace

std::string QuoteConfigText(std::string_view text) {
  const bool cut = text.size() > kShownBytesMax;
  return StrCat("\"", absl::Utf8SafeCEscape(ToAbsl(text.substr(0, kShownBytesMax))),
                cut ? "..." : "", "\"");
}

std::string ShowConfigValue(const ConfigEntry& entry) {
  switch (entry.kind) {
    case ConfigEntry::Kind::kRaw:
    case ConfigEntry::Kind::kString:
      return QuoteConfigText(entry.text);
    case ConfigEntry::Kind::kBool:
      return StrCat(entry.boolean);
    case ConfigEntry::Kind::kInt:
      return StrCat(entry.integer);
    case ConfigEntry::Kind::kDouble:
      return StrCat(entry.number);
    case ConfigEntry::Kind::kOther:
      return entry.text;
    case ConfigEntry::Kind::kStrings:
      break;
  }
  std::string all = "[";
  for (const std::string& item : entry.strings) {
    if (all.size() > kShownBytesMax) {
      StrAppend(all, ", ...");
      break;
    }
    StrAppend(all, all.size() > 1 ? ", " : "", QuoteConfigText(item));
  }
  return all + "]";
}

std::optional<bool> ParseConfigBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<int64_t> ParseConfigInt(std::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &value)) return std::nullopt;
  return value;
}

std::optional<double> ParseConfigDouble(std::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(ToAbsl(text), &value) || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<absl::Duration> ParseConfigDuration(std::string_view text) {
  absl::Duration value;
  if (!absl::ParseDuration(ToAbsl(text), &value)) return std::nullopt;
  return value;
}

std::optional<int64_t> ParseConfigBytes(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  const std::optional<int64_t> count = ParseConfigInt(text.substr(0, digits));
  if (!count) return std::nullopt;
  for (const ByteUnit& unit : kByteUnits) {
    if (text.substr(digits) != unit.name) continue;
    if (*count > std::numeric_limits<int64_t>::max() / unit.bytes) return std::nullopt;
    return *count * unit.bytes;
  }
  return std::nullopt;
}

std::string FormatConfigBytes(int64_t bytes) {
  for (const ByteUnit& unit : kByteUnits) {
    const bool binary = unit.name == "B" || unit.name.ends_with("iB");
    if (binary && bytes != 0 && bytes % unit.bytes == 0) {
      return StrCat(bytes / unit.bytes, unit.name);
    }
  }
  return StrCat(bytes, "B");
}

std::vector<std::string> SplitConfigList(std::string_view text) {
  std::vector<std::string> items;
  if (absl::StripAsciiWhitespace(ToAbsl(text)).empty()) return items;
  for (absl::string_view item : absl::StrSplit(ToAbsl(text), ',')) {
    items.emplace_back(ToStd(absl::StripAsciiWhitespace(item)));
  }
  return items;
}

std::optional<std::string> SuggestName(std::string_view found,
                                       const std::vector<std::string>& known) {
  // A key longer than any of ours is no slip of a typist, and the table grows with its length.
  if (found.size() > kShownBytesMax) return std::nullopt;
  const size_t limit = std::max<size_t>(1, found.size() / 3);
  std::optional<std::string> nearest;
  size_t nearest_distance = limit + 1;
  for (const std::string& name : known) {
    if (name.size() > kShownBytesMax) continue;
    const size_t distance = EditDistance(found, name);
    const bool closer = distance < nearest_distance;
    if (closer || (nearest && distance == nearest_distance && name < *nearest)) {
      nearest = name;
      nearest_distance = distance;
    }
  }
  return nearest;
}

std::string JoinErrorLines(const std::vector<std::string>& lines) {
  const size_t shown = std::min(lines.size(), kConfigErrorsMax);
  std::string text = absl::StrJoin(lines.begin(), lines.begin() + shown, "\n");
  if (shown < lines.size()) StrAppend(text, "\nand ", lines.size() - shown, " more errors");
  return text;
}

}  // namespace sampo::detail
