// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes what takes text apart: Uri, Query, ContentType, Headers. What must hold for any bytes: no
// crash; what was taken is written as text that is taken again and is the same; nothing that was
// taken can split a message. Corpus: testdata/model_corpus.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/http/model/entity.h"
#include "sampo/http/model/headers.h"
#include "sampo/http/model/method.h"
#include "sampo/http/model/uri.h"

namespace {

using sampo::http::ContentType;
using sampo::http::Headers;
using sampo::http::Query;
using sampo::http::Uri;

void CheckUri(std::string_view text) {
  const absl::StatusOr<Uri> uri = Uri::Parse(text);
  if (!uri.ok()) {
    SAMPO_CHECK(!uri.status().message().empty());
    return;
  }
  const absl::StatusOr<Uri> again = Uri::Parse(uri->ToString());
  SAMPO_CHECK(again.ok() && *again == *uri, uri->ToString());
  SAMPO_CHECK(sampo::http::IsFieldValue(uri->ToString()));
  SAMPO_CHECK(uri->Target().find_first_of(" \t\r\n") == std::string::npos);
  SAMPO_CHECK(uri->PathSegments().ok());
}

void CheckQuery(std::string_view text) {
  const absl::StatusOr<Query> query = Query::Parse(text);
  if (!query.ok()) return;
  const absl::StatusOr<Query> again = Query::Parse(query->ToString());
  SAMPO_CHECK(again.ok() && *again == *query, query->ToString());
  const absl::StatusOr<Uri> uri = Uri::Parse("/?" + query->ToString());
  SAMPO_CHECK(uri.ok() || query->ToString().size() + 2 > sampo::http::kUriMax);
}

void CheckContentType(std::string_view text) {
  const absl::StatusOr<ContentType> type = ContentType::Parse(text);
  if (!type.ok()) return;
  const absl::StatusOr<ContentType> again = ContentType::Parse(type->ToString());
  SAMPO_CHECK(again.ok() && *again == *type, type->ToString());
  SAMPO_CHECK(again->charset() == type->charset());
  SAMPO_CHECK(sampo::http::IsFieldValue(type->ToString()));
}

void CheckHeaders(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return;
  Headers headers;
  if (!headers.Add(text.substr(0, colon), text.substr(colon + 1)).ok()) {
    SAMPO_CHECK(headers.empty());
    return;
  }
  SAMPO_CHECK(text.find_first_of("\r\n") == std::string_view::npos);
  SAMPO_CHECK(headers.Get(text.substr(0, colon)) == text.substr(colon + 1));
  (void)headers.HasToken(text.substr(0, colon), "close");  // any answer will do
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckUri(text);
  CheckQuery(text);
  CheckContentType(text);
  CheckHeaders(text);
  const auto method = sampo::http::ParseMethod(text);
  SAMPO_CHECK(!method || ToString(*method) == text);
  const absl::StatusOr<std::string> decoded = sampo::http::PercentDecode(text);
  if (decoded.ok()) {
    SAMPO_CHECK(*sampo::http::PercentDecode(sampo::http::PercentEncode(*decoded)) == *decoded);
  }
  return 0;
}
