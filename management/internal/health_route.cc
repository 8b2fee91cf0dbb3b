// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/management/internal/json_text.h"
#include "sampo/management/internal/routes.h"

namespace sampo::internal {

AdminResponse HealthRoute(ActorSystemBase& system, HealthKind kind, absl::Duration check_timeout) {
  std::vector<HealthResult> results = HealthChecks::Get(system).Run(kind, check_timeout);
  if (kind == HealthKind::kReady) {
    const std::optional<ShutdownReason> reason = CoordinatedShutdown::Of(system).reason();
    if (reason.has_value()) {
      results.push_back({.name = "shutdown",
                         .status = absl::UnavailableError(
                             StrCat("the system is shutting down: ", reason->name))});
    }
  }
  JsonText checks = JsonText::Array();
  JsonText failing = JsonText::Array();
  for (const HealthResult& result : results) {
    JsonText check = JsonText::Object();
    check.Set("name", result.name).Set("status", result.status.ok() ? "up" : "down");
    if (!result.status.ok()) {
      check.Set("error", result.status.ToString()).Set("timed_out", result.timed_out);
      failing.Add(result.name);
    }
    checks.Add(std::move(check));
  }
  const bool up = failing.IsEmpty();
  JsonText json = JsonText::Object();
  json.Set("status", up ? "up" : "down");
  if (!up) json.Set("failing", std::move(failing));
  json.Set("checks", std::move(checks));
  return {.status = up ? 200 : 503, .body = json.ToString()};
}

}  // namespace sampo::internal
