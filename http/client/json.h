// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// JSON in and out of a client: types with to_json and from_json as bodies of requests and
// responses (http/json/json.h).
//
// A response whose status is no success fails with StatusOfResponse; one that is no JSON, or not a
// T, with DATA_LOSS and the place of the error.
// Threads: as HttpClient; the text is parsed on its I/O thread.
//
//   Future<Price> price = GetJson<Price>(client, "http://shop/prices/mill");
//   Future<Receipt> receipt = PostJson<Receipt>(client, "http://shop/orders", Order{"mill", 2});
#ifndef SAMPO_HTTP_CLIENT_JSON_H_
#define SAMPO_HTTP_CLIENT_JSON_H_

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/future.h"
#include "sampo/http/client/http_client.h"
#include "sampo/http/json/json.h"
#include "sampo/http/model/message.h"

namespace sampo::http {

namespace internal {
// The text, where the response is a success and says it is JSON.
absl::StatusOr<std::string_view> JsonTextOf(const HttpResponse& response);
absl::Status NotTheJson(const absl::Status& status);
}  // namespace internal

// What the body of a strict response is.
template <FromJsonType T>
absl::StatusOr<T> JsonOf(const HttpResponse& response) {
  const absl::StatusOr<std::string_view> text = internal::JsonTextOf(response);
  if (!text.ok()) return text.status();
  absl::StatusOr<T> value = ParseJsonAs<T>(*text);
  if (!value.ok()) return internal::NotTheJson(value.status());
  return value;
}

template <FromJsonType T>
Future<T> GetJson(const HttpClient& client, std::string_view url, Headers headers = {}) {
  return client.Get(url, std::move(headers)).Map([](HttpResponse response) {
    return JsonOf<T>(response);
  });
}
template <FromJsonType T, ToJsonType Body>
Future<T> PostJson(const HttpClient& client, std::string_view url, const Body& body,
                   Headers headers = {}) {
  return client.Post(url, JsonEntity(body), std::move(headers)).Map([](HttpResponse response) {
    return JsonOf<T>(response);
  });
}
template <FromJsonType T, ToJsonType Body>
Future<T> PutJson(const HttpClient& client, std::string_view url, const Body& body,
                  Headers headers = {}) {
  return client.Put(url, JsonEntity(body), std::move(headers)).Map([](HttpResponse response) {
    return JsonOf<T>(response);
  });
}

}  // namespace sampo::http

#endif  // SAMPO_HTTP_CLIENT_JSON_H_
