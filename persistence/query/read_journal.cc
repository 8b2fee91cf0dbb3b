// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/query/read_journal.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/persistence.h"

namespace sampo::persistence {
namespace {

// What UnfoldAsync wants: the next state and the records of a page, or the end.
template <class State, class Record>
using Step = std::optional<std::pair<State, std::vector<Record>>>;

// A source of the records in the pages that read(state) brings. State has `at_end`, which tells
// that there is no further page. The next page is read when the one before has been taken.
template <class Record, class State, class Read>
stream::Source<Record> Pages(State start, Read read) {
  using Steps = Step<State, Record>;
  return stream::Source<std::vector<Record>>::UnfoldAsync(
             std::move(start),
             [read = std::move(read)](State state) -> Future<Steps> {
               if (state.at_end) return Future<Steps>::Ready(Steps());
               return read(std::move(state));
             })
      .MapConcat([](std::vector<Record> page) { return page; });
}

// Completes `done` with the page that read(max) brings. Where that is damaged: with one of fewer
// records, which ends before the damage; the failure itself where the damage comes first. A damaged
// page costs at most some reads of halves of it.
template <class Page, class Read>
void ReadUpToDamage(Promise<Page> done, int64_t max, Read read) {
  Future<Page> page = read(max);
  std::move(page).OnComplete(
      [done = std::move(done), max, read = std::move(read)](absl::StatusOr<Page> result) mutable {
        if (absl::IsDataLoss(result.status()) && max > 1) {
          return ReadUpToDamage(std::move(done), max / 2, std::move(read));
        }
        done.Complete(std::move(result));
      });
}
template <class Page, class Read>
Future<Page> PageUpToDamage(int64_t max, Read read) {
  Promise<Page> done;
  Future<Page> page = done.future();
  ReadUpToDamage(std::move(done), max, std::move(read));
  return page;
}

template <class Record>
stream::Source<Record> NoJournal() {
  return stream::Source<Record>::Failed(absl::FailedPreconditionError(
      "query: the system has no journal: call Persistence::Get(system).Use(...) first"));
}

EventEnvelope EnvelopeOf(StoredEvent&& event, std::string persistence_id) {
  return {.persistence_id = std::move(persistence_id),
          .seq = event.seq,
          .ordering = event.ordering,
          .written_at = absl::FromUnixMicros(event.written_at_micros),
          .manifest = std::move(event.manifest),
          .version = event.version,
          .payload = std::move(event.payload),
          .tags = std::move(event.tags),
          .metadata = std::move(event.metadata)};
}

struct ListState {
  int64_t after = 0;
  bool at_end = false;
};

struct EventsState {
  EventsRequest request;
  bool bounded = false;  // request.to_seq is at most the highest at the start
  bool at_end = false;
};

// The page's events, and the request for the next one.
Step<EventsState, EventEnvelope> NextOf(EventsState state, EventsPage page) {
  std::vector<EventEnvelope> events;
  events.reserve(page.events.size());
  if (!state.bounded) {
    state.request.to_seq = std::min(state.request.to_seq, page.head.highest_seq);
    state.bounded = true;
  }
  if (!page.events.empty()) state.request.from_seq = page.events.back().seq + 1;
  state.request.hash_before = page.hash_after;
  state.at_end = page.at_end || state.request.from_seq > state.request.to_seq;
  for (StoredEvent& event : page.events) {
    events.push_back(EnvelopeOf(std::move(event), state.request.persistence_id));
  }
  return std::pair(std::move(state), std::move(events));
}

}  // namespace

ReadJournal::ReadJournal(std::shared_ptr<Journal> journal, ReadJournalOptions options)
    : journal_(std::move(journal)), options_(options) {
  SAMPO_CHECK(options.page_records_max >= 1, "ReadJournal: a page of no records");
}

ReadJournal ReadJournal::For(ActorSystemBase& system, ReadJournalOptions options) {
  return ReadJournal(Persistence::Get(system).plugins().journal, options);
}

stream::Source<std::string> ReadJournal::CurrentPersistenceIds() const {
  if (journal_ == nullptr) return NoJournal<std::string>();
  return Pages<std::string>(
      ListState{}, [journal = journal_, max = options_.page_records_max](ListState state) {
        return journal->ListIds(state.after, max).Map([](IdsPage page) {
          return Step<ListState, std::string>(
              std::pair(ListState{page.next, page.at_end}, std::move(page.ids)));
        });
      });
}

stream::Source<EventEnvelope> ReadJournal::CurrentEventsByPersistenceId(std::string persistence_id,
                                                                        int64_t from_seq,
                                                                        int64_t to_seq) const {
  if (journal_ == nullptr) return NoJournal<EventEnvelope>();
  EventsState start{.request = {.persistence_id = std::move(persistence_id),
                                .from_seq = from_seq,
                                .to_seq = to_seq,
                                .events_max = options_.page_records_max}};
  return Pages<EventEnvelope>(std::move(start), [journal = journal_](EventsState state) {
    Future<EventsPage> page = PageUpToDamage<EventsPage>(
        state.request.events_max, [journal, request = state.request](int64_t max) mutable {
          request.events_max = max;
          return journal->ReadEvents(request);
        });
    return std::move(page).Map([state = std::move(state)](EventsPage read) mutable {
      return NextOf(std::move(state), std::move(read));
    });
  });
}

stream::Source<EventEnvelope> ReadJournal::CurrentEventsByTag(std::string tag,
                                                              int64_t offset) const {
  if (journal_ == nullptr) return NoJournal<EventEnvelope>();
  return Pages<EventEnvelope>(
      ListState{offset},
      [journal = journal_, tag = std::move(tag), max = options_.page_records_max](ListState state) {
        Future<TaggedPage> read = PageUpToDamage<TaggedPage>(
            max, [journal, tag, after = state.after](int64_t records_max) {
              return journal->ReadByTag(tag, after, records_max);
            });
        return std::move(read).Map([](TaggedPage page) {
          std::vector<EventEnvelope> events;
          events.reserve(page.events.size());
          for (StoredEvent& event : page.events) {
            std::string id = std::move(event.persistence_id);
            events.push_back(EnvelopeOf(std::move(event), std::move(id)));
          }
          return Step<ListState, EventEnvelope>(
              std::pair(ListState{page.next, page.at_end}, std::move(events)));
        });
      });
}

}  // namespace sampo::persistence
