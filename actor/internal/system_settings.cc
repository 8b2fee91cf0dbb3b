// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SystemSettings from and to TOML. One table serves both, so that what is documented is what is
// read.
#include "sampo/actor/system_settings.h"

#include <limits>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sampo/actor/base/config.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

struct IntKey {
  int SystemSettings::*field;
  IntRange range;
};
struct DurationKey {
  absl::Duration SystemSettings::*field;
  DurationRange range;
};
struct ChoiceKey {
  std::string SystemSettings::*field;
  std::vector<std::string_view> allowed;
};
struct SeedKey {};

struct Key {
  std::string_view name;
  std::string_view help;  // lines of a comment
  std::variant<IntKey, DurationKey, ChoiceKey, SeedKey> kind;
};

using S = SystemSettings;

// The bounds: far beyond what makes sense, near enough to find a slip of the pen.
std::vector<Key> MakeKeys() {
  return {
      {"threads",
       "Worker threads of the default dispatcher; 0: as many as the machine runs at once.",
       IntKey{&S::threads, {0, 1024}}},
      {"throughput", "Messages an actor handles in one turn before it yields.",
       IntKey{&S::throughput, {1, 1'000'000}}},
      {"time_slice", "A turn that lasts longer yields after its current message.",
       DurationKey{&S::time_slice, {absl::Microseconds(100), absl::Minutes(1)}}},
      {"spin_before_park", "How long an idle worker looks for work before it sleeps.",
       DurationKey{&S::spin_before_park, {absl::ZeroDuration(), absl::Milliseconds(100)}}},
      {"spare_threads_max", "Threads that may be added while all workers are blocked in handlers.",
       IntKey{&S::spare_threads_max, {0, 10'000}}},
      {"blocked_after", "A handler that runs longer counts as blocking.",
       DurationKey{&S::blocked_after, {absl::Milliseconds(1), absl::Hours(1)}}},
      {"internal_threads", "Threads of the dispatcher of the library's own actors.",
       IntKey{&S::internal_threads, {1, 64}}},
      {"blocking_threads_max", "Threads of the dispatcher for handlers that block.",
       IntKey{&S::blocking_threads_max, {1, 10'000}}},
      {"shutdown_timeout",
       "How long the end of the system waits for actors and threads before it leaves them behind.",
       DurationKey{&S::shutdown_timeout, {absl::ZeroDuration(), absl::Hours(24)}}},
      {"log_dead_letters", "Dead letters that are logged before they are only counted for a while.",
       IntKey{&S::log_dead_letters, {0, 1'000'000}}},
      {"log_dead_letters_suspend", "How long that while is.",
       DurationKey{&S::log_dead_letters_suspend, {absl::ZeroDuration(), absl::InfiniteDuration()}}},
      {"seed", "Seed of all chance in the system. Not set: from the machine's entropy.", SeedKey{}},
      {"log_level", "Level of the system's own log: trace, debug, info, warning, error, off.",
       ChoiceKey{&S::log_level, {"trace", "debug", "info", "warning", "error", "off"}}},
      {"log_format", "One line of text for each event, or one JSON object: text, json.",
       ChoiceKey{&S::log_format, {"text", "json"}}},
  };
}

const std::vector<Key>& Keys() {
  static const std::vector<Key>& keys = *new std::vector<Key>(MakeKeys());
  return keys;
}

// How each kind of key is read and written.
struct Reader {
  ConfigReader& read;
  SystemSettings& to;
  std::string_view name;

  void operator()(const IntKey& key) {
    to.*key.field = static_cast<int>(read.Int(name, to.*key.field, key.range));
  }
  void operator()(const DurationKey& key) {
    to.*key.field = read.Duration(name, to.*key.field, key.range);
  }
  void operator()(const ChoiceKey& key) {
    to.*key.field = read.OneOf(name, to.*key.field, key.allowed);
  }
  void operator()(const SeedKey&) {
    const int64_t seed = read.Int(name, 0, {0, std::numeric_limits<int64_t>::max()});
    if (read.Has(name)) to.seed = static_cast<uint64_t>(seed);
  }
};

struct Writer {
  const SystemSettings& from;
  std::string_view name;

  std::string operator()(const IntKey& key) { return StrCat(name, " = ", from.*key.field); }
  std::string operator()(const DurationKey& key) {
    return StrCat(name, " = \"", absl::FormatDuration(from.*key.field), "\"");
  }
  std::string operator()(const ChoiceKey& key) {
    return StrCat(name, " = \"", from.*key.field, "\"");
  }
  std::string operator()(const SeedKey&) {
    return from.seed.has_value() ? StrCat(name, " = ", *from.seed) : StrCat("# ", name, " = 1");
  }
};

}  // namespace

absl::StatusOr<SystemSettings> SystemSettings::FromConfig(const Config& config) {
  SystemSettings settings;
  ConfigReader read(config, "actor");
  for (const Key& key : Keys()) std::visit(Reader{read, settings, key.name}, key.kind);
  return read.Finish(std::move(settings));
}

std::string SystemSettings::ToToml() const {
  std::string text = "[actor]\n";
  for (const Key& key : Keys()) {
    StrAppend(text, "# ", key.help, "\n", std::visit(Writer{*this, key.name}, key.kind), "\n");
  }
  return text;
}

}  // namespace sampo
