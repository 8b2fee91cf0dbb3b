// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// CoreTest: the fixture of the tests of the actor core. Each test runs on real threads whose time
// the test moves (ManualTime), and in a simulation.
//
// Why: what an actor did is written down as a line of text, and a test compares all lines since it
// last looked with one string: a failure can be read, and what must not happen is seen, too.
//
//   TEST_P(StopTest, ChildrenStopFirst) {
//     kit().Spawn(Parent(journal()), "parent").Tell(Stop{});
//     EXPECT_EQ(Happened(), "child stopped, parent stopped");
//   }
//   SAMPO_ON_EACH_RUNTIME(StopTest);
#ifndef SAMPO_ACTOR_CORE_TEST_FIXTURE_H_
#define SAMPO_ACTOR_CORE_TEST_FIXTURE_H_

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/actor/testkit/manual_time.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {

// What happened, line by line; from any thread. A handle: copies write into the same book, and
// actors take one by value, because they may outlive the test's body.
class Journal {
 public:
  Journal() : book_(std::make_shared<Book>()) {}

  template <class... Parts>
  void Add(const Parts&... parts) const {
    std::string line = StrCat(parts...);
    std::lock_guard guard(book_->mutex);
    book_->lines.push_back(std::move(line));
  }
  // All lines since the last call.
  std::vector<std::string> TakeLines() const {
    std::lock_guard guard(book_->mutex);
    return std::exchange(book_->lines, {});
  }
  std::string Take() const {
    std::string text;
    for (const std::string& line : TakeLines()) text += (text.empty() ? "" : ", ") + line;
    return text;
  }

 private:
  struct Book {
    std::mutex mutex;
    std::vector<std::string> lines;  // guarded by mutex
  };
  std::shared_ptr<Book> book_;
};

// Writes a line when it is destroyed where it was not moved away.
class Mourner {
 public:
  Mourner(Journal journal, std::string line)
      : journal_(std::move(journal)), line_(std::move(line)) {}
  Mourner(Mourner&& other) noexcept
      : journal_(other.journal_), line_(std::exchange(other.line_, {})) {}
  Mourner& operator=(Mourner&&) = delete;
  ~Mourner() {
    if (!line_.empty()) journal_.Add(line_);
  }

 private:
  Journal journal_;
  std::string line_;
};

enum class RuntimeKind { kThreads, kSimulation };

class CoreTest : public testing::TestWithParam<RuntimeKind> {
 protected:
  CoreTest() {
    ActorTestKitOptions options;
    if (GetParam() == RuntimeKind::kSimulation) {
      simulation_ = std::make_unique<SimulatedRuntime>(TestSeed());
      options.settings = log_.Settings(simulation_->Settings());
      options.runtime = simulation_->Runtime();
    } else {
      time_ = std::make_unique<ManualTime>();
      options.settings = log_.Settings();
      options.runtime = time_->Runtime();
    }
    kit_ = std::make_unique<ActorTestKit>(std::move(options));
    // Written into the journal with the rest, so that a test that loses a message unawares fails.
    watcher_ = kit_->Spawn(Setup<Watch>([journal = journal_](ActorContext<Watch>& context) {
      EventStream& events = context.System().event_stream();
      events.Subscribe<DeadLetter>(context.Self());
      events.Subscribe<Dropped>(context.Self());
      events.Subscribe<UnhandledMessage>(context.Self());
      return Receive<Watch>(On{[journal](const DeadLetter& lost) {
                                 journal.Add("dead letter ", Short(lost.message_type));
                                 return Same();
                               },
                               [journal](const Dropped& lost) {
                                 journal.Add("dropped ", Short(lost.message_type));
                                 return Same();
                               },
                               [journal](const UnhandledMessage& lost) {
                                 journal.Add("unhandled ", Short(lost.message_type));
                                 return Same();
                               }});
    }));
    Settle();
  }

  // GoogleTest's class has a private Setup of its own, which would be found first.
  template <class C, class Factory>
  static Behavior<C> Setup(Factory factory) {
    return sampo::Setup<C>(std::move(factory));
  }

  ActorTestKit& kit() { return *kit_; }
  ActorSystemBase& system() { return kit_->system(); }
  const Journal& journal() const { return journal_; }
  const LogCapture& log() const { return log_; }
  bool simulated() const { return simulation_ != nullptr; }

  // Waits until no actor has anything to do.
  void Settle() {
    absl::Status settled = simulated() ? simulation_->RunUntilIdle() : time_->Settle();
    EXPECT_TRUE(settled.ok()) << settled;
  }
  // Lets time pass, timer by timer, and settles.
  void Pass(absl::Duration duration) {
    if (simulated()) {
      absl::Status ran = simulation_->RunFor(duration);
      EXPECT_TRUE(ran.ok()) << ran;
    } else {
      time_->TimePasses(duration);
    }
    Settle();
  }
  // What the actors wrote since the last call, when they have nothing more to do.
  std::string Happened() {
    Settle();
    return journal_.Take();
  }
  // The same, sorted: where actors work at the same time.
  std::string HappenedWithoutOrder() {
    Settle();
    std::vector<std::string> lines = journal_.TakeLines();
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) journal_.Add(line);
    return journal_.Take();
  }
  // Ends the system; what is written then.
  std::string HappenedAtTheEnd() {
    kit_->Shutdown();
    return journal_.Take();
  }

 private:
  struct Watch : std::variant<DeadLetter, Dropped, UnhandledMessage> {
    using variant::variant;
  };
  // Without namespaces.
  static std::string Short(const std::string& type) {
    const size_t colon = type.rfind("::");
    return colon == std::string::npos ? type : type.substr(colon + 2);
  }

  LogCapture log_;
  Journal journal_;
  std::unique_ptr<SimulatedRuntime> simulation_;
  std::unique_ptr<ManualTime> time_;
  std::unique_ptr<ActorTestKit> kit_;
  ActorRef<Watch> watcher_;
};

// Runs the TEST_P's of `Suite` on both runtimes.
#define SAMPO_ON_EACH_RUNTIME(Suite)                                                        \
  INSTANTIATE_TEST_SUITE_P(                                                                 \
      On, Suite, testing::Values(RuntimeKind::kThreads, RuntimeKind::kSimulation),          \
      [](const testing::TestParamInfo<RuntimeKind>& kind) {                                 \
        return std::string(kind.param == RuntimeKind::kThreads ? "Threads" : "Simulation"); \
      })

}  // namespace sampo

#endif  // SAMPO_ACTOR_CORE_TEST_FIXTURE_H_
