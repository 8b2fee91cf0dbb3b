// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RouteTestKit: runs routes without a socket: a request made by hand goes in, the sealed route's
// answer comes out, with its body read to the end.
//
// The kit's system is simulated: timeouts pass in virtual time and the order is the seed's. A kit
// on another system (`RouteTestKit(system)`) runs in that one. Streamed bodies are read as a client
// would, up to `body_bytes_max`; `Start` gives the raw response where a body has no end.
// Threads: the test's. Lifetime: answers may outlive the kit.
//
//   TestResponse response = RunRoute(routes, Get("/counters/7?verbose=1").Header("Accept", "*/*"));
//   EXPECT_EQ(response.status, StatusCode::kOk);
//   EXPECT_EQ(response.body, "7");
#ifndef SAMPO_HTTP_TESTKIT_ROUTE_TEST_KIT_H_
#define SAMPO_HTTP_TESTKIT_ROUTE_TEST_KIT_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/route.h"

namespace sampo {
class SimulatedRuntime;
}  // namespace sampo

namespace sampo::http {

// A request by hand. A target that is no URI, or a field that is not well formed, fails the test.
class TestRequest {
 public:
  TestRequest(Method method, std::string_view target);

  TestRequest Header(std::string_view name, std::string_view value) &&;
  TestRequest Body(std::string_view bytes, ContentType type = ContentType::TextUtf8()) &&;
  TestRequest Json(std::string_view text) &&;
  TestRequest Form(std::string_view encoded) &&;
  // A body that comes in pieces, without a length.
  TestRequest Streamed(std::vector<std::string> pieces,
                       ContentType type = ContentType::OctetStream()) &&;
  // A body that never comes.
  TestRequest Silent(ContentType type = ContentType::OctetStream()) &&;
  TestRequest RequestId(std::string_view id) &&;

  operator HttpRequest() && { return std::move(request_); }  // NOLINT: implicit on purpose

 private:
  HttpRequest request_;
};

inline TestRequest Get(std::string_view target) { return {Method::kGet, target}; }
inline TestRequest Head(std::string_view target) { return {Method::kHead, target}; }
inline TestRequest Post(std::string_view target) { return {Method::kPost, target}; }
inline TestRequest Put(std::string_view target) { return {Method::kPut, target}; }
inline TestRequest Delete(std::string_view target) { return {Method::kDelete, target}; }
inline TestRequest Patch(std::string_view target) { return {Method::kPatch, target}; }
inline TestRequest Options(std::string_view target) { return {Method::kOptions, target}; }

struct TestResponse {
  StatusCode status = StatusCode::kOk;
  Headers headers = {};
  std::string content_type = {};
  std::string body = {};
  // Why the body broke off; OK: it was whole.
  absl::Status body_status = {};
  bool was_streamed = false;
  bool close = false;

  // Of a header that must be there; a failure of the test where it is not.
  std::string Header(std::string_view name) const;
};
std::ostream& operator<<(std::ostream& out, const TestResponse& response);

struct RouteTestOptions {
  RoutingSettings settings = {};
  uint64_t seed = 1;
  uint64_t body_bytes_max = 64 << 20;
  // Of virtual time in a simulation: for the answer, and for its body.
  absl::Duration timeout = absl::Minutes(10);
};

class RouteTestKit {
 public:
  explicit RouteTestKit(RouteTestOptions options = {});
  // In a system of the test's own.
  explicit RouteTestKit(ActorSystemBase& system, RouteTestOptions options = {});
  ~RouteTestKit();
  RouteTestKit(const RouteTestKit&) = delete;
  RouteTestKit& operator=(const RouteTestKit&) = delete;

  ActorSystemBase& system() const { return *system_; }
  // Precondition: the kit made its own system.
  SimulatedRuntime& simulation() const;

  TestResponse Run(const Route& route, HttpRequest request) const;
  // The answer as the server gets it.
  Future<HttpResponse> Start(const Route& route, HttpRequest request) const;
  // Reads `response` to its end.
  TestResponse Read(HttpResponse response) const;

 private:
  struct Simulated;
  const RouteTestOptions options_;
  std::unique_ptr<Simulated> simulated_;
  ActorSystemBase* system_;
};

// In a simulation of its own.
TestResponse RunRoute(const Route& route, HttpRequest request, RouteTestOptions options = {});

}  // namespace sampo::http

#endif  // SAMPO_HTTP_TESTKIT_ROUTE_TEST_KIT_H_
