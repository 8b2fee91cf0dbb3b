// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_core.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/scheduler.h"

namespace sampo::http::internal {
namespace {

// How long accepting rests when the system has no more sockets to give.
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);
// How long after its deadline Terminate waits for I/O threads to say what they did.
constexpr absl::Duration kGrace = absl::Seconds(1);
// What a process opens beside connections; chosen, not measured.
constexpr rlim_t kOtherFiles = 64;
// How long the system's end waits for the I/O threads of a server, all together.
constexpr std::chrono::seconds kThreadPatience{5};

}  // namespace

// When accepting goes on.
class ServerCore::AcceptPause final : public Deadline {
 public:
  explicit AcceptPause(ServerCore& core) : core_(core) {}
  void Begin() {
    IoLoop& loop = *core_.workers_[0]->loop;
    until_ = DeadlineNanos(loop.NowNanos(), kAcceptPause);
    loop.SetBy(this, until_);
  }
  void End() { core_.workers_[0]->loop->Forget(this); }

 private:
  void OnDeadline() override {
    IoLoop& loop = *core_.workers_[0]->loop;
    if (loop.NowNanos() < until_) return loop.SetBy(this, until_);
    core_.AcceptNext();
  }
  ServerCore& core_;
  int64_t until_ = 0;
};

struct ServerCore::LastWords {
  std::mutex mutex;
  size_t waits_for = 0;  // I/O threads that have said nothing yet
  size_t connections = 0;
  std::vector<std::string> lines;
  absl::Duration deadline;

  std::string ToString() const {
    std::string text = StrCat("http server: after ", absl::FormatDuration(deadline), " ",
                              connections, " connections were still in use");
    for (size_t at = 0; at < lines.size(); ++at) text += StrCat(at == 0 ? ": " : "; ", lines[at]);
    if (waits_for > 0) {
      text += StrCat("; ", waits_for,
                     " of the I/O threads did not answer: a handler there does not return");
    }
    return text;
  }
};

ServerCore::ServerCore(ActorSystemBase& system, ServerSettings settings, HttpHandler handler)
    : system_(system),
      shared_(std::make_shared<ServerShared>()),
      tls_settings_(settings.tls),
      terminated_(promise_.future()) {
  shared_->settings = std::move(settings);
  shared_->handler = std::move(handler);
  shared_->system = &system;
  shared_->metrics = &system.metrics();
  shared_->log = system.loggers().Get("sampo.http.server");
  shared_->access_log = system.loggers().Get("sampo.http.access");
}

ServerCore::~ServerCore() = default;

absl::StatusOr<std::shared_ptr<ServerCore>> ServerCore::Bind(ActorSystemBase& system,
                                                             ServerSettings settings,
                                                             HttpHandler handler) {
  if (handler == nullptr) return absl::InvalidArgumentError("http server: there is no handler");
  absl::Status status = settings.Validate();
  if (!status.ok()) return status;
  ServerRegistry& registry = ServerRegistry::Get(system);
  auto core = std::make_shared<ServerCore>(system, std::move(settings), std::move(handler));
  status = core->Open();
  if (!status.ok()) return status;
  core->WarnOfFewFiles();
  core->StartThreads();
  registry.Add(core);
  status = core->JoinShutdown();
  if (!status.ok()) {
    core->Terminate(absl::ZeroDuration());
    return status;
  }
  core->workers_[0]->loop->Post([core] { core->AcceptNext(); });
  core->shared_->log.Info("listens at ", core->url());
  return core;
}

absl::Status ServerCore::Open() {
  if (tls_settings_) {
    absl::StatusOr<std::shared_ptr<TlsContext>> tls = TlsContext::Load(*tls_settings_);
    if (!tls.ok()) return tls.status();
    tls_ = *std::move(tls);
  }
  const ServerSettings& settings = shared_->settings;
  for (int at = 0; at < settings.threads; ++at) {
    auto worker = std::make_shared<Worker>();
    worker->loop = std::make_shared<IoLoop>(system_.clock(), system_.NextRandom());
    worker->home = std::make_unique<ServerLoop>(shared_, worker->loop, [weak = weak_from_this()] {
      if (const std::shared_ptr<ServerCore> core = weak.lock()) core->OnClosed();
    });
    workers_.push_back(std::move(worker));
  }
  pause_ = std::make_unique<AcceptPause>(*this);
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Bind(workers_[0]->loop, settings.host, settings.port, settings.backlog);
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

absl::Status ServerCore::JoinShutdown() {
  if (!shared_->settings.in_coordinated_shutdown) return absl::OkStatus();
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(system_);
  const std::string name = StrCat("http server ", url());
  absl::StatusOr<ShutdownTask> unbind = shutdown.AddTask(
      kPhaseServiceUnbind, StrCat(name, ": stop listening"), [core = shared_from_this()] {
        core->workers_[0]->loop->Post([core] { core->Unbind(); });
        return Future<void>::Ready();
      });
  if (!unbind.ok()) return unbind.status();
  absl::StatusOr<ShutdownTask> drain = shutdown.AddTask(
      kPhaseServiceRequestsDone, StrCat(name, ": requests in flight"), [core = shared_from_this()] {
        return core->Terminate(core->shared_->settings.shutdown_deadline);
      });
  if (!drain.ok()) {
    (void)unbind->Cancel();
    return drain.status();
  }
  // A shutdown that runs already may have called Terminate, which found no tasks to cancel.
  std::lock_guard guard(mutex_);
  tasks_.push_back(*std::move(unbind));
  tasks_.push_back(*std::move(drain));
  return absl::OkStatus();
}

void ServerCore::WarnOfFewFiles() {
  rlimit files{};
  const auto wanted = static_cast<rlim_t>(shared_->settings.connections_max) + kOtherFiles;
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted) return;
  shared_->log.Warning(url(), ": connections_max is ", shared_->settings.connections_max,
                       ", but the process may open ", files.rlim_cur,
                       " files (RLIMIT_NOFILE); allow it ", wanted, ", or fewer connections");
}

