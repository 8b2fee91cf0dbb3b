// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/http_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/management/internal/timed_socket.h"

namespace sampo::internal {
namespace {

// How long what a client still sends is read after the last answer. Chosen, not measured.
constexpr absl::Duration kLinger = absl::Milliseconds(200);
// Until accept is tried again where it failed: for want of file descriptors, mostly. Chosen, not
// measured.
constexpr int kAcceptRetryMillis = 100;

// What cpp-httplib reads from and writes to.
class SocketStream final : public httplib::Stream {
 public:
  explicit SocketStream(TimedSocket& socket) : socket_(socket) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override { return socket_.Read(to, size); }
  ssize_t write(const char* from, size_t size) override { return socket_.Write(from, size); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // httplib asks only whether select() could take it, and answers 500 where not: in a process with
  // more than 1,024 connections, management would be gone. Nothing here uses select().
  socket_t socket() const override { return 0; }

 private:
  TimedSocket& socket_;
};

// Its constructor switches SIGPIPE off for the whole process, which is the program's to decide.
// A base before the server, so that it sees what was set.
struct SigpipeBefore {
  SigpipeBefore() { sigaction(SIGPIPE, nullptr, &action); }
  void Restore() const { sigaction(SIGPIPE, &action, nullptr); }
  struct sigaction action = {};
};

// cpp-httplib's reading of a request and writing of an answer, without its sockets and threads.
class Protocol final : private SigpipeBefore, private httplib::Server {
 public:
  Protocol(AdminHttpServer::Handler handler, const AdminHttpOptions& options)
      : handler_(std::move(handler)), metrics_(options.metrics) {
    Restore();
    set_keep_alive_max_count(kAdminRequestsPerConnectionMax);
    set_keep_alive_timeout(static_cast<time_t>(absl::ToInt64Seconds(options.idle_timeout)));
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
      return HandlerResponse::Handled;
    });
    set_error_handler([this](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      Count(response.status);
      response.set_content(
          R"({"error":"this is no request that can be read","remedy":"see management/README.md"})",
          "application/json");
    });
  }

  enum class Next {
    kGoOn,
    kClose,
    kCloseUnread,  // and more of this request may come
  };
  // Reads a request and answers it.
  Next ServeOne(TimedSocket& socket, bool last) {
    SocketStream stream(socket);
    bool understood = false;
    bool has_body = false;
    bool closed = false;
    const bool answered = process_request(stream, last, closed, [&](httplib::Request& request) {
      understood = true;
      request.ranges.clear();  // the whole answer is right, too, and has a bound
      request.headers.erase("Accept-Encoding");
      // Else there are two answers to it. No body is read, so nobody need wait with one.
      request.headers.erase("Expect");
      has_body = HasBody(request);
      if (!has_body) return;
      request.headers.erase("Connection");
      request.headers.emplace("Connection", "close");
    });
    if (answered && (!understood || has_body)) return Next::kCloseUnread;
    return answered && !closed && !last ? Next::kGoOn : Next::kClose;
  }

 private:
  // Also where it is not clear: what follows may then be a body, and must not be a request.
  static bool HasBody(const httplib::Request& request) {
    if (request.has_header("Transfer-Encoding")) return true;
    const auto [begin, end] = request.headers.equal_range("Content-Length");
    if (begin == end) return false;
    return std::next(begin) != end || begin->second != "0";
  }

  // Before the answer is written: who has got it, and asks for the count, is to find it there.
  void Count(int status) const {
    if (metrics_ == nullptr) return;
    metrics_
        ->GetCounter({.name = "sampo_management_requests_total",
                      .help = "Requests that management answered, by status code.",
                      .labels = {{"code", std::to_string(status)}}})
        .Add();
  }

  void Answer(const httplib::Request& from, httplib::Response& to) {
    AdminRequest request;
    request.method = from.method;
    request.path = from.path;
    request.parameters = from.params;
    const auto [begin, end] = from.headers.equal_range("Authorization");
    for (auto header = begin; header != end; ++header) {
      request.authorization.push_back(header->second);
    }
    AdminResponse response = handler_(request);
    Count(response.status);
    to.status = response.status;
    to.set_content(response.body, response.content_type);
    for (const auto& [name, value] : response.headers) to.set_header(name, value);
  }

