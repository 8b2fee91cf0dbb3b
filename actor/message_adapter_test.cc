// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorContext::MessageAdapter, and the events of the EventStream through it.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

struct Note {
  std::string text;
};
struct Number {
  int value;
};
struct Either : std::variant<Note, Number> {
  using variant::variant;
};
struct Heavy {
  std::unique_ptr<int> value;
};
struct Event {
  std::string text;
};

struct Got {
  std::string text;
};
struct Do {
  std::function<void(ActorContext<struct Command>&)> step;
};
struct Command : std::variant<Got, Do> {
  using variant::variant;
};

template <class... Signals>
Behavior<Command> Actor(Journal journal, OnSignal<Signals...> signals) {
  return Setup<Command>([=](ActorContext<Command>& context) {
    return Receive<Command>(On{[journal](const Got& m) {
                                 journal.Add(m.text);
                                 return Same();
                               },
                               [&context](const Do& m) {
                                 m.step(context);
                                 return Same();
                               }},
                            signals);
  });
}
Behavior<Command> Actor(Journal journal) {
  return Actor(journal, OnSignal{[journal](const PostStop&) {
                 journal.Add("stopped");
                 return Same();
               }});
}

class MessageAdapterTest : public CoreTest {
 protected:
  MessageAdapterTest() : actor_(kit().Spawn(Actor(journal()), "actor")) {}
  void OnTurn(std::function<void(ActorContext<Command>&)> step) {
    actor_.Tell(Do{std::move(step)});
    Settle();
  }
  const ActorRef<Command>& actor() const { return actor_; }

 private:
  ActorRef<Command> actor_;
};
SAMPO_ON_EACH_RUNTIME(MessageAdapterTest);

TEST_P(MessageAdapterTest, TurnsMessagesOfAnotherProtocolIntoOnesOfItsOwn) {
  ActorRef<Note> notes;
  ActorRef<Either> either;
  ActorRef<Heavy> heavy;
  OnTurn([&](auto& context) {
    notes = context.template MessageAdapter<Note>([](Note note) { return Got{note.text}; });
    either = context.template MessageAdapter<Either>([](Either message) {
      return std::visit(On{[](Note& note) { return Got{"either " + note.text}; },
                           [](Number& number) { return Got{StrCat("either ", number.value)}; }},
                        message);
    });
    heavy = context.template MessageAdapter<Heavy>(
        [](Heavy message) { return Got{StrCat("heavy ", *message.value)}; });
  });
  notes.Tell({"a"});
  either.Tell(Note{"b"});
  either.Tell(Either(Number{3}));
  ActorRef<Number> number = either;  // narrowed
  number.Tell({4});
  heavy.Tell({std::make_unique<int>(5)});
  EXPECT_EQ(Happened(), "a, either b, either 3, either 4, heavy 5");
}

TEST_P(MessageAdapterTest, ALaterOneReplacesTheFunctionForMessagesOnTheirWayToo) {
  ActorRef<Note> first;
  ActorRef<Note> second;
  OnTurn([&](auto& context) {
    first =
        context.template MessageAdapter<Note>([](Note note) { return Got{"old " + note.text}; });
    first.Tell({"on its way"});
    second =
        context.template MessageAdapter<Note>([](Note note) { return Got{"new " + note.text}; });
  });
  first.Tell({"a"});
  second.Tell({"b"});
  EXPECT_EQ(Happened(), "new on its way, new a, new b");
  EXPECT_TRUE(first == second);
}

TEST_P(MessageAdapterTest, KeepsTheOrderOfOneSender) {
  OnTurn([&](auto& context) {
    auto notes = context.template MessageAdapter<Note>([](Note note) { return Got{note.text}; });
    notes.Tell({"1"});
    context.Self().Tell(Got{"2"});
    notes.Tell({"3"});
  });
  EXPECT_EQ(Happened(), "1, 2, 3");
}

