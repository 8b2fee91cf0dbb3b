// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_CONFIG_H_
#define SAMPO_ACTOR_BASE_CONFIG_H_

// Configuration: TOML text, environment and flags become plain Settings structs.
//
// Why it exists: a wrong setting must stop the start with words that name the value, the place
// and the remedy, instead of being ignored. Settings structs carry the documented defaults; this
// file only fills them. Three steps:
//   1. ConfigSource collects files, environment and flags, and makes a Config.
//   2. Each module's `FromConfig` reads its section with a ConfigReader.
//   3. The program calls Config::CheckAllRead, which finds sections that nobody knows.
//
// Keys are dotted and lower_snake_case. The same key everywhere:
//   sampo.toml    [actor]                     environment  SAMPO_ACTOR__ASK_TIMEOUT=3s
//                 ask_timeout = "3s"          flag         --sampo.actor.ask_timeout=3s
// Flags win over the environment, which wins over files; a later file wins over an earlier one.
// An error reads `sampo.toml:12: actor.throughput: found "fast", want an integer from 1 to 10`.
//
// Threads: Config is safe to share (it notes what was read under a lock); the other classes
// belong to one thread. Lifetime: Config is a handle on shared, immutable values.
//
//   absl::StatusOr<ActorSettings> ActorSettings::FromConfig(const Config& config) {
//     ActorSettings s;
//     ConfigReader read(config, "actor");
//     s.throughput = read.Int("throughput", s.throughput, {.min = 1, .max = 10});
//     return read.Finish(s); }

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sampo {

// The longest TOML text taken. Chosen, not measured: a hundred times a large hand-written file,
// and small enough that toml11's line look-ups (a scan from the start for each) stay unnoticed.
inline constexpr size_t kConfigTextBytesMax = 256 * 1024;

// How deep brackets and dotted keys may nest, because toml11 recurses for both. Chosen, not
// measured: our deepest key has 5 parts.
inline constexpr int kConfigNestingMax = 32;

// The errors listed in one status; the rest is counted. Chosen, not measured: one screen.
inline constexpr size_t kConfigErrorsMax = 50;

namespace detail {
struct ConfigState;
struct ConfigEntry;
}  // namespace detail

// The values of one load, and a note of which were read.
class Config {
 public:
  // No values: every setting keeps its default.
  Config();

  // Parses one TOML text, without environment and flags. `name` is the place shown in errors.
  // INVALID_ARGUMENT as described at ConfigSource::Build.
  [[nodiscard]] static absl::StatusOr<Config> FromToml(std::string_view text,
                                                       std::string_view name = "sampo.toml");

  // True if any key of `section` or below it is set.
  [[nodiscard]] bool HasSection(std::string_view section) const;

  // INVALID_ARGUMENT that lists each section with values which no ConfigReader has asked for: the
  // `[actr]` that would otherwise be ignored. To be called once all modules have read theirs.
  // `foreign` names sections (with all below them) that belong to modules this program lacks.
  [[nodiscard]] absl::Status CheckAllRead(const std::vector<std::string>& foreign = {}) const;

 private:
  friend class ConfigReader;
  friend class ConfigSource;

  explicit Config(std::shared_ptr<detail::ConfigState> state);

  std::shared_ptr<detail::ConfigState> state_;
};

// Collects where values come from. Errors are kept until Build, which reports them together.
class ConfigSource {
 public:
  ConfigSource();
  ~ConfigSource();
  ConfigSource(const ConfigSource&) = delete;
  ConfigSource& operator=(const ConfigSource&) = delete;

  // Adds a TOML text; `name` is the place shown in errors.
  ConfigSource& AddToml(std::string_view text, std::string_view name);

  // Adds a TOML file. That it cannot be read is an error of Build.
  ConfigSource& AddFile(const std::string& path);

  // Adds the `SAMPO_SECTION__KEY=value` lines of `environment`; `__` stands for the dot. Lines
  // that do not start with SAMPO_ or have no `__` are not ours and are left alone.
  ConfigSource& AddEnvironment(const std::vector<std::string>& environment);

  // Adds the environment of this process.
  ConfigSource& AddProcessEnvironment();

  // Adds the arguments that start with `--sampo.`, in the form `--sampo.section.key=value`, and
  // returns the others in their order, for the program's own flags.
  std::vector<std::string> AddFlags(const std::vector<std::string>& arguments);

  // The merged values. INVALID_ARGUMENT lists everything that is not TOML, a key set twice, a
  // file that cannot be read, a text over kConfigTextBytesMax, or a flag without a value.
  [[nodiscard]] absl::StatusOr<Config> Build() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a number may be, both ends included.
struct IntRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
};
struct DoubleRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};
struct DurationRange {
  absl::Duration min = absl::ZeroDuration();
  absl::Duration max = absl::InfiniteDuration();
};
struct BytesRange {
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};

