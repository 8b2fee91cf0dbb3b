// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_board.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/samples/flightboard/ask_airports.h"
#include "sampo/samples/flightboard/flight_json.h"
#include "sampo/stream/stream.h"

namespace flightboard {
namespace {

using sampo::ActorContext;
using sampo::Behavior;
using sampo::Same;

bool HaveCommonPosition(const Batch& a, const Batch& b) {
  if (a.source != b.source) return false;
  auto left = a.flights.begin();
  auto right = b.flights.begin();
  while (left != a.flights.end() && right != b.flights.end()) {
    if (left->position == right->position) return true;
    if (left->position < right->position) {
      ++left;
    } else {
      ++right;
    }
  }
  return false;
}

class BoardActor final : public sampo::AbstractBehavior<BoardActor, board::Command> {
 public:
  BoardActor(ActorContext<board::Command>& context, const FlightStoreSettings& settings)
      : AbstractBehavior(context),
        asker_{&context.System(), context.Self(), settings},
        stash_(context, board::kRequestsWaitingMax) {
    context.PipeToSelf(sampo::persistence::ReadJournal::For(context.System())
                           .CurrentPersistenceIds()
                           .Filter([](const std::string& id) { return AirportOf(id).has_value(); })
                           .RunWith(sampo::stream::Sink<std::string>::Seq(), context.System()),
                       [](absl::StatusOr<std::vector<std::string>> ids) {
                         return board::IdsListed{std::move(ids)};
                       });
  }

  // --- the start ---
  Behavior<board::Command> OnMessage(board::IdsListed&& m) {
    if (!m.ids.ok()) return Begin(m.ids.status());
    for (const std::string& id : *m.ids) SpawnAirport(*AirportOf(id));
    context().PipeToSelf(
        AskAirports<airport::Sources>(
            asker_, All(),
            [](size_t, auto reply_to) { return airport::GetSources{std::move(reply_to)}; }),
        [](absl::StatusOr<std::vector<airport::Sources>> sources) {
          return board::SourcesLearned{std::move(sources)};
        });
    return Same();
  }
  Behavior<board::Command> OnMessage(board::SourcesLearned&& m) {
    if (!m.sources.ok()) return Begin(m.sources.status());
    for (const airport::Sources& sources : *m.sources) {
      for (const auto& [source, number] : sources.highest) NoteHighest(source, number);
    }
    return Begin(absl::OkStatus());
  }

  // --- requests ---
  Behavior<board::Command> OnMessage(board::BeginBatch& m) {
    if (Waits(m)) return Same();
    if (!start_status_.ok()) return Answer(m, start_status_);
    if (under_way_.size() + waiting_.size() >= kBatchesMax) {
      return Answer(m, absl::ResourceExhaustedError(absl::StrCat(
                           "flightboard: ", kBatchesMax,
                           " batches are under way or wait (kBatchesMax): try again later")));
    }
    // Here, because an airport that has no room for a source would leave the batch half stored.
    if (highest_.size() >= kSourcesMax && !highest_.contains(m.batch->source)) {
      return Answer(m, absl::FailedPreconditionError(absl::StrCat(
                           "flightboard: the journal has records of ", highest_.size(),
                           " sources (kSourcesMax: ", kSourcesMax, "), and no room for \"",
                           Printable(m.batch->source), "\": use a source name again")));
    }
    waiting_.push_back(std::move(m));
    return GrantPermits();
  }
  Behavior<board::Command> OnMessage(const board::EndBatch& m) {
    under_way_.erase(m.id);
    return GrantPermits();
  }
  // Also during the start, whose own questions may have to be asked again.
  Behavior<board::Command> OnMessage(board::FindAirport&& m) {
    const auto found = airports_.find(m.airport);
    if (found == airports_.end()) {
      return Answer(m, absl::NotFoundError(absl::StrCat("airport ", m.airport.ToString(),
                                                        ": there are no flights of it")));
    }
    Revive(found->second);
    return Answer(m, found->second.at);
  }
  Behavior<board::Command> OnMessage(board::ListAirports& m) {
    if (Waits(m)) return Same();
    if (!start_status_.ok()) return Answer(m, start_status_);
    return Answer(m, All());
  }

  // --- airports that ended ---
  Behavior<board::Command> OnSignal(const sampo::ChildFailed& signal) {
    return NoteEnd(signal.ref, signal.failure.status);
  }
  Behavior<board::Command> OnSignal(const sampo::Terminated& signal) {
    return NoteEnd(signal.ref, absl::UnavailableError("the actor was stopped"));
  }

