// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rejection: why a route did not take a request. Rejections: those of all alternatives so far.
//
// A route that rejects lets the next alternative of Concat try. Where all have rejected, the sealed
// route answers by the most important kind, in the order of RejectionKind (Pekko's). No rejection
// at all means that no path matched: 404.
// A directive that matched cancels the rejections of its kind from the alternatives beside it: a
// GET that is tried on `Post(...)` and then enters `Get(...)` is not answered 405 any more,
// whatever happens inside. Threads: values.
//
//   return Reject({.kind = RejectionKind::kValidation, .place = "from is after to"});
#ifndef SAMPO_HTTP_ROUTING_REJECTION_H_
#define SAMPO_HTTP_ROUTING_REJECTION_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sampo/http/model/method.h"
#include "sampo/http/model/status_code.h"

namespace sampo::http {

// In order of importance; http/README.md has the table of their answers.
enum class RejectionKind : uint8_t {
  kScheme,
  kMethod,
  kAuthorizationFailed,
  kMalformedFormField,
  kMalformedHeader,
  kMalformedParameter,
  kMalformedCookie,
  kContentTooLarge,
  kRequestTimeout,  // the body did not come in time
  kMalformedContent,
  kMissingCookie,
  kMissingFormField,
  kMissingHeader,
  kForbiddenOrigin,
  kMissingParameter,
  kContentExpected,
  kRangeNotSatisfiable,
  kAuthenticationFailed,
  kNotAcceptable,
  kUnsupportedContentType,
  kUnsupportedContentEncoding,
  kPreconditionFailed,
  kValidation,
  kCustom,  // the program's own
};
inline constexpr int kRejectionKinds = static_cast<int>(RejectionKind::kCustom) + 1;

// "missing-parameter": what the error's body names as `kind`.
std::string_view ToString(RejectionKind kind);
// The code that a sealed route answers such a rejection with.
StatusCode StatusCodeOf(RejectionKind kind);

struct Rejection {
  RejectionKind kind = RejectionKind::kCustom;
  // What it is about: "query parameter limit".
  std::string place = {};
  // What was found there; empty: nothing.
  std::string value = {};
  // What would be taken: "an integer from 1 to 1000".
  std::string allowed = {};
  // A header of the answer: the challenge of a 401, the Content-Range of a 416.
  std::string header_value = {};
  // Of kCustom alone.
  StatusCode status = StatusCode::kBadRequest;
};

// One for each alternative that said why; with rejections of methods kept as a set, so that the
// common case takes no memory.
class Rejections {
 public:
  Rejections() = default;  // no path matched
  explicit Rejections(Rejection rejection);
  static Rejections OfMethod(Method allowed);

  // None that counts: cancelled ones do not.
  bool empty() const;
  bool Has(RejectionKind kind) const;
  // The most important one; of equal ones the first. Null: empty, or a rejection of methods.
  const Rejection* MostImportant() const;
  // Those of the methods' set are not among them.
  const std::vector<Rejection>& list() const { return list_; }
  // The methods that alternatives would have taken; empty when that was cancelled.
  std::vector<Method> methods() const;

  void Add(Rejection rejection);
  // Those of another alternative, tried after these.
  void Append(Rejections later);
  // Takes `kinds` out, of these and of all that are joined with them.
  void Cancel(std::initializer_list<RejectionKind> kinds);

 private:
  static constexpr uint32_t BitOf(RejectionKind kind) { return 1u << static_cast<int>(kind); }
  void DropCancelled();

  uint8_t methods_ = 0;     // bits of Method
  uint32_t cancelled_ = 0;  // bits of RejectionKind
  std::vector<Rejection> list_;
};

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_REJECTION_H_
