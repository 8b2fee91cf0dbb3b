// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/logger_registry.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace sampo {
namespace {

constexpr std::string_view kOverflowName = "sampo.log.other";

void CutMessage(std::string& message) {
  if (message.size() <= kLogMessageBytesMax) return;
  const size_t cut = message.size() - kLogMessageBytesMax;
  message.resize(kLogMessageBytesMax);
  StrAppend(message, "... (", cut, " more bytes)");
}

}  // namespace

// Takes events from loggers, and either queues them or writes them at once.
class LoggerRegistry::Backend final : public detail::LogBackend {
 public:
  Backend(const LogOptions& options, std::shared_ptr<LogSink> sink) : clock_(options.clock) {
    if (options.async) {
      queue_.emplace(
          detail::LogQueueOptions{
              .capacity = options.queue_capacity, .system = options.system, .clock = options.clock},
          std::move(sink));
    } else {
      sink_ = std::move(sink);
    }
  }

  void Submit(LogLevel level, std::string_view logger, const LogContext& context,
              std::string message) override {
    CutMessage(message);
    LogEvent event{.level = level,
                   .logger = std::string(logger),
                   .system = context.system,
                   .path = context.path,
                   .message = std::move(message),
                   .fields = context.fields,
                   .time = clock_->WallTime()};
    if (queue_) {
      queue_->Push(std::move(event));
    } else {
      WriteNow(event);
    }
  }

  absl::Status Flush(absl::Duration timeout) {
    if (queue_) return queue_->Flush(timeout);
    std::lock_guard<std::mutex> lock(mutex_);
    return sink_->Flush();
  }

  absl::Status Shutdown(absl::Duration timeout) {
    if (queue_) return queue_->Shutdown(timeout);
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(stopped_, true)) return absl::OkStatus();
    return sink_->Flush();
  }

  LogStats Stats() const {
    if (queue_) return queue_->Stats();
    std::lock_guard<std::mutex> lock(mutex_);
    return stats_;
  }

 private:
  void WriteNow(const LogEvent& event) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      ++stats_.dropped;
      return;
    }
    const absl::Status status = sink_->Write(event);
    ++(status.ok() ? stats_.written : stats_.failed);
    detail::ReportSinkFailure(status, sink_ok_);
    sink_ok_ = status.ok();
  }

  const Clock* const clock_;
  std::optional<detail::LogQueue> queue_;

  // Without a queue:
  mutable std::mutex mutex_;  // Guards what follows, and gives the sink one caller at a time.
  std::shared_ptr<LogSink> sink_;
  LogStats stats_;
  bool stopped_ = false;
  bool sink_ok_ = true;
};

struct LoggerRegistry::Levels {
  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<detail::LogCore>, std::less<>> cores;
  std::map<std::string, LogLevel, std::less<>> configured;  // Always has "".

  // The level of the longest configured prefix of `name`.
  LogLevel Resolve(std::string_view name) const {
    while (true) {
      const auto found = configured.find(name);
      if (found != configured.end()) return found->second;
      const size_t dot = name.rfind('.');
      name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
    }
  }

  void ApplyToAll() {
    for (const auto& [name, core] : cores) {
      // Relaxed: see LogCore::level.
      core->level.store(Resolve(name), std::memory_order_relaxed);
    }
  }
};

LoggerRegistry::LoggerRegistry(LogOptions options, std::shared_ptr<LogSink> sink)
    : options_(std::move(options)),
      context_(
          std::make_shared<const LogContext>(LogContext{.system = options_.system, .path = {}})),
      backend_(std::make_shared<Backend>(options_, std::move(sink))),
      levels_(std::make_unique<Levels>()) {
  levels_->configured[""] = options_.level;
}

LoggerRegistry::~LoggerRegistry() {
  const absl::Status status = Shutdown(options_.shutdown_timeout);
  // The log itself has just failed, so stderr is all there is.
  detail::ReportSinkFailure(status, true);
}

Logger LoggerRegistry::Get(std::string_view name) {
  std::lock_guard<std::mutex> lock(levels_->mutex);
  auto& cores = levels_->cores;
  auto found = cores.find(name);
  if (found == cores.end() && cores.size() >= kLoggersMax) {
    name = kOverflowName;
    found = cores.find(name);
  }
  if (found == cores.end()) {
    auto core = std::make_shared<detail::LogCore>();
    core->name = name;
    core->level.store(levels_->Resolve(name), std::memory_order_relaxed);
    core->backend = backend_;
    found = cores.emplace(std::string(name), std::move(core)).first;
  }
  return Logger(found->second, context_);
}

absl::Status LoggerRegistry::SetLevel(std::string_view name, LogLevel level) {
  std::lock_guard<std::mutex> lock(levels_->mutex);
  auto& configured = levels_->configured;
  if (configured.size() >= kLogLevelsMax && !configured.contains(name)) {
    return absl::ResourceExhaustedError(StrCat("log: cannot set a level for \"", name, "\": ",
                                               kLogLevelsMax, " names have one; clear some first"));
  }
  configured.insert_or_assign(std::string(name), level);
  levels_->ApplyToAll();
  return absl::OkStatus();
}

void LoggerRegistry::ClearLevel(std::string_view name) {
  std::lock_guard<std::mutex> lock(levels_->mutex);
  if (name.empty()) {
    levels_->configured[""] = options_.level;
  } else if (const auto at = levels_->configured.find(name); at != levels_->configured.end()) {
    levels_->configured.erase(at);
  }
  levels_->ApplyToAll();
}

LogLevel LoggerRegistry::Level(std::string_view name) const {
  std::lock_guard<std::mutex> lock(levels_->mutex);
  return levels_->Resolve(name);
}

std::vector<LoggerInfo> LoggerRegistry::List() const {
  std::lock_guard<std::mutex> lock(levels_->mutex);
  std::map<std::string_view, LoggerInfo> all;
  for (const auto& [name, core] : levels_->cores) {
    all[name] = {.name = name, .level = levels_->Resolve(name), .configured = std::nullopt};
  }
  for (const auto& [name, level] : levels_->configured) {
    all[name] = {.name = name, .level = level, .configured = level};
  }
  std::vector<LoggerInfo> list;
  for (auto& [name, info] : all) list.push_back(std::move(info));
  return list;
}

absl::Status LoggerRegistry::Flush(absl::Duration timeout) { return backend_->Flush(timeout); }

absl::Status LoggerRegistry::Shutdown(absl::Duration timeout) {
  return backend_->Shutdown(timeout);
}

LogStats LoggerRegistry::Stats() const { return backend_->Stats(); }

}  // namespace sampo
