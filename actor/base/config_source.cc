// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// ConfigSource: TOML, environment and flags as one sorted list of entries. The only file that
// sees toml11, whose exceptions end here.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "sampo/actor/base/config.h"
#include "sampo/actor/base/config_value.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/utf8.h"
#include "toml.hpp"

namespace sampo {
namespace {

using detail::ConfigEntries;
using detail::ConfigEntry;
using Kind = detail::ConfigEntry::Kind;
// Tables in order, so that errors come in one order on every machine.
using Toml = toml::basic_value<toml::discard_comments, std::map, std::vector>;

constexpr std::string_view kEnvironmentPrefix = "SAMPO_";
constexpr std::string_view kFlagPrefix = "--sampo.";

// Finds texts that would make toml11 recurse too deeply, before it sees them. It follows strings
// and comments only as far as it must to not count what is inside; where it is wrong about a
// text, that text has a syntax error before the place.
class NestingScan {
 public:
  // The number of the first line that nests beyond kConfigNestingMax.
  std::optional<int> FirstTooDeepLine(std::string_view text) {
    int line = 1;
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') {
        ++line;
        dots_ = 0;
        if (!multi_line_) quote_ = '\0';
        comment_ = false;
      } else if (!comment_) {
        at += quote_ == '\0' ? Outside(text, at) : Inside(text, at);
      }
      if (depth_ > kConfigNestingMax || dots_ > kConfigNestingMax) return line;
    }
    return std::nullopt;
  }

 private:
  static bool IsTriple(std::string_view text, size_t at) {
    return text.substr(at, 3) == std::string(3, text[at]);
  }

  // Takes one character outside strings; returns how many more it took.
  size_t Outside(std::string_view text, size_t at) {
    switch (text[at]) {
      case '#':
        comment_ = true;
        return 0;
      case '"':
      case '\'':
        quote_ = text[at];
        multi_line_ = IsTriple(text, at);
        return multi_line_ ? 2 : 0;
      case '[':
      case '{':
        ++depth_;
        dots_ = 0;
        return 0;
      case ']':
      case '}':
        depth_ = std::max(0, depth_ - 1);
        return 0;
      case '.':
        ++dots_;
        return 0;
      case ',':
      case '=':
        dots_ = 0;
        return 0;
      default:
        return 0;
    }
  }

  // Takes one character of a string; returns how many more it took.
  size_t Inside(std::string_view text, size_t at) {
    if (text[at] == '\\' && quote_ == '"') return at + 1 < text.size() && text[at + 1] != '\n';
    if (text[at] != quote_) return 0;
    if (multi_line_ && !IsTriple(text, at)) return 0;
    quote_ = '\0';
    return multi_line_ ? 2 : 0;
  }

  int depth_ = 0;
  int dots_ = 0;
  char quote_ = '\0';
  bool multi_line_ = false;
  bool comment_ = false;
};

// toml11's report as one line: its first line without the function name, and what its last
// marker says. The picture of the source between them is dropped; the line number is in `place`.
std::string OneLine(std::string_view report) {
  std::string_view head = report.substr(0, report.find('\n'));
  for (std::string_view prefix : {"[error] ", "toml::"}) {
    if (head.starts_with(prefix)) head.remove_prefix(prefix.size());
  }
  const size_t colon = head.find(": ");
  if (colon != std::string_view::npos) head.remove_prefix(colon + 2);
  std::string_view note;
  for (std::string_view mark : {"^--- ", "~~~ "}) {
    const size_t at = report.rfind(mark);
    if (at == std::string_view::npos || !note.empty()) continue;
    note = report.substr(at + mark.size());
    note = note.substr(0, note.find('\n'));
  }
  // The report quotes the file, so control characters of the file would reach a terminal.
  std::string line = std::string(head);
  if (!note.empty()) StrAppend(line, " (", note, ")");
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return absl::ascii_iscntrl(c); }, '?');
  return line;
}

// Turns one parsed file into entries with dotted keys.
class Flattener {
 public:
  Flattener(std::string_view file, ConfigEntries& entries, std::vector<std::string>& errors)
      : file_(file), entries_(entries), errors_(errors) {}

