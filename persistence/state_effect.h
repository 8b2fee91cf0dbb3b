// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StateEffect<State>: what the command handler of a DurableStateBehavior decides: which state to
// persist in the place of the last one, and what to do once it is stored.
//
// Why: as Effect (effect.h), of which it has the rules: one primary part (Persist, Delete, None,
// Unhandled, Stash, Stop), then what follows, in order, after the write; never where the write
// fails; never during recovery; at most once.
// StateReplyEffect is the same where each handler must say what it answers: an effect that ends
// without ThenReply or ThenNoReply does not compile there.
// Threads: a value, moved. An effect that is dropped does nothing.
//
//   using Effect = persistence::StateEffect<State>;
//   return Effect::Persist(State{state.count + 1}).ThenReply(m.reply_to, absl::OkStatus());
#ifndef SAMPO_PERSISTENCE_STATE_EFFECT_H_
#define SAMPO_PERSISTENCE_STATE_EFFECT_H_

#include <optional>
#include <utility>

#include "sampo/persistence/effect.h"

namespace sampo::persistence {

template <class State>
class StateReplyEffectBuilder;

namespace internal {

// What stands in the place of an event: the next state; nothing: it is deleted.
template <class State>
struct StateWrite {
  std::optional<State> state;
};
template <class State>
using BaseStateEffect = Effect<StateWrite<State>, State>;

}  // namespace internal

template <class State>
class [[nodiscard]] StateEffect {
 public:
  // Stores `state` in the place of the last one; the revision is one more.
  static StateEffect Persist(State state) {
    return StateEffect(Base::Persist({.state = std::move(state)}));
  }
  // Takes the stored state away; the actor goes on with its empty state. The revision is one more.
  static StateEffect Delete() { return StateEffect(Base::Persist({.state = std::nullopt})); }
  // Nothing is stored: for reading commands and refusals.
  static StateEffect None() { return StateEffect(Base::None()); }
  // The command goes to the event stream as unhandled (or to the other side of an OrElse).
  static StateEffect Unhandled() { return StateEffect(Base::Unhandled()); }
  // The command is put aside until an UnstashAll. A handler that moved parts out of it must not.
  static StateEffect Stash() { return StateEffect(Base::Stash()); }
  // What was stashed before this command comes next, in order, before newer commands.
  static StateEffect UnstashAll() { return StateEffect(Base::UnstashAll()); }
  // The actor stops after this command.
  static StateEffect Stop() { return StateEffect(Base::Stop()); }
  template <class To, class V>
  static StateEffect Reply(To&& to, V value) {
    return StateEffect(Base::Reply(std::forward<To>(to), std::move(value)));
  }
  static StateEffect NoReply() { return None(); }

  // --- what follows, in the order it is written; `run(const State&)` gets the new state ---
  template <class F>
  StateEffect ThenRun(F run) && {
    return StateEffect(std::move(effect_).ThenRun(std::move(run)));
  }
  // As Effect::ThenReply.
  template <class To, class V>
  StateEffect ThenReply(To&& to, V value) && {
    return StateEffect(std::move(effect_).ThenReply(std::forward<To>(to), std::move(value)));
  }
  StateEffect ThenNoReply() && { return std::move(*this); }
  StateEffect ThenUnstashAll() && { return StateEffect(std::move(effect_).ThenUnstashAll()); }
  StateEffect ThenStop() && { return StateEffect(std::move(effect_).ThenStop()); }

  // For the library: the parts are those of an Effect.
  internal::BaseStateEffect<State> Release() && { return std::move(effect_); }

 private:
  friend class StateReplyEffectBuilder<State>;
  using Base = internal::BaseStateEffect<State>;
  explicit StateEffect(Base effect) : effect_(std::move(effect)) {}
  Base effect_;
};

// An effect of which it is sure that it says how the command is answered.
template <class State>
class [[nodiscard]] StateReplyEffect {
 public:
  using Builder = StateReplyEffectBuilder<State>;

  static Builder Persist(State state) { return Builder(Base::Persist(std::move(state))); }
  static Builder Delete() { return Builder(Base::Delete()); }
  static Builder None() { return Builder(Base::None()); }
  static Builder UnstashAll() { return Builder(Base::UnstashAll()); }
  static Builder Stop() { return Builder(Base::Stop()); }
  // The asker is not answered; with a ReplyTo it learns at once that the command was dropped.
  static StateReplyEffect Unhandled() { return StateReplyEffect(Base::Unhandled()); }
  // The answer comes when the command does again.
  static StateReplyEffect Stash() { return StateReplyEffect(Base::Stash()); }
  template <class To, class V>
  static StateReplyEffect Reply(To&& to, V value) {
    return StateReplyEffect(Base::Reply(std::forward<To>(to), std::move(value)));
  }
  static StateReplyEffect NoReply() { return StateReplyEffect(Base::None()); }

  template <class F>
  StateReplyEffect ThenRun(F run) && {
    return StateReplyEffect(std::move(effect_).ThenRun(std::move(run)));
  }
  StateReplyEffect ThenUnstashAll() && {
    return StateReplyEffect(std::move(effect_).ThenUnstashAll());
  }
  StateReplyEffect ThenStop() && { return StateReplyEffect(std::move(effect_).ThenStop()); }

  operator StateEffect<State>() && { return std::move(effect_); }  // NOLINT: on purpose
  internal::BaseStateEffect<State> Release() && { return std::move(effect_).Release(); }

 private:
  friend class StateReplyEffectBuilder<State>;
  using Base = StateEffect<State>;
  explicit StateReplyEffect(Base effect) : effect_(std::move(effect)) {}
  Base effect_;
};

// A StateReplyEffect that does not say yet how the command is answered.
template <class State>
class [[nodiscard]] StateReplyEffectBuilder {
 public:
  template <class F>
  StateReplyEffectBuilder ThenRun(F run) && {
    return StateReplyEffectBuilder(std::move(effect_).ThenRun(std::move(run)));
  }
  StateReplyEffectBuilder ThenUnstashAll() && {
    return StateReplyEffectBuilder(std::move(effect_).ThenUnstashAll());
  }
  StateReplyEffectBuilder ThenStop() && {
    return StateReplyEffectBuilder(std::move(effect_).ThenStop());
  }
  template <class To, class V>
  StateReplyEffect<State> ThenReply(To&& to, V value) && {
    return StateReplyEffect<State>(
        std::move(effect_).ThenReply(std::forward<To>(to), std::move(value)));
  }
  StateReplyEffect<State> ThenNoReply() && { return StateReplyEffect<State>(std::move(effect_)); }
  // The compilers quote this line.
  operator StateReplyEffect<State>() = delete;  // Sampo: end it with ThenReply or ThenNoReply.

 private:
  friend class StateReplyEffect<State>;
  explicit StateReplyEffectBuilder(StateEffect<State> effect) : effect_(std::move(effect)) {}
  StateEffect<State> effect_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_STATE_EFFECT_H_