TEST_P(MessageAdapterTest, AFailureOfTheFunctionStopsTheActor) {
  OnTurn([](auto& context) {
    context.template MessageAdapter<Note>([](Note) -> Got { throw std::runtime_error("adapt"); })
        .Tell({"x"});
  });
  EXPECT_EQ(Happened(), "stopped");
}

TEST_P(MessageAdapterTest, AFailureOfTheFunctionMayBeSupervised) {
  ActorRef<Command> supervised = kit().Spawn(
      Supervise(Actor(journal())).OnFailure<std::runtime_error>(SupervisorStrategy::Resume()));
  supervised.Tell(Do{[](auto& context) {
    context.template MessageAdapter<Note>([](Note) -> Got { throw std::runtime_error("adapt"); })
        .Tell({"x"});
  }});
  supervised.Tell(Got{"on"});
  EXPECT_EQ(Happened(), "on");
}

TEST_P(MessageAdapterTest, AFailureOfTheFunctionIsASignalFirst) {
  ActorRef<Command> handles = kit().Spawn(
      Actor(journal(), OnSignal{[journal = journal()](const MessageAdaptionFailure& failed) {
              journal.Add("adaption failed: ", std::string(failed.failure.status.message()));
              return Same();
            }}));
  handles.Tell(Do{[](auto& context) {
    context.template MessageAdapter<Note>([](Note) -> Got { throw std::runtime_error("adapt"); })
        .Tell({"x"});
  }});
  EXPECT_EQ(Happened(), "adaption failed: adapt");
}

TEST_P(MessageAdapterTest, AMessageForADeadActorIsOneDeadLetter) {
  ActorRef<Note> notes;
  OnTurn([&](auto& context) {
    notes = context.template MessageAdapter<Note>([](Note note) { return Got{note.text}; });
  });
  kit().Stop(actor());
  EXPECT_EQ(Happened(), "stopped");
  const uint64_t before = system().dead_letter_count();
  notes.Tell({"late"});
  EXPECT_EQ(Happened(), "dead letter Note");
  EXPECT_EQ(system().dead_letter_count(), before + 1);
}

TEST_P(MessageAdapterTest, SurvivesARestart) {
  ActorRef<Command> restarted =
      kit().Spawn(Supervise(Actor(journal())).OnFailure(SupervisorStrategy::Restart()));
  ActorRef<Note> notes;
  restarted.Tell(Do{[&](auto& context) {
    notes = context.template MessageAdapter<Note>([](Note note) { return Got{note.text}; });
  }});
  Settle();
  restarted.Tell(Do{[](auto&) { throw std::runtime_error("boom"); }});
  notes.Tell({"after"});
  EXPECT_EQ(Happened(), "after");
}

TEST_P(MessageAdapterTest, SubscribesToEvents) {
  OnTurn([](auto& context) {
    context.System().event_stream().template Subscribe<Event>(
        context.template MessageAdapter<Event>([](Event event) { return Got{event.text}; }));
  });
  system().event_stream().Publish(Event{"hello"});
  EXPECT_EQ(Happened(), "hello");
}

TEST_P(MessageAdapterTest, ASubscriberThatHasEndedIsForgotten) {
  // Were it not, each dead letter would make another one.
  OnTurn([](auto& context) {
    EventStream& events = context.System().event_stream();
    events.template Subscribe<Event>(
        context.template MessageAdapter<Event>([](Event event) { return Got{event.text}; }));
    events.template Subscribe<DeadLetter>(context.template MessageAdapter<DeadLetter>(
        [](DeadLetter lost) { return Got{lost.message_type}; }));
  });
  kit().Stop(actor());
  EXPECT_EQ(Happened(), "stopped");
  system().event_stream().Publish(Event{"nobody"});
  EXPECT_EQ(Happened(), "");
  EXPECT_FALSE(system().event_stream().HasSubscribers<Event>());
  actor().Tell(Got{"late"});
  EXPECT_EQ(Happened(), "dead letter Got");
}

}  // namespace
}  // namespace sampo
