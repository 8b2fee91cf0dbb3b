// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/testkit/route_test_kit.h"

#include <optional>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::http {

TestRequest::TestRequest(Method method, std::string_view target) {
  request_.method = method;
  absl::StatusOr<Uri> uri = Uri::Parse(target);
  EXPECT_TRUE(uri.ok()) << uri.status();
  if (uri.ok()) request_.uri = *std::move(uri);
}

TestRequest TestRequest::Header(std::string_view name, std::string_view value) && {
  const absl::Status added = request_.headers.Add(name, value);
  EXPECT_TRUE(added.ok()) << added;
  return std::move(*this);
}

TestRequest TestRequest::Body(std::string_view bytes, ContentType type) && {
  request_.entity = Entity::Strict(std::move(type), Bytes(bytes));
  return std::move(*this);
}
TestRequest TestRequest::Json(std::string_view text) && {
  return std::move(*this).Body(text, ContentType::Json());
}
TestRequest TestRequest::Form(std::string_view encoded) && {
  return std::move(*this).Body(encoded, ContentType::Form());
}

TestRequest TestRequest::Streamed(std::vector<std::string> pieces, ContentType type) && {
  std::vector<Bytes> bytes;
  for (const std::string& piece : pieces) bytes.push_back(Bytes(piece));
  request_.entity = StreamedEntity(std::move(type), stream::Source<Bytes>::From(std::move(bytes)));
  return std::move(*this);
}

TestRequest TestRequest::Silent(ContentType type) && {
  request_.entity = StreamedEntity(std::move(type), stream::Source<Bytes>::Never());
  return std::move(*this);
}

TestRequest TestRequest::RequestId(std::string_view id) && {
  request_.request_id = std::string(id);
  return std::move(*this);
}

std::string TestResponse::Header(std::string_view name) const {
  const std::optional<std::string_view> value = headers.Get(name);
  EXPECT_TRUE(value.has_value()) << "no header " << name << " in " << *this;
  return std::string(value.value_or(""));
}

std::ostream& operator<<(std::ostream& out, const TestResponse& response) {
  out << ToNumber(response.status) << " " << response.content_type << "\n";
  for (const http::Header& header : response.headers) {
    out << header.name << ": " << header.value << "\n";
  }
  out << response.body;
  if (!response.body_status.ok()) out << "\nthe body broke off: " << response.body_status;
  return out;
}

struct RouteTestKit::Simulated {
  explicit Simulated(uint64_t seed)
      : runtime(SimulationOptions{.seed = seed}),
        kit({.settings = runtime.Settings(), .runtime = runtime.Runtime()}) {}
  SimulatedRuntime runtime;
  ActorTestKit kit;
};

RouteTestKit::RouteTestKit(RouteTestOptions options)
    : options_(options),
      simulated_(std::make_unique<Simulated>(options.seed)),
      system_(&simulated_->kit.system()) {}
RouteTestKit::RouteTestKit(ActorSystemBase& system, RouteTestOptions options)
    : options_(options), system_(&system) {}
RouteTestKit::~RouteTestKit() = default;

SimulatedRuntime& RouteTestKit::simulation() const {
  SAMPO_CHECK(simulated_ != nullptr, "RouteTestKit::simulation of a kit on another system");
  return simulated_->runtime;
}

Future<HttpResponse> RouteTestKit::Start(const Route& route, HttpRequest request) const {
  return Seal(route, *system_, options_.settings)(std::move(request));
}

TestResponse RouteTestKit::Run(const Route& route, HttpRequest request) const {
  absl::StatusOr<HttpResponse> response = Await(Start(route, std::move(request)), options_.timeout);
  EXPECT_TRUE(response.ok()) << "no answer: " << response.status();
  if (!response.ok()) return {.status = StatusCode::kInternalServerError};
  return Read(*std::move(response));
}

TestResponse RouteTestKit::Read(HttpResponse response) const {
  TestResponse read{.status = response.status,
                    .headers = std::move(response.headers),
                    .content_type = response.entity.content_type().ToString(),
                    .body = {},
                    .body_status = {},
                    .was_streamed = !response.entity.IsStrict(),
                    .close = response.close};
  absl::StatusOr<Entity> body =
      Await(ToStrict(response.entity, *system_, options_.body_bytes_max, options_.timeout),
            options_.timeout);
  if (body.ok()) {
    read.body = body->bytes().ToString();
  } else {
    read.body_status = body.status();
  }
  return read;
}

TestResponse RunRoute(const Route& route, HttpRequest request, RouteTestOptions options) {
  return RouteTestKit(options).Run(route, std::move(request));
}

}  // namespace sampo::http
