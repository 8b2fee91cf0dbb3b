// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log.h"

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"

namespace sampo {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace",   "debug", "info",
                                                         "warning", "error", "off"};

// Shared by all loggers that have none of their own; never destroyed, since static objects of the
// user's program may log while the process ends.
const std::shared_ptr<const LogContext>& EmptyContext() {
  static const auto& context = *new std::shared_ptr<const LogContext>(new LogContext());
  return context;
}

const std::shared_ptr<const detail::LogCore>& OffCore() {
  static const auto& core = *new std::shared_ptr<const detail::LogCore>(new detail::LogCore());
  return core;
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  return kLevelNames[static_cast<size_t>(level) % kLevelNames.size()];
}

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (absl::EqualsIgnoreCase(ToAbsl(name), ToAbsl(kLevelNames[i]))) {
      return static_cast<LogLevel>(i);
    }
  }
  if (absl::EqualsIgnoreCase(ToAbsl(name), "warn")) return LogLevel::kWarning;
  return std::nullopt;
}

Logger::Logger() : Logger(OffCore(), EmptyContext()) {}

Logger::Logger(std::shared_ptr<const detail::LogCore> core,
               std::shared_ptr<const LogContext> context)
    : core_(std::move(core)), context_(context ? std::move(context) : EmptyContext()) {}

Logger Logger::WithContext(LogContext context) const {
  return Logger(core_, std::make_shared<const LogContext>(std::move(context)));
}

Logger Logger::WithFields(std::vector<LogField> fields) const {
  LogContext context = *context_;
  for (LogField& field : fields) {
    bool replaced = false;
    for (LogField& old : context.fields) {
      if (old.key != field.key) continue;
      old.value = field.value;
      replaced = true;
    }
    if (!replaced) context.fields.push_back(std::move(field));
  }
  return WithContext(std::move(context));
}

void Logger::Write(LogLevel level, std::string message) const {
  if (const std::shared_ptr<detail::LogBackend> backend = core_->backend.lock()) {
    backend->Submit(level, core_->name, *context_, std::move(message));
  }
}

}  // namespace sampo
