// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimerKey and the untyped calls behind TimerScheduler<C>.
#ifndef SAMPO_ACTOR_DETAIL_TIMERS_BASE_H_
#define SAMPO_ACTOR_DETAIL_TIMERS_BASE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/time/time.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/detail/context_base.h"

namespace sampo {

// The name of a timer within its actor: a text, a number, or a value of an enum.
struct TimerKey {
  TimerKey(std::string_view name) : text(name) {}    // NOLINT: implicit on purpose
  TimerKey(const char* name) : text(name) {}         // NOLINT
  TimerKey(const std::string& name) : text(name) {}  // NOLINT
  template <class T>
  requires std::is_enum_v<T> || std::is_integral_v<T> TimerKey(T value)  // NOLINT
      : number(static_cast<int64_t>(value)), kind(internal::TypeName<T>().data()) {}

  std::string_view text;
  int64_t number = 0;
  const void* kind = nullptr;  // tells the values of different enums apart; null: a text
};

namespace internal {

enum class TimerMode : uint8_t { kSingle, kFixedDelay, kFixedRate };

struct KeyedTimerSettings {
  TimerMode mode = TimerMode::kSingle;
  int64_t initial_nanos = 0;
  int64_t interval_nanos = 0;
};

void StartKeyedTimer(ContextBase& context, const TimerKey& key, KeyedTimerSettings settings,
                     UniqueFunction<Envelope*()> make);
void CancelKeyedTimer(ContextBase& context, const TimerKey& key);
void CancelAllKeyedTimers(ContextBase& context);
bool IsKeyedTimerActive(ContextBase& context, const TimerKey& key);

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_DETAIL_TIMERS_BASE_H_
