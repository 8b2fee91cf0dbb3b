// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Api: the flight board over HTTP: routes on a FlightStore.
//
//   GET  /                        the page
//   GET  /airports                ?sort=[-]FIELD &limit=1..1000 &page=1..
//   GET  /airports/LAS            the same object alone
//   GET  /airports/LAS/flights    ?from=yyyy-mm-dd &to=yyyy-mm-dd &limit=1..1000 &after=NUMBER
//   POST /flights                 {"source":...,"flights":[{"position":...,"date":...,...}]}
//   GET  /places                  where the airports of the table of names are, for the page's map
//
// Answers to GET have an ETag, but for flights; all are gzip where the client takes that.
// README.md has each of them with curl. Errors have the one form of //http/routing
// (error_response.h).
// Threads: a value; handlers run on the server's threads and wait for nothing. Lifetime: as the
// store: not beyond its system.
//
//   HttpHandler handler = Seal(ApiRoutes(store, names), system, ApiSettings());
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_API_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_API_H_

#include <cstdint>
#include <memory>

#include "sampo/http/routing/route.h"
#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

// Airports of one answer, and the greatest page. There are no more than 46,656 codes.
inline constexpr int64_t kPageAirportsMax = 1000;
inline constexpr int64_t kPagesMax = 1'000'000;
// Bytes of a POST; more is answered 413. A batch of 1,000 flights takes 130 kB. Chosen, not
// measured.
inline constexpr uint64_t kPostBytesMax = 1 << 20;

sampo::http::Route ApiRoutes(FlightStore store, std::shared_ptr<const AirportNames> names);
// For Seal.
sampo::http::RoutingSettings ApiSettings();

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_API_H_
