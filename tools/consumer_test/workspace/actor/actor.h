// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The user's own actor/actor.h. It clashes with a header of Sampo by path, and must win.
#ifndef CONSUMER_ACTOR_ACTOR_H_
#define CONSUMER_ACTOR_ACTOR_H_

namespace consumer {
inline constexpr bool kOwnActor = true;
}  // namespace consumer

#endif  // CONSUMER_ACTOR_ACTOR_H_
