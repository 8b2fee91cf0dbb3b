// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Effect<Event, State>: what a command handler decides: which events to persist, and what to do
// once they are stored.
//
// Why: the decision is a value, so that a handler is a pure function that a test calls without
// actor and journal. One primary part (Persist, None, Unhandled, Stash, Stop), then what follows,
// in order: after the write, and after the snapshot if one is due; never where the write fails;
// never during recovery; at most once.
// ReplyEffect is the same where each handler must say what it answers: an effect that ends without
// ThenReply or ThenNoReply does not compile there.
// Threads: a value, moved. An Effect that is dropped does nothing.
//
//   using Effect = persistence::Effect<Event, State>;
//   return Effect::Persist(ItemAdded{m.sku}).ThenReply(m.reply_to, absl::OkStatus());
#ifndef SAMPO_PERSISTENCE_EFFECT_H_
#define SAMPO_PERSISTENCE_EFFECT_H_

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/reply_to.h"

namespace sampo::persistence {

template <class Event, class State>
class Effect;
template <class Event, class State>
class ReplyEffect;
template <class Event, class State>
class ReplyEffectBuilder;

namespace internal {

enum class EffectKind : uint8_t { kNone, kPersist, kUnhandled, kStash };
enum class StepKind : uint8_t { kRun, kUnstashAll, kStop };

template <class State>
struct EffectStep {
  StepKind kind = StepKind::kRun;
  UniqueFunction<void(const State&)> run;  // of kRun
};

// A reply: a value, or what a function of the new state gives.
template <class R, class State, class V>
R ReplyOf(V& value, const State& state) {
  if constexpr (std::is_convertible_v<V&&, R>) {
    return std::move(value);
  } else {
    static_assert(std::is_invocable_r_v<R, V&, const State&>,
                  "Sampo: a reply is a value of what reply_to takes, or a function of the state "
                  "that returns one.");
    return value(state);
  }
}

template <class State, class R, class V>
UniqueFunction<void(const State&)> ReplyStep(ActorRef<R> to, V value) {
  return [to = std::move(to), value = std::move(value)](const State& state) mutable {
    to.Tell(ReplyOf<R>(value, state));
  };
}
template <class State, class R, class V>
UniqueFunction<void(const State&)> ReplyStep(ReplyTo<R> to, V value) {
  return [to = std::move(to), value = std::move(value)](const State& state) mutable {
    to.Tell(ReplyOf<R>(value, state));
  };
}

// For the library: what an effect consists of.
struct EffectAccess {
  template <class Event, class State>
  static EffectKind Kind(const Effect<Event, State>& effect) {
    return effect.kind_;
  }
  template <class Event, class State>
  static auto& Events(Effect<Event, State>& effect) {
    return effect.events_;
  }
  template <class Event, class State>
  static auto& Steps(Effect<Event, State>& effect) {
    return effect.steps_;
  }
};

}  // namespace internal

template <class Event, class State>
class [[nodiscard]] Effect {
 public:
  // Stores one event.
  static Effect Persist(Event event) {
    Effect effect(internal::EffectKind::kPersist);
    effect.events_.push_back(std::move(event));
    return effect;
  }
  // Stores all of them in one write: all or none. None at all: as None().
  static Effect PersistAll(std::vector<Event> events) {
    Effect effect(events.empty() ? internal::EffectKind::kNone : internal::EffectKind::kPersist);
    for (Event& event : events) effect.events_.push_back(std::move(event));
    return effect;
  }
  static Effect Persist(std::vector<Event> events) { return PersistAll(std::move(events)); }
  // Nothing is stored: for reading commands and refusals.
  static Effect None() { return Effect(internal::EffectKind::kNone); }
  // The command goes to the event stream as unhandled (or, whole, to the other side of an OrElse:
  // not that of a coroutine handler).
  static Effect Unhandled() { return Effect(internal::EffectKind::kUnhandled); }
  // The command is put aside until an UnstashAll. A handler that moved parts out of it must not.
  static Effect Stash() { return Effect(internal::EffectKind::kStash); }
  // What was stashed before this command comes next, in order, before newer commands.
  static Effect UnstashAll() { return None().ThenUnstashAll(); }
  // The actor stops after this command.
  static Effect Stop() { return None().ThenStop(); }
  template <class To, class V>
  static Effect Reply(To&& to, V value) {
    return None().ThenReply(std::forward<To>(to), std::move(value));
  }
  static Effect NoReply() { return None(); }

  // --- what follows, in the order it is written ---

