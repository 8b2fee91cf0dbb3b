// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SystemSettings: what may be set of an actor system; every default is documented here.
//
// Threads: a value. From TOML, environment and flags: SystemSettings::FromConfig (section [actor]).
//
//   SystemSettings settings;
//   settings.threads = 4;
//   ActorSystem<Command> system(Guardian(), "shop", settings);
#ifndef SAMPO_ACTOR_SYSTEM_SETTINGS_H_
#define SAMPO_ACTOR_SYSTEM_SETTINGS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sampo {

class Config;
class Instrumentation;
class LogSink;

struct SystemSettings {
  // Worker threads of the default dispatcher; 0: as many as the machine runs at once.
  int threads = 0;
  // Messages an actor handles in one turn before it yields; see DispatcherSettings::throughput.
  int throughput = 64;
  // A turn that lasts longer yields after its current message.
  absl::Duration time_slice = absl::Milliseconds(5);
  // How long an idle worker, and Await, look for work before they sleep.
  absl::Duration spin_before_park = absl::Microseconds(100);
  // Threads that may be added while all workers are blocked in handlers.
  int spare_threads_max = 64;
  // A handler that runs longer counts as blocking.
  absl::Duration blocked_after = absl::Milliseconds(20);
  // Threads of the internal dispatcher.
  int internal_threads = 1;
  // Threads of the dispatcher for blocking handlers (Pekko's blocking-io: 16).
  int blocking_threads_max = 16;

  // How long the destructor waits for actors and threads; then it says what it waited for and goes
  // on, leaving behind what still runs.
  absl::Duration shutdown_timeout = absl::Seconds(10);

  // Dead letters that are logged before they are only counted for a while (Pekko's 10 and 5 min).
  int log_dead_letters = 10;
  absl::Duration log_dead_letters_suspend = absl::Minutes(5);

  // Seed of all chance in the system (routers, backoff, uids). Unset: from the machine's entropy.
  std::optional<uint64_t> seed;

  // "trace", "debug", "info", "warning", "error", "off", and "text" or "json", to stderr.
  std::string log_level = "info";
  std::string log_format = "text";
  // Takes the log in place of stderr, each event before its call returns; for tests. See
  // testkit/log_capture.h.
  std::shared_ptr<LogSink> log_sink;

  // Sees messages, failures and actors come and go; null: nothing is paid. See instrumentation.h.
  std::shared_ptr<Instrumentation> instrumentation;

  // From section [actor] of a configuration; docs/configuration.md has all keys. INVALID_ARGUMENT
  // names file, line, key, what was found and what is allowed.
  static absl::StatusOr<SystemSettings> FromConfig(const Config& config);
  // What FromConfig reads, with a comment for each key: the settings in effect, for a log or a
  // file.
  std::string ToToml() const;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SYSTEM_SETTINGS_H_
