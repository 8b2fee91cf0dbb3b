// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/management.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/extension.h"
#include "sampo/management/internal/admin_router.h"
#include "sampo/management/internal/http_server.h"
#include "sampo/management/internal/routes.h"
#include "sampo/management/internal/token_file.h"
#include "sampo/stream/stall_report.h"

namespace sampo {
namespace internal {
namespace {

AdminRouter MakeRouter(ActorSystemBase& system, const ManagementSettings& settings,
                       std::string token) {
  AdminRouter router(std::move(token));
  const absl::Duration timeout = settings.check_timeout;
  auto health = [&system, timeout](HealthKind kind) {
    return [&system, timeout, kind](const AdminRequest&) {
      return HealthRoute(system, kind, timeout);
    };
  };
  router.Add("GET", "/health/live", health(HealthKind::kLive), /*open=*/true);
  router.Add("GET", "/health/ready", health(HealthKind::kReady), /*open=*/true);
  router.Add("GET", "/metrics", [&system](const AdminRequest&) { return MetricsRoute(system); });
  router.Add("GET", "/actors",
             [&system](const AdminRequest& request) { return ActorsRoute(system, request); });
  router.Add("GET", "/streams",
             [&system](const AdminRequest& request) { return StreamsRoute(system, request); });
  router.Add("GET", "/loggers",
             [&system](const AdminRequest& request) { return LoggersRoute(system, request); });
  router.Add("PUT", "/loggers",
             [&system, read_only = settings.read_only](const AdminRequest& request) {
               return SetLoggerRoute(system, request, read_only);
             });
  return router;
}

// Whether only programs of this machine reach that address.
bool IsLoopback(const std::string& host) {
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6 = {};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

absl::Status CheckSettings(const ManagementSettings& settings) {
  auto wrong = [](const auto&... text) {
    return absl::InvalidArgumentError(StrCat("management: ", text...));
  };
  if (settings.port < 0 || settings.port > 65'535) {
    return wrong("port ", settings.port, " is none; give one from 0 (any free one) to 65535");
  }
  if (settings.threads < 1 || settings.threads > kManagementThreadsMax) {
    return wrong("threads is ", settings.threads, "; give 1 to ", kManagementThreadsMax);
  }
  if (settings.check_timeout <= absl::ZeroDuration() || settings.check_timeout > absl::Minutes(1)) {
    return wrong("check_timeout is ", absl::FormatDuration(settings.check_timeout),
                 "; give more than 0 and at most 1m");
  }
  if (settings.token_file.empty() && !IsLoopback(settings.host)) {
    return wrong("refuses to listen on ", settings.host,
                 ", which others can reach, without a token; set token_file, or host = 127.0.0.1");
  }
  return absl::OkStatus();
}

}  // namespace

class ManagementServer : public std::enable_shared_from_this<ManagementServer> {
 public:
  explicit ManagementServer(ManagementSettings settings) : settings_(std::move(settings)) {}

  absl::Status Start(ActorSystemBase& system, std::string token);
  void Stop() {
    std::optional<ShutdownTask> task;
    {
      std::lock_guard lock(mutex_);
      task = std::exchange(shutdown_task_, std::nullopt);
    }
    if (task.has_value()) task->Cancel();
    http_->Stop();
  }
  int port() const { return http_->port(); }
  std::string url() const {
    const bool is_v6 = settings_.host.find(':') != std::string::npos;
    return StrCat("http://", is_v6 ? "[" : "", settings_.host, is_v6 ? "]" : "", ":", port());
  }

 private:
  const ManagementSettings settings_;
  std::unique_ptr<AdminHttpServer> http_;  // set by Start
  std::mutex mutex_;
  std::optional<ShutdownTask> shutdown_task_;  // guarded by mutex_
};

absl::Status ManagementServer::Start(ActorSystemBase& system, std::string token) {
  AdminRouter router = MakeRouter(system, settings_, std::move(token));
  SAMPO_ASSIGN_OR_RETURN(
      http_, AdminHttpServer::Start({.host = settings_.host,
                                     .port = settings_.port,
                                     .threads = settings_.threads,
                                     .metrics = &system.metrics()},
                                    [router = std::move(router)](const AdminRequest& request) {
                                      return router.Handle(request);
                                    }));
  // Late, so that a drain can be watched; the last phase ends the actors.
  SAMPO_ASSIGN_OR_RETURN(ShutdownTask task,
                         CoordinatedShutdown::Of(system).AddTask(kPhaseBeforeActorSystemTerminate,
                                                                 StrCat("management ", url()),
                                                                 [weak = weak_from_this()] {
                                                                   if (auto server = weak.lock())
                                                                     server->Stop();
                                                                   return Future<void>::Ready();
                                                                 }));
  std::lock_guard lock(mutex_);
  shutdown_task_ = std::move(task);
  return absl::OkStatus();
}

namespace {

// The servers of a system, which must have ended before its parts do.
class ManagementServers final : public Extension {
 public:
  explicit ManagementServers(ActorSystemBase& system) {
    // What requests use is made before this, and so ends after it.
    HealthChecks::Get(system);
    CoordinatedShutdown::Of(system);
    stream::DescribeStreams(system);
  }
  ~ManagementServers() override {
    for (const auto& weak : servers_) {
      if (auto server = weak.lock()) server->Stop();
    }
  }

  void Add(const std::shared_ptr<ManagementServer>& server) {
    std::lock_guard lock(mutex_);
    std::erase_if(servers_, [](const auto& weak) { return weak.expired(); });
    servers_.push_back(server);
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<ManagementServer>> servers_;  // as many as handles, about
};

}  // namespace
}  // namespace internal

absl::StatusOr<Management> Management::Start(ActorSystemBase& system,
                                             const ManagementSettings& wanted) {
  ManagementSettings settings = wanted;
  if (settings.host == "localhost") settings.host = "127.0.0.1";
  SAMPO_RETURN_IF_ERROR(internal::CheckSettings(settings));
  const Logger log = system.loggers().Get("sampo.management");
  std::string token;
  if (!settings.token_file.empty()) {
    SAMPO_ASSIGN_OR_RETURN(token, internal::ReadTokenFile(settings.token_file, log));
  }
  auto& servers = GetExtension<internal::ManagementServers>(system);
  auto server = std::make_shared<internal::ManagementServer>(settings);
  SAMPO_RETURN_IF_ERROR(server->Start(system, std::move(token)));
  servers.Add(server);
  log.Info("management listens on ", server->url());
  if (system.settings().instrumentation == nullptr) {
    log.Info(
        "messages and restarts are not counted; for that set SystemSettings::instrumentation to a "
        "MetricsInstrumentation");
  }
  return Management(std::move(server));
}

Management::Management(std::shared_ptr<internal::ManagementServer> server)
    : server_(std::move(server)) {}
Management::Management(Management&&) noexcept = default;
Management& Management::operator=(Management&& other) noexcept {
  if (this == &other) return *this;
  if (server_ != nullptr) server_->Stop();
  server_ = std::move(other.server_);
  return *this;
}
Management::~Management() {
  if (server_ != nullptr) server_->Stop();
}

int Management::port() const { return server_->port(); }
std::string Management::url() const { return server_->url(); }
void Management::Stop() { server_->Stop(); }

}  // namespace sampo
