// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SealedRoute: what Seal makes once and all requests share.
//
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
