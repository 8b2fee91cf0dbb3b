// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What each route of management answers, without a socket.
//
// None of them sends a message, waits for a dispatcher, or takes a lock that user code can hold:
// they look at what the system publishes. The health routes wait for their checks, with a bound.
//
// Threads: any, several at a time. Lifetime: the system must be there during a call.
#ifndef SAMPO_MANAGEMENT_INTERNAL_ROUTES_H_
#define SAMPO_MANAGEMENT_INTERNAL_ROUTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/management/health_checks.h"
#include "sampo/management/internal/admin_router.h"

namespace sampo::internal {

// Actors, or streams, on one page. Chosen, not measured: some 200 KB.
inline constexpr int64_t kManagementPageMax = 1'000;
// Actors that are looked at for totals. Chosen, not measured: some milliseconds.
inline constexpr size_t kTotalsActorsMax = 10'000;

// 200, or 503 with the names of the failing checks. A system that is shutting down isn't ready.
AdminResponse HealthRoute(ActorSystemBase& system, HealthKind kind, absl::Duration check_timeout);

// The registry of the system, and what is counted elsewhere: see SystemSeries.
AdminResponse MetricsRoute(ActorSystemBase& system);
// Dead letters, actors and mailboxes, streams and the log, as series whose names begin with
// sampo_system_; sorted.
std::vector<MetricSeries> SystemSeries(ActorSystemBase& system);

// ?limit=&after=&below=
AdminResponse ActorsRoute(ActorSystemBase& system, const AdminRequest& request);

// ?limit=&after=&format=json|text|dot
AdminResponse StreamsRoute(ActorSystemBase& system, const AdminRequest& request);

// GET ?logger=
AdminResponse LoggersRoute(ActorSystemBase& system, const AdminRequest& request);
// PUT ?logger=&level=; 403 where `read_only`.
AdminResponse SetLoggerRoute(ActorSystemBase& system, const AdminRequest& request, bool read_only);

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_ROUTES_H_
