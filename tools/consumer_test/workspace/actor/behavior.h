// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The user's own actor/behavior.h. It clashes with a header of Sampo by path, and must win.
#ifndef CONSUMER_ACTOR_BEHAVIOR_H_
#define CONSUMER_ACTOR_BEHAVIOR_H_

namespace consumer {
inline constexpr bool kOwnBehavior = true;
}  // namespace consumer

#endif  // CONSUMER_ACTOR_BEHAVIOR_H_
