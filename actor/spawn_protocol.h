// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// SpawnProtocol: an actor whose messages ask it to spawn children: for code outside that needs
// actors of its own below a parent of its own, or for a guardian that does nothing else.
//
// A name that is taken gets a suffix: worker, worker-1, worker-2; an empty one is anonymous. The
// children live until they stop or their parent does.
// Threads: from any. Lifetime: the children end with the actor.
//
//   ActorSystem<SpawnProtocol::Command> system(SpawnProtocol::Create(), "shop");
//   Future<ActorRef<Job>> worker = SpawnProtocol::Ask(system.guardian(), Worker(), "worker");
//
//   // From an actor:
//   context.AskWithStatus<ActorRef<Job>>(spawner, absl::Seconds(3), [](auto reply_to) {
//     return SpawnProtocol::Spawn(Worker(), "worker", std::move(reply_to));
//   }, ...);
#ifndef SAMPO_ACTOR_SPAWN_PROTOCOL_H_
#define SAMPO_ACTOR_SPAWN_PROTOCOL_H_

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/future.h"
#include "sampo/actor/props.h"
#include "sampo/actor/receive.h"
#include "sampo/actor/reply_to.h"

namespace sampo {

struct SpawnProtocol {
  // "Spawn this": made by Spawn, whatever the child's protocol is.
  class Command {
   public:
    explicit Command(UniqueFunction<void(ActorContext<Command>&)> spawn)
        : spawn_(std::move(spawn)) {}

   private:
    friend struct SpawnProtocol;
    UniqueFunction<void(ActorContext<Command>&)> spawn_;
  };

  // The behavior of the parent.
  static Behavior<Command> Create() {
    return Setup<Command>([](ActorContext<Command>& context) {
      return Receive<Command>([&context](Command& command) {
        command.spawn_(context);
        return Same();
      });
    });
  }

  // A request; the answer is the child, or a status as TrySpawn gives it (INVALID_ARGUMENT: the
  // name).
  template <class C>
  static Command Spawn(Behavior<C> behavior, std::string_view name,
                       std::type_identity_t<ReplyTo<absl::StatusOr<ActorRef<C>>>> reply_to,
                       Props props = {}) {
    return Command([behavior = std::move(behavior), name = std::string(name),
                    reply_to = std::move(reply_to),
                    props = std::move(props)](ActorContext<Command>& context) mutable {
      reply_to.Tell(context.TrySpawn(std::move(behavior), FreeName(context, name), props));
    });
  }
  // The same without an answer.
  template <class C>
  static Command Spawn(Behavior<C> behavior, std::string_view name, Props props = {}) {
    using Reply = absl::StatusOr<ActorRef<C>>;
    return Spawn<C>(std::move(behavior), name, ReplyTo<Reply>::To(ActorRef<Reply>::Ignore()),
                    std::move(props));
  }

  // Asks `parent` from outside of actors.
  template <class C>
  static Future<ActorRef<C>> Ask(const ActorRef<Command>& parent, Behavior<C> behavior,
                                 std::string_view name, const Props& props = {},
                                 absl::Duration timeout = absl::Seconds(10)) {
    return AskWithStatus<ActorRef<C>>(parent, timeout, [&](auto reply_to) {
      return Spawn(std::move(behavior), name, std::move(reply_to), props);
    });
  }

 private:
  // `name`, or the first of name-1, name-2... that no child has.
  static std::string FreeName(ActorContext<Command>& context, const std::string& name) {
    std::string free = name;
    for (int suffix = 1; !free.empty() && !context.Child(free).is_ignore(); ++suffix) {
      free = StrCat(name, "-", suffix);
    }
    return free;
  }
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_SPAWN_PROTOCOL_H_
