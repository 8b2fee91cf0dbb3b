// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/serve.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sampo/actor/future.h"
#include "sampo/http/routing/error_response.h"
#include "sampo/management/health_checks.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/samples/flightboard/api.h"
#include "sampo/stream/stream.h"

namespace flightboard {
namespace {

using sampo::http::HttpHandler;
using sampo::http::HttpRequest;
using sampo::http::HttpResponse;

// Half of the five seconds that the whole shutdown may take.
constexpr absl::Duration kDrainDeadline = absl::Seconds(2);

HttpHandler OnceOpen(std::shared_ptr<const std::atomic<bool>> open, HttpHandler handler) {
  return [open = std::move(open), handler = std::move(handler)](HttpRequest request) {
    if (open->load()) return handler(std::move(request));
    HttpResponse response =
        sampo::http::ErrorResponse({.code = sampo::http::StatusCode::kServiceUnavailable,
                                    .message = "the input is being read",
                                    .remedy = "ask again when the program has printed its address",
                                    .request_id = request.request_id});
    response.headers.AddUnchecked("Retry-After", "1");
    return sampo::Future<HttpResponse>::Ready(std::move(response));
  };
}

// What failed, and the option that helps.
absl::Status WithOption(const absl::Status& status, const char* option) {
  return absl::Status(status.code(), absl::StrCat(status.message(), "; see ", option));
}

// One page of ids, from the disk: a journal that does not answer is found, a large one costs
// nothing.
sampo::Future<void> ReadJournalOnce(sampo::ActorSystemBase& system) {
  return sampo::persistence::ReadJournal::For(system, {.page_records_max = 1})
      .CurrentPersistenceIds()
      .Take(1)
      .RunWith(sampo::stream::Sink<std::string>::Ignore(), system);
}

}  // namespace

absl::StatusOr<BoardServer> BoardServer::Bind(sampo::ActorSystemBase& system, Port port,
                                              const FlightStore& store,
                                              std::shared_ptr<const AirportNames> names) {
  auto open = std::make_shared<std::atomic<bool>>(false);
  HttpHandler board = Seal(ApiRoutes(store, std::move(names)), system, ApiSettings());
  absl::StatusOr<sampo::http::HttpServer> server =
      sampo::http::HttpServer::Bind(system, {.port = port, .shutdown_deadline = kDrainDeadline},
                                    OnceOpen(open, std::move(board)));
  if (!server.ok()) return WithOption(server.status(), "--port");
  return BoardServer(*std::move(server), std::move(open));
}

absl::StatusOr<sampo::Management> StartManagement(sampo::ActorSystemBase& system,
                                                  const Options& options,
                                                  std::shared_ptr<const IngestHealth> ingest) {
  sampo::HealthChecks& checks = sampo::HealthChecks::Get(system);
  const absl::Status added[] = {
      checks.Add(sampo::HealthKind::kReady, "journal",
                 [&system] { return ReadJournalOnce(system); }),
      checks.Add(sampo::HealthKind::kReady, "ingest", [ingest] { return ingest->Get(); })};
  for (const absl::Status& status : added) {
    if (!status.ok()) return status;
  }
  absl::StatusOr<sampo::Management> management =
      sampo::Management::Start(system, {.port = *options.management_port,
                                        .token_file = options.management_token_file,
                                        // Who has no token to show may look only.
                                        .read_only = options.management_token_file.empty()});
  if (!management.ok()) {
    return WithOption(management.status(), "--management-port and --management-token-file");
  }
  return management;
}

}  // namespace flightboard
