// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_CONFIG_VALUE_H_
#define SAMPO_ACTOR_BASE_CONFIG_VALUE_H_

// One configuration value and how its text is read and shown. For config*.cc only.
//
// Why it exists: the TOML side (config_source.cc) and the reading side (config.cc) meet here and
// nowhere else, so toml11 is compiled once and never seen by a reader.
//
// Threads: ConfigState guards what changes; the rest are values and pure functions.
// Lifetime: a ConfigEntry lives as long as the ConfigState it sits in.
//
//   std::optional<absl::Duration> timeout = ParseConfigDuration("3s");

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace sampo::detail {

struct ConfigEntry {
  enum class Kind {
    kRaw,      // `text` from the environment or a flag; its type is the reader's choice.
    kBool,     // `boolean`
    kInt,      // `integer`
    kDouble,   // `number`
    kString,   // `text`
    kStrings,  // `strings`
    kOther,    // A TOML value that no getter takes; `text` says which.
  };

  Kind kind = Kind::kOther;
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<std::string> strings;
  std::string place;  // "sampo.toml:12", "SAMPO_ACTOR__THROUGHPUT", "--sampo.actor.throughput"
};

// Ordered, because the order of errors and of ChildSections must not depend on hashing.
using ConfigEntries = std::map<std::string, ConfigEntry, std::less<>>;

struct ConfigState {
  ConfigEntries entries;  // Never changes once a Config holds the state.

  std::mutex mutex;                                  // Guards the two sets below.
  std::set<std::string, std::less<>> keys_read;      // Full keys that a reader asked for.
  std::set<std::string, std::less<>> sections_read;  // Sections that had a reader.
};

// The value as an error shows it: "fast" in quotes, 3, true, ["a", "b"]; cut at 80 bytes.
std::string ShowConfigValue(const ConfigEntry& entry);

// `text` in quotes, with control characters and quotes escaped; cut at 80 bytes.
std::string QuoteConfigText(std::string_view text);

// Nothing if `text` is not "true" or "false".
std::optional<bool> ParseConfigBool(std::string_view text);
// Nothing if `text` is not a decimal integer of 64 bits.
std::optional<int64_t> ParseConfigInt(std::string_view text);
// Nothing if `text` is not a number; "inf" and "nan" are not.
std::optional<double> ParseConfigDouble(std::string_view text);
// Nothing if `text` is not a duration with units, "0" or "inf".
std::optional<absl::Duration> ParseConfigDuration(std::string_view text);
// Nothing if `text` is not an integer with a byte unit, or exceeds 64 bits.
std::optional<int64_t> ParseConfigBytes(std::string_view text);
// 65536 as "64KiB": the largest binary unit without a fraction.
std::string FormatConfigBytes(int64_t bytes);

// Items between commas, trimmed; no items for an empty text.
std::vector<std::string> SplitConfigList(std::string_view text);

// The one of `known` nearest to `found`, or nothing if none is near enough to be meant: at most a
// third of the letters differ, and at least one may. Equal distances: the first in the alphabet.
std::optional<std::string> SuggestName(std::string_view found,
                                       const std::vector<std::string>& known);

// `lines` joined by newlines, with the part beyond kConfigErrorsMax counted in a last line.
std::string JoinErrorLines(const std::vector<std::string>& lines);

}  // namespace sampo::detail

#endif  // SAMPO_ACTOR_BASE_CONFIG_VALUE_H_