 private:
  struct Known {
    board::AirportRef at;
    bool ended = false;
  };

  template <class M, class R>
  Behavior<board::Command> Answer(M& m, R result) {
    m.reply_to.Tell(std::move(result));
    return Same();
  }
  // True: the start is not over, and the request was put aside, or refused.
  template <class M>
  bool Waits(M& m) {
    if (is_started_) return false;
    if (absl::Status stashed = stash_.TryStash(m); !stashed.ok()) m.reply_to.Tell(stashed);
    return true;
  }
  Behavior<board::Command> Begin(const absl::Status& status) {
    is_started_ = true;
    start_status_ = status;
    return stash_.UnstashAll(Same());
  }

  void SpawnAirport(Iata iata) {
    auto [place, is_new] = airports_.try_emplace(iata);
    if (!is_new) return;
    place->second.at.airport = iata;
    Start(place->second);
  }
  void Start(Known& known) {
    known.at.ref = context().Spawn(Airport(known.at.airport), known.at.airport.ToString());
    known.ended = false;
    context().Watch(known.at.ref);
  }
  void Revive(Known& known) {
    if (known.ended) Start(known);
  }
  Behavior<board::Command> NoteEnd(const sampo::AnyActorRef& ref, const absl::Status& failure) {
    const std::string path = ref.path();  // "/user/flights/LAX#671360233"
    const std::optional<Iata> iata =
        Iata::Parse(std::string_view(path).substr(path.rfind('/') + 1, 3));
    const auto found = iata.has_value() ? airports_.find(*iata) : airports_.end();
    if (found == airports_.end()) return Same();
    found->second.ended = true;
    found->second.at.last_failure = failure;
    ++found->second.at.failures;
    return Same();
  }
  std::vector<board::AirportRef> All() {
    std::vector<board::AirportRef> all;
    all.reserve(airports_.size());
    for (auto& [iata, known] : airports_) {
      Revive(known);
      all.push_back(known.at);
    }
    return all;
  }

  // Gives a permit to each batch that has no number in common with one under way, or with one that
  // came before it.
  Behavior<board::Command> GrantPermits() {
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      const auto blocks = [&next](const auto& other) {
        return HaveCommonPosition(*BatchOf(other), *next->batch);
      };
      const bool must_wait = std::any_of(under_way_.begin(), under_way_.end(), blocks) ||
                             std::any_of(waiting_.begin(), next, blocks);
      if (must_wait) {
        ++next;
      } else {
        Grant(*next);
        next = waiting_.erase(next);
      }
    }
    return Same();
  }
  static const SharedBatch& BatchOf(const std::pair<const int64_t, SharedBatch>& under_way) {
    return under_way.second;
  }
  static const SharedBatch& BatchOf(const board::BeginBatch& waiting) { return waiting.batch; }

  void Grant(board::BeginBatch& m) {
    board::Permit permit{.id = ++last_id_, .touched = {}, .to_check = {}};
    const Batch& batch = *m.batch;
    // Above all numbers that any airport may have, there is nothing to check.
    if (batch.flights.front().position <= Highest(batch.source)) permit.to_check = All();
    NoteHighest(batch.source, batch.flights.back().position);
    permit.touched.reserve(batch.shares.size());
    for (const BatchShare& share : batch.shares) {
      SpawnAirport(share.airport);
      Known& known = airports_.find(share.airport)->second;
      Revive(known);
      permit.touched.push_back(known.at);
    }
    under_way_[permit.id] = m.batch;
    m.reply_to.Tell(std::move(permit));
  }
  int64_t Highest(const std::string& source) const {
    const auto found = highest_.find(source);
    return found == highest_.end() ? 0 : found->second;
  }
  void NoteHighest(const std::string& source, int64_t number) {
    int64_t& highest = highest_[source];
    highest = std::max(highest, number);
  }

  const Asker asker_;
  sampo::StashBuffer<board::Command> stash_;
  bool is_started_ = false;
  absl::Status start_status_;  // why there is nothing to answer
  std::map<Iata, Known> airports_;
  std::map<std::string, int64_t> highest_;  // record number of each source that is or may be stored
  std::map<int64_t, SharedBatch> under_way_;
  std::deque<board::BeginBatch> waiting_;
  int64_t last_id_ = 0;
};

}  // namespace

Behavior<board::Command> FlightBoard(FlightStoreSettings settings) {
  return BoardActor::Create(settings);
}

}  // namespace flightboard
