// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/server/http_server.h"

#include "sampo/http/internal/server_core.h"

namespace sampo::http {

absl::StatusOr<HttpServer> HttpServer::Bind(ActorSystemBase& system, ServerSettings settings,
                                            HttpHandler handler) {
  absl::StatusOr<std::shared_ptr<internal::ServerCore>> core =
      internal::ServerCore::Bind(system, std::move(settings), std::move(handler));
  if (!core.ok()) return core.status();
  return HttpServer(*std::move(core));
}

uint16_t HttpServer::port() const { return core_->port(); }
std::string HttpServer::url() const { return core_->url(); }
int HttpServer::open_connections() const { return core_->open_connections(); }
Future<void> HttpServer::Terminate(absl::Duration deadline) const {
  return core_->Terminate(deadline);
}
Future<void> HttpServer::WhenTerminated() const { return core_->WhenTerminated(); }
absl::Status HttpServer::ReloadTls() const { return core_->ReloadTls(std::nullopt); }
absl::Status HttpServer::ReloadTls(TlsSettings settings) const {
  return core_->ReloadTls(std::move(settings));
}

}  // namespace sampo::http
