// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What cells and wrapping behaviors do with words (see behavior.h for the tags).
#ifndef SAMPO_ACTOR_INTERNAL_BEHAVIOR_WORDS_H_
#define SAMPO_ACTOR_INTERNAL_BEHAVIOR_WORDS_H_

#include <optional>

#include "absl/status/status.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/context_base.h"

namespace sampo::internal {

// The status of an owned Fail(status), which is freed.
absl::Status TakeFailStatus(Word fail);
// Why this turn has failed by a call of its context (a Spawn that was refused), if it has; the turn
// is not failed by it any more.
std::optional<absl::Status> TakeTurnFailure(ContextBase& context);

// Hands the message to the behavior; returns what comes next. May throw user exceptions.
Word DispatchWord(Word behavior, ContextBase& context, Envelope& envelope);
// Runs Setups until there is a behavior that takes messages (or Stopped, Fail...). Owned in and
// out; where it throws, the word is gone.
Word StartWord(ContextBase& context, Word word);
// Destroys a behavior that was replaced, or keeps it until the coroutines that may use it are done.
void RetireBehavior(ContextBase& context, Word old);
// The receive timeout and the instrumentation see each message.
void NoteMessage(ContextBase& context);
// The message of a receive timeout that is still current, or null.
Envelope* TakeReceiveTimeout(ContextBase& context, uint32_t generation);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_BEHAVIOR_WORDS_H_
