// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/effect.h"

#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

std::string_view KindName(Effect::Kind kind) {
  switch (kind) {
    case Effect::Kind::kNone:
      return "None";
    case Effect::Kind::kSpawned:
      return "Spawned";
    case Effect::Kind::kStopped:
      return "Stopped";
    case Effect::Kind::kWatched:
      return "Watched";
    case Effect::Kind::kUnwatched:
      return "Unwatched";
    case Effect::Kind::kTimerStarted:
      return "TimerStarted";
    case Effect::Kind::kTimerCancelled:
      return "TimerCancelled";
    case Effect::Kind::kAllTimersCancelled:
      return "AllTimersCancelled";
    case Effect::Kind::kReceiveTimeoutSet:
      return "ReceiveTimeoutSet";
    case Effect::Kind::kReceiveTimeoutCancelled:
      return "ReceiveTimeoutCancelled";
    case Effect::Kind::kMessageAdapter:
      return "MessageAdapter";
    case Effect::Kind::kScheduled:
      return "Scheduled";
  }
  return "?";
}

}  // namespace

std::string Effect::ToString() const {
  std::string text(KindName(kind));
  if (!subject.empty()) text += StrCat(" ", subject);
  if (delay != absl::ZeroDuration()) text += StrCat(" after ", absl::FormatDuration(delay));
  if (interval != absl::ZeroDuration()) {
    text += StrCat(mode == TimerMode::kFixedRate ? " at a rate of " : " with a delay of ",
                   absl::FormatDuration(interval));
  }
  return text;
}

std::string Effect::KeyText(const TimerKey& key) {
  return key.kind == nullptr ? std::string(key.text) : std::to_string(key.number);
}

}  // namespace sampo
