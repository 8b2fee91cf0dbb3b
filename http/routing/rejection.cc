// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/rejection.h"

#include <iterator>
#include <string_view>

namespace sampo::http {
namespace {

struct KindRow {
  std::string_view name;
  StatusCode status;
};

// In the order of RejectionKind.
constexpr KindRow kKinds[] = {
    {"scheme", StatusCode::kBadRequest},
    {"method", StatusCode::kMethodNotAllowed},
    {"authorization-failed", StatusCode::kForbidden},
    {"malformed-form-field", StatusCode::kBadRequest},
    {"malformed-header", StatusCode::kBadRequest},
    {"malformed-parameter", StatusCode::kBadRequest},
    {"malformed-cookie", StatusCode::kBadRequest},
    {"content-too-large", StatusCode::kContentTooLarge},
    {"request-timeout", StatusCode::kRequestTimeout},
    {"malformed-content", StatusCode::kBadRequest},
    {"missing-cookie", StatusCode::kBadRequest},
    {"missing-form-field", StatusCode::kBadRequest},
    {"missing-header", StatusCode::kBadRequest},
    {"forbidden-origin", StatusCode::kForbidden},
    {"missing-parameter", StatusCode::kBadRequest},
    {"content-expected", StatusCode::kBadRequest},
    {"range-not-satisfiable", StatusCode::kRangeNotSatisfiable},
    {"authentication-failed", StatusCode::kUnauthorized},
    {"not-acceptable", StatusCode::kNotAcceptable},
    {"unsupported-content-type", StatusCode::kUnsupportedMediaType},
    {"unsupported-content-encoding", StatusCode::kUnsupportedMediaType},
    {"precondition-failed", StatusCode::kPreconditionFailed},
    {"validation", StatusCode::kBadRequest},
    {"custom", StatusCode::kBadRequest},
};
static_assert(std::size(kKinds) == kRejectionKinds);

constexpr Method kAllMethods[] = {Method::kGet,    Method::kHead,  Method::kPost,   Method::kPut,
                                  Method::kDelete, Method::kPatch, Method::kOptions};

}  // namespace

std::string_view ToString(RejectionKind kind) { return kKinds[static_cast<int>(kind)].name; }
StatusCode StatusCodeOf(RejectionKind kind) { return kKinds[static_cast<int>(kind)].status; }

Rejections::Rejections(Rejection rejection) { list_.push_back(std::move(rejection)); }

Rejections Rejections::OfMethod(Method allowed) {
  Rejections rejections;
  rejections.methods_ = static_cast<uint8_t>(1u << static_cast<int>(allowed));
  return rejections;
}

bool Rejections::empty() const { return methods_ == 0 && list_.empty(); }

bool Rejections::Has(RejectionKind kind) const {
  if (kind == RejectionKind::kMethod && methods_ != 0) return true;
  for (const Rejection& rejection : list_) {
    if (rejection.kind == kind) return true;
  }
  return false;
}

const Rejection* Rejections::MostImportant() const {
  const Rejection* most = nullptr;
  for (const Rejection& rejection : list_) {
    if (most == nullptr || rejection.kind < most->kind) most = &rejection;
  }
  if (methods_ != 0 && most != nullptr && most->kind > RejectionKind::kMethod) return nullptr;
  return most;
}

std::vector<Method> Rejections::methods() const {
  std::vector<Method> methods;
  for (Method method : kAllMethods) {
    if ((methods_ >> static_cast<int>(method) & 1) != 0) methods.push_back(method);
  }
  return methods;
}

void Rejections::Add(Rejection rejection) {
  if ((cancelled_ & BitOf(rejection.kind)) == 0) list_.push_back(std::move(rejection));
}

void Rejections::Append(Rejections later) {
  methods_ |= later.methods_;
  cancelled_ |= later.cancelled_;
  if (list_.empty()) {
    list_ = std::move(later.list_);
  } else {
    list_.insert(list_.end(), std::make_move_iterator(later.list_.begin()),
                 std::make_move_iterator(later.list_.end()));
  }
  if (cancelled_ != 0) DropCancelled();
}

void Rejections::Cancel(std::initializer_list<RejectionKind> kinds) {
  for (RejectionKind kind : kinds) cancelled_ |= BitOf(kind);
  DropCancelled();
}

void Rejections::DropCancelled() {
  if ((cancelled_ & BitOf(RejectionKind::kMethod)) != 0) methods_ = 0;
  std::erase_if(list_, [this](const Rejection& rejection) {
    return (cancelled_ & BitOf(rejection.kind)) != 0;
  });
}

}  // namespace sampo::http