// Reads one section. Every getter returns `fallback` if the key is not set, or is wrong; what is
// wrong is kept for Finish. A section has one reader: keys that this one did not ask for are
// errors, with a suggestion. Keys of child sections belong to the readers of those sections.
class ConfigReader {
 public:
  // `section` is dotted ("cluster.sharding"); "" is the top of the file.
  ConfigReader(const Config& config, std::string_view section);
  ~ConfigReader();
  ConfigReader(const ConfigReader&) = delete;
  ConfigReader& operator=(const ConfigReader&) = delete;

  bool Bool(std::string_view key, bool fallback);
  int64_t Int(std::string_view key, int64_t fallback, IntRange range = {});
  double Double(std::string_view key, double fallback, DoubleRange range = {});
  std::string String(std::string_view key, std::string_view fallback);

  // A time with its unit: "10ms", "3s", "1h30m", "inf" (units ns, us, ms, s, m, h).
  absl::Duration Duration(std::string_view key, absl::Duration fallback, DurationRange range = {});

  // A size with its unit: "64KiB" (units B, KiB, MiB, GiB, TiB, kB, MB, GB, TB).
  int64_t Bytes(std::string_view key, int64_t fallback, BytesRange range = {});

  // In TOML a list of strings; in the environment and in flags the items joined by commas.
  std::vector<std::string> Strings(std::string_view key, std::vector<std::string> fallback);

  // One name of `allowed`.
  std::string OneOf(std::string_view key, std::string_view fallback,
                    const std::vector<std::string_view>& allowed);

  // The value that belongs to the name found.
  template <typename E>
  E Enum(std::string_view key, E fallback,
         const std::vector<std::pair<std::string_view, E>>& allowed) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : allowed) names.push_back(name);
    const std::string found = OneOf(key, "", names);
    for (const auto& [name, value] : allowed) {
      if (name == found) return value;
    }
    return fallback;
  }

  // True if the key is set; it counts as known from then on.
  [[nodiscard]] bool Has(std::string_view key);

  // Makes it an error that the key is not set.
  void Require(std::string_view key);

  // Adds an error about a key whose value passed its getter but not the module's own rule:
  // `place: key: found <value>, want <want>`.
  void Refuse(std::string_view key, std::string_view want);

  // Names of the sections right below this one, sorted: for sections such as
  // `actor.dispatchers` whose children are named by the user.
  [[nodiscard]] std::vector<std::string> ChildSections() const;

  // All keys below this section, sorted and relative to it, dots included: for sections such as
  // `log.levels` whose keys are dotted names themselves.
  [[nodiscard]] std::vector<std::string> KeysBelow() const;

  // The value of a nested FromConfig; its errors join ours, and `fallback` is returned.
  template <typename T>
  T Take(absl::StatusOr<T> nested, T fallback) {
    if (nested.ok()) return *std::move(nested);
    AddErrors(nested.status());
    return fallback;
  }

  // OK, or INVALID_ARGUMENT with every error of this section, one a line, unknown keys included.
  [[nodiscard]] absl::Status Finish();

  // `settings` if Finish is OK.
  template <typename T>
  [[nodiscard]] absl::StatusOr<T> Finish(T settings) {
    if (absl::Status status = Finish(); !status.ok()) return status;
    return settings;
  }

 private:
  const detail::ConfigEntry* Find(std::string_view key);
  std::string FullKey(std::string_view key) const;
  void Wrong(const detail::ConfigEntry& entry, std::string_view key, std::string_view want);
  void AddErrors(const absl::Status& status);
  void AddUnknownKeys();

  const Config config_;
  const std::string section_;
  std::vector<std::string> known_;   // Keys asked for, in order of asking.
  std::vector<std::string> errors_;  // One line each.
};

// One status from several loads, so that a program can report all of them at once: OK if all
// are, else INVALID_ARGUMENT with their lines in the order given, without repetitions.
[[nodiscard]] absl::Status JoinConfigErrors(const std::vector<absl::Status>& statuses);

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_CONFIG_H_
