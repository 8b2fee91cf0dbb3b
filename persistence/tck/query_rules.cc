// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rules about what queries (//persistence/query) get from a journal.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"

namespace sampo::persistence::tck {
namespace {

using Envelopes = std::vector<EventEnvelope>;

// Pages of 3, so that each of these queries needs several.
ReadJournal Query(Subject& subject) {
  return ReadJournal(subject.plugins().journal, {.page_records_max = 3});
}

template <class T>
absl::StatusOr<std::vector<T>> Run(Subject& subject, const stream::Source<T>& source) {
  return subject.Get(source.RunWith(stream::Sink<T>::Seq(), subject.kit().system()));
}

std::string TextOf(const Envelopes& envelopes) {
  std::string text;
  for (const EventEnvelope& each : envelopes) {
    text += StrCat(text.empty() ? "" : ",", each.persistence_id, ":", each.seq, ":", each.payload);
  }
  return text;
}

// Events 1 to 10 of A|1 and B|1 in turn, the even ones tagged; gives A|1's epoch.
absl::StatusOr<uint64_t> TwoTimesTen(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant a, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant b, subject.Acquire("B|1"));
  for (int64_t seq = 1; seq <= 10; ++seq) {
    const std::vector<std::string> tags =
        seq % 2 == 0 ? std::vector<std::string>{"even"} : std::vector<std::string>();
    SAMPO_RETURN_IF_ERROR(
        subject.Write({"A|1", a.epoch, seq - 1, {EventOf(StrCat("a", seq), tags)}}));
    SAMPO_RETURN_IF_ERROR(
        subject.Write({"B|1", b.epoch, seq - 1, {EventOf(StrCat("b", seq), tags)}}));
  }
  return a.epoch;
}

absl::Status StreamsAllIds(Subject& subject) {
  std::vector<std::string> want;
  for (int i = 0; i < 10; ++i) {
    SAMPO_ASSIGN_OR_RETURN(std::vector<std::string> ids,
                           Run(subject, Query(subject).CurrentPersistenceIds()));
    if (ids != want) return Violation(StrCat("another list than the ", i, " ids there are"));
    want.push_back(StrCat("Id|", 9 - i));
    SAMPO_RETURN_IF_ERROR(subject.Acquire(want.back()).status());
  }
  return absl::OkStatus();
}

absl::Status StreamsEventsOfAnId(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, TwoTimesTen(subject));
  const ReadJournal query = Query(subject);
  SAMPO_ASSIGN_OR_RETURN(Envelopes all, Run(subject, query.CurrentEventsByPersistenceId("A|1")));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events", all.size(), size_t{10}));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("the last", TextOf({all.back()}), "A|1:10:a10"));
  SAMPO_ASSIGN_OR_RETURN(Envelopes some,
                         Run(subject, query.CurrentEventsByPersistenceId("A|1", 3, 6)));
  SAMPO_RETURN_IF_ERROR(
      ExpectEqual("events 3 to 6", TextOf(some), "A|1:3:a3,A|1:4:a4,A|1:5:a5,A|1:6:a6"));
  SAMPO_ASSIGN_OR_RETURN(Envelopes none, Run(subject, query.CurrentEventsByPersistenceId("C|1")));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events of an unknown id", none.size(), size_t{0}));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 8)));
  SAMPO_ASSIGN_OR_RETURN(Envelopes left, Run(subject, query.CurrentEventsByPersistenceId("A|1")));
  SAMPO_RETURN_IF_ERROR(
      ExpectEqual("events after a deletion", TextOf(left), "A|1:9:a9,A|1:10:a10"));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 10)));
  SAMPO_ASSIGN_OR_RETURN(none, Run(subject, query.CurrentEventsByPersistenceId("A|1")));
  return ExpectEqual("events after a deletion of all", none.size(), size_t{0});
}

absl::Status StreamsEventsByTag(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, TwoTimesTen(subject));
  const ReadJournal query = Query(subject);
  SAMPO_ASSIGN_OR_RETURN(Envelopes even, Run(subject, query.CurrentEventsByTag("even")));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("tagged events", TextOf(even),
                                    "A|1:2:a2,B|1:2:b2,A|1:4:a4,B|1:4:b4,A|1:6:a6,B|1:6:b6,"
                                    "A|1:8:a8,B|1:8:b8,A|1:10:a10,B|1:10:b10"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("tags", even[0].tags.size(), size_t{1}));
  SAMPO_ASSIGN_OR_RETURN(Envelopes rest,
                         Run(subject, query.CurrentEventsByTag("even", even[6].ordering)));
  SAMPO_RETURN_IF_ERROR(
      ExpectEqual("behind an offset", TextOf(rest), "B|1:8:b8,A|1:10:a10,B|1:10:b10"));
  const int64_t offset = even.back().ordering;
  SAMPO_ASSIGN_OR_RETURN(rest, Run(subject, query.CurrentEventsByTag("even", offset)));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("behind the last", rest.size(), size_t{0}));
  SAMPO_RETURN_IF_ERROR(subject.Write({"A|1", epoch, 10, {EventOf("a11", {"even"})}}));
  SAMPO_ASSIGN_OR_RETURN(rest, Run(subject, query.CurrentEventsByTag("even", offset)));
  return ExpectEqual("behind the last, later", TextOf(rest), "A|1:11:a11");
}

}  // namespace

std::vector<Rule> QueryRules() {
  return {
      {"StreamsAllIds", "CurrentPersistenceIds gives each id once, in order", StreamsAllIds},
      {"StreamsEventsOfAnId",
       "CurrentEventsByPersistenceId gives the events from ... to, without deleted ones",
       StreamsEventsOfAnId},
      {"StreamsEventsByTag", "CurrentEventsByTag gives the events behind an offset, in order",
       StreamsEventsByTag},
  };
}

}  // namespace sampo::persistence::tck
