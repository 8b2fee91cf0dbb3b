// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/config.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sampo/actor/base/config_value.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

using detail::ConfigEntry;
using detail::ConfigState;
using Kind = detail::ConfigEntry::Kind;

// "from 1 to 9", "of at least 1", "of at most 9" or nothing, behind `what`.
std::string WantRange(std::string_view what, std::string_view min, std::string_view max) {
  if (!min.empty() && !max.empty()) return StrCat(what, " from ", min, " to ", max);
  if (!min.empty()) return StrCat(what, " of at least ", min);
  if (!max.empty()) return StrCat(what, " of at most ", max);
  return std::string(what);
}

std::string WantInt(IntRange range) {
  const IntRange all;
  return WantRange("an integer", range.min == all.min ? "" : StrCat(range.min),
                   range.max == all.max ? "" : StrCat(range.max));
}

std::string WantDouble(DoubleRange range) {
  const DoubleRange all;
  return WantRange("a number", range.min == all.min ? "" : StrCat(range.min),
                   range.max == all.max ? "" : StrCat(range.max));
}

std::string WantDuration(DurationRange range) {
  // Zero is shown as a bound too: "-1s" is refused because of it.
  const bool endless = range.max == absl::InfiniteDuration();
  return StrCat(WantRange("a duration", absl::FormatDuration(range.min),
                          endless ? "" : absl::FormatDuration(range.max)),
                ", such as \"10ms\", \"3s\"", endless ? " or \"inf\"" : "");
}

std::string WantBytes(BytesRange range) {
  const BytesRange all;
  return StrCat(
      WantRange("a size", range.min == all.min ? "" : detail::FormatConfigBytes(range.min),
                range.max == all.max ? "" : detail::FormatConfigBytes(range.max)),
      ", such as \"512B\", \"64KiB\" or \"1GiB\"");
}

// SAMPO_ACTOR__THROUGHPUT for actor.throughput.
std::string EnvironmentName(std::string_view full_key) {
  std::string name = "SAMPO_";
  for (char c : full_key) {
    if (c == '.') {
      name += "__";
    } else {
      name += absl::ascii_toupper(static_cast<unsigned char>(c));
    }
  }
  return name;
}

// True if `key` is `section` itself or lies below it; every key lies below "".
bool IsWithin(std::string_view key, std::string_view section) {
  if (section.empty()) return true;
  return key.starts_with(section) && (key.size() == section.size() || key[section.size()] == '.');
}

std::string_view SectionOf(std::string_view key) {
  const size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : key.substr(0, dot);
}

// What stands between "unknown key" and the list of known ones.
std::string Suggestion(const std::optional<std::string>& nearest) {
  return nearest ? StrCat(", did you mean \"", *nearest, "\"?") : std::string(";");
}

absl::Status ErrorOrOk(const std::vector<std::string>& errors) {
  if (errors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(detail::JoinErrorLines(errors));
}

}  // namespace

Config::Config() : state_(std::make_shared<ConfigState>()) {}

Config::Config(std::shared_ptr<ConfigState> state) : state_(std::move(state)) {}

absl::StatusOr<Config> Config::FromToml(std::string_view text, std::string_view name) {
  return ConfigSource().AddToml(text, name).Build();
}

bool Config::HasSection(std::string_view section) const {
  const auto& entries = state_->entries;
  if (section.empty()) return !entries.empty();
  const auto first = entries.lower_bound(StrCat(section, "."));
  return first != entries.end() && IsWithin(first->first, section);
}

absl::Status Config::CheckAllRead(const std::vector<std::string>& foreign) const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  const auto& read = state_->sections_read;
  std::set<std::string_view> reported;
  std::vector<std::string> errors;
  for (const auto& [key, entry] : state_->entries) {
    const std::string_view section = SectionOf(key);
    // Keys of a section that was read are the business of its reader, read or not.
    if (state_->keys_read.contains(key) || read.contains(section)) continue;
    // Captured by name, because clang 14 cannot capture a structured binding.
    const bool is_foreign =
        std::any_of(foreign.begin(), foreign.end(),
                    [&key = key](const std::string& name) { return IsWithin(key, name); });
    if (is_foreign || !reported.insert(section).second) continue;
    if (section.empty()) {
      errors.push_back(StrCat(entry.place, ": ", key,
                              ": unknown key; every setting sits in a section, such as [actor]"));
      continue;
    }
    const std::vector<std::string> known(read.begin(), read.end());
    const auto nearest = detail::SuggestName(section, known);
    errors.push_back(StrCat(
        entry.place, ": ", section, ": unknown section", Suggestion(nearest),
        " known sections: ", known.empty() ? std::string("none") : absl::StrJoin(known, ", ")));
  }
  return ErrorOrOk(errors);
}

