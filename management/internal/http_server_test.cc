// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What clients that are slow, silent or hostile can't do to the others.
#include "sampo/management/internal/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr absl::Duration kNever = absl::Hours(1);

// A client that sends what it is told, byte by byte.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~RawClient() {
    if (fd_ >= 0) close(fd_);
  }

  // False: the server has closed.
  bool Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // All until the server closes.
  std::string ReadAll() {
    while (ReadSome()) {
    }
    return std::exchange(received_, {});
  }
  // One response; what is there of it where the server closes.
  std::string ReadResponse() {
    for (;;) {
      const size_t head = received_.find("\r\n\r\n");
      const size_t length = received_.find("Content-Length: ");
      if (head != std::string::npos && length < head) {
        const size_t body = static_cast<size_t>(std::atoi(received_.c_str() + length + 16));
        if (received_.size() >= head + 4 + body) {
          std::string response = received_.substr(0, head + 4 + body);
          received_.erase(0, response.size());
          return response;
        }
      }
      if (!ReadSome()) return std::exchange(received_, {});
    }
  }
  std::string Get(std::string_view path) {
    EXPECT_TRUE(Send(StrCat("GET ", path, " HTTP/1.1\r\nHost: x\r\n\r\n")));
    return ReadResponse();
  }

 private:
  bool ReadSome() {
    char buffer[65536];
    const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
    if (got > 0) received_.append(buffer, static_cast<size_t>(got));
    return got > 0;
  }

  int fd_;
  std::string received_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void Start(AdminHttpOptions options) {
    options.host = "127.0.0.1";
    options.metrics = &metrics_;
    absl::StatusOr<std::unique_ptr<AdminHttpServer>> started =
        AdminHttpServer::Start(options, [this](const AdminRequest& request) {
          {
            std::lock_guard lock(mutex_);
            seen_.push_back(request.method + " " + request.path);
          }
          if (request.path == "/wait") {
            entered_.count_down();
            release_.wait();
          }
          if (request.path == "/large") return AdminResponse{.body = std::string(32 << 20, 'x')};
          return AdminResponse{.body = request.path};
        });
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  RawClient Connect() { return RawClient(server_->port()); }
  std::vector<std::string> Seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  uint64_t CounterOf(std::string_view name, const MetricLabels& labels = {}) {
    return metrics_.GetCounter({.name = name, .labels = labels}).Value();
  }

  MetricsRegistry metrics_;
  std::latch entered_{1};
  std::latch release_{1};
  std::mutex mutex_;
  std::vector<std::string> seen_;  // guarded by mutex_
  std::unique_ptr<AdminHttpServer> server_;
};

