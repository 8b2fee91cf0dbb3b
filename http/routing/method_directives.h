// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Get, Post, Put ...: routes by the request's method.
//
// A request of another method is rejected with the one that would be taken; 405 lists those of all
// alternatives in Allow. A HEAD is a GET, too (RoutingSettings::head_as_get): put Head(...) before
// Get(...) where its answer is cheaper to make; the server leaves the body of either away.
// Threads: as Route.
//
//   Concat(Get(Complete("read")), Post(Complete("written")))
#ifndef SAMPO_HTTP_ROUTING_METHOD_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_METHOD_DIRECTIVES_H_

#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

Route OfMethod(Method method, Route inner);
Route Get(Route inner);
Route Head(Route inner);
Route Post(Route inner);
Route Put(Route inner);
Route Delete(Route inner);
Route Patch(Route inner);
Route Options(Route inner);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_METHOD_DIRECTIVES_H_
