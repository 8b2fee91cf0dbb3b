// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_ref.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/core_test_fixture.h"

namespace sampo {
namespace {

struct Add {
  int number;
};
struct Put {
  std::unique_ptr<std::string> text;
};
struct Link {
  ActorRef<struct Command> other;  // a protocol may hold a ref to itself
};
struct Big {
  char bytes[3000];
};
struct alignas(16) Wide {
  int64_t high;
  int64_t low;
};
struct Command : std::variant<Add, Put, Link, Big, Wide> {
  using variant::variant;
};

Behavior<Command> Writer(Journal journal) {
  return Receive<Command>(On{[journal](const Add& m) {
                               journal.Add("add ", m.number);
                               return Same();
                             },
                             [journal](Put&& m) {
                               std::unique_ptr<std::string> text = std::move(m.text);
                               journal.Add("put ", *text);
                               return Same();
                             },
                             [journal](const Link& m) {
                               journal.Add("link ", m.other.path().substr(0, 11));
                               return Same();
                             },
                             [journal](const Big& m) {
                               journal.Add("big ", m.bytes[2999] == 'z');
                               return Same();
                             },
                             [journal](const Wide& m) {
                               journal.Add("wide ", m.high + m.low, " ",
                                           reinterpret_cast<uintptr_t>(&m) % alignof(Wide));
                               return Same();
                             }});
}

class ActorRefTest : public CoreTest {
 protected:
  ActorRef<Command> SpawnWriter(std::string_view name = "writer") {
    return kit().Spawn(Writer(journal()), name);
  }
};
SAMPO_ON_EACH_RUNTIME(ActorRefTest);

TEST_P(ActorRefTest, TakesAlternativesAndWholeProtocols) {
  ActorRef<Command> writer = SpawnWriter();
  Add add{2};
  writer.Tell(Add{1});
  writer.Tell(add);
  writer.Tell(Command(Add{3}));
  writer.Tell(Command(Put{std::make_unique<std::string>("a")}));
  writer.Tell(Put{std::make_unique<std::string>("b")});
  writer.Tell(Link{writer});
  EXPECT_EQ(Happened(), "add 1, add 2, add 3, put a, put b, link /user/write");
}

TEST_P(ActorRefTest, TakesLargeAndAlignedMessages) {
  ActorRef<Command> writer = SpawnWriter();
  Big big{};
  big.bytes[2999] = 'z';
  writer.Tell(big);
  writer.Tell(Wide{20, 22});
  EXPECT_EQ(Happened(), "big true, wide 42 0");
}

TEST_P(ActorRefTest, NarrowsToAnAlternative) {
  ActorRef<Command> writer = SpawnWriter();
  ActorRef<Put> puts = writer;
  ActorRef<Wide> wide = writer;
  puts.Tell({std::make_unique<std::string>("c")});
  wide.Tell({1, 2});
  EXPECT_EQ(Happened(), "put c, wide 3 0");
  EXPECT_EQ(puts.path(), writer.path());
  EXPECT_TRUE(AnyActorRef(puts) == AnyActorRef(writer));
}

struct Inner : std::variant<Add, Big> {
  using variant::variant;
};
struct OuterProtocol : std::variant<Wide, Inner> {
  using variant::variant;
};

TEST_P(ActorRefTest, AProtocolMayBeAnAlternative) {
  ActorRef<OuterProtocol> actor =
      kit().Spawn(Receive<OuterProtocol>(On{[](const Wide&) { return Same(); },
                                            [journal = journal()](const Inner& inner) {
                                              if (const Add* add = std::get_if<Add>(&inner))
                                                journal.Add("inner ", add->number);
                                              return Same();
                                            }}));
  actor.Tell(Inner(Add{5}));
  EXPECT_EQ(Happened(), "inner 5");
}

TEST_P(ActorRefTest, AProtocolOfOneMessageIsTheMessage) {
  ActorRef<int> actor = kit().Spawn(Receive<int>([journal = journal()](const int& number) {
    journal.Add(number);
    return Same();
  }));
  actor.Tell(7);
  ActorRef<std::string> text =
      kit().Spawn(Receive<std::string>([journal = journal()](const std::string& m) {
        journal.Add(m);
        return Same();
      }));
  text.Tell("hello");
  EXPECT_EQ(HappenedWithoutOrder(), "7, hello");
}

TEST_P(ActorRefTest, IgnoreSwallows) {
  ActorRef<Command> nobody;
  nobody.Tell(Add{1});
  nobody.Tell(Command(Put{std::make_unique<std::string>("x")}));
  ActorRef<Add> narrowed = nobody;
  narrowed.Tell({2});
  EXPECT_TRUE(nobody == ActorRef<Command>::Ignore());
  EXPECT_TRUE(nobody.is_ignore());
  EXPECT_EQ(nobody.path(), "/ignore");
  EXPECT_TRUE(AnyActorRef(nobody).is_ignore());
  EXPECT_EQ(Happened(), "");
}

TEST_P(ActorRefTest, EqualityIsThatOfTheIncarnation) {
  ActorRef<Command> first = SpawnWriter("first");
  ActorRef<Command> second = SpawnWriter("second");
  ActorRef<Command> copy = first;
  EXPECT_TRUE(copy == first);
  EXPECT_FALSE(first == second);
  copy = second;
  EXPECT_TRUE(copy == second);
  copy = std::move(first);
  EXPECT_FALSE(copy == second);
  EXPECT_TRUE(first.is_ignore());
  copy = *&copy;  // self assignment
  copy.Tell(Add{1});
  EXPECT_EQ(Happened(), "add 1");
}

TEST_P(ActorRefTest, RefsOutliveTheActorAndTheSystem) {
  std::vector<ActorRef<Command>> refs(10, SpawnWriter());
  kit().Stop(refs.front());
  refs[1].Tell(Put{std::make_unique<std::string>("late")});
  EXPECT_EQ(Happened(), "dead letter Put");
  const uint64_t count = system().dead_letter_count();
  EXPECT_GE(count, 1u);
  HappenedAtTheEnd();
  const std::string path = refs[2].path();
  refs[2].Tell(Put{std::make_unique<std::string>("later")});
  std::thread([moved = std::move(refs)]() mutable {
    moved[5].Tell(Command(Add{1}));
    ActorRef<Add> narrowed = moved[6];
    moved.clear();
    narrowed.Tell({2});
  }).join();
  EXPECT_EQ(path.substr(0, 12), "/user/writer");
}

TEST_P(ActorRefTest, AThousandRefsFromManyThreads) {
  if (simulated()) return;  // one thread
  ActorRef<Command> writer = SpawnWriter();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([writer] {
      for (int i = 0; i < 1000; ++i) {
        ActorRef<Command> copy = writer;
        ActorRef<Add> narrowed = copy;
        narrowed.Tell({i});
        copy.Tell(Put{std::make_unique<std::string>("x")});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Settle();
  EXPECT_EQ(journal().TakeLines().size(), 8000u);
}

TEST_P(ActorRefTest, AMessageIsDestroyedOnce) {
  auto living = std::make_shared<int>(0);
  struct Note {
    std::shared_ptr<int> living;
  };
  ActorRef<Note> reads = kit().Spawn(Receive<Note>([](const Note&) { return Same(); }));
  ActorRef<Note> takes = kit().Spawn(Receive<Note>([](Note&& m) {
    Note mine = std::move(m);
    return Same();
  }));
  ActorRef<Note> copies = kit().Spawn(Receive<Note>([](Note) { return Same(); }));
  ActorRef<Note> throws = kit().Spawn(
      Receive<Note>([](const Note&) -> Behavior<Note> { throw std::runtime_error("note"); }));
  ActorRef<Note> unhandled = kit().Spawn(ReceivePartial<Note>(On<>{}));
  ActorRef<Note> ignores = kit().Spawn(Behavior<Note>(Ignore()));
  for (const auto& each : {reads, takes, copies, throws, unhandled, ignores, throws}) {
    each.Tell({living});
    each.Tell({living});
  }
  Settle();
  EXPECT_EQ(living.use_count(), 1);
}

TEST_P(ActorRefTest, PathsNameTheIncarnation) {
  ActorRef<Command> writer = SpawnWriter();
  const std::string path = writer.path();
  EXPECT_EQ(path.substr(0, 13), "/user/writer#");
  EXPECT_GT(std::stoll(path.substr(13)), 0);
  ActorRef<Command> anonymous = kit().system().SpawnAnonymous(Writer(journal()));
  EXPECT_EQ(anonymous.path().substr(0, 7), "/user/$");
}

}  // namespace
}  // namespace sampo
