// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// http_server THREADS: the routes that shared/peers/pekko/src/Http.java serves: GET /hello (13
// bytes of text) and GET /json/{n} (a small JSON object). Prints "port N", flushed; ends when stdin
// is closed, with the most memory it has used.
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/model/message.h"
#include "sampo/http/server/http_server.h"

namespace sampo::bench {
namespace {

constexpr std::string_view kJsonPath = "/json/";

Future<http::HttpResponse> Handle(http::HttpRequest request) {
  http::HttpResponse response;
  const std::string_view path = request.uri.path();
  int64_t number = 0;
  if (path == "/hello") {
    response.entity = http::Entity::Text("Hello, World!");
  } else if (path.substr(0, kJsonPath.size()) == kJsonPath &&
             std::from_chars(path.data() + kJsonPath.size(), path.data() + path.size(), number)
                     .ptr == path.data() + path.size()) {
    response.entity = http::Entity::Strict(
        http::ContentType::Json(),
        http::Bytes(StrCat("{\"id\":", number, ",\"name\":\"airport\",\"delay\":12.5}")));
  } else {
    response.status = http::StatusCode::kNotFound;
  }
  return Future<http::HttpResponse>::Ready(std::move(response));
}

int Main(int threads) {
  SystemSettings system_settings;
  system_settings.threads = 1;  // nothing runs there: the routes have no actors and no streams
  ActorSystem<int> system(Behavior<int>(Ignore()), "http-bench", system_settings);
  absl::StatusOr<http::HttpServer> server = http::HttpServer::Bind(
      system, {.port = 0, .threads = threads, .connections_max = 20'000}, &Handle);
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