ConfigReader::ConfigReader(const Config& config, std::string_view section)
    : config_(config), section_(section) {
  std::lock_guard<std::mutex> lock(config_.state_->mutex);
  config_.state_->sections_read.insert(section_);
  // A value where the section should be is our error (see Finish), not one of CheckAllRead.
  config_.state_->keys_read.insert(section_);
}

ConfigReader::~ConfigReader() = default;

bool ConfigReader::Bool(std::string_view key, bool fallback) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  if (entry->kind == Kind::kBool) return entry->boolean;
  if (entry->kind == Kind::kRaw) {
    if (const auto value = detail::ParseConfigBool(entry->text)) return *value;
  }
  Wrong(*entry, key, "true or false");
  return fallback;
}

int64_t ConfigReader::Int(std::string_view key, int64_t fallback, IntRange range) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  std::optional<int64_t> value;
  if (entry->kind == Kind::kInt) value = entry->integer;
  if (entry->kind == Kind::kRaw) value = detail::ParseConfigInt(entry->text);
  if (value && range.min <= *value && *value <= range.max) return *value;
  Wrong(*entry, key, WantInt(range));
  return fallback;
}

double ConfigReader::Double(std::string_view key, double fallback, DoubleRange range) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  std::optional<double> value;
  if (entry->kind == Kind::kDouble) value = entry->number;
  // `factor = 1` is a number to everyone but TOML.
  if (entry->kind == Kind::kInt) value = static_cast<double>(entry->integer);
  if (entry->kind == Kind::kRaw) value = detail::ParseConfigDouble(entry->text);
  // A NaN compares false with both ends and is refused.
  if (value && range.min <= *value && *value <= range.max) return *value;
  Wrong(*entry, key, WantDouble(range));
  return fallback;
}

std::string ConfigReader::String(std::string_view key, std::string_view fallback) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return std::string(fallback);
  if (entry->kind == Kind::kString || entry->kind == Kind::kRaw) return entry->text;
  Wrong(*entry, key, "a string in quotes");
  return std::string(fallback);
}

absl::Duration ConfigReader::Duration(std::string_view key, absl::Duration fallback,
                                      DurationRange range) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  std::optional<absl::Duration> value;
  if (entry->kind == Kind::kString || entry->kind == Kind::kRaw) {
    value = detail::ParseConfigDuration(entry->text);
  }
  if (value && range.min <= *value && *value <= range.max) return *value;
  Wrong(*entry, key, WantDuration(range));
  return fallback;
}

int64_t ConfigReader::Bytes(std::string_view key, int64_t fallback, BytesRange range) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  std::optional<int64_t> value;
  if (entry->kind == Kind::kString || entry->kind == Kind::kRaw) {
    value = detail::ParseConfigBytes(entry->text);
  }
  if (value && range.min <= *value && *value <= range.max) return *value;
  Wrong(*entry, key, WantBytes(range));
  return fallback;
}

std::vector<std::string> ConfigReader::Strings(std::string_view key,
                                               std::vector<std::string> fallback) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return fallback;
  if (entry->kind == Kind::kStrings) return entry->strings;
  if (entry->kind == Kind::kRaw) return detail::SplitConfigList(entry->text);
  Wrong(*entry, key, "a list of strings, such as [\"a\", \"b\"]");
  return fallback;
}

std::string ConfigReader::OneOf(std::string_view key, std::string_view fallback,
                                const std::vector<std::string_view>& allowed) {
  const ConfigEntry* entry = Find(key);
  if (entry == nullptr) return std::string(fallback);
  if (entry->kind == Kind::kString || entry->kind == Kind::kRaw) {
    if (std::find(allowed.begin(), allowed.end(), entry->text) != allowed.end()) {
      return entry->text;
    }
  }
  std::string want = "one of ";
  std::vector<std::string> names;
  for (std::string_view name : allowed) {
    StrAppend(want, names.empty() ? "" : ", ", detail::QuoteConfigText(name));
    names.emplace_back(name);
  }
  if (const auto nearest = detail::SuggestName(entry->text, names)) {
    StrAppend(want, "; did you mean ", detail::QuoteConfigText(*nearest), "?");
  }
  Wrong(*entry, key, want);
  return std::string(fallback);
}

