// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/mailboxes.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/test_util.h"

namespace sampo {
namespace {

struct Item {
  int number = 0;
};
struct Urgent {
  int number = 0;
};
struct GetCount {
  ReplyTo<int> reply_to;
};
struct WatchIt {
  AnyActorRef ref;
};
struct AskOther {
  ActorRef<GetCount> other;
};
struct Answered {
  absl::StatusOr<int> answer;
};
struct Command : std::variant<Item, Urgent, GetCount, WatchIt, AskOther, Answered> {
  using variant::variant;
};

using Journal = std::vector<std::string>;

// Notes what it handles.
Behavior<Command> Noter(std::shared_ptr<Journal> journal) {
  return sampo::Setup<Command>([journal](ActorContext<Command>& context) {
    return Receive<Command>(
        On{[journal](const Item& m) {
             journal->push_back("item " + std::to_string(m.number));
             return Same();
           },
           [journal](const Urgent& m) {
             journal->push_back("urgent " + std::to_string(m.number));
             return Same();
           },
           [journal](GetCount&& m) {
             m.reply_to.Tell(static_cast<int>(journal->size()));
             return Same();
           },
           [&context](const WatchIt& m) {
             context.Watch(m.ref);
             return Same();
           },
           [&context](const AskOther& m) {
             context.Ask<int>(
                 m.other, absl::Seconds(1),
                 [](auto reply_to) { return GetCount{std::move(reply_to)}; },
                 [](auto answer) { return Answered{std::move(answer)}; });
             return Same();
           },
           [journal](const Answered& m) {
             journal->push_back(m.answer.ok() ? "answered" : m.answer.status().ToString());
             return Same();
           }},
        OnSignal{[journal](const Terminated&) {
          journal->push_back("terminated");
          return Same();
        }});
  });
}

struct MailboxesTest : testing::Test {
  ActorRef<Command> Spawn(MailboxMaker mailbox) {
    return kit.Spawn(Noter(journal), "noter", Props().WithMailbox(std::move(mailbox)));
  }
  Future<int> AskCount(const ActorRef<Command>& noter) {
    return Ask<int>(noter, absl::Seconds(5),
                    [](auto reply_to) { return GetCount{std::move(reply_to)}; });
  }
  SimulatedKit kit;
  std::shared_ptr<Journal> journal = std::make_shared<Journal>();
};

TEST_F(MailboxesTest, BoundedDropsTheNewest) {
  TestProbe<Dropped> dropped = kit.Probe<Dropped>();
  kit.system().event_stream().Subscribe(dropped.ref());
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(2));
  for (int i = 1; i <= 4; ++i) noter.Tell(Item{i});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"item 1", "item 2"}));
  for (int i = 0; i < 2; ++i) {
    const Dropped event = dropped.ExpectMessage();
    EXPECT_NE(event.message_type.find("Item"), std::string::npos);
    EXPECT_EQ(event.recipient, noter.path());
    EXPECT_EQ(event.reason, "mailbox full (2 messages, policy drop_newest)");
  }
}

TEST_F(MailboxesTest, BoundedDropsTheOldest) {
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(2, OverflowPolicy::kDropOldest));
  for (int i = 1; i <= 4; ++i) noter.Tell(Item{i});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"item 3", "item 4"}));
}

TEST_F(MailboxesTest, ARequestThatIsTurnedAwayFailsAtOnce) {
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(1, OverflowPolicy::kFail));
  noter.Tell(Item{1});
  Future<int> refused = AskCount(noter);
  ASSERT_TRUE(refused.IsComplete());
  absl::Status status = Await(refused, absl::ZeroDuration()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("mailbox full (1 message, policy fail)"), std::string::npos)
      << status;
  EXPECT_NE(status.message().find("/user/noter"), std::string::npos) << status;
}

TEST_F(MailboxesTest, ARequestThatLosesItsPlaceFailsAtOnce) {
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(1, OverflowPolicy::kDropOldest));
  Future<int> evicted = AskCount(noter);
  EXPECT_FALSE(evicted.IsComplete());
  noter.Tell(Item{1});
  ASSERT_TRUE(evicted.IsComplete());
  EXPECT_EQ(Await(evicted, absl::ZeroDuration()).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(MailboxesTest, TerminatedIsNeverDropped) {
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(1));
  ActorRef<Command> other = kit.Spawn(Noter(std::make_shared<Journal>()), "other");
  noter.Tell(WatchIt{other});
  kit.Run();
  kit.kit().Stop(other);
  noter.Tell(Item{1});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"terminated", "item 1"}));
}

