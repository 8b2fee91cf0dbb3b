// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The user's own actor/base/clock.h. It clashes with a header of Sampo by path, and must win.
#ifndef CONSUMER_ACTOR_BASE_CLOCK_H_
#define CONSUMER_ACTOR_BASE_CLOCK_H_

namespace consumer {
inline constexpr bool kOwnClock = true;
}  // namespace consumer

#endif  // CONSUMER_ACTOR_BASE_CLOCK_H_