bool ConfigReader::Has(std::string_view key) { return Find(key) != nullptr; }

void ConfigReader::Require(std::string_view key) {
  if (Has(key)) return;
  const std::string full = FullKey(key);
  errors_.push_back(StrCat("configuration: ", full, ": not set and without a default; write ", key,
                           " = ... under [", section_, "], or set ", EnvironmentName(full)));
}

void ConfigReader::Refuse(std::string_view key, std::string_view want) {
  if (const ConfigEntry* entry = Find(key)) {
    Wrong(*entry, key, want);
    return;
  }
  // The default broke the rule, usually because another key did not fit to it.
  errors_.push_back(StrCat("configuration: ", FullKey(key), ": not set, want ", want));
}

std::vector<std::string> ConfigReader::ChildSections() const {
  std::set<std::string> names;
  for (const std::string& key : KeysBelow()) {
    const size_t dot = key.find('.');
    if (dot != std::string::npos) names.insert(key.substr(0, dot));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> ConfigReader::KeysBelow() const {
  const std::string prefix = section_.empty() ? "" : StrCat(section_, ".");
  const auto& entries = config_.state_->entries;
  std::vector<std::string> keys;
  for (auto at = entries.lower_bound(prefix); at != entries.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    keys.push_back(at->first.substr(prefix.size()));
  }
  return keys;
}

absl::Status ConfigReader::Finish() {
  AddUnknownKeys();
  return ErrorOrOk(errors_);
}

const ConfigEntry* ConfigReader::Find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const std::string full = FullKey(key);
  const auto& entries = config_.state_->entries;
  const auto found = entries.find(full);
  if (found == entries.end()) return nullptr;
  std::lock_guard<std::mutex> lock(config_.state_->mutex);
  config_.state_->keys_read.insert(full);
  return &found->second;
}

std::string ConfigReader::FullKey(std::string_view key) const {
  return section_.empty() ? std::string(key) : StrCat(section_, ".", key);
}

void ConfigReader::Wrong(const ConfigEntry& entry, std::string_view key, std::string_view want) {
  errors_.push_back(StrCat(entry.place, ": ", FullKey(key), ": found ",
                           detail::ShowConfigValue(entry), ", want ", want));
}

void ConfigReader::AddErrors(const absl::Status& status) {
  for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    errors_.emplace_back(ToStd(line));
  }
}

void ConfigReader::AddUnknownKeys() {
  const auto& entries = config_.state_->entries;
  if (const auto own = entries.find(section_); own != entries.end()) {
    errors_.push_back(StrCat(own->second.place, ": ", section_, ": found ",
                             detail::ShowConfigValue(own->second), ", want a section: write [",
                             section_, "] on a line of its own"));
  }
  std::vector<std::string> sorted = known_;
  std::sort(sorted.begin(), sorted.end());
  std::lock_guard<std::mutex> lock(config_.state_->mutex);
  for (const std::string& key : KeysBelow()) {
    const std::string full = FullKey(key);
    const bool direct = key.find('.') == std::string::npos;
    if (!direct || config_.state_->keys_read.contains(full)) continue;
    const auto nearest = detail::SuggestName(key, sorted);
    errors_.push_back(StrCat(
        entries.find(full)->second.place, ": ", full, ": unknown key", Suggestion(nearest),
        " known keys: ", sorted.empty() ? std::string("none") : absl::StrJoin(sorted, ", ")));
  }
}

absl::Status JoinConfigErrors(const std::vector<absl::Status>& statuses) {
  std::vector<std::string> lines;
  for (const absl::Status& status : statuses) {
    if (status.ok()) continue;
    for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
      std::string text(ToStd(line));
      if (std::find(lines.begin(), lines.end(), text) == lines.end()) lines.push_back(text);
    }
  }
  return ErrorOrOk(lines);
}

}  // namespace sampo
