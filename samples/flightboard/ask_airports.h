// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AskAirports: one question to many airports; again where an answer does not come.
//
// Why: a request may be lost with the actor that was about to answer it: its write failed, its
// journal was slow. All requests here may run twice, so they are sent again, at most kRetriesMax
// times, to the airport that the board has spawned in its place. What says that the request itself
// is wrong is not asked again.
// A question is over when all airports have answered or failed, also where one failed at once: who
// asks then knows that nothing of it is under way.
// Threads: from any. Errors: the first airport's that failed for good, with its name and, where the
// actor failed, with that failure.
//
//   Future<std::vector<AirportStats>> stats = AskAirports<AirportStats>(
//       {&system, board, settings}, airports,
//       [](size_t, auto reply_to) { return airport::GetStats{std::move(reply_to)}; });
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_ASK_AIRPORTS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_ASK_AIRPORTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/retry.h"
#include "sampo/samples/flightboard/flight_board.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

// Who asks: in which system, of which board, how patiently.
struct Asker {
  sampo::ActorSystemBase* system;
  sampo::ActorRef<board::Command> board;
  FlightStoreSettings settings;
};

namespace internal {

sampo::RetryOptions RetryOptionsOf(const FlightStoreSettings& settings);
// The airport as the board has it now.
sampo::Future<board::AirportRef> FindAgain(const Asker& asker, Iata airport);
// `status` with the airport and, where it has failed more often than `failures_before`, with what
// it failed with.
absl::Status WithAirport(const board::AirportRef& airport, int64_t failures_before,
                         const absl::Status& status);

// What became of one question.
template <class R>
struct Outcome {
  std::optional<R> answer;
  absl::Status status;  // why there is none
};

// All answers, or the first failure.
template <class R>
absl::StatusOr<std::vector<R>> AnswersOf(std::vector<Outcome<R>> outcomes) {
  std::vector<R> answers;
  answers.reserve(outcomes.size());
  for (Outcome<R>& outcome : outcomes) {
    if (!outcome.answer.has_value()) return outcome.status;
    answers.push_back(*std::move(outcome.answer));
  }
  return answers;
}

}  // namespace internal

// The answer R of one airport to make(reply_to).
template <class R, class Make>
sampo::Future<R> AskAirport(const Asker& asker, const board::AirportRef& airport, Make make) {
  // Shared by the attempts, which do not overlap.
  auto last = std::make_shared<board::AirportRef>(airport);
  return sampo::Retry(*asker.system, internal::RetryOptionsOf(asker.settings),
                      [asker, last, make, is_first = true]() mutable -> sampo::Future<R> {
                        const auto ask = [timeout = asker.settings.answer_timeout,
                                          make](const board::AirportRef& at) {
                          return sampo::AskWithStatus<R>(at.ref, timeout, make);
                        };
                        if (std::exchange(is_first, false)) return ask(*last);
                        return internal::FindAgain(asker, last->airport)
                            .FlatMap([last, ask](board::AirportRef found) {
                              *last = std::move(found);
                              return ask(*last);
                            });
                      })
      .Recover(
          [last, failures = airport.failures](const absl::Status& status) -> absl::StatusOr<R> {
            return internal::WithAirport(*last, failures, status);
          });
}

// The answers of `airports`, in their order; make(index, reply_to) makes the request to
// airports[index].
template <class R, class Make>
sampo::Future<std::vector<R>> AskAirports(const Asker& asker,
                                          const std::vector<board::AirportRef>& airports,
                                          Make make) {
  using Outcome = internal::Outcome<R>;
  std::vector<sampo::Future<Outcome>> outcomes;
  outcomes.reserve(airports.size());
  for (size_t i = 0; i < airports.size(); ++i) {
    sampo::Future<R> answer = AskAirport<R>(
        asker, airports[i], [make, i](auto reply_to) { return make(i, std::move(reply_to)); });
    outcomes.push_back(std::move(answer)
                           .Map([](R value) {
                             return Outcome{std::move(value), absl::OkStatus()};
                           })
                           .Recover([](const absl::Status& status) {
                             return Outcome{std::nullopt, status};
                           }));
  }
  return sampo::Sequence(std::move(outcomes)).Map([](std::vector<Outcome> all) {
    return internal::AnswersOf(std::move(all));
  });
}

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_ASK_AIRPORTS_H_
