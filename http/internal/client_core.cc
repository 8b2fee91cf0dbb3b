// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_core.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/shutdown_phases.h"
#include "sampo/http/internal/client_loop.h"
#include "sampo/http/internal/client_pool.h"
#include "sampo/http/model/headers.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/uri.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;

absl::Status ShutDown() {
  return absl::CancelledError("http client: it is shut down, and the request with it");
}

// The entity and the connection say these.
bool IsOurs(std::string_view name) {
  for (std::string_view ours : {"Content-Length", "Content-Type", "Transfer-Encoding", "Connection",
                                "Host", "Keep-Alive", "Upgrade", "Expect"}) {
    if (EqualsIgnoreCase(name, ours)) return true;
  }
  return false;
}

absl::Status CheckRequest(const HttpRequest& request) {
  const Uri& uri = request.uri;
  if ((uri.scheme() != "http" && uri.scheme() != "https") || uri.host().empty()) {
    return absl::InvalidArgumentError(
        StrCat("http client: ", uri.ToString(), " is neither http://host nor https://host"));
  }
  for (const Header& field : request.headers) {
    if (!IsFieldName(field.name) || !IsFieldValue(field.value)) {
      return absl::InvalidArgumentError(
          "http client: a header field of the request has a character that may not be there");
    }
    if (IsOurs(field.name)) {
      return absl::InvalidArgumentError(StrCat("http client: header field ", field.name,
                                               " is not the caller's: entity, uri and connection "
                                               "say it"));
    }
  }
  return absl::OkStatus();
}

