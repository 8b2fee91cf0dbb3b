// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/instrumentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>

#include "sampo/actor/actor.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/dispatch/manual_timer_service.h"

namespace sampo {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kLong = absl::Seconds(30);

TraceContext NewTrace(uint64_t seed) {
  Random random(seed);
  return TraceContext::NewRoot([&] { return random.Next(); }, /*sampled=*/true);
}

// Writes down what it sees; class name first.
class Recorder final : public Instrumentation {
 public:
  void OnSystemStart(ActorSystemBase& system) override { Note(StrCat("system ", system.name())); }
  void OnActorStarted(const ObservedActor& a) override { Note(a, "started"); }
  void OnActorFailed(const ObservedActor& a, const absl::Status& status,
                     std::string_view decision) override {
    Note(a, StrCat("failed ", status.ToString(), " ", decision));
  }
  void OnActorRestarted(const ObservedActor& a) override { Note(a, "restarted"); }
  void OnActorStopped(const ObservedActor& a) override { Note(a, "stopped"); }
  void BeforeMessage(const ObservedActor& a, const ObservedMessage&, TraceIds& trace) override {
    std::lock_guard guard(mutex_);
    traces_.push_back(StrCat(a.path(), " ", trace.ToContext().TraceIdHex()));
    if (renames_span) trace.parent_id = {1, 2, 3, 4, 5, 6, 7, 8};
  }
  void AfterMessage(const ObservedActor& a, const ObservedMessage& message, const TraceIds& trace,
                    int64_t handling_nanos) override {
    EXPECT_GE(handling_nanos, 0);
    EXPECT_TRUE(!renames_span || trace.parent_id[0] == 1);
    std::lock_guard guard(mutex_);
    waits_.push_back(message.mailbox_nanos);
    depths_.push_back(message.depth);
    classes_.push_back(a.actor_class().name());
  }
  void OnDeadLetter(const UndeliveredMessage& m) override { Note("dead letter", m); }
  void OnDropped(const UndeliveredMessage& m) override { Note("dropped", m); }
  void OnUnhandled(const UndeliveredMessage& m) override { Note("unhandled", m); }

  std::vector<std::string> Notes() const { return Copy(notes_); }
  std::vector<std::string> Traces() const { return Copy(traces_); }
  std::vector<int64_t> Waits() const { return Copy(waits_); }
  std::vector<int64_t> Depths() const { return Copy(depths_); }
  std::vector<std::string> Classes() const { return Copy(classes_); }

  bool renames_span = false;  // set before the system

