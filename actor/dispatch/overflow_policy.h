// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_OVERFLOW_POLICY_H_
#define SAMPO_ACTOR_DISPATCH_OVERFLOW_POLICY_H_

// OverflowPolicy: what a bounded mailbox does with one message too many.
//
// Why it exists: the queues share the choice and the words in which a dropped message is
// explained (dead letters, RESOURCE_EXHAUSTED). No policy blocks the sender: a Tell never waits.
//
// | policy      | who loses its place      | meant for                                           |
// | kDropNewest | the message that comes   | work that may be lost: what waits is served first   |
// | kDropOldest | the user message that    | readings and ticks: the latest value counts         |
// |             | has waited longest       |                                                     |
// | kFail       | the message that comes   | requests: whoever waits for an answer is told with  |
// |             |                          | RESOURCE_EXHAUSTED and this text                    |
//
// Threads: any. Lifetime: texts are static.
//
//   FullReason(1000, OverflowPolicy::kFail)      // "mailbox full (1000 messages, policy fail)"

#include <cstdint>
#include <string_view>

namespace sampo {

enum class OverflowPolicy : uint8_t { kDropNewest, kDropOldest, kFail };

// "drop_newest", "drop_oldest" or "fail", as in the configuration.
std::string_view OverflowPolicyName(OverflowPolicy policy);

// The text for a message that found `capacity` others; never freed, the same pointer each time.
// Takes a lock: queues ask once, when they are made.
const char* FullReason(int64_t capacity, OverflowPolicy policy);

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_OVERFLOW_POLICY_H_
