// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What refs refuse when compiling; the words are in actor/BUILD.bazel.
#include <variant>

#include "sampo/actor/actor.h"

namespace sampo {

struct Add {
  int number = 1;
};
struct Reset {};
struct Stranger {};
struct Command : std::variant<Add, Reset> {
  using variant::variant;
};

void Tells(const ActorRef<Command>& ref, const ActorRef<Add>& narrow, const AnyActorRef& any) {
  ref.Tell(Add{});
  narrow.Tell({2});
  (void)any.path();
#ifdef CASE_TELL_OF_A_STRANGER
  ref.Tell(Stranger{});
#endif
#ifdef CASE_TELL_OF_A_STRANGER_TO_ONE_MESSAGE
  narrow.Tell(Reset{});
#endif
#ifdef CASE_TELL_TO_A_REF_OF_UNKNOWN_PROTOCOL
  any.Tell(Add{});
#endif
}

void Narrows(const ActorRef<Command>& ref, const ActorRef<Add>& narrow) {
  ActorRef<Reset> reset = ref;
#ifdef CASE_NARROWING_TO_A_STRANGER
  ActorRef<Stranger> stranger = ref;
#endif
#ifdef CASE_WIDENING
  ActorRef<Command> wide = narrow;
#endif
  (void)narrow;
}

void Maps(ActorContext<Command>& context) {
  context.MessageAdapter<Stranger>([](Stranger) { return Add{}; });
#ifdef CASE_ADAPTER_THAT_MAPS_TO_A_STRANGER
  context.MessageAdapter<int>([](int) { return Stranger{}; });
#endif
#ifdef CASE_TIMER_OF_A_STRANGER
  context.Timers().StartSingleTimer("t", Stranger{}, absl::Seconds(1));
#endif
#ifdef CASE_WATCH_WITH_A_STRANGER
  context.WatchWith(context.Self(), Stranger{});
#endif
}

}  // namespace sampo