  // The depth of the recursion is bounded by NestingScan.
  void AddTable(const Toml& table, const std::string& prefix) {
    for (const auto& [name, value] : table.as_table()) {
      const std::string key = prefix.empty() ? name : StrCat(prefix, ".", name);
      if (value.is_table()) {
        AddTable(value, key);
        continue;
      }
      ConfigEntry entry = ToEntry(value);
      if (!seen_.insert(key).second) {
        // TOML tells `a."b.c"` and `a.b.c` apart; our keys do not.
        errors_.push_back(StrCat(entry.place, ": ", key, ": set twice in this file"));
        continue;
      }
      entries_.insert_or_assign(key, std::move(entry));
    }
  }

 private:
  ConfigEntry ToEntry(const Toml& value) const {
    const toml::source_location location = value.location();
    ConfigEntry entry;
    entry.place = StrCat(file_, ":", location.line());
    if (value.is_boolean()) {
      entry.kind = Kind::kBool;
      entry.boolean = value.as_boolean();
    } else if (value.is_integer()) {
      SetInteger(value.as_integer(), location, entry);
    } else if (value.is_floating()) {
      entry.kind = Kind::kDouble;
      entry.number = value.as_floating();
    } else if (value.is_string()) {
      entry.kind = Kind::kString;
      entry.text = value.as_string().str;
    } else if (value.is_array()) {
      SetList(value, entry);
    } else {
      entry.text = "a date or time";
    }
    return entry;
  }

  // toml11 3.7 answers the nearest end of the range for an integer beyond 64 bits, so an end
  // counts only if it is spelled out.
  static void SetInteger(int64_t integer, const toml::source_location& location,
                         ConfigEntry& entry) {
    entry.kind = Kind::kInt;
    entry.integer = integer;
    if (integer != std::numeric_limits<int64_t>::max() &&
        integer != std::numeric_limits<int64_t>::min()) {
      return;
    }
    std::string spelled;
    if (location.column() > 0 && location.column() <= location.line_str().size()) {
      spelled = location.line_str().substr(location.column() - 1, location.region());
    }
    spelled.erase(std::remove(spelled.begin(), spelled.end(), '_'), spelled.end());
    if (detail::ParseConfigInt(spelled)) return;
    entry.kind = Kind::kOther;
    entry.text = "an integer beyond 64 bits";
  }

  static void SetList(const Toml& value, ConfigEntry& entry) {
    entry.kind = Kind::kStrings;
    for (const Toml& item : value.as_array()) {
      if (item.is_string()) {
        entry.strings.push_back(item.as_string().str);
        continue;
      }
      entry.kind = Kind::kOther;
      entry.text = item.is_table() ? "a list of tables" : "a list of other things than strings";
      return;
    }
  }

  const std::string_view file_;
  ConfigEntries& entries_;
  std::vector<std::string>& errors_;
  std::set<std::string> seen_;
};

// The key of SAMPO_ACTOR__ASK_TIMEOUT; nothing if `name` is not spelled that way.
std::optional<std::string> KeyOfVariable(std::string_view name) {
  std::string key;
  name.remove_prefix(kEnvironmentPrefix.size());
  while (!name.empty()) {
    if (name.starts_with("__")) {
      key += '.';
      name.remove_prefix(2);
      continue;
    }
    const char c = name.front();
    if (!absl::ascii_isupper(c) && !absl::ascii_isdigit(c) && c != '_') return std::nullopt;
    key += absl::ascii_tolower(c);
    name.remove_prefix(1);
  }
  const bool bad = key.starts_with('.') || key.ends_with('.') || key.find("..") != key.npos ||
                   key.find("._") != key.npos;
  return bad ? std::nullopt : std::optional<std::string>(key);
}

ConfigEntry RawEntry(std::string text, std::string place) {
  ConfigEntry entry;
  entry.kind = Kind::kRaw;
  entry.text = std::move(text);
  entry.place = std::move(place);
  return entry;
}

// The content of `path`, or the reason why not.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return absl::NotFoundError("cannot be opened");
  // One byte more than is allowed, so that AddToml sees a text that is too long.
  std::string text(kConfigTextBytesMax + 1, '\0');
  const size_t got = std::fread(text.data(), 1, text.size(), file);
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) return absl::UnavailableError("cannot be read");
  text.resize(got);
  return text;
}

}  // namespace

