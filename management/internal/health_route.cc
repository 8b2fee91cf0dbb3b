// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/management/internal/routes.h"

namespace sampo::internal {

AdminResponse HealthRoute(ActorSystemBase& system, HealthKind kind, absl::Duration check_timeout) {
  using Json = nlohmann::ordered_json;
  std::vector<HealthResult> results = HealthChecks::Get(system).Run(kind, check_timeout);
  if (kind == HealthKind::kReady) {
    const std::optional<ShutdownReason> reason = CoordinatedShutdown::Of(system).reason();
    if (reason.has_value()) {
      results.push_back({.name = "shutdown",
                         .status = absl::UnavailableError(
                             StrCat("the system is shutting down: ", reason->name))});
    }
  }
  Json checks = Json::array();
  Json failing = Json::array();
  for (const HealthResult& result : results) {
    Json check = {{"name", result.name}, {"status", result.status.ok() ? "up" : "down"}};
    if (!result.status.ok()) {
      check["error"] = result.status.ToString();
      check["timed_out"] = result.timed_out;
      failing.push_back(result.name);
    }
    checks.push_back(std::move(check));
  }
  const bool up = failing.empty();
  Json json = {{"status", up ? "up" : "down"}};
  if (!up) json["failing"] = std::move(failing);
  json["checks"] = std::move(checks);
  return {.status = up ? 200 : 503,
          .body = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

}  // namespace sampo::internal
