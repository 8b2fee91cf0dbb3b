// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// http_server THREADS: by Sampo's routes what pekko-http serves in the same benchmark: GET /hello
// (13 bytes of text) and GET /json/{n} (a small JSON object). Prints "port N", flushed; ends when
// stdin is closed, with the most memory it has used.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/directives.h"
#include "sampo/http/server/http_server.h"

namespace sampo::bench {
namespace {

http::Route Routes() {
  using namespace http;  // NOLINT: a page of directives
  return Concat(
      Path("hello", Get(Complete("Hello, World!"))),
      Path(Lit{"json"} / IntNumber, [](int64_t number) {
        return Get(Complete(HttpResponse{
            .entity = Entity::Strict(
                ContentType::Json(),
                Bytes(StrCat("{\"id\":", number, ",\"name\":\"airport\",\"delay\":12.5}")))}));
      }));
}

int Main(int threads) {
  SystemSettings system_settings;
  system_settings.threads = 1;  // nothing runs there: the routes have no actors and no streams
  ActorSystem<int> system(Behavior<int>(Ignore()), "http-bench", system_settings);
  absl::StatusOr<http::HttpServer> server =
      http::HttpServer::Bind(system, {.port = 0, .threads = threads, .connections_max = 20'000},
                             http::Seal(Routes(), system));
  if (!server.ok()) {
    std::fprintf(stderr, "http_server: %s\n", server.status().ToString().c_str());
    return 1;
  }
  std::printf("port %d\n", server->port());
  std::fflush(stdout);
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("server_rss_mb=%.1f\n", static_cast<double>(used.ru_maxrss) / 1024.0);
  return 0;
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 0;
  if (threads < 1) {
    std::fputs("usage: http_server THREADS\n", stderr);
    return 2;
  }
  return sampo::bench::Main(threads);
}