struct ConfigSource::State {
  ConfigEntries file_entries;
  ConfigEntries environment_entries;
  ConfigEntries flag_entries;
  std::vector<std::string> errors;
};

ConfigSource::ConfigSource() : state_(std::make_unique<State>()) {}
ConfigSource::~ConfigSource() = default;

ConfigSource& ConfigSource::AddToml(std::string_view text, std::string_view name) {
  std::vector<std::string>& errors = state_->errors;
  if (text.size() > kConfigTextBytesMax) {
    errors.push_back(
        StrCat(name, ": longer than ", kConfigTextBytesMax, " bytes; split it into several files"));
    return *this;
  }
  // toml11 3.7.1 reads past its buffer for strings that are not UTF-8 (found by config_fuzz).
  if (const auto bad = FirstInvalidUtf8(text)) {
    const auto line = 1 + std::count(text.begin(), text.begin() + *bad, '\n');
    errors.push_back(StrCat(name, ":", line, ": not valid TOML: not UTF-8 at byte ", *bad));
    return *this;
  }
  if (const auto line = NestingScan().FirstTooDeepLine(text)) {
    errors.push_back(StrCat(name, ":", *line, ": not valid TOML: brackets or dotted keys nest ",
                            "deeper than ", kConfigNestingMax));
    return *this;
  }
  try {
    std::istringstream stream{std::string(text)};
    const Toml root =
        toml::parse<toml::discard_comments, std::map, std::vector>(stream, std::string(name));
    Flattener(name, state_->file_entries, errors).AddTable(root, "");
  } catch (const toml::exception& error) {
    errors.push_back(
        StrCat(name, ":", error.location().line(), ": not valid TOML: ", OneLine(error.what())));
  } catch (const std::exception& error) {
    errors.push_back(StrCat(name, ": not valid TOML: ", OneLine(error.what())));
  }
  return *this;
}

ConfigSource& ConfigSource::AddFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadText(path);
  if (!text.ok()) {
    state_->errors.push_back(
        StrCat(path, ": ", ToStd(text.status().message()), "; check the path and its permissions"));
    return *this;
  }
  return AddToml(*text, path);
}

ConfigSource& ConfigSource::AddEnvironment(const std::vector<std::string>& environment) {
  for (const std::string& line : environment) {
    const size_t equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const bool ours = equals != std::string::npos && name.starts_with(kEnvironmentPrefix) &&
                      name.find("__") != std::string::npos;
    if (!ours) continue;
    const std::optional<std::string> key = KeyOfVariable(name);
    if (!key) {
      state_->errors.push_back(StrCat(name, ": not the name of a setting, want SAMPO_SECTION__KEY ",
                                      "in capitals, with one __ for each dot"));
      continue;
    }
    state_->environment_entries.insert_or_assign(*key, RawEntry(line.substr(equals + 1), name));
  }
  return *this;
}

ConfigSource& ConfigSource::AddProcessEnvironment() {
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) lines.push_back(*line);
  return AddEnvironment(lines);
}

std::vector<std::string> ConfigSource::AddFlags(const std::vector<std::string>& arguments) {
  std::vector<std::string> others;
  for (const std::string& argument : arguments) {
    if (!argument.starts_with(kFlagPrefix)) {
      others.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const std::string key = flag.substr(kFlagPrefix.size());
    if (equals == std::string::npos || key.empty()) {
      state_->errors.push_back(StrCat(flag, ": want the form --sampo.section.key=value"));
      continue;
    }
    state_->flag_entries.insert_or_assign(key, RawEntry(argument.substr(equals + 1), flag));
  }
  return others;
}

absl::StatusOr<Config> ConfigSource::Build() const {
  if (!state_->errors.empty()) {
    return absl::InvalidArgumentError(detail::JoinErrorLines(state_->errors));
  }
  auto merged = std::make_shared<detail::ConfigState>();
  // Weakest last: insert keeps what is there.
  for (const ConfigEntries* entries :
       {&state_->flag_entries, &state_->environment_entries, &state_->file_entries}) {
    merged->entries.insert(entries->begin(), entries->end());
  }
  return Config(std::move(merged));
}

}  // namespace sampo
