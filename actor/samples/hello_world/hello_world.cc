// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The smallest whole program: an actor that greets, and a main() that asks it twice.

// [begin: hello_world]
#include <cstdio>
#include <string>
#include <utility>

#include "sampo/actor/actor.h"

struct Greeting {
  std::string text;
};
struct Greet {
  std::string whom;
  sampo::ReplyTo<Greeting> reply_to;
};

sampo::Behavior<Greet> Greeter(int number = 1) {
  return sampo::Receive<Greet>([number](Greet&& m) {
    m.reply_to.Tell({"Hello, " + m.whom + "! You are number " + std::to_string(number) + "."});
    return Greeter(number + 1);  // the behavior for the next message; nothing is mutated
  });
}

int main() {
  sampo::ActorSystem<Greet> system(Greeter(), "hello");
  for (const char* name : {"Louhi", "Ilmarinen"}) {
    sampo::Future<Greeting> greeting =
        sampo::Ask<Greeting>(system.guardian(), absl::Seconds(3), [&](auto reply) {
          return Greet{name, std::move(reply)};
        });
    std::puts(sampo::Await(greeting, absl::Seconds(3))->text.c_str());
  }
}
// [end: hello_world]