void ServerCore::StartThreads() {
  for (const std::shared_ptr<Worker>& worker : workers_) {
    worker->thread = std::thread([worker] {
      pthread_setname_np(pthread_self(), "http");
      worker->loop->Run();
      std::lock_guard guard(worker->mutex);
      worker->has_ended = true;
      worker->ended.notify_all();
    });
  }
}

std::string ServerCore::url() const {
  const std::string& host = shared_->settings.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return StrCat(shared_->settings.tls ? "https://" : "http://", is_v6 ? "[" : "", host,
                is_v6 ? "]:" : ":", listener_->port());
}

// --- connections ---

void ServerCore::AcceptNext() {
  if (is_unbound_ || is_accepting_) return;
  if (open_.load() >= shared_->settings.connections_max) {
    paused_.store(true);
    // One may have been closed in between, and have seen no pause.
    if (open_.load() >= shared_->settings.connections_max) return WatchBacklog();
    if (!paused_.exchange(false)) return;
  }
  is_accepting_ = true;
  std::shared_ptr<Worker> worker = workers_[next_worker_++ % workers_.size()];
  listener_->Accept(
      worker->loop, [core = shared_from_this()] { return core->CurrentTls(); },
      [core = shared_from_this(), worker](absl::StatusOr<std::unique_ptr<Transport>> accepted) {
        core->OnAccepted(worker, std::move(accepted));
      });
}

void ServerCore::OnAccepted(const std::shared_ptr<Worker>& worker,
                            absl::StatusOr<std::unique_ptr<Transport>> accepted) {
  is_accepting_ = false;
  if (absl::IsCancelled(accepted.status())) return;
  if (accepted.ok()) {
    open_.fetch_add(1);
    worker->loop->Post([worker, transport = *std::move(accepted)]() mutable {
      worker->home->Add(std::move(transport));
    });
  } else if (!absl::IsAborted(accepted.status())) {
    shared_->log.Warning(accepted.status().ToString(), "; accepting rests for ",
                         absl::FormatDuration(kAcceptPause));
    pause_->Begin();
    return MakeRoom(0);  // it may be the limit of open files
  }
  AcceptNext();
}

// An idle connection costs nobody anything before another client waits for its place.
void ServerCore::WatchBacklog() {
  if (std::exchange(watches_backlog_, true)) return;
  listener_->WhenOneWaits([core = shared_from_this()] {
    core->watches_backlog_ = false;
    if (!core->is_unbound_ && core->paused_.load()) core->MakeRoom(0);
  });
}

void ServerCore::MakeRoom(size_t step) {
  const std::shared_ptr<Worker>& worker = workers_[step % workers_.size()];
  worker->loop->Post([core = shared_from_this(), worker, step] {
    // Its end calls OnClosed.
    ServerLoop& home = *worker->home;
    const bool are_idle = step < core->workers_.size();
    if (are_idle ? home.CloseLongestIdle() : home.CloseLongestUnfinished()) return;
    core->workers_[0]->loop->Post([core, next = step + 1] {
      if (core->is_unbound_) return;
      if (next < 2 * core->workers_.size()) return core->MakeRoom(next);
      core->pause_->Begin();  // all are busy: perhaps then
    });
  });
}

// On the thread of the connection's loop.
void ServerCore::OnClosed() {
  const int left = open_.fetch_sub(1) - 1;
  if (paused_.exchange(false)) {
    workers_[0]->loop->Post([core = shared_from_this()] { core->AcceptNext(); });
  }
  if (left == 0 && shared_->draining.load()) Complete(absl::OkStatus());
}

std::shared_ptr<TlsContext> ServerCore::CurrentTls() {
  std::lock_guard guard(mutex_);
  return tls_;
}

