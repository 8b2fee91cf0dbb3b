// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ServerCore: a server behind its handle: its I/O threads, its listener, its end.
//
// | thread | does |
// | --- | --- |
// | I/O thread 0 | accepts, and gives connections to all I/O threads in turn |
// | each I/O thread | its connections, their handlers |
// | any | Terminate, ReloadTls |
// | the default dispatcher | the deadline of Terminate, also where an I/O thread is held |
//
// Lifetime: shared by handles and by ServerRegistry, an extension of the system, which ends servers
// that nobody has ended, and waits for their threads.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_CORE_H_
#define SAMPO_HTTP_INTERNAL_SERVER_CORE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/extension.h"
#include "sampo/actor/future.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/internal/server_shared.h"
#include "sampo/http/internal/server_transport.h"
#include "sampo/http/server/server_settings.h"

namespace sampo::http::internal {

class ServerCore final : public std::enable_shared_from_this<ServerCore> {
 public:
  // See HttpServer, here and below.
  static absl::StatusOr<std::shared_ptr<ServerCore>> Bind(ActorSystemBase& system,
                                                          ServerSettings settings,
                                                          HttpHandler handler);
  ServerCore(ActorSystemBase& system, ServerSettings settings, HttpHandler handler);
  ~ServerCore();

  uint16_t port() const { return listener_->port(); }
  std::string url() const;
  int open_connections() const { return open_.load(std::memory_order_relaxed); }
  Future<void> Terminate(absl::Duration deadline);
  Future<void> WhenTerminated() const { return terminated_; }
  absl::Status ReloadTls(std::optional<TlsSettings> settings);

  // The system has ended: everything is closed now; returns when the threads are gone, or have been
  // left behind in a handler that does not return.
  void EndNow();
  // Whether it has terminated, so that EndNow has nothing to wait for.
  bool HasEnded() const;

 private:
  // An I/O thread. Shared with the thread itself, which may be left behind.
  struct Worker {
    std::shared_ptr<IoLoop> loop;
    std::unique_ptr<ServerLoop> home;
    std::thread thread;
    std::mutex mutex;
    std::condition_variable ended;
    bool has_ended = false;  // guarded by mutex
  };
  class AcceptPause;
  // What the I/O threads say when the deadline has come.
  struct LastWords;

  absl::Status Open();
  absl::Status JoinShutdown();
  void WarnOfFewFiles();
  void StartThreads();
  void AcceptNext();
  void OnAccepted(const std::shared_ptr<Worker>& worker,
                  absl::StatusOr<std::unique_ptr<Transport>> accepted);
  void OnClosed();
  void WatchBacklog();
  // At connections_max one waits: a connection goes that is idle; where none is, one that is slow
  // with its handshake, a head or a strict body. Step by step: the longest one of an I/O thread, of
  // the first that has any. From step 0.
  void MakeRoom(size_t step);
  void Unbind();
  void OnDeadline(absl::Duration deadline);
  void OnGrace(const std::shared_ptr<LastWords>& words);
  void Complete(absl::Status status);
  std::shared_ptr<TlsContext> CurrentTls();

  ActorSystemBase& system_;
  const std::shared_ptr<ServerShared> shared_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<AcceptPause> pause_;  // I/O thread 0's, as the next four
  size_t next_worker_ = 0;
  bool is_accepting_ = false;
  bool watches_backlog_ = false;
  bool is_unbound_ = false;
  std::atomic<int> open_{0};         // connections; from accept to their end
  std::atomic<bool> paused_{false};  // accepting is, at connections_max
  // Files are read under this one, so that who accepts does not wait for a disk.
  std::mutex reload_mutex_;
  std::optional<TlsSettings> tls_settings_;  // guarded by reload_mutex_
  std::mutex mutex_;
  std::shared_ptr<TlsContext> tls_;  // guarded by mutex_, as the next two
  bool is_terminating_ = false;
  std::vector<ShutdownTask> tasks_;  // at most two
  Promise<void> promise_;
  const Future<void> terminated_;
};

// The servers of a system.
class ServerRegistry final : public Extension {
 public:
  explicit ServerRegistry(ActorSystemBase&) {}
  ~ServerRegistry() override;
  static ServerRegistry& Get(ActorSystemBase& system) {
    return GetExtension<ServerRegistry>(system);
  }
  // Also lets go of those that have ended.
  void Add(std::shared_ptr<ServerCore> core);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<ServerCore>> cores_;  // bounded by the ports of the machine
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_CORE_H_