TEST_F(HttpServerTest, KeepsConnectionsAndTakesPipelinedRequests) {
  Start({});
  RawClient client = Connect();
  EXPECT_THAT(client.Get("/a"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(client.Send("GET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(client.ReadResponse(), HasSubstr("\r\n\r\n/b"));
  EXPECT_THAT(client.ReadAll(), HasSubstr("\r\n\r\n/c"));
  EXPECT_THAT(Seen(), ElementsAre("GET /a", "GET /b", "GET /c"));
  EXPECT_EQ(CounterOf("sampo_management_requests_total", {{"code", "200"}}), 3u);
}

TEST_F(HttpServerTest, ClientsThatNeverFinishARequestLoseTheirThreads) {
  Start({.threads = 2, .idle_timeout = kNever, .request_timeout = absl::Milliseconds(50)});
  std::vector<RawClient> slow;
  for (int i = 0; i < 10; ++i) {
    slow.push_back(Connect());
    EXPECT_TRUE(slow.back().Send("GET /slow HTTP/1.1\r\nX-Half: "));
  }
  EXPECT_THAT(Connect().Get("/good"), HasSubstr("/good"));
  for (RawClient& client : slow) EXPECT_THAT(client.ReadAll(), Not(HasSubstr("200")));
  EXPECT_THAT(Seen(), ElementsAre("GET /good"));
}

TEST_F(HttpServerTest, AClientThatSendsAByteNowAndThenIsCutOff) {
  Start({.threads = 1, .request_timeout = absl::Milliseconds(50)});
  RawClient slow = Connect();
  EXPECT_TRUE(slow.Send("GET /slow HTTP/1.1\r\nX-Long: "));
  std::thread trickle([&slow] {
    while (slow.Send("x")) std::this_thread::yield();
  });
  EXPECT_THAT(Connect().Get("/good"), HasSubstr("/good"));
  trickle.join();
}

TEST_F(HttpServerTest, IdleConnectionsGiveTheirThreadsToThoseWhoWait) {
  Start({.threads = 2, .idle_timeout = kNever});
  std::vector<RawClient> idle;
  for (int i = 0; i < 2; ++i) {
    idle.push_back(Connect());
    EXPECT_THAT(idle.back().Get("/a"), HasSubstr("200 OK"));
  }
  std::vector<RawClient> others;
  for (int i = 0; i < 6; ++i) {
    others.push_back(Connect());
    EXPECT_THAT(others.back().Get("/b"), HasSubstr("200 OK"));
  }
  EXPECT_THAT(idle[0].ReadAll(), IsEmpty());  // closed
}

TEST_F(HttpServerTest, AClientThatDoesNotReadItsAnswerIsCutOff) {
  Start({.threads = 1, .answer_timeout = absl::Milliseconds(50)});
  RawClient slow = Connect();
  EXPECT_TRUE(slow.Send("GET /large HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(Connect().Get("/good"), HasSubstr("/good"));
  EXPECT_LT(slow.ReadAll().size(), size_t{32} << 20);
}

TEST_F(HttpServerTest, TooManyWhoWaitAreToldSo) {
  Start({.threads = 1});
  RawClient busy = Connect();
  EXPECT_TRUE(busy.Send("GET /wait HTTP/1.1\r\n\r\n"));
  entered_.wait();
  std::vector<RawClient> waiting;
  for (size_t i = 0; i < kAdminConnectionsWaitingMax; ++i) {
    waiting.push_back(Connect());
    EXPECT_TRUE(waiting.back().Send("GET /w HTTP/1.1\r\nConnection: close\r\n\r\n"));
  }
  EXPECT_THAT(Connect().ReadAll(), StartsWith("HTTP/1.1 503 Service Unavailable"));
  EXPECT_EQ(CounterOf("sampo_management_refused_connections_total"), 1u);
  release_.count_down();
  EXPECT_THAT(busy.ReadResponse(), HasSubstr("200 OK"));
  for (RawClient& client : waiting) EXPECT_THAT(client.ReadAll(), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, HeadsHaveABound) {
  Start({.threads = 1});
  RawClient many = Connect();
  EXPECT_TRUE(many.Send("GET /many HTTP/1.1\r\n"));
  for (int i = 0; i < 100 && many.Send(StrCat("X-", i, ": ", std::string(1000, 'x'), "\r\n"));
       ++i) {
  }
  many.Send("\r\n");
  EXPECT_THAT(many.ReadAll(), Not(HasSubstr("200")));
  EXPECT_THAT(Connect().Get("/" + std::string(9000, 'x')), StartsWith("HTTP/1.1 414"));
  RawClient odd = Connect();
  EXPECT_TRUE(odd.Send("What is this?\r\n\r\n"));
  const std::string answer = odd.ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer, HasSubstr("this is no request that can be read"));
  EXPECT_THAT(Seen(), IsEmpty());
}

TEST_F(HttpServerTest, WhatFollowsABodyIsNoRequest) {
  Start({.threads = 1});
  for (const char* method : {"GET", "POST"}) {
    for (const char* framing : {"Content-Length: 41", "Transfer-Encoding: chunked",
                                "Content-Length: 0\r\nContent-Length: 41"}) {
      RawClient client = Connect();
      EXPECT_TRUE(client.Send(StrCat(method, " /a HTTP/1.1\r\n", framing,
                                     "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\nxxx\r\n")));
      const std::string answer = client.ReadAll();
      EXPECT_THAT(answer, HasSubstr("200 OK"));
      EXPECT_THAT(answer, HasSubstr("Connection: close"));
    }
  }
  EXPECT_THAT(Seen(), ElementsAre("GET /a", "GET /a", "GET /a", "POST /a", "POST /a", "POST /a"));
}

TEST_F(HttpServerTest, ARequestThatExpectsAContinueHasOneAnswer) {
  Start({.threads = 1});
  RawClient client = Connect();
  EXPECT_TRUE(
      client.Send("GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n"
                  "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string answers = client.ReadAll();
  EXPECT_THAT(answers, Not(HasSubstr("417")));
  EXPECT_EQ(answers.find("HTTP/1.1 200 OK", answers.rfind("HTTP/1.1")), answers.rfind("HTTP/1.1"));
  EXPECT_THAT(Seen(), ElementsAre("GET /a", "GET /b"));
}

TEST_F(HttpServerTest, AnswersAlsoInAProcessWithThousandsOfConnections) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < 3000) GTEST_SKIP() << "only " << limit.rlim_max << " file descriptors";
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<int> taken;
  while (taken.empty() || taken.back() < 2000) {
    taken.push_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_GE(taken.back(), 0);
  }
  Start({});
  EXPECT_THAT(Connect().Get("/a"), HasSubstr("200 OK"));
  for (int fd : taken) close(fd);
}

TEST_F(HttpServerTest, LeavesSigpipeToTheProgram) {
  signal(SIGPIPE, SIG_DFL);
  Start({});
  struct sigaction action = {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

TEST_F(HttpServerTest, StopLetsAnAnswerOnItsWayArrive) {
  Start({.drain_timeout = absl::Minutes(1)});
  RawClient client = Connect();
  EXPECT_TRUE(client.Send("GET /wait HTTP/1.1\r\n\r\n"));
  entered_.wait();
  std::thread stop([this] { server_->Stop(); });
  release_.count_down();
  EXPECT_THAT(client.ReadAll(), HasSubstr("\r\n\r\n/wait"));
  stop.join();
}

TEST_F(HttpServerTest, StopEndsThoseWhoKeepItWaiting) {
  Start({.threads = 3,
         .idle_timeout = kNever,
         .request_timeout = kNever,
         .answer_timeout = kNever,
         .drain_timeout = absl::Milliseconds(10)});
  RawClient idle = Connect();
  EXPECT_THAT(idle.Get("/a"), HasSubstr("200 OK"));
  RawClient half = Connect();
  EXPECT_TRUE(half.Send("GET /half HTTP/1.1\r\n"));
  RawClient deaf = Connect();
  EXPECT_TRUE(deaf.Send("GET /large HTTP/1.1\r\n\r\n"));
  server_->Stop();
  server_->Stop();
  EXPECT_THAT(idle.ReadAll(), IsEmpty());
  EXPECT_EQ(metrics_.GetGauge({.name = "sampo_management_open_connections"}).Value(), 0);
}

}  // namespace
}  // namespace sampo::internal