  const AdminHttpServer::Handler handler_;
  MetricsRegistry* const metrics_;
};

absl::Status Unavailable(std::string_view what, const AdminHttpOptions& options) {
  return absl::UnavailableError(StrCat("management: ", what, " ", options.host, " port ",
                                       options.port, ": ", std::strerror(errno),
                                       "; choose another port, or 0 for any free one"));
}

// A socket that listens, and its port.
absl::StatusOr<std::pair<int, int>> Listen(const AdminHttpOptions& options) {
  sockaddr_storage address = {};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  socklen_t size = 0;
  if (inet_pton(AF_INET, options.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(options.port));
    size = sizeof(*v4);
  } else if (inet_pton(AF_INET6, options.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(options.port));
    size = sizeof(*v6);
  } else {
    return absl::InvalidArgumentError(StrCat("management: host \"", options.host,
                                             "\" is no numeric address; use 127.0.0.1 or ::1"));
  }
  const int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Unavailable("no socket for", options);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(fd, static_cast<int>(kAdminConnectionsWaitingMax)) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    absl::Status status = Unavailable("cannot listen on", options);
    close(fd);
    return status;
  }
  const uint16_t port = address.ss_family == AF_INET ? v4->sin_port : v6->sin6_port;
  return std::pair(fd, static_cast<int>(ntohs(port)));
}

struct Connection {
  explicit Connection(int fd) : socket(fd) {}

  TimedSocket socket;
  // Guarded by Impl::mutex:
  bool idle = true;  // waits for a request
  int64_t idle_since = 0;
  bool must_end = false;  // it was told so
};

}  // namespace

struct AdminHttpServer::Impl {
  Impl(const AdminHttpOptions& wanted, Handler handler, int listening)
      : options(wanted), protocol(std::move(handler), wanted), listen_fd(listening) {
    if (options.metrics == nullptr) return;
    open = options.metrics->GetGauge({.name = "sampo_management_open_connections",
                                      .help = "Connections to management that are open."});
    refused = options.metrics->GetCounter(
        {.name = "sampo_management_refused_connections_total",
         .help = "Connections to management that found too many others waiting."});
  }
  ~Impl() { close(stop_fd); }

  void Run();
  void Stop();
  void AcceptLoop();
  void Admit(int fd);
  void WorkLoop();
  void Serve(Connection& connection);
  bool BecomeIdle(Connection& connection);
  bool AwaitRequest(Connection& connection);
  void EndOldestIdle();

  const AdminHttpOptions options;
  Protocol protocol;
  const int listen_fd;  // until Stop
  const int stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int port = 0;
  Gauge open;
  Counter refused;
  std::vector<std::thread> threads;  // the first one accepts
  std::mutex stop_mutex;             // who holds it stops; taken before `mutex`
  bool stopped = false;              // guarded by stop_mutex

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  bool stopping = false;
  int free_workers = 0;
  std::deque<std::shared_ptr<Connection>> waiting;
  std::vector<Connection*> served;  // as many as threads
};

void AdminHttpServer::Impl::Run() {
  threads.emplace_back([this] {
    pthread_setname_np(pthread_self(), "management");
    AcceptLoop();
  });
  for (int i = 1; i <= options.threads; ++i) {
    threads.emplace_back([this, name = StrCat("management-", i)] {
      pthread_setname_np(pthread_self(), name.c_str());
      WorkLoop();
    });
  }
}

void AdminHttpServer::Impl::AcceptLoop() {
  for (;;) {
    pollfd wanted[] = {{.fd = stop_fd, .events = POLLIN, .revents = 0},
                       {.fd = listen_fd, .events = POLLIN, .revents = 0}};
    if (poll(wanted, 2, -1) < 0 && errno != EINTR) return;
    if (wanted[0].revents != 0) return;
    const int fd = accept4(listen_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Admit(fd);
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      poll(wanted, 1, kAcceptRetryMillis);  // for the event of Stop alone
    }
  }
}

