// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What handlers, stashes and timers refuse when compiling; the words are in actor/BUILD.bazel.
#include <memory>
#include <utility>
#include <variant>

#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/actor.h"

namespace sampo {

struct Add {
  int number = 1;
};
struct Take {
  std::unique_ptr<int> number;
};
struct Command : std::variant<Add, Take> {
  using variant::variant;
};

Behavior<Command> Complete() {
  return Receive<Command>(On{[](const Add&) { return Same(); }, [](Take&&) { return Same(); }});
}

class Class final : public AbstractBehavior<Class, Command> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<Command> OnMessage(const Add&) { return Same(); }
#ifndef CASE_ON_MESSAGE_MISSING
  Behavior<Command> OnMessage(Take&&) { return Same(); }
#endif
};

#ifdef CASE_HANDLER_MISSING
Behavior<Command> Wrong() {
  return Receive<Command>(On{[](const Add&) { return Same(); }});
}
#endif

#ifdef CASE_UNHANDLED_FROM_ONE_THAT_TAKES_BY_RVALUE
Behavior<Command> Wrong() {
  return Receive<Command>(On{[](const Add&) { return Same(); },
                             [](Take&&) -> Partial<Command> { return Unhandled(); }});
}
#endif

#ifdef CASE_UNHANDLED_FROM_ONE_THAT_TAKES_BY_VALUE
Behavior<Command> Wrong() {
  return Receive<Command>(On{[](Add) { return Unhandled(); }, [](const Take&) { return Same(); }});
}
#endif

#ifdef CASE_UNHANDLED_FROM_A_CLASS_THAT_TAKES
class Wrong final : public AbstractBehavior<Wrong, Command> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<Command> OnMessage(const Add&) { return Same(); }
  Partial<Command> OnMessage(Take&&) { return Unhandled(); }
};
Behavior<Command> MakeWrong() { return Wrong::Create(); }
#endif

#ifdef CASE_HANDLER_RETURNS_NOTHING
Behavior<Command> Wrong() {
  return Receive<Command>([](const auto&) {});
}
#endif

#ifdef CASE_ON_MESSAGE_RETURNS_NOTHING
class Wrong final : public AbstractBehavior<Wrong, Command> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<Command> OnMessage(const Add&) { return Same(); }
  void OnMessage(const Take&) {}
};
Behavior<Command> MakeWrong() { return Wrong::Create(); }
#endif

#ifdef CASE_HANDLER_RETURNS_ANOTHER_PROTOCOL
Behavior<Command> Wrong() {
  return Receive<Command>([](const auto&) { return Behavior<int>(Ignore()); });
}
#endif

Behavior<Command> Stashing() {
  return WithStash<Command>(10, [](StashBuffer<Command>& stash) {
    return Receive<Command>(On{[&stash](const Add& m) {
                                 stash.Stash(m);
#ifdef CASE_STASH_OF_A_TEMPORARY
                                 stash.Stash(Add{});
#endif
                                 return Same();
                               },
                               [&stash](Take& m) {
#ifdef CASE_STASH_OF_WHAT_IS_MOVED_AWAY
                                 stash.Stash(std::move(m));
#else
                                 stash.Stash(m);
#endif
                                 return Same();
                               }});
  });
}

Behavior<Command> Timed() {
  return Setup<Command>([](ActorContext<Command>& context) {
    context.Timers().StartTimerWithFixedDelay("t", Add{}, absl::Seconds(1));
    context.Timers().StartSingleTimer("u", Take{}, absl::Seconds(1));
#ifdef CASE_REPEATED_TIMER_OF_A_MOVE_ONLY_MESSAGE
    context.Timers().StartTimerAtFixedRate("v", Take{}, absl::Seconds(1));
#endif
#ifdef CASE_RECEIVE_TIMEOUT_OF_A_MOVE_ONLY_MESSAGE
    context.SetReceiveTimeout(absl::Seconds(1), Take{});
#endif
    return Complete();
  });
}

Behavior<Command> MakeClass() { return Class::Create(); }

}  // namespace sampo