absl::Status ServerCore::ReloadTls(std::optional<TlsSettings> settings) {
  std::lock_guard reloading(reload_mutex_);
  if (!tls_settings_) {
    return absl::FailedPreconditionError(
        StrCat("http server ", url(), ": ReloadTls of a server that was bound without TLS"));
  }
  if (!settings) settings = tls_settings_;
  absl::StatusOr<std::shared_ptr<TlsContext>> loaded = TlsContext::Load(*settings);
  if (!loaded.ok()) return loaded.status();
  tls_settings_ = std::move(settings);
  std::lock_guard guard(mutex_);
  tls_ = *std::move(loaded);
  return absl::OkStatus();
}

// --- the end ---

void ServerCore::Unbind() {
  if (std::exchange(is_unbound_, true)) return;
  pause_->End();
  listener_->Close();
}

Future<void> ServerCore::Terminate(absl::Duration deadline) {
  std::vector<ShutdownTask> tasks;
  {
    std::lock_guard guard(mutex_);
    if (std::exchange(is_terminating_, true)) return terminated_;
    tasks.swap(tasks_);
  }
  // Where one runs now it is what called this.
  for (ShutdownTask& task : tasks) (void)task.Cancel();
  shared_->draining.store(true);
  workers_[0]->loop->Post([core = shared_from_this()] {
    core->Unbind();
    if (core->open_.load() == 0) core->Complete(absl::OkStatus());
  });
  for (const std::shared_ptr<Worker>& worker : workers_) {
    worker->loop->Post([worker] { worker->home->Drain(); });
  }
  if (deadline < absl::InfiniteDuration()) {
    (void)Scheduler::Get(system_).ScheduleOnce(
        deadline, [core = shared_from_this(), deadline] { core->OnDeadline(deadline); });
  }
  return terminated_;
}

void ServerCore::OnDeadline(absl::Duration deadline) {
  if (terminated_.IsComplete()) return;
  auto words = std::make_shared<LastWords>();
  words->waits_for = workers_.size();
  words->deadline = deadline;
  for (const std::shared_ptr<Worker>& worker : workers_) {
    worker->loop->Post([core = shared_from_this(), worker, words] {
      bool all = false;
      {
        std::lock_guard guard(words->mutex);
        words->connections += worker->home->size();
        for (std::string& line : worker->home->Describe()) words->lines.push_back(std::move(line));
        all = --words->waits_for == 0;
      }
      if (all) core->Complete(absl::DeadlineExceededError(words->ToString()));
    });
  }
  (void)Scheduler::Get(system_).ScheduleOnce(
      kGrace, [core = shared_from_this(), words] { core->OnGrace(words); });
}

// Some I/O thread has not said what it does.
void ServerCore::OnGrace(const std::shared_ptr<LastWords>& words) {
  if (terminated_.IsComplete()) return;
  std::string text;
  {
    std::lock_guard guard(words->mutex);
    text = words->ToString();
  }
  Complete(absl::DeadlineExceededError(text));
}

// Nothing is left, or nothing is waited for: the I/O threads close what they have, and end.
void ServerCore::Complete(absl::Status status) {
  if (!status.ok() && !terminated_.IsComplete()) shared_->log.Warning(status.ToString());
  if (!promise_.Complete(std::move(status))) return;
  for (const std::shared_ptr<Worker>& worker : workers_) {
    worker->loop->Post([worker] {
      worker->home->AbortAll();
      // Behind what the closed sockets still report.
      worker->loop->Post([worker] { worker->loop->Stop(); });
    });
  }
}

bool ServerCore::HasEnded() const {
  return std::all_of(workers_.begin(), workers_.end(), [](const std::shared_ptr<Worker>& worker) {
    std::lock_guard guard(worker->mutex);
    return worker->has_ended;
  });
}

void ServerCore::EndNow() {
  shared_->draining.store(true);
  if (!terminated_.IsComplete()) {
    workers_[0]->loop->Post([core = shared_from_this()] { core->Unbind(); });
    Complete(absl::CancelledError("http server: the actor system has ended"));
  }
  const auto patience_ends = std::chrono::steady_clock::now() + kThreadPatience;
  for (const std::shared_ptr<Worker>& worker : workers_) {
    bool ended = false;
    {
      std::unique_lock guard(worker->mutex);
      ended = worker->ended.wait_until(guard, patience_ends, [&] { return worker->has_ended; });
    }
    if (ended) {
      worker->thread.join();
    } else {
      // Partner: Connection::Run, behind the handler that does not return.
      shared_->abandoned.store(true, std::memory_order_release);
      worker->loop->Abandon();
      worker->thread.detach();
    }
  }
}

ServerRegistry::~ServerRegistry() {
  for (const std::shared_ptr<ServerCore>& core : cores_) core->EndNow();
}

void ServerRegistry::Add(std::shared_ptr<ServerCore> core) {
  std::lock_guard guard(mutex_);
  for (std::shared_ptr<ServerCore>& known : cores_) {
    if (!known->HasEnded()) continue;
    known->EndNow();
    known = nullptr;
  }
  cores_.erase(std::remove(cores_.begin(), cores_.end(), nullptr), cores_.end());
  cores_.push_back(std::move(core));
}

}  // namespace sampo::http::internal