void AdminHttpServer::Impl::Admit(int fd) {
  {
    std::lock_guard lock(mutex);
    if (waiting.size() < kAdminConnectionsWaitingMax) {
      waiting.push_back(std::make_shared<Connection>(fd));
      open.Add(1);
      if (waiting.size() > static_cast<size_t>(free_workers)) EndOldestIdle();
      changed.notify_one();
      return;
    }
  }
  refused.Add();
  static constexpr std::string_view kBusy =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  // Whether it arrives is the client's problem: this thread waits for nobody.
  static_cast<void>(send(fd, kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  close(fd);
}

// Under `mutex`: who waits gets the thread of who has had nothing to say for longest.
void AdminHttpServer::Impl::EndOldestIdle() {
  Connection* oldest = nullptr;
  for (Connection* connection : served) {
    if (!connection->idle || connection->must_end) continue;
    if (oldest == nullptr || connection->idle_since < oldest->idle_since) oldest = connection;
  }
  if (oldest == nullptr) return;
  oldest->must_end = true;
  oldest->socket.StopReading();
}

void AdminHttpServer::Impl::WorkLoop() {
  for (;;) {
    std::shared_ptr<Connection> connection;
    {
      std::unique_lock lock(mutex);
      ++free_workers;
      changed.wait(lock, [this] { return stopping || !waiting.empty(); });
      --free_workers;
      if (stopping) return;
      connection = std::move(waiting.front());
      waiting.pop_front();
      served.push_back(connection.get());
      connection->idle_since = Clock::Real().NowNanos();
    }
    Serve(*connection);
    {
      std::lock_guard lock(mutex);
      served.erase(std::find(served.begin(), served.end(), connection.get()));
      changed.notify_all();  // Stop may wait for it
    }
    open.Add(-1);
  }
}

// False: it has to end.
bool AdminHttpServer::Impl::BecomeIdle(Connection& connection) {
  std::lock_guard lock(mutex);
  connection.idle = true;
  connection.idle_since = Clock::Real().NowNanos();
  return !stopping && waiting.empty();
}

bool AdminHttpServer::Impl::AwaitRequest(Connection& connection) {
  if (!connection.socket.AwaitBytes(options.idle_timeout)) return false;
  std::lock_guard lock(mutex);
  connection.idle = false;
  return true;
}

void AdminHttpServer::Impl::Serve(Connection& connection) {
  for (int count = 1; count <= kAdminRequestsPerConnectionMax; ++count) {
    if (!AwaitRequest(connection)) return;
    bool last = count == kAdminRequestsPerConnectionMax;
    {
      std::lock_guard lock(mutex);
      last = last || stopping || connection.must_end || !waiting.empty();
    }
    connection.socket.BeginRequest({.read_timeout = options.request_timeout,
                                    .read_bytes_max = kAdminRequestHeadBytesMax,
                                    .write_timeout = options.answer_timeout});
    const Protocol::Next next = protocol.ServeOne(connection.socket, last);
    if (next == Protocol::Next::kCloseUnread) return connection.socket.Linger(kLinger);
    if (next == Protocol::Next::kClose || !BecomeIdle(connection)) return;
  }
}

void AdminHttpServer::Impl::Stop() {
  std::lock_guard one(stop_mutex);
  if (std::exchange(stopped, true)) return;
  const uint64_t event = 1;
  static_cast<void>(!write(stop_fd, &event, sizeof(event)));  // can't fail: it holds 2^64 - 2
  if (!threads.empty()) threads.front().join();
  close(listen_fd);  // who connects now is refused, not left waiting
  {
    std::unique_lock lock(mutex);
    stopping = true;
    open.Add(-static_cast<int64_t>(waiting.size()));
    waiting.clear();
    for (Connection* connection : served) {
      if (connection->idle) connection->socket.StopReading();
    }
    changed.notify_all();
    changed.wait_for(lock, absl::ToChronoNanoseconds(options.drain_timeout),
                     [this] { return served.empty(); });
    for (Connection* connection : served) connection->socket.Interrupt();
  }
  for (size_t i = 1; i < threads.size(); ++i) threads[i].join();
}

absl::StatusOr<std::unique_ptr<AdminHttpServer>> AdminHttpServer::Start(
    const AdminHttpOptions& options, Handler handler) {
  absl::StatusOr<std::pair<int, int>> listening = Listen(options);
  if (!listening.ok()) return listening.status();
  auto impl = std::make_unique<Impl>(options, std::move(handler), listening->first);
  impl->port = listening->second;
  try {
    impl->Run();
  } catch (const std::exception& thrown) {
    impl->Stop();
    return absl::UnavailableError(StrCat("management: no thread: ", thrown.what()));
  }
  return std::unique_ptr<AdminHttpServer>(new AdminHttpServer(std::move(impl)));
}

AdminHttpServer::AdminHttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminHttpServer::~AdminHttpServer() { Stop(); }
int AdminHttpServer::port() const { return impl_->port; }
void AdminHttpServer::Stop() { impl_->Stop(); }

}  // namespace sampo::internal