  // `run(const State&)` with the state after the events.
  template <class F>
  Effect ThenRun(F run) && {
    static_assert(std::is_invocable_v<F&, const State&>,
                  "Sampo: ThenRun takes a function of const State&.");
    steps_.push_back({internal::StepKind::kRun, std::move(run)});
    return std::move(*this);
  }
  // Answers with `value`, or with what value(const State&) returns. Of a ReplyTo that is no
  // temporary the obligation is taken over: it is empty afterwards.
  template <class R, class V>
  Effect ThenReply(const ActorRef<R>& to, V value) && {
    return std::move(*this).Then(internal::ReplyStep<State, R>(to, std::move(value)));
  }
  template <class R, class V>
  Effect ThenReply(ReplyTo<R>& to, V value) && {
    return std::move(*this).Then(internal::ReplyStep<State, R>(std::move(to), std::move(value)));
  }
  template <class R, class V>
  Effect ThenReply(ReplyTo<R>&& to, V value) && {
    return std::move(*this).Then(internal::ReplyStep<State, R>(std::move(to), std::move(value)));
  }
  Effect ThenNoReply() && { return std::move(*this); }
  Effect ThenUnstashAll() && {
    steps_.push_back({internal::StepKind::kUnstashAll, {}});
    return std::move(*this);
  }
  Effect ThenStop() && {
    steps_.push_back({internal::StepKind::kStop, {}});
    return std::move(*this);
  }

 private:
  friend struct internal::EffectAccess;
  explicit Effect(internal::EffectKind kind) : kind_(kind) {}
  Effect Then(UniqueFunction<void(const State&)> run) && {
    steps_.push_back({internal::StepKind::kRun, std::move(run)});
    return std::move(*this);
  }

  internal::EffectKind kind_;
  absl::InlinedVector<Event, 1> events_;
  absl::InlinedVector<internal::EffectStep<State>, 2> steps_;
};

// An effect of which it is sure that it says how the command is answered.
template <class Event, class State>
class [[nodiscard]] ReplyEffect {
 public:
  using Builder = ReplyEffectBuilder<Event, State>;

  static Builder Persist(Event event) { return Builder(Base::Persist(std::move(event))); }
  static Builder PersistAll(std::vector<Event> events) {
    return Builder(Base::PersistAll(std::move(events)));
  }
  static Builder Persist(std::vector<Event> events) { return PersistAll(std::move(events)); }
  static Builder None() { return Builder(Base::None()); }
  static Builder UnstashAll() { return Builder(Base::UnstashAll()); }
  static Builder Stop() { return Builder(Base::Stop()); }
  // The asker is not answered; with a ReplyTo it learns at once that the command was dropped.
  static ReplyEffect Unhandled() { return ReplyEffect(Base::Unhandled()); }
  // The answer comes when the command does again.
  static ReplyEffect Stash() { return ReplyEffect(Base::Stash()); }
  template <class To, class V>
  static ReplyEffect Reply(To&& to, V value) {
    return ReplyEffect(Base::Reply(std::forward<To>(to), std::move(value)));
  }
  static ReplyEffect NoReply() { return ReplyEffect(Base::None()); }

  template <class F>
  ReplyEffect ThenRun(F run) && {
    return ReplyEffect(std::move(effect_).ThenRun(std::move(run)));
  }
  ReplyEffect ThenUnstashAll() && { return ReplyEffect(std::move(effect_).ThenUnstashAll()); }
  ReplyEffect ThenStop() && { return ReplyEffect(std::move(effect_).ThenStop()); }

  operator Effect<Event, State>() && { return std::move(effect_); }  // NOLINT: on purpose

 private:
  friend class ReplyEffectBuilder<Event, State>;
  using Base = Effect<Event, State>;
  explicit ReplyEffect(Base effect) : effect_(std::move(effect)) {}
  Base effect_;
};

// A ReplyEffect that does not say yet how the command is answered.
template <class Event, class State>
class [[nodiscard]] ReplyEffectBuilder {
 public:
  template <class F>
  ReplyEffectBuilder ThenRun(F run) && {
    return ReplyEffectBuilder(std::move(effect_).ThenRun(std::move(run)));
  }
  ReplyEffectBuilder ThenUnstashAll() && {
    return ReplyEffectBuilder(std::move(effect_).ThenUnstashAll());
  }
  ReplyEffectBuilder ThenStop() && { return ReplyEffectBuilder(std::move(effect_).ThenStop()); }
  template <class To, class V>
  ReplyEffect<Event, State> ThenReply(To&& to, V value) && {
    return ReplyEffect<Event, State>(
        std::move(effect_).ThenReply(std::forward<To>(to), std::move(value)));
  }
  ReplyEffect<Event, State> ThenNoReply() && {
    return ReplyEffect<Event, State>(std::move(effect_));
  }
  // The compilers quote this line.
  operator ReplyEffect<Event, State>() = delete;  // Sampo: end it with ThenReply or ThenNoReply.

 private:
  friend class ReplyEffect<Event, State>;
  explicit ReplyEffectBuilder(Effect<Event, State> effect) : effect_(std::move(effect)) {}
  Effect<Event, State> effect_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_EFFECT_H_
