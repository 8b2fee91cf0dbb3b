// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SealedRoute: what Seal makes once and all requests share: the routes, their settings, the system
// they run in and its log.
//
// Why: a RequestContext is passed about by value, so it holds one pointer to all of this.
// Threads: never changed after Seal. Lifetime: until the handler and its last request are gone.
#ifndef SAMPO_HTTP_ROUTING_SEALED_ROUTE_H_
#define SAMPO_HTTP_ROUTING_SEALED_ROUTE_H_

#include "sampo/actor/base/log.h"
#include "sampo/http/routing/request_context.h"
#include "sampo/http/routing/route.h"

namespace sampo::http::internal {

struct SealedRoute {
  Route route;
  ActorSystemBase& system;
  RoutingSettings settings;
  Logger log;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_ROUTING_SEALED_ROUTE_H_