bool HasBodyAlways(Method method) {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

// The first line and the fields.
std::string HeadOf(const HttpRequest& request, const ClientSettings& settings) {
  std::string head = StrCat(ToString(request.method), " ", request.uri.Target(),
                            " HTTP/1.1\r\nHost: ", request.uri.Authority(), "\r\n");
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  for (const Header& field : request.headers) add(field.name, field.value);
  if (!settings.user_agent.empty() && !request.headers.Has("User-Agent")) {
    add("User-Agent", settings.user_agent);
  }
  const Entity& entity = request.entity;
  if (!entity.content_type().empty()) add("Content-Type", entity.content_type().ToString());
  if (!entity.length()) {
    add("Transfer-Encoding", "chunked");
  } else if (*entity.length() > 0 || !entity.IsStrict() || HasBodyAlways(request.method)) {
    add("Content-Length", std::to_string(*entity.length()));
  }
  return head.append("\r\n");
}

class Core final : public ClientCore,
                   public ClientLoopResident,
                   public ClientPoolOwner,
                   public std::enable_shared_from_this<Core> {
 public:
  Core(ActorSystemBase& system, ClientSettings settings)
      : system_(system),
        settings_(std::move(settings)),
        problem_(settings_.Validate()),
        loop_(ClientLoop::Of(system)),
        seed_(system.NextRandom()) {}

  // Once, after the constructor.
  void Begin() {
    OnLoop([](Core& self, asio::io_context& context) {
      self.shared_.emplace(ClientShared{self.system_, self.settings_, self.loop_, context});
      self.loop_->Add(self.shared_from_this());
    });
    if (!settings_.in_coordinated_shutdown) return;
    absl::StatusOr<ShutdownTask> task = CoordinatedShutdown::Of(system_).AddTask(
        kPhaseBeforeActorSystemTerminate, "http client", [weak = weak_from_this()] {
          const std::shared_ptr<Core> self = weak.lock();
          return self == nullptr ? Future<void>::Ready() : self->Shutdown();
        });
    if (task.ok()) {
      task_ = *std::move(task);
    } else {
      (void)Shutdown();  // the system is ending already; nobody waits for it
    }
  }

  Future<HttpResponse> Send(HttpRequest request, bool is_read_at_once) override {
    if (!problem_.ok()) return Future<HttpResponse>::Failed(problem_);
    absl::Status status = CheckRequest(request);
    if (!status.ok()) return Future<HttpResponse>::Failed(std::move(status));
    auto exchange = std::make_shared<ClientExchange>();
    exchange->head = Bytes(HeadOf(request, settings_));
    exchange->request = std::move(request);
    exchange->timeout = settings_.request_timeout;
    exchange->is_read_at_once = is_read_at_once;
    Future<HttpResponse> response = exchange->promise.future();
    const bool taken = OnLoop(
        [exchange](Core& self, asio::io_context&) mutable { self.Submit(std::move(exchange)); });
    if (!taken) return Future<HttpResponse>::Failed(ShutDown());
    return response;
  }

  Future<void> Shutdown() override {
    auto closed = std::make_shared<Promise<void>>();
    Future<void> done = closed->future();
    const bool taken = OnLoop([closed](Core& self, asio::io_context&) {
      self.End();
      closed->Complete();
    });
    return taken ? done : Future<void>::Ready();
  }

  void Release() override {
    if (task_) (void)task_->Cancel();  // false: it runs, and nothing is lost
    // False: the loop has ended, and with it everything.
    (void)OnLoop([](Core& self, asio::io_context&) {
      self.is_released_ = true;
      self.OnPoolChanged();
    });
  }

 private:
  // Calls work(self, context) on the loop's thread.
  template <class F>
  bool OnLoop(F work) {
    return loop_->Post([self = shared_from_this(), work = std::move(work)](
                           asio::io_context& context) mutable { work(*self, context); });
  }

  void Submit(std::shared_ptr<ClientExchange> exchange) {
    absl::StatusOr<ClientPool*> pool = PoolFor(exchange->request.uri);
    if (!pool.ok()) {
      (void)exchange->promise.Complete(pool.status());  // only we complete it
      return;
    }
    (*pool)->Submit(std::move(exchange));
  }

  absl::StatusOr<ClientPool*> PoolFor(const Uri& uri) {
    if (is_ended_) return ShutDown();
    auto key = std::tuple(uri.scheme(), uri.host(), uri.port());
    const auto found = pools_.find(key);
    if (found != pools_.end()) return found->second.get();
    if (pools_.size() >= static_cast<size_t>(settings_.pools_max)) {
      return absl::ResourceExhaustedError(StrCat("http client: ", pools_.size(),
                                                 " pools are in use (pools_max), none is left for ",
                                                 uri.Authority()));
    }
    ClientTarget target{.scheme = uri.scheme(),
                        .host = uri.host(),
                        .port = uri.port(),
                        .name = StrCat(uri.scheme(), "://", uri.Authority())};
    auto pool = std::make_unique<ClientPool>(*shared_, std::move(target), *this, MixBits(seed_++));
    return pools_.emplace(std::move(key), std::move(pool)).first->second.get();
  }

  // --- ClientPoolOwner ---

  absl::StatusOr<asio::ssl::context*> Tls() override {
    if (tls_) return &*tls_;
    asio::ssl::context made(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    made.set_verify_mode(asio::ssl::verify_peer, error);
    if (!error && settings_.ca_file.empty()) made.set_default_verify_paths(error);
    if (!error && !settings_.ca_file.empty()) made.load_verify_file(settings_.ca_file, error);
    if (error) {
      return absl::InvalidArgumentError(
          StrCat("http client: ca_file ", settings_.ca_file,
                 " is not readable as PEM certificates: ", error.message()));
    }
    tls_.emplace(std::move(made));
    return &*tls_;
  }

  // The pool that calls it may be the one to go, so it goes later.
  void OnPoolChanged() override {
    if (std::exchange(is_tidying_, true)) return;
    // False: the loop ends, and OnLoopEnd follows.
    (void)OnLoop([](Core& self, asio::io_context&) { self.Tidy(); });
  }

  void Tidy() {
    is_tidying_ = false;
    std::erase_if(pools_, [](const auto& entry) { return entry.second->IsUnused(); });
    if (!is_released_) return;
    const bool is_quiet = std::all_of(pools_.begin(), pools_.end(),
                                      [](const auto& entry) { return entry.second->IsQuiet(); });
    if (is_quiet) End();
  }

  void End() {
    if (std::exchange(is_ended_, true)) return;
    for (auto& [key, pool] : pools_) pool->Close(ShutDown());
    pools_.clear();
    loop_->Remove(this);
  }

  void OnLoopEnd() override {
    is_ended_ = true;
    for (auto& [key, pool] : pools_) pool->Close(ShutDown());
    pools_.clear();
  }

  ActorSystemBase& system_;
  const ClientSettings settings_;
  const absl::Status problem_;  // of the settings
  const std::shared_ptr<ClientLoop> loop_;
  uint64_t seed_;
  std::optional<ShutdownTask> task_;
  // The loop's thread's from here on.
  std::optional<ClientShared> shared_;
  std::optional<asio::ssl::context> tls_;
  std::map<std::tuple<std::string, std::string, uint16_t>, std::unique_ptr<ClientPool>>
      pools_;  // at most pools_max
  bool is_tidying_ = false;
  bool is_released_ = false;
  bool is_ended_ = false;
};

}  // namespace

std::shared_ptr<ClientCore> ClientCore::Make(ActorSystemBase& system, ClientSettings settings) {
  auto core = std::make_shared<Core>(system, std::move(settings));
  core->Begin();
  return core;
}

}  // namespace sampo::http::internal