 private:
  void Note(std::string line) {
    std::lock_guard guard(mutex_);
    notes_.push_back(std::move(line));
  }
  void Note(const ObservedActor& actor, std::string_view what) {
    Note(StrCat(actor.path(), " ", what));
  }
  void Note(std::string_view what, const UndeliveredMessage& message) {
    Note(StrCat(what, " ", message.recipient, " ", message.reason));
  }
  template <class T>
  std::vector<T> Copy(const std::vector<T>& from) const {
    std::lock_guard guard(mutex_);
    return from;
  }
  mutable std::mutex mutex_;
  std::vector<std::string> notes_, traces_, classes_;
  std::vector<int64_t> waits_, depths_;
};

struct GetTrace {
  ReplyTo<std::string> reply_to;
};
struct Forward {  // asks `to` for the trace and answers with both
  ActorRef<GetTrace> to;
  ReplyTo<std::string> reply_to;
};
struct Got {
  std::string there;
  ReplyTo<std::string> reply_to;
};
struct StartTimer {
  ReplyTo<std::string> reply_to;
};
struct Tick {};
struct Pipe {
  Future<int> future;
  ReplyTo<std::string> reply_to;
};
struct Adapt {
  ActorRef<ActorRef<std::string>> to;
  ReplyTo<std::string> reply_to;
};
struct Adapted {};
struct Await2 {
  ActorRef<GetTrace> to;
  ReplyTo<std::string> reply_to;
};
struct Boom {};
struct Strange {};
struct Halt {};
struct Hold {
  std::optional<ReplyTo<bool>> done = std::nullopt;
};
struct Command : std::variant<GetTrace, Forward, Got, StartTimer, Tick, Pipe, Adapt, Adapted,
                              Await2, Boom, Strange, Halt> {
  using variant::variant;
};

std::string TraceHere() { return CurrentTrace().TraceIdHex(); }

// Tells the trace in which it handles things that came in roundabout ways.
class Subject final : public AbstractBehavior<Subject, Command> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<Command> OnMessage(GetTrace&& m) {
    m.reply_to.Tell(TraceHere());
    return Same();
  }
  Behavior<Command> OnMessage(Forward&& m) {
    context().Ask<std::string>(
        m.to, kLong, [](auto reply_to) { return GetTrace{std::move(reply_to)}; },
        [reply_to = std::move(m.reply_to)](absl::StatusOr<std::string> there) mutable {
          return Got{there.ok() ? *there : there.status().ToString(), std::move(reply_to)};
        });
    return Same();
  }
  Behavior<Command> OnMessage(Got&& m) {
    m.reply_to.Tell(StrCat(m.there, " ", TraceHere()));
    return Same();
  }
  Behavior<Command> OnMessage(StartTimer&& m) {
    waiting_.emplace(std::move(m.reply_to));
    context().Timers().StartSingleTimer("t", Tick{}, absl::Milliseconds(1));
    return Same();
  }
  Behavior<Command> OnMessage(const Tick&) {
    waiting_->Tell(TraceHere());
    return Same();
  }
  Behavior<Command> OnMessage(Pipe&& m) {
    context().PipeToSelf(m.future, [reply_to = std::move(m.reply_to)](absl::StatusOr<int>) mutable {
      return Got{"piped", std::move(reply_to)};
    });
    return Same();
  }
  Behavior<Command> OnMessage(Adapt&& m) {
    waiting_.emplace(std::move(m.reply_to));
    m.to.Tell(context().MessageAdapter<std::string>([](std::string) { return Adapted{}; }));
    return Same();
  }
  Behavior<Command> OnMessage(const Adapted&) {
    waiting_->Tell(TraceHere());
    return Same();
  }
  Task<Behavior<Command>> OnMessage(Await2 m) {
    const std::string before = TraceHere();
    auto ask = context().Ask<std::string>(
        m.to, kLong, [](auto reply_to) { return GetTrace{std::move(reply_to)}; });
    absl::StatusOr<std::string> there = co_await std::move(ask);
    auto sleep = context().Sleep(absl::Milliseconds(1));
    co_await std::move(sleep);
    m.reply_to.Tell(StrCat(before, " ", *there, " ", TraceHere()));
    co_return Same();
  }
  Behavior<Command> OnMessage(const Boom&) { return Fail(absl::InternalError("boom")); }
  Partial<Command> OnMessage(const Strange&) { return Unhandled(); }
  Behavior<Command> OnMessage(const Halt&) { return Stopped(); }

 private:
  std::optional<ReplyTo<std::string>> waiting_;
};

class InstrumentationTest : public ::testing::Test {
 protected:
  void Start(bool instrumented = true) {
    SystemSettings settings;
    settings.threads = 2;
    settings.log_sink = std::make_shared<CaptureLogSink>();
    if (instrumented) settings.instrumentation = recorder_;
    system_ = std::make_unique<ActorSystem<Command>>(Subject::Create(), "shop", settings);
  }
  // Asks from outside, in the trace of the caller.
  template <class Make>
  std::string AskIt(const ActorRef<Command>& actor, Make make) {
    absl::StatusOr<std::string> answer = Await(Ask<std::string>(actor, kLong, make), kLong);
    return answer.ok() ? *answer : answer.status().ToString();
  }
  std::string AskTrace(const ActorRef<Command>& actor) {
    return AskIt(actor, [](auto reply_to) { return GetTrace{std::move(reply_to)}; });
  }

  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  std::unique_ptr<ActorSystem<Command>> system_;
};

