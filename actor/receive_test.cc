// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/receive.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"
#include "sampo/actor/supervise.h"

namespace sampo {
namespace {

// Knows whether it was copied or moved.
struct Traveller {
  Traveller() = default;
  Traveller(const Traveller& other) : copies(other.copies + 1), moves(other.moves) {}
  Traveller(Traveller&& other) noexcept : copies(other.copies), moves(other.moves + 1) {}
  int copies = 0;
  int moves = 0;
};
struct ByConst : Traveller {};
struct ByRef : Traveller {};
struct ByMove : Traveller {};
struct ByValue : Traveller {};
struct Command : std::variant<ByConst, ByRef, ByMove, ByValue> {
  using variant::variant;
};

class ReceiveTest : public CoreTest {};
SAMPO_ON_EACH_RUNTIME(ReceiveTest);

TEST_P(ReceiveTest, HandlersTakeMessagesInFourWays) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>(On{[journal = journal()](const ByConst& m) {
                                        journal.Add("const& ", m.copies, m.moves);
                                        return Same();
                                      },
                                      [journal = journal()](ByRef& m) {
                                        m.copies += 7;
                                        journal.Add("& ", m.copies, m.moves);
                                        return Same();
                                      },
                                      [journal = journal()](ByMove&& m) {
                                        ByMove mine = std::move(m);
                                        journal.Add("&& ", mine.copies, mine.moves);
                                        return Same();
                                      },
                                      [journal = journal()](ByValue m) {
                                        journal.Add("value ", m.copies, m.moves);
                                        return Same();
                                      }}));
  actor.Tell(ByConst{});
  actor.Tell(ByRef{});
  actor.Tell(ByMove{});
  actor.Tell(ByValue{});
  // Each was moved once into the mailbox; only who takes it away moves it again.
  EXPECT_EQ(Happened(), "const& 01, & 71, && 02, value 02");
}

TEST_P(ReceiveTest, AGenericLambdaTakesTheRest) {
  ActorRef<Command> actor = kit().Spawn(Receive<Command>(On{[journal = journal()](const ByRef&) {
                                                              journal.Add("ref");
                                                              return Same();
                                                            },
                                                            [journal = journal()](const auto& m) {
                                                              journal.Add("rest ", m.copies);
                                                              return Same();
                                                            }}));
  actor.Tell(ByConst{});
  actor.Tell(ByRef{});
  actor.Tell(ByValue{});
  EXPECT_EQ(Happened(), "rest 0, ref, rest 0");
}

TEST_P(ReceiveTest, OneGenericLambdaForAll) {
  ActorRef<Command> actor = kit().Spawn(Receive<Command>([journal = journal()](const auto&) {
    journal.Add("any");
    return Same();
  }));
  actor.Tell(ByConst{});
  actor.Tell(ByValue{});
  EXPECT_EQ(Happened(), "any, any");
}

TEST_P(ReceiveTest, TheOrderOfTheHandlersDoesNotMatter) {
  ActorRef<Command> actor = kit().Spawn(Receive<Command>(On{[](const auto&) { return Same(); },
                                                            [journal = journal()](const ByValue&) {
                                                              journal.Add("value");
                                                              return Same();
                                                            }}));
  actor.Tell(ByValue{});
  EXPECT_EQ(Happened(), "value");
}

TEST_P(ReceiveTest, HandlersMayBeNoexcept) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>(On{[journal = journal()](const ByConst&) noexcept {
                                        journal.Add("const&");
                                        return Same();
                                      },
                                      [](ByRef&) noexcept { return Same(); },
                                      [journal = journal()](ByMove&& m) noexcept {
                                        journal.Add("&& ", ByMove(std::move(m)).moves);
                                        return Same();
                                      },
                                      [n = 0](ByValue) mutable noexcept {
                                        ++n;
                                        return Same();
                                      }}));
  actor.Tell(ByConst{});
  actor.Tell(ByMove{});
  EXPECT_EQ(Happened(), "const&, && 2");
}

TEST_P(ReceiveTest, PartialLeavesTheRestUnhandled) {
  ActorRef<Command> actor =
      kit().Spawn(ReceivePartial<Command>(On{[journal = journal()](const ByConst&) {
        journal.Add("const&");
        return Same();
      }}));
  actor.Tell(ByConst{});
  actor.Tell(ByValue{});
  EXPECT_EQ(HappenedWithoutOrder(), "const&, unhandled ByValue");
}

