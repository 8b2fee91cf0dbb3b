// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The server's life: bind, drain, the end of its system, certificates, its log and its metrics.

#include <filesystem>
#include <fstream>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/http/integration/server_test_util.h"
#include "sampo/http/internal/tls_test_util.h"
#include "sampo/http/server/http_server.h"

namespace sampo::http {
namespace {

using internal::MakeCertificate;
using internal::TlsClient;

Future<HttpResponse> Hello(HttpRequest) { return ReplyText("hello"); }

bool Contains(const absl::Status& status, std::string_view text) {
  return absl::StrContains(status.message(), ToAbsl(text));
}

TEST(ServerBindTest, SaysWhatIsWrong) {
  ActorTestKit kit;
  const auto bind = [&](ServerSettings settings) {
    return HttpServer::Bind(kit.system(), std::move(settings), &Hello).status();
  };
  const HttpServer first = MustBind(kit.system(), {}, &Hello);
  EXPECT_EQ(first.url(), StrCat("http://127.0.0.1:", first.port()));
  const absl::Status taken = bind({.port = first.port()});
  EXPECT_EQ(taken.code(), absl::StatusCode::kUnavailable) << taken;
  EXPECT_TRUE(Contains(taken, StrCat("127.0.0.1:", first.port()))) << taken;
  const absl::Status host = bind({.host = "example.org"});
  EXPECT_EQ(host.code(), absl::StatusCode::kInvalidArgument) << host;
  const absl::Status threads = bind({.threads = 0});
  EXPECT_TRUE(Contains(threads, "threads is 0; allowed are 1 to 256")) << threads;
  EXPECT_TRUE(Contains(bind({.shutdown_deadline = absl::Seconds(-1)}), "shutdown_deadline is -1s"));
  EXPECT_TRUE(Contains(bind({.idle_timeout = absl::ZeroDuration()}), "idle_timeout is 0"));
  const absl::Status tls = bind({.tls = TlsSettings{"/no/chain.pem", "/no/key.pem"}});
  EXPECT_TRUE(Contains(tls, "/no/chain.pem")) << tls;
  EXPECT_EQ(first.ReloadTls().code(), absl::StatusCode::kFailedPrecondition);
}

// --- the end ---

TEST(ServerDrainTest, IdleConnectionsEndAtOnceAndRequestsInFlightAreAnswered) {
  ActorTestKit kit;
  std::vector<Promise<HttpResponse>> slow(1);
  std::latch called(1);
  const HttpServer server = MustBind(kit.system(), {}, [&](HttpRequest request) {
    if (request.uri.path() != "/slow") return Hello(std::move(request));
    Future<HttpResponse> answer = slow[0].future();
    called.count_down();
    return answer;
  });
  RawClient idle(server.port());
  EXPECT_EQ(idle.Ask(Get("/")).status, 200);
  RawClient half(server.port());
  half.Send("GET /half HTTP/1.1\r\nHo");
  RawClient busy(server.port());
  busy.Send(Get("/slow") + Get("/later"));
  called.wait();
  Future<void> ended = server.Terminate(kSoon);
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_EQ(half.ReadAnswer().status, 503) << "of which a part has come";
  EXPECT_TRUE(half.AtEnd());
  RawClient refused(server.port());
  EXPECT_TRUE(!refused.connected() || refused.AtEnd());
  EXPECT_FALSE(ended.IsComplete());
  slow[0].Complete(HttpResponse{.entity = Entity::Text("in time")});
  const RawAnswer answer = busy.ReadAnswer();
  EXPECT_EQ(answer.body, "in time");
  EXPECT_EQ(answer.Field("connection"), "close");
  EXPECT_TRUE(busy.AtEnd());
  EXPECT_EQ(Await(ended, kSoon), absl::OkStatus());
  EXPECT_EQ(Await(server.Terminate(kSoon), kSoon), absl::OkStatus()) << "the same future";
}

TEST(ServerDrainTest, AtTheDeadlineWhatIsLeftIsClosedAndNamed) {
  ActorTestKit kit;
  std::vector<Promise<HttpResponse>> never(1);
  std::latch called(1);
  const HttpServer server = MustBind(kit.system(), {}, [&](HttpRequest) {
    Future<HttpResponse> answer = never[0].future();
    called.count_down();
    return answer;
  });
  RawClient client(server.port());
  client.Send(Get("/never"));
  called.wait();
  const absl::Status ended = Await(server.Terminate(absl::Milliseconds(50)), kSoon);
  EXPECT_EQ(ended.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Contains(ended, "GET /never from 127.0.0.1:")) << ended;
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerDrainTest, AHandlerThatDoesNotReturnDelaysTheEndByABoundedTime) {
  std::latch let_go(1);
  std::latch called(1);
  ActorTestKit kit;
  const HttpServer server = MustBind(kit.system(), {}, [&](HttpRequest) {
    called.count_down();
    let_go.wait();
    return ReplyText("late");
  });
  RawClient client(server.port());
  client.Send(Get("/stuck"));
  called.wait();
  const absl::Status ended = Await(server.Terminate(absl::Milliseconds(50)), kSoon);
  EXPECT_EQ(ended.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Contains(ended, "1 of the I/O threads")) << ended;
  let_go.count_down();
}

TEST(ServerDrainTest, TakesPartInTheCoordinatedShutdown) {
  std::vector<Promise<HttpResponse>> slow(1);
  std::latch called(1);
  ActorTestKit kit;
  const HttpServer server = MustBind(kit.system(), {}, [&](HttpRequest) {
    Future<HttpResponse> answer = slow[0].future();
    called.count_down();
    return answer;
  });
  RawClient client(server.port());
  client.Send(Get("/slow"));
  called.wait();
  CoordinatedShutdown& shutdown = CoordinatedShutdown::Of(kit.system());
  Future<void> done = shutdown.Run(ShutdownReason::Unknown());
  slow[0].Complete(HttpResponse{.entity = Entity::Text("answered")});
  EXPECT_EQ(client.ReadAnswer().body, "answered");
  EXPECT_EQ(Await(done, kSoon), absl::OkStatus());
  EXPECT_TRUE(shutdown.Problems().empty());
  EXPECT_EQ(HttpServer::Bind(kit.system(), {.port = 0}, &Hello).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(ServerDrainTest, EndsWithItsSystemWhereNobodyEndsIt) {
  uint16_t port = 0;
  std::unique_ptr<RawClient> client;
  {
    ActorTestKit kit;
    port = MustBind(kit.system(), {.threads = 3, .in_coordinated_shutdown = false}, &Hello).port();
    client = std::make_unique<RawClient>(port);
    EXPECT_EQ(client->Ask(Get("/")).status, 200);
  }
  EXPECT_TRUE(client->AtEnd());
  EXPECT_FALSE(RawClient(port).connected());
}

// Of this process.
int ThreadsNamed(std::string_view name) {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string line;
    std::ifstream comm(task.path() / "comm");
    std::getline(comm, line);
    count += line == name ? 1 : 0;
  }
  return count;
}

// Its thread is left behind, and uses nothing of the system when the handler returns at last.
TEST(ServerDrainTest, TheSystemEndsWithoutAHandlerThatHangs) {
  struct Hang {
    std::latch called{1};
    std::latch let_go{1};
  };
  const auto hang = std::make_shared<Hang>();
  std::unique_ptr<RawClient> client;
  {
    ActorTestKit kit;
    const uint16_t port =
        MustBind(kit.system(), {.in_coordinated_shutdown = false}, [hang](HttpRequest request) {
          if (request.uri.path() == "/hang") {
            hang->called.count_down();
            hang->let_go.wait();
          }
          return ReplyText("late");
        }).port();
    RawClient idle(port);
    EXPECT_EQ(idle.Ask(Get("/")).status, 200);
    client = std::make_unique<RawClient>(port);
    client->Send(Get("/hang"));
    hang->called.wait();
  }
  hang->let_go.count_down();
  while (ThreadsNamed("http") > 0) std::this_thread::yield();
  char byte = 0;
  EXPECT_LT(recv(client->fd(), &byte, 1, MSG_DONTWAIT), 0) << "nobody answers any more";
}

// --- log and metrics ---

TEST(ServerObservationTest, WritesOneLineForEachAnswer) {
  ActorTestKit kit;
  std::mutex mutex;
  std::vector<std::string> lines;
  std::latch written(4);
  ServerSettings settings;
  settings.access_log = [&](const AccessLogEntry& entry) {
    std::lock_guard guard(mutex);
    lines.push_back(FormatAccess(entry));
    written.count_down();
  };
  std::string seen_id;
  const HttpServer server = MustBind(kit.system(), settings, [&](HttpRequest request) {
    seen_id = request.request_id;
    return ReplyText("hello");
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/a?b=%22", "X-Request-Id: id-7\r\n")).Field("x-request-id"), "id-7");
  EXPECT_EQ(seen_id, "id-7");
  EXPECT_EQ(client.Ask(Get("/b", "X-Request-Id: a b\r\n")).fields.count("x-request-id"), 0u);
  EXPECT_EQ(seen_id.size(), 13u) << "an id that could be anything is not taken";
  EXPECT_EQ(client.Ask(Post("/c", "four")).status, 200);
  EXPECT_EQ(client.Ask("NO \"/\n").status, 400);
  written.wait();
  std::lock_guard guard(mutex);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_NE(lines[0].find("\"GET /a?b=%22\" 200 in=0 out=5 us="), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(" id=id-7"), std::string::npos) << lines[0];
  EXPECT_NE(lines[2].find("\"POST /c\" 200 in=4 out=5"), std::string::npos) << lines[2];
  EXPECT_NE(lines[3].find("\"-\" 400"), std::string::npos) << lines[3];
  EXPECT_EQ(FormatAccess({.peer = "p", .method = "GET", .target = "/\"\n", .status = 200}),
            "p \"GET /\\x22\\x0a\" 200 in=0 out=0 us=0");
}

TEST(ServerObservationTest, CountsRequestsConnectionsAndBytes) {
  ActorTestKit kit;
  const HttpServer server = MustBind(kit.system(), {}, &Hello);
  RawClient client(server.port());
  client.Ask(Get("/"));
  client.Ask(Get("/"));
  client.Ask("BREW / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(Await(server.Terminate(kSoon), kSoon), absl::OkStatus());
  MetricsRegistry& metrics = kit.system().metrics();
  const auto requests = [&](const char* code) {
    return metrics
        .GetCounter({.name = "sampo_http_server_requests_total", .labels = {{"code", code}}})
        .Value();
  };
  EXPECT_EQ(requests("200"), 2u);
  EXPECT_EQ(requests("501"), 1u);
  EXPECT_EQ(metrics.GetGauge({.name = "sampo_http_server_connections"}).Value(), 0);
  EXPECT_EQ(metrics.GetCounter({.name = "sampo_http_server_connections_total"}).Value(), 1u);
  EXPECT_GT(metrics.GetCounter({.name = "sampo_http_server_received_bytes_total"}).Value(), 60u);
  EXPECT_GT(metrics.GetCounter({.name = "sampo_http_server_sent_bytes_total"}).Value(), 300u);
  EXPECT_EQ(metrics.GetHistogram({.name = "sampo_http_server_request_us"}).Snapshot().count, 3u);
}

// --- TLS ---

HttpHandler EchoTls() {
  return [](HttpRequest request) {
    return ReplyText(StrCat("tls ", request.is_tls, " ", request.entity.bytes().size()));
  };
}

TEST(ServerTlsTest, ServesAndTakesNewCertificatesWithoutARestart) {
  ActorTestKit kit;
  const HttpServer server =
      MustBind(kit.system(), {.tls = MakeCertificate("first.test")}, EchoTls());
  EXPECT_TRUE(absl::StartsWith(server.url(), "https://"));
  TlsClient first(server.port());
  ASSERT_TRUE(first.connected());
  EXPECT_EQ(first.Name(), "first.test");
  EXPECT_EQ(first.Protocol(), "http/1.1");
  EXPECT_EQ(server.ReloadTls(MakeCertificate("second.test")), absl::OkStatus());
  TlsClient second(server.port());
  ASSERT_TRUE(second.connected());
  EXPECT_EQ(second.Name(), "second.test");
  EXPECT_EQ(server.ReloadTls(TlsSettings{"/no.pem", "/no.key"}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(server.ReloadTls(), absl::OkStatus()) << "the files of before are still the files";
  for (TlsClient* client : {&first, &second}) {
    client->Send(Post("/", std::string(60'000, 'x'), "Connection: close\r\n"));
    EXPECT_NE(client->ReadToEnd().find("tls true 60000"), std::string::npos);
    EXPECT_TRUE(client->ended_well()) << "close_notify came before the end";
  }
}

TEST(ServerTlsTest, RefusesAKeyThatNeedsAPassword) {
  ActorTestKit kit;
  TlsSettings encrypted = MakeCertificate("secret.test");
  encrypted.private_key_file += ".encrypted";
  std::ofstream(encrypted.private_key_file)
      << "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
         "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END EC PRIVATE KEY-----\n";
  const absl::Status status =
      HttpServer::Bind(kit.system(), {.port = 0, .tls = encrypted}, &Hello).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_TRUE(Contains(status, encrypted.private_key_file)) << status;
}

TEST(ServerTlsTest, RefusesAKeyOfAnotherCertificate) {
  ActorTestKit kit;
  TlsSettings mixed = MakeCertificate("one.test");
  mixed.private_key_file = MakeCertificate("two.test").private_key_file;
  const absl::Status status =
      HttpServer::Bind(kit.system(), {.port = 0, .tls = mixed}, &Hello).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

TEST(ServerTlsTest, PlainBytesAndBrokenHandshakesStallNobody) {
  ActorTestKit kit;
  const HttpServer server =
      MustBind(kit.system(), {.tls = MakeCertificate("plain.test")}, EchoTls());
  RawClient silent(server.port());
  RawClient plain(server.port());
  plain.Send(Get("/"));
  plain.ReadToEnd();  // an alert, or nothing
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  client.Send(Get("/", "Connection: close\r\n"));
  EXPECT_NE(client.ReadToEnd().find("tls true"), std::string::npos);
}

}  // namespace
}  // namespace sampo::http
