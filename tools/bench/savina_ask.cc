// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The programs that ask: an actor asks another with 1 or 1000 questions in flight, and a thread
// outside of actors asks and waits.
#include <cstdlib>
#include <latch>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/tools/bench/savina.h"

namespace sampo::bench {
namespace {

struct Answer {
  int64_t value;
};
struct Question {
  int64_t value;
  ReplyTo<Answer> reply_to;
};

Behavior<Question> Server() {
  return Receive<Question>([](Question&& m) {
    m.reply_to.Tell({m.value + 1});
    return Same();
  });
}

struct Begin {};
struct Answered {
  absl::StatusOr<Answer> answer;
};
struct Command : std::variant<Begin, Answered> {
  using variant::variant;
};

struct AskerOptions {
  int64_t asks = 0;
  int64_t in_flight = 1;
  absl::Duration timeout = absl::InfiniteDuration();
};

class Asker final : public AbstractBehavior<Asker, Command> {
 public:
  Asker(ActorContext<Command>& context, ActorRef<Question> server, const AskerOptions& options,
        std::latch* done)
      : AbstractBehavior(context),
        server_(std::move(server)),
        options_(options),
        left_(options.asks),
        done_(done) {}
  Behavior<Command> OnMessage(const Begin&) {
    for (int64_t i = 0; i < options_.in_flight; ++i) AskOne();
    return Same();
  }
  Behavior<Command> OnMessage(const Answered& m) {
    if (!m.answer.ok()) return Fail(m.answer.status());
    if (++answered_ == options_.asks) {
      done_->count_down();
    } else if (left_ > 0) {
      AskOne();
    }
    return Same();
  }

 private:
  void AskOne() {
    context().Ask<Answer>(
        server_, options_.timeout,
        [value = left_--](auto reply_to) {
          return Question{value, std::move(reply_to)};
        },
        [](absl::StatusOr<Answer> answer) { return Answered{std::move(answer)}; });
  }

  const ActorRef<Question> server_;
  const AskerOptions options_;
  int64_t left_;
  int64_t answered_ = 0;
  std::latch* const done_;
};

}  // namespace

Result RunAsk(const Run& run) {
  const int64_t in_flight = run.bench.starts_with("ask_1000") ? 1000 : 1;
  const AskerOptions options = {
      .asks = run.Scaled(500'000, in_flight),
      .in_flight = in_flight,
      .timeout = run.bench.ends_with("_timeout") ? absl::Seconds(5) : absl::InfiniteDuration()};
  std::latch done(1);
  ActorSystem<Question> system(Server(), "savina", run.Settings());
  auto asker = system.SpawnAnonymous(Asker::Create(system.guardian(), options, &done));

  Stopwatch watch;
  asker.Tell(Begin{});
  done.wait();
  const Lap lap = watch.Read();
  return run.Done(options.asks, lap);
}

Result RunAskBlocking(const Run& run) {
  const int64_t asks = run.Scaled(50'000);
  ActorSystem<Question> system(Server(), "savina", run.Settings());

  Stopwatch watch;
  for (int64_t i = 0; i < asks; ++i) {
    Future<Answer> answer =
        Ask<Answer>(system.guardian(), absl::InfiniteDuration(), [i](auto reply_to) {
          return Question{i, std::move(reply_to)};
        });
    if (!Await(std::move(answer), absl::InfiniteDuration()).ok()) std::abort();
  }
  const Lap lap = watch.Read();
  return run.Done(asks, lap);
}

}  // namespace sampo::bench