TEST_P(ReceiveTest, HandlersReturnWhatConverts) {
  struct Node {
    static Behavior<Command> Make(Journal journal, int depth) {
      return Receive<Command>(On{
          [](const ByConst&) { return Same(); },
          [=](const ByRef&) { return Make(journal, depth + 1); },
          [=](const ByMove&) -> Behavior<Command> {
            journal.Add("depth ", depth);
            return depth > 1 ? Behavior<Command>(Stopped()) : Behavior<Command>(Same());
          },
          [](const ByValue&) {
            return Supervise(Behavior<Command>(Ignore())).OnFailure(SupervisorStrategy::Resume());
          }});
    }
  };
  ActorRef<Command> actor = kit().Spawn(Node::Make(journal(), 0));
  actor.Tell(ByConst{});
  actor.Tell(ByMove{});
  actor.Tell(ByRef{});
  actor.Tell(ByRef{});
  actor.Tell(ByMove{});
  actor.Tell(ByMove{});
  EXPECT_EQ(Happened(), "depth 0, depth 2, dead letter ByMove");
  ActorRef<Command> supervised = kit().Spawn(Node::Make(journal(), 0));
  supervised.Tell(ByValue{});
  supervised.Tell(ByMove{});
  EXPECT_EQ(Happened(), "");
}

TEST_P(ReceiveTest, MutableHandlersKeepTheirState) {
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>([n = 0, journal = journal()](const auto&) mutable {
        journal.Add(++n);
        return Same();
      }));
  actor.Tell(ByConst{});
  actor.Tell(ByValue{});
  EXPECT_EQ(Happened(), "1, 2");
}

TEST_P(ReceiveTest, MoveOnlyHandlers) {
  auto weight = std::make_unique<int>(5);
  ActorRef<Command> actor =
      kit().Spawn(Receive<Command>([weight = std::move(weight), journal = journal()](const auto&) {
        journal.Add(*weight);
        return Same();
      }));
  actor.Tell(ByConst{});
  EXPECT_EQ(Happened(), "5");
}

TEST_P(ReceiveTest, SignalsAloneLeaveMessagesUnhandled) {
  ActorRef<Command> actor =
      kit().Spawn(ReceiveSignal<Command>(OnSignal{[journal = journal()](const PostStop&) {
        journal.Add("stops");
        return Same();
      }}));
  actor.Tell(ByConst{});
  EXPECT_EQ(Happened(), "unhandled ByConst");
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "stops");
}

TEST_P(ReceiveTest, AGenericSignalHandlerGetsAll) {
  ActorRef<Command> child;
  ActorRef<Command> actor =
      kit().Spawn(sampo::Setup<Command>([&, journal = journal()](ActorContext<Command>& context) {
        child = context.Spawn(Receive<Command>([](const auto&) { return Stopped(); }), "child");
        context.Watch(child);
        return Receive<Command>(On{[](const auto&) { return Same(); }},
                                OnSignal{[journal]<class S>(const S&) {
                                  journal.Add(internal::TypeName<S>().substr(7));
                                  return Same();
                                }});
      }));
  Settle();
  child.Tell(ByConst{});
  Settle();
  kit().Stop(actor);
  EXPECT_EQ(Happened(), "Terminated, PostStop");
}

TEST_P(ReceiveTest, ASignalHandlerMayChangeTheBehavior) {
  ActorRef<Command> child;
  ActorRef<Command> actor =
      kit().Spawn(sampo::Setup<Command>([&, journal = journal()](ActorContext<Command>& context) {
        child = context.Spawn(Receive<Command>([](const auto&) { return Stopped(); }), "child");
        context.Watch(child);
        return Receive<Command>(On{[](const auto&) { return Same(); }},
                                OnSignal{[journal](const Terminated&) {
                                  return Receive<Command>([journal](const auto&) {
                                    journal.Add("changed");
                                    return Same();
                                  });
                                }});
      }));
  Settle();
  child.Tell(ByConst{});
  Settle();
  actor.Tell(ByConst{});
  EXPECT_EQ(Happened(), "changed");
}

TEST_P(ReceiveTest, ASignalHandlerMayStopOrFailOrLeaveIt) {
  for (int way : {0, 1, 2}) {
    ActorRef<Command> child;
    ActorRef<Command> actor =
        kit().Spawn(sampo::Setup<Command>([&, way](ActorContext<Command>& context) {
          child = context.SpawnAnonymous(Receive<Command>([](const auto&) { return Stopped(); }));
          context.Watch(child);
          return Receive<Command>(On{[](const auto&) { return Same(); }},
                                  OnSignal{[way](const Terminated&) -> Partial<Command> {
                                    if (way == 0) return Stopped();
                                    if (way == 1) return Fail(absl::InternalError("x"));
                                    return Unhandled();  // a death pact
                                  }});
        }));
    Settle();
    child.Tell(ByConst{});
    Settle();
    actor.Tell(ByConst{});
    EXPECT_EQ(Happened(), "dead letter ByConst") << way;
  }
}

}  // namespace
}  // namespace sampo