TEST_F(MailboxesTest, AnswersAreNeverDropped) {
  // The queue is full whenever an answer may come.
  ForEachSeed(20, [](uint64_t seed) {
    SimulatedKit kit(seed);
    auto journal = std::make_shared<Journal>();
    ActorRef<Command> noter =
        kit.Spawn(Noter(journal), "noter", Props().WithMailbox(Mailboxes::Bounded(1)));
    ActorRef<Command> other = kit.Spawn(Noter(std::make_shared<Journal>()));
    noter.Tell(AskOther{other});
    EXPECT_EQ(kit.simulation().RunUntil([&] {
      noter.Tell(Item{1});
      return !journal->empty() && journal->back() == "answered";
    }),
              absl::OkStatus());
  });
}

TEST_F(MailboxesTest, StablePriorityKeepsTheOrderOfEquals) {
  ActorRef<Command> noter = Spawn(Mailboxes::StablePriority<Command>(
      On{[](const Urgent&) { return 0; }, [](const auto&) { return 1; }}));
  for (int i = 1; i <= 3; ++i) {
    noter.Tell(Item{i});
    noter.Tell(Urgent{i});
  }
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"urgent 1", "urgent 2", "urgent 3", "item 1", "item 2", "item 3"}));
}

TEST_F(MailboxesTest, PriorityMayDependOnTheMessageAndIsBoundedIfWanted) {
  ActorRef<Command> noter = Spawn(Mailboxes::Priority<Command>(
      On{[owner = std::make_unique<int>(0)](const Item& m) { return -m.number + *owner; },
         [](const auto&) { return 100; }},
      {.capacity = 3, .on_full = OverflowPolicy::kFail}));
  for (int i : {2, 9, 5, 7}) noter.Tell(Item{i});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"item 9", "item 5", "item 2"}));
}

TEST_F(MailboxesTest, APriorityThatThrowsCountsAsZero) {
  ActorRef<Command> noter = Spawn(Mailboxes::StablePriority<Command>(
      On{[](const Item& m) { return m.number == 3 ? throw std::runtime_error("?") : m.number; },
         [](const auto&) { return 100; }}));
  for (int i : {2, 3, 1}) noter.Tell(Item{i});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"item 3", "item 1", "item 2"}));
}

TEST_F(MailboxesTest, ControlMessagesOvertake) {
  ActorRef<Command> noter =
      Spawn(Mailboxes::ControlAware<Command>().Control<Urgent>().Control<GetCount>());
  noter.Tell(Item{1});
  noter.Tell(Item{2});
  noter.Tell(Urgent{1});
  Future<int> count = AskCount(noter);
  noter.Tell(Urgent{2});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"urgent 1", "urgent 2", "item 1", "item 2"}));
  EXPECT_EQ(Await(count, absl::ZeroDuration()).value(), 1);  // behind the first urgent one
}

TEST_F(MailboxesTest, NarrowedRefsTellWithTheRightPlace) {
  ActorRef<Command> noter = Spawn(Mailboxes::ControlAware<Command>().Control<Urgent>());
  ActorRef<Item> items = noter;
  ActorRef<Urgent> urgent = noter;
  items.Tell(Item{1});
  urgent.Tell(Urgent{1});
  kit.Run();
  EXPECT_EQ(*journal, (Journal{"urgent 1", "item 1"}));
}

TEST_F(MailboxesTest, WhatWaitsAtTheEndGoesToDeadLetters) {
  ActorRef<Command> noter = Spawn(Mailboxes::Bounded(10));
  noter.Tell(Item{1});
  Future<int> count = AskCount(noter);
  kit.kit().Stop(noter);
  ASSERT_TRUE(count.IsComplete());
  if (journal->empty()) {
    EXPECT_EQ(Await(count, absl::ZeroDuration()).status().code(), absl::StatusCode::kCancelled);
  }
}

TEST(MailboxesThreadsTest, NothingIsLostOrDoneTwiceUnderManySenders) {
  ActorTestKit kit;
  struct Count : std::variant<Item, GetCount> {
    using variant::variant;
  };
  auto handled = std::make_shared<int>(0);  // on the actor's turn, then by the asker
  auto counter = [handled] {
    return Receive<Count>(On{[handled](const Item&) {
                               ++*handled;
                               return Same();
                             },
                             [handled](GetCount&& m) {
                               m.reply_to.Tell(*handled);
                               return Same();
                             }});
  };
  ActorRef<Count> actor =
      kit.Spawn(counter(), "", Props().WithMailbox(Mailboxes::Bounded(1'000'000)));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) actor.Tell(Item{i});
    });
  }
  for (std::thread& thread : threads) thread.join();
  Future<int> count = Ask<int>(actor, absl::Seconds(10),
                               [](auto reply_to) { return GetCount{std::move(reply_to)}; });
  EXPECT_EQ(Await(count, absl::Seconds(20)).value(), 20000);
}

}  // namespace
}  // namespace sampo
