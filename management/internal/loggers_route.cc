// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <optional>
#include <string>
#include <utility>

#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/management/internal/json_text.h"
#include "sampo/management/internal/routes.h"

namespace sampo::internal {
namespace {

// The word that takes a logger's own level away.
constexpr std::string_view kInherit = "inherit";

JsonText JsonOf(const LoggerInfo& logger) {
  JsonText json = JsonText::Object();
  json.Set("logger", logger.name).Set("level", LogLevelName(logger.level));
  if (logger.configured.has_value()) json.Set("configured", LogLevelName(*logger.configured));
  return json;
}

// The level in effect, whether there is such a logger or not.
JsonText OneLogger(LoggerRegistry& loggers, const std::string& name) {
  LoggerInfo logger{.name = name, .level = loggers.Level(name), .configured = {}};
  for (const LoggerInfo& listed : loggers.List()) {
    if (listed.name == name) logger = listed;
  }
  return JsonOf(logger);
}

}  // namespace

AdminResponse LoggersRoute(ActorSystemBase& system, const AdminRequest& request) {
  ParameterReader parameters(request, {"logger"});
  if (parameters.problem().has_value()) return *parameters.problem();
  if (parameters.Has("logger")) {
    return {.body = OneLogger(system.loggers(), parameters.Text("logger", "")).ToString()};
  }
  JsonText loggers = JsonText::Array();
  for (const LoggerInfo& logger : system.loggers().List()) loggers.Add(JsonOf(logger));
  JsonText json = JsonText::Object();
  json.Set("loggers", std::move(loggers));
  return {.body = json.ToString()};
}

AdminResponse SetLoggerRoute(ActorSystemBase& system, const AdminRequest& request, bool read_only) {
  if (read_only) {
    return ErrorResponse(403, {.error = "this server is read-only",
                               .remedy = "start it with ManagementSettings::read_only = false"});
  }
  ParameterReader parameters(request, {"logger", "level"});
  for (const std::string name : {"logger", "level"}) {
    if (!parameters.Has(name)) {
      parameters.Refuse(name, "it is missing", "as in /loggers?logger=sampo.actor&level=debug");
    }
  }
  const std::string name = parameters.Text("logger", "");
  const std::string word = parameters.Text("level", "");
  const std::optional<LogLevel> level = ParseLogLevel(word);
  if (!level.has_value() && word != kInherit) {
    parameters.Refuse("level", "there is no such level",
                      "one of trace, debug, info, warning, error, off, inherit");
  }
  if (parameters.problem().has_value()) return *parameters.problem();
  if (!level.has_value()) {
    system.loggers().ClearLevel(name);
  } else if (absl::Status set = system.loggers().SetLevel(name, *level); !set.ok()) {
    return ErrorResponse(503, {.error = set.ToString(),
                               .parameter = "logger",
                               .value = name,
                               .remedy = "take levels away with level=inherit"});
  }
  system.loggers().Get("sampo.management").Info("level of logger \"", name, "\" is now ", word);
  return {.body = OneLogger(system.loggers(), name).ToString()};
}

}  // namespace sampo::internal
