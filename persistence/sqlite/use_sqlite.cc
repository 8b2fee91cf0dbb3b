// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/use_sqlite.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "sampo/actor/base/config.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/plugins.h"
#include "sampo/persistence/sqlite/internal/storage_actors.h"
#include "sampo/persistence/sqlite/internal/storage_core.h"

namespace sampo::persistence {
namespace {

constexpr std::string_view kSection = "persistence.sqlite";
// The bounds: far beyond what makes sense, near enough to find a slip of the pen.
constexpr IntRange kReaders = {.min = 1, .max = 64};
constexpr IntRange kQueue = {.min = 1, .max = 10'000'000};
constexpr BytesRange kQueueBytes = {.min = 1 << 20, .max = int64_t{1} << 40};
constexpr DurationRange kGroupWait = {.min = absl::ZeroDuration(), .max = absl::Seconds(1)};
constexpr DurationRange kBusy = {.min = absl::ZeroDuration(), .max = absl::Minutes(10)};
constexpr IntRange kWalPages = {.min = 100, .max = 10'000'000};
constexpr IntRange kIds = {.min = 1, .max = 100'000'000};

std::string BytesText(int64_t bytes) {
  constexpr int64_t kMiB = 1 << 20;
  return bytes % kMiB == 0 ? StrCat(bytes / kMiB, "MiB") : StrCat(bytes, "B");
}

absl::Status CheckRange(std::string_view key, int64_t value, const IntRange& range) {
  if (value >= range.min && value <= range.max) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat("SqliteSettings: ", key, " is ", value, ", allowed are ",
                                           range.min, " to ", range.max));
}

}  // namespace

absl::StatusOr<SqliteSettings> SqliteSettings::FromConfig(const Config& config) {
  SqliteSettings s;
  ConfigReader read(config, kSection);
  read.Require("file");
  s.file = read.String("file", s.file);
  s.durability = read.Enum<SqliteDurability>(
      "durability", s.durability,
      {{"full", SqliteDurability::kFull}, {"normal", SqliteDurability::kNormal}});
  s.readers = static_cast<int>(read.Int("readers", s.readers, kReaders));
  s.queue_max = read.Int("queue_max", s.queue_max, kQueue);
  s.queue_bytes_max = read.Bytes("queue_bytes_max", s.queue_bytes_max, kQueueBytes);
  s.group_wait_max = read.Duration("group_wait_max", s.group_wait_max, kGroupWait);
  s.busy_timeout = read.Duration("busy_timeout", s.busy_timeout, kBusy);
  s.wal_pages = static_cast<int>(read.Int("wal_pages", s.wal_pages, kWalPages));
  s.ids_in_memory_max = read.Int("ids_in_memory_max", s.ids_in_memory_max, kIds);
  return read.Finish(s);
}

std::string SqliteSettings::ToToml() const {
  return StrCat(
      "[", kSection, "]\n",
      "# The journal file. Required.\n"
      "file = \"",
      file,
      "\"\n"
      "# What acknowledged means: full (on disk: survives a power cut), normal (handed to the\n"
      "# system: a crash of the machine may lose the newest commits, and nobody is told which).\n"
      "durability = \"",
      durability == SqliteDurability::kFull ? "full" : "normal",
      "\"\n"
      "# Connections that read at the same time.\n"
      "readers = ",
      readers,
      "\n"
      "# Calls that wait to be written, and calls that wait to be read.\n"
      "queue_max = ",
      queue_max,
      "\n"
      "# Bytes that wait to be written.\n"
      "queue_bytes_max = \"",
      BytesText(queue_bytes_max),
      "\"\n"
      "# How long a group waits, at most, for callers that are expected back at once; 0s: never.\n"
      "group_wait_max = \"",
      absl::FormatDuration(group_wait_max),
      "\"\n"
      "# How long a write waits for another process, such as journal compact.\n"
      "busy_timeout = \"",
      absl::FormatDuration(busy_timeout),
      "\"\n"
      "# Pages of the write-ahead log from which on it is moved into the file.\n"
      "wal_pages = ",
      wal_pages,
      "\n"
      "# Ids whose newest sequence number and hash are kept in memory.\n"
      "ids_in_memory_max = ",
      ids_in_memory_max, "\n");
}

absl::StatusOr<StoragePlugins> OpenSqlite(ActorSystemBase& system, const SqliteSettings& settings) {
  // With none of these no call would ever be answered.
  SAMPO_RETURN_IF_ERROR(CheckRange("readers", settings.readers, kReaders));
  SAMPO_RETURN_IF_ERROR(CheckRange("queue_max", settings.queue_max, kQueue));
  SqliteStoreOptions options;
  options.file = settings.file;
  options.vfs = settings.vfs;
  options.clock = &system.clock();
  options.durability = settings.durability;
  options.busy_timeout = settings.busy_timeout;
  options.wal_pages = settings.wal_pages;
  options.ids_in_memory_max = static_cast<size_t>(settings.ids_in_memory_max);
  SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<SqliteWriter> writer, SqliteWriter::Open(options));
  std::vector<std::unique_ptr<SqliteReader>> readers;
  for (int i = 0; i < settings.readers; ++i) {
    SAMPO_ASSIGN_OR_RETURN(std::unique_ptr<SqliteReader> reader, SqliteReader::Open(options));
    readers.push_back(std::move(reader));
  }
  auto core = std::make_shared<internal::StorageCore>(
      std::move(writer), std::move(readers),
      internal::QueueLimits{.calls_max = settings.queue_max,
                            .bytes_max = settings.queue_bytes_max,
                            .group_wait_max = settings.group_wait_max},
      internal::StorageCore::Meters(system));
  SAMPO_RETURN_IF_ERROR(
      internal::SpawnStorage(system, core, static_cast<size_t>(settings.readers)));
  return internal::MakePlugins(std::move(core));
}

absl::Status UseSqlite(ActorSystemBase& system, const SqliteSettings& settings,
                       PersistenceSettings persistence) {
  SAMPO_ASSIGN_OR_RETURN(StoragePlugins plugins, OpenSqlite(system, settings));
  Persistence::Get(system).Use(std::move(plugins), persistence);
  return absl::OkStatus();
}

}  // namespace sampo::persistence
