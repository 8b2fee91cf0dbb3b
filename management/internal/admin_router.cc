// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/admin_router.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/match.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/management/internal/json_text.h"

namespace sampo::internal {
namespace {

// Bytes of a value that an error repeats. Chosen, not measured.
constexpr size_t kShownValueBytesMax = 200;

// Takes as long for each text of a length, wherever it differs. That the length shows is no loss.
bool SameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char differs = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    // volatile: the compiler may not stop at the first difference.
    volatile unsigned char one = static_cast<unsigned char>(a[i] ^ b[i]);
    differs = static_cast<unsigned char>(differs | one);
  }
  return differs == 0;
}

}  // namespace

AdminResponse ErrorResponse(int status, const AdminError& error) {
  JsonText json = JsonText::Object();
  json.Set("error", error.error);
  if (!error.parameter.empty()) {
    json.Set("parameter", error.parameter);
    json.Set("value", error.value.substr(0, kShownValueBytesMax));
  }
  if (!error.remedy.empty()) json.Set("remedy", error.remedy);
  return {.status = status, .body = json.ToString()};
}

ParameterReader::ParameterReader(const AdminRequest& request,
                                 std::initializer_list<std::string_view> known)
    : request_(request) {
  std::string names;
  for (std::string_view name : known) StrAppend(names, names.empty() ? "" : ", ", name);
  for (const auto& [name, value] : request.parameters) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      Refuse(name, "there is no such parameter",
             names.empty() ? "this route takes none" : StrCat("this route takes ", names));
    } else if (request.parameters.count(name) > 1) {
      Refuse(name, "it is there more than once", "give it once");
    }
  }
}

void ParameterReader::Refuse(const std::string& name, std::string_view error, std::string remedy) {
  if (problem_.has_value()) return;
  const auto found = request_.parameters.find(name);
  problem_ = ErrorResponse(
      400, {.error = StrCat("parameter ", name.substr(0, kShownValueBytesMax), ": ", error),
            .parameter = name.substr(0, kShownValueBytesMax),
            .value = found == request_.parameters.end() ? "" : found->second,
            .remedy = std::move(remedy)});
}

std::string ParameterReader::Text(const std::string& name, std::string_view otherwise) {
  const auto found = request_.parameters.find(name);
  return found == request_.parameters.end() ? std::string(otherwise) : found->second;
}

int64_t ParameterReader::Number(const std::string& name, int64_t otherwise, int64_t min,
                                int64_t max) {
  const auto found = request_.parameters.find(name);
  if (found == request_.parameters.end()) return otherwise;
  const std::string& text = found->second;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= min && number <= max) {
    return number;
  }
  Refuse(name, "it is no number in range", StrCat("give a whole number from ", min, " to ", max));
  return otherwise;
}

void AdminRouter::Add(std::string_view method, std::string_view path, Route route, bool open) {
  Path& entry = paths_[std::string(path)];
  entry.methods[std::string(method)] = std::move(route);
  entry.open = open;
}

bool AdminRouter::IsAuthorized(const AdminRequest& request) const {
  if (token_.empty()) return true;
  // Two of them are an attempt at something.
  if (request.authorization.size() != 1) return false;
  std::string_view value = request.authorization.front();
  constexpr std::string_view kScheme = "Bearer ";
  if (!absl::StartsWithIgnoreCase(ToAbsl(value), ToAbsl(kScheme))) return false;
  value.remove_prefix(kScheme.size());
  return SameSecret(value, token_);
}

AdminResponse AdminRouter::NoSuchPath(const AdminRequest& request) const {
  std::string known;
  for (const auto& [path, entry] : paths_) StrAppend(known, known.empty() ? "" : ", ", path);
  return ErrorResponse(
      404, {.error = StrCat("there is no path ", request.path.substr(0, kShownValueBytesMax)),
            .remedy = StrCat("one of ", known)});
}

AdminResponse AdminRouter::Handle(const AdminRequest& request) const {
  const auto found = paths_.find(request.path);
  const bool is_open = found != paths_.end() && found->second.open;
  if (!is_open && !IsAuthorized(request)) {
    AdminResponse refused = ErrorResponse(
        401, {.error = "the token is missing or is another one",
              .remedy = "send the header Authorization: Bearer with the text of the token file"});
    refused.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sampo management\"");
    return refused;
  }
  if (found == paths_.end()) return NoSuchPath(request);
  const auto& methods = found->second.methods;
  const auto route = methods.find(request.method == "HEAD" ? "GET" : request.method);
  if (route != methods.end()) return route->second(request);
  std::string allowed;
  for (const auto& [method, unused] : methods) {
    StrAppend(allowed, allowed.empty() ? "" : ", ", method, method == "GET" ? ", HEAD" : "");
  }
  AdminResponse refused =
      ErrorResponse(405, {.error = StrCat(request.path, " has no method ", request.method),
                          .remedy = StrCat("use ", allowed)});
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

}  // namespace sampo::internal