TEST_F(InstrumentationTest, ATraceGoesThroughAnAskAndComesBackWithTheAnswer) {
  Start();
  ActorRef<Command> b = system_->Spawn(Subject::Create(), "b");
  const TraceContext trace = NewTrace(1);
  TraceScope scope(trace);
  // main -> guardian -> b -> (answer) guardian -> main
  EXPECT_EQ(AskIt(*system_,
                  [&](auto reply_to) {
                    return Forward{b, std::move(reply_to)};
                  }),
            StrCat(trace.TraceIdHex(), " ", trace.TraceIdHex()));
  EXPECT_THAT(recorder_->Traces(), ElementsAre(StrCat("/user ", trace.TraceIdHex()),
                                               StrCat("/user/b ", trace.TraceIdHex()),
                                               StrCat("/user ", trace.TraceIdHex())));
}

TEST_F(InstrumentationTest, AMessageWithoutATraceIsHandledWithoutOne) {
  Start();
  {
    TraceScope scope(NewTrace(1));
    EXPECT_NE(AskTrace(*system_), "");
  }
  EXPECT_EQ(AskTrace(*system_), TraceContext().TraceIdHex());
  EXPECT_FALSE(CurrentTrace().IsValid());
}

TEST_F(InstrumentationTest, TracesOfManySendersStayApart) {
  Start();
  constexpr int kThreads = 4;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const TraceContext trace = NewTrace(100 + i);
      TraceScope scope(trace);
      for (int n = 0; n < 200; ++n) EXPECT_EQ(AskTrace(*system_), trace.TraceIdHex());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(InstrumentationTest, TimersPipesAdaptersAndCoroutinesPassTheTraceOn) {
  Start();
  ActorRef<Command> b = system_->Spawn(Subject::Create(), "b");
  const TraceContext trace = NewTrace(2);
  const std::string id = trace.TraceIdHex();
  Promise<int> promise;
  Future<int> future = promise.future();
  ActorRef<ActorRef<std::string>> echo =
      system_->Spawn(Receive<ActorRef<std::string>>([](const ActorRef<std::string>& to) {
                       to.Tell("hello");
                       return Same();
                     }),
                     "echo");
  std::optional<Future<std::string>> piped;
  {
    TraceScope scope(trace);
    EXPECT_EQ(AskIt(b, [](auto r) { return StartTimer{std::move(r)}; }), id);
    EXPECT_EQ(AskIt(b, [&](auto r) { return Adapt{echo, std::move(r)}; }), id);
    EXPECT_EQ(AskIt(*system_,
                    [&](auto r) {
                      return Await2{b, std::move(r)};
                    }),
              StrCat(id, " ", id, " ", id));
    piped = Ask<std::string>(b, kLong, [&](auto r) { return Pipe{future, std::move(r)}; });
    EXPECT_EQ(AskTrace(b), id);  // so that it has been piped
  }
  TraceScope other(NewTrace(3));
  promise.Complete(1);  // on a thread that works for another trace
  EXPECT_EQ(*Await(*piped, kLong), StrCat("piped ", id));
}

TEST_F(InstrumentationTest, AnAskThatTimesOutComesBackInItsTrace) {
  Start();
  ActorRef<GetTrace> silent = system_->Spawn(Receive<GetTrace>([](const GetTrace&) {
                                               return Same();  // drops the request
                                             }),
                                             "silent");
  const TraceContext trace = NewTrace(4);
  TraceScope scope(trace);
  EXPECT_THAT(AskIt(*system_,
                    [&](auto r) {
                      return Forward{silent, std::move(r)};
                    }),
              ::testing::EndsWith(trace.TraceIdHex()));
}

TEST_F(InstrumentationTest, TheInstrumentationMayNameTheSpanOfAHandler) {
  recorder_->renames_span = true;
  Start();
  std::atomic<bool> seen = false;
  ActorRef<Halt> last = system_->Spawn(Receive<Halt>([&](const Halt&) {
                                         seen = CurrentTraceIds().parent_id[0] == 1;
                                         return Same();
                                       }),
                                       "last");
  ActorRef<Halt> first = system_->Spawn(Receive<Halt>([last](const Halt& m) {
                                          last.Tell(m);
                                          return Same();
                                        }),
                                        "first");
  TraceScope scope(NewTrace(5));
  first.Tell(Halt{});
  system_->Terminate();
  ASSERT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_TRUE(seen || recorder_->Traces().size() < 2);
}

TEST_F(InstrumentationTest, SeesActorsComeFailRestartAndGo) {
  Start();
  ActorRef<Command> child = system_->Spawn<Command>(
      Supervise(sampo::Setup<Command>([](ActorContext<Command>& context) -> Behavior<Command> {
        return std::make_unique<Subject>(context);
      })).OnFailure(SupervisorStrategy::Restart()),
      "child");
  child.Tell(Boom{});
  EXPECT_NE(AskTrace(child), "");
  child.Tell(Halt{});
  system_->Terminate();
  ASSERT_TRUE(system_->AwaitTermination(kLong).ok());
  system_.reset();
  std::vector<std::string> of_child;
  for (const std::string& note : recorder_->Notes()) {
    if (note.starts_with("/user/child")) of_child.push_back(note);
  }
  EXPECT_THAT(of_child,
              ElementsAre("/user/child started", "/user/child failed INTERNAL: boom restarting",
                          "/user/child restarted", "/user/child stopped"));
  EXPECT_THAT(recorder_->Notes(), Contains("system shop"));
  EXPECT_THAT(recorder_->Notes(), Contains("/user started"));
  EXPECT_THAT(recorder_->Notes(), Contains("/user stopped"));
  EXPECT_THAT(recorder_->Notes(), Contains("/system stopped"));
}

TEST_F(InstrumentationTest, SeesWhatIsUndelivered) {
  Start();
  ActorRef<Command> child = system_->Spawn(Subject::Create(), "child");
  child.Tell(Strange{});
  EXPECT_NE(AskTrace(child), "");
  child.Tell(Halt{});
  EXPECT_THAT(AskTrace(child), HasSubstr("CANCELLED"));  // a dead letter, or refused at once
  child.Tell(Tick{});
  system_->Terminate();
  ASSERT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_THAT(recorder_->Notes(), Contains(HasSubstr("unhandled /user/child")));
  EXPECT_THAT(recorder_->Notes(), Contains(HasSubstr("dead letter /user/child")));
}

TEST_F(InstrumentationTest, ClassesAreTheFirstTagOrTheProtocol) {
  Start();
  EXPECT_NE(AskTrace(*system_), "");
  EXPECT_NE(AskTrace(system_->Spawn(Subject::Create(), "t", Props().WithTags({"carts", "eu"}))),
            "");
  system_->Terminate();
  ASSERT_TRUE(system_->AwaitTermination(kLong).ok());
  // In either order: a class is made when its first message is done, which is after the answer.
  EXPECT_THAT(recorder_->Classes(), UnorderedElementsAre(HasSubstr("Command"), "carts"));
}

TEST_F(InstrumentationTest, MeasuresTheTimeInTheMailboxOnTheSystemsClock) {
  auto timers = std::make_shared<ManualTimerService>(/*now_nanos=*/1'000);
  SystemSettings settings;
  settings.threads = 1;
  settings.log_sink = std::make_shared<CaptureLogSink>();
  settings.instrumentation = recorder_;
  ActorRuntime runtime = ActorRuntime::Threads(settings);
  runtime.timers->Shutdown();
  runtime.timers = timers;
  std::latch begun(1);
  std::latch release(1);
  ActorSystem<Hold> system(Receive<Hold>([&](Hold&& m) {
                             if (m.done.has_value()) {
                               m.done->Tell(true);
                             } else {
                               begun.count_down();
                               release.wait();
                             }
                             return Same();
                           }),
                           "slow", settings, std::move(runtime));
  system.Tell(Hold{});
  begun.wait();
  timers->AdvanceTo(2'000);
  Future<bool> done = Ask<bool>(system.guardian(), absl::InfiniteDuration(),
                                [](auto reply_to) { return Hold{std::move(reply_to)}; });
  timers->AdvanceTo(7'000);
  release.count_down();
  ASSERT_TRUE(Await(done, kLong).ok());
  system.Terminate();
  ASSERT_TRUE(system.AwaitTermination(kLong).ok());
  EXPECT_THAT(recorder_->Waits(), ElementsAre(0, 5'000));
  EXPECT_THAT(recorder_->Depths(), ElementsAre(0, ::testing::Le(1)));
}

TEST_F(InstrumentationTest, ManyClassesAreBounded) {
  class Counting final : public Instrumentation {
   public:
    std::unique_ptr<ActorClass> MakeActorClass(std::string_view name) override {
      std::lock_guard guard(mutex);
      names.emplace_back(name);
      return Instrumentation::MakeActorClass(name);
    }
    std::mutex mutex;
    std::vector<std::string> names;
  };
  auto counting = std::make_shared<Counting>();
  {
    SystemSettings settings;
    settings.threads = 1;
    settings.log_sink = std::make_shared<CaptureLogSink>();
    settings.instrumentation = counting;
    ActorSystem<Halt> system(Receive<Halt>([](const Halt&) { return Same(); }), "many", settings);
    for (size_t i = 0; i < kActorClassesMax + 10; ++i) {
      system.SpawnAnonymous(Receive<Halt>([](const Halt&) { return Same(); }),
                            Props().WithTags({StrCat("entity-", i)}));
    }
  }
  EXPECT_EQ(counting->names.size(), kActorClassesMax + 1);
  EXPECT_EQ(counting->names.back(), "other");
}

// Off: what a Tell allocates, and that nothing is called.
TEST_F(InstrumentationTest, OffCostsNoBytesAndCallsNothing) {
  Start(/*instrumented=*/false);
  std::atomic<bool> has_trace = true;
  std::atomic<int> code = -1;
  std::latch handled(1);
  ActorRef<Halt> child = system_->Spawn(sampo::Setup<Halt>([&](ActorContext<Halt>& context) {
                                          return Receive<Halt>([&](const Halt&) {
                                            const Envelope* envelope = context.current_envelope();
                                            has_trace = (envelope->flags & kHasTrace) != 0;
                                            code = envelope->flags >> kFlagBits;
                                            handled.count_down();
                                            return Same();
                                          });
                                        }),
                                        "child");
  TraceScope scope(NewTrace(6));
  child.Tell(Halt{});
  EXPECT_EQ(AskTrace(*system_), TraceContext().TraceIdHex());
  handled.wait();
  system_->Terminate();
  ASSERT_TRUE(system_->AwaitTermination(kLong).ok());
  EXPECT_FALSE(has_trace);
  EXPECT_EQ(code.load(), BlockCode(internal::EnvelopeBytes<Halt>()));
  EXPECT_THAT(recorder_->Notes(), IsEmpty());
  EXPECT_EQ(internal::RefAccess::Target(child)->flags & (kTraced | kSlowDelivery), 0u);
}

TEST(TraceScopeTest, ScopesNest) {
  EXPECT_FALSE(CurrentTrace().IsValid());
  const TraceContext outer = NewTrace(7);
  const TraceContext inner = NewTrace(8);
  {
    TraceScope first(outer);
    {
      TraceScope second(inner);
      EXPECT_EQ(CurrentTrace(), inner);
    }
    EXPECT_EQ(CurrentTrace(), outer);
    EXPECT_EQ(CurrentTrace().ToTraceParent(), outer.ToTraceParent());
  }
  EXPECT_FALSE(CurrentTrace().IsValid());
}

}  // namespace
}  // namespace sampo
