// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the way from text to paths. What must hold for any bytes: no crash; an error with words,
// none of them a raw byte; and what is accepted is given back byte by byte. Corpus:
// testdata/actor_path_corpus.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_path.h"
#include "sampo/actor/base/check.h"

namespace {

void CheckError(const absl::Status& status) {
  SAMPO_CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  SAMPO_CHECK(!status.message().empty());
  for (const char c : status.message()) SAMPO_CHECK(c >= ' ' && c <= '~');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sampo::Address base{"base", "", 0};
  if (absl::StatusOr<sampo::ActorPath> path = sampo::ActorPath::Parse(text); path.ok()) {
    SAMPO_CHECK(path->ToString() == text);
    SAMPO_CHECK(*sampo::ActorPath::Parse(path->ToString()) == *path);
    SAMPO_CHECK(sampo::ActorPath::Of(path->address(), path->elements(), path->uid()).value() ==
                *path);
  } else {
    CheckError(path.status());
  }
  if (absl::StatusOr<sampo::ActorPath> path = sampo::ActorPath::Parse(text, base); path.ok()) {
    SAMPO_CHECK(path->ToString().ends_with(text));
    SAMPO_CHECK(path->LocalString().size() <= sampo::kActorPathBytesMax);
  } else {
    CheckError(path.status());
  }
  if (absl::StatusOr<sampo::Address> address = sampo::Address::Parse(text); address.ok()) {
    SAMPO_CHECK(address->ToString() == text);
  } else {
    CheckError(address.status());
  }
  return 0;
}
