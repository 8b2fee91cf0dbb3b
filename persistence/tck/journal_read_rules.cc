// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rules about what a journal gives back: replays, chains, lists, tags.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/tck/contenders.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"

namespace sampo::persistence::tck {
namespace {

constexpr int64_t kCount = 10;

// Events "1" to "10" of A|1, and some of B|1 around them; gives A|1's grant.
absl::StatusOr<WriterGrant> TenEvents(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant a, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant b, subject.Acquire("B|1"));
  for (int64_t seq = 1; seq <= kCount; ++seq) {
    SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", a.epoch, seq - 1, {StrCat(seq)})));
    SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("B|1", b.epoch, seq - 1, {"other"})));
  }
  return a;
}

absl::Status KnowsNothingAtFirst(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq", head.highest_seq, 0));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", head.epoch, uint64_t{0}));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash", HashText(head.hash), HashText(ChainHash{})));
  SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page({.persistence_id = "A|1"}));
  if (!page.events.empty() || !page.at_end) return Violation("an unknown id has events");
  SAMPO_ASSIGN_OR_RETURN(IdsPage ids, subject.Get(subject.journal().ListIds(0, 10)));
  if (!ids.ids.empty() || !ids.at_end) return Violation("reading made an id");
  int64_t after = 0;
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> tagged, subject.ReadTag("blue", after));
  return ExpectEqual("tagged events", tagged.size(), size_t{0});
}

struct Range {
  int64_t from_seq, to_seq, events_max;
  const char* want;
  bool at_end;
};

absl::Status ExpectRange(Subject& subject, const Range& range) {
  const std::string what =
      StrCat("events ", range.from_seq, " to ", range.to_seq, ", at most ", range.events_max);
  SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page({.persistence_id = "A|1",
                                                        .from_seq = range.from_seq,
                                                        .to_seq = range.to_seq,
                                                        .events_max = range.events_max}));
  SAMPO_RETURN_IF_ERROR(ExpectEqual(what.c_str(), PayloadsOf(page.events), range.want));
  SAMPO_RETURN_IF_ERROR(ExpectEqual(StrCat(what, ", at_end").c_str(), page.at_end, range.at_end));
  return ExpectEqual("highest_seq of the page", page.head.highest_seq, kCount);
}

absl::Status ReplaysRanges(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(TenEvents(subject).status());
  const Range ranges[] = {
      {1, kSeqMax, 1000, "1,2,3,4,5,6,7,8,9,10", true},
      {0, 2, 1000, "1,2", true},
      {-5, 1, 1000, "1", true},
      {3, 5, 1000, "3,4,5", true},
      {10, 10, 1000, "10", true},
      {9, 20, 1000, "9,10", true},
      {11, kSeqMax, 1000, "", true},
      {5, 4, 1000, "", true},
      {1, 0, 1000, "", true},
      {kSeqMax, kSeqMax, 1000, "", true},
  };
  for (const Range& range : ranges) SAMPO_RETURN_IF_ERROR(ExpectRange(subject, range));
  return absl::OkStatus();
}

absl::Status ReplaysPages(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(TenEvents(subject).status());
  const Range ranges[] = {
      {1, kSeqMax, 1, "1", false},
      {1, kSeqMax, 9, "1,2,3,4,5,6,7,8,9", false},
      {6, kSeqMax, 5, "6,7,8,9,10", true},
      {3, 5, 2, "3,4", false},
      {3, 5, 3, "3,4,5", true},
      {10, kSeqMax, 1, "10", true},
  };
  for (const Range& range : ranges) SAMPO_RETURN_IF_ERROR(ExpectRange(subject, range));
  for (int64_t events_max : {1, 2, 3, 7, 10, 11}) {
    SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1", events_max));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("all pages", PayloadsOf(events), "1,2,3,4,5,6,7,8,9,10"));
  }
  for (int64_t events_max : {0, -1}) {
    SAMPO_RETURN_IF_ERROR(
        ExpectCode("a page of no events",
                   subject.Page({.persistence_id = "A|1", .events_max = events_max}).status(),
                   absl::StatusCode::kInvalidArgument));
  }
  return absl::OkStatus();
}

absl::Status ReplaysLargePayloads(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  const std::string large = OddBytes(size_t{1} << 20);
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {large, "small", large})));
  for (int seq = 3; seq < 8; ++seq) {
    SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, seq, {large})));
  }
  SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page({.persistence_id = "A|1"}));
  size_t bytes = 0;
  for (const StoredEvent& event : page.events) bytes += event.payload.size();
  if (bytes > kPageBytesMax + large.size()) return Violation("a page has too many bytes");
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events", events.size(), size_t{8}));
  for (const StoredEvent& event : events) {
    if (event.payload != (event.seq == 2 ? "small" : large)) {
      return Violation(StrCat("the payload of event ", event.seq, " is not what was written"));
    }
  }
  return absl::OkStatus();
}

// Records that a plugin might bend: zeros, empty parts, all bytes, the largest parts.
std::vector<EventRecord> OddEvents() {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  const std::string zeros("\0\0a\0", 4);
  std::vector<std::string> many;
  for (size_t i = 0; i < kTagsPerEventMax; ++i) many.push_back(StrCat("tag", 1000 - i));
  return {
      {.manifest = "m", .version = 0, .payload = ""},
      {.manifest = std::string(255, 'm'), .version = 0xFFFFFFFF, .payload = all_bytes},
      {.manifest = "tck.Ünicode", .payload = zeros, .tags = {"b", "a", "ü"}, .metadata = zeros},
      {.manifest = zeros, .payload = "x", .tags = {zeros, std::string(255, 't')}},
      {.manifest = "m", .payload = "x", .tags = many, .metadata = std::string(100'000, '\xff')},
  };
}

absl::Status ExpectSame(const StoredEvent& got, const EventRecord& want) {
  const std::string which = StrCat("event ", got.seq, " comes back with another ");
  if (got.manifest != want.manifest) return Violation(StrCat(which, "manifest"));
  if (got.version != want.version) return Violation(StrCat(which, "version"));
  if (got.payload != want.payload) return Violation(StrCat(which, "payload"));
  if (got.tags != want.tags) return Violation(StrCat(which, "tags"));
  if (got.metadata != want.metadata) return Violation(StrCat(which, "metadata"));
  return absl::OkStatus();
}

absl::Status KeepsEveryByte(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  const std::vector<EventRecord> odd = OddEvents();
  SAMPO_RETURN_IF_ERROR(subject.Write({"A|1", grant.epoch, 0, odd}));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events", events.size(), odd.size()));
  for (size_t i = 0; i < odd.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectSame(events[i], odd[i]));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", events[i].epoch, grant.epoch));
  }
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> again, subject.ReadAll("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events after a new system", again.size(), odd.size()));
  for (size_t i = 0; i < odd.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectSame(again[i], odd[i]));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", again[i].epoch, grant.epoch));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("ordering", again[i].ordering, events[i].ordering));
    SAMPO_RETURN_IF_ERROR(
        ExpectEqual("written_at_micros", again[i].written_at_micros, events[i].written_at_micros));
  }
  return absl::OkStatus();
}

absl::Status KeepsEverythingForTheNextSystem(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, TenEvents(subject));
  SAMPO_ASSIGN_OR_RETURN(JournalHead before, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(JournalHead after, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq", after.highest_seq, kCount));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", after.epoch, grant.epoch));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash", HashText(after.hash), HashText(before.hash)));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant next, subject.Acquire("A|1"));
  if (next.epoch <= grant.epoch) return Violation("an epoch is given again");
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", next.epoch, kCount, {"11"})));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1"));
  return ExpectEqual("events", PayloadsOf(events), "1,2,3,4,5,6,7,8,9,10,11");
}

absl::Status ChainsEvents(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(TenEvents(subject).status());
  RecordDigest digest;
  ChainHash want{};
  EventsRequest request{.persistence_id = "A|1", .events_max = 3};
  bool at_end = false;
  while (!at_end) {
    SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page(request));
    for (const StoredEvent& event : page.events) {
      digest.SetEvent("A|1", event);
      want = digest.ChainAfter(want);
      request.from_seq = event.seq + 1;
    }
    if (!page.hash_after.has_value()) return Violation("a page from the start has no hash_after");
    SAMPO_RETURN_IF_ERROR(ExpectEqual("hash_after", HashText(*page.hash_after), HashText(want)));
    request.hash_before = page.hash_after;
    at_end = page.at_end;
  }
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash of the head", HashText(head.hash), HashText(want)));
  // From a snapshot's place, and behind the last event.
  SAMPO_ASSIGN_OR_RETURN(EventsPage tail, subject.Page(request));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events behind the last", tail.events.size(), size_t{0}));
  if (tail.hash_after != request.hash_before) return Violation("an empty page changes the hash");
  SAMPO_ASSIGN_OR_RETURN(EventsPage loose,
                         subject.Page({.persistence_id = "A|1", .from_seq = 5, .events_max = 2}));
  if (loose.hash_after.has_value()) return Violation("a hash out of nothing");
  return absl::OkStatus();
}

absl::Status AWrongChainIsDataLoss(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(TenEvents(subject).status());
  ChainHash wrong{};
  wrong[3] = 7;
  for (int64_t from_seq : {int64_t{1}, int64_t{5}, int64_t{10}, int64_t{11}, int64_t{12}}) {
    const absl::StatusOr<EventsPage> page =
        subject.Page({.persistence_id = "A|1", .from_seq = from_seq, .hash_before = wrong});
    SAMPO_RETURN_IF_ERROR(ExpectCode(StrCat("a wrong hash before ", from_seq).c_str(),
                                     page.status(), absl::StatusCode::kDataLoss));
    if (ToStd(page.status().message()).find("A|1") == std::string_view::npos) {
      return Violation(StrCat("the message does not name the id: ", page.status().ToString()));
    }
  }
  const absl::StatusOr<EventsPage> unknown =
      subject.Page({.persistence_id = "C|1", .from_seq = 3, .hash_before = wrong});
  return ExpectCode("a snapshot without a journal", unknown.status(), absl::StatusCode::kDataLoss);
}

absl::Status ChainsBehindDeletedEvents(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, TenEvents(subject));
  SAMPO_ASSIGN_OR_RETURN(EventsPage to_four, subject.Page({.persistence_id = "A|1", .to_seq = 4}));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", grant.epoch, 4)));
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  // The last: a reader that began before the deletion and goes on behind it.
  const EventsRequest requests[] = {
      {.persistence_id = "A|1"},
      {.persistence_id = "A|1", .from_seq = 5, .hash_before = to_four.hash_after},
      {.persistence_id = "A|1", .from_seq = 3, .hash_before = ChainHash{}},
  };
  for (const EventsRequest& request : requests) {
    SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page(request));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("events", PayloadsOf(page.events), "5,6,7,8,9,10"));
    if (page.hash_after != head.hash) return Violation("the chain behind deleted events is lost");
  }
  ChainHash wrong{};
  wrong[15] = 1;
  return ExpectCode(
      "a wrong hash at deleted_to",
      subject.Page({.persistence_id = "A|1", .from_seq = 5, .events_max = 2, .hash_before = wrong})
          .status(),
      absl::StatusCode::kDataLoss);
}

absl::Status ListsIdsInPages(Subject& subject) {
  std::vector<std::string> want;
  std::vector<std::string> got;
  const auto add = [&](int count) -> absl::Status {
    for (int i = 0; i < count; ++i) {
      want.push_back(StrCat("Id|", 100 - want.size()));
      SAMPO_RETURN_IF_ERROR(subject.Acquire(want.back()).status());
    }
    return absl::OkStatus();
  };
  SAMPO_RETURN_IF_ERROR(add(7));
  SAMPO_RETURN_IF_ERROR(subject.Acquire(want[2]).status());  // no second entry
  IdsPage page;
  while (!page.at_end) {
    SAMPO_ASSIGN_OR_RETURN(page, subject.Get(subject.journal().ListIds(page.next, 3)));
    if (page.ids.size() > 3 || (page.ids.empty() && !page.at_end)) {
      return Violation("a page of a wrong size");
    }
    got.insert(got.end(), page.ids.begin(), page.ids.end());
    if (want.size() < 13) SAMPO_RETURN_IF_ERROR(add(2));  // while pages are read
  }
  if (got != want) return Violation("ids in pages: not all of them once, in order");
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(IdsPage all, subject.Get(subject.journal().ListIds(0, 1000)));
  if (all.ids != want || !all.at_end) return Violation("another list after a new system");
  return ExpectCode("a page of no ids", subject.Get(subject.journal().ListIds(0, 0)).status(),
                    absl::StatusCode::kInvalidArgument);
}

absl::Status NeverRepeatsAnOrdering(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, TenEvents(subject));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> a, subject.ReadAll("A|1"));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> b, subject.ReadAll("B|1"));
  int64_t last = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].ordering <= last || b[i].ordering <= a[i].ordering) {
      return Violation("orderings are not the order of commits");
    }
    last = b[i].ordering;
  }
  SAMPO_ASSIGN_OR_RETURN(WriterGrant other, subject.Acquire("B|1"));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", grant.epoch, kCount)));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("B|1", other.epoch, kCount)));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(WriterGrant next, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", next.epoch, kCount, {"11"})));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1"));
  if (events.size() != 1 || events[0].ordering <= last) return Violation("an ordering is repeated");
  return absl::OkStatus();
}

absl::Status FindsEventsByTag(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant a, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant b, subject.Acquire("B|1"));
  for (int64_t seq = 1; seq <= kCount; ++seq) {
    const std::vector<std::string> tags = seq % 2 == 0
                                              ? std::vector<std::string>{"even", "all", "all"}
                                              : std::vector<std::string>{"all"};
    SAMPO_RETURN_IF_ERROR(
        subject.Write({"A|1", a.epoch, seq - 1, {EventOf(StrCat("a", seq), tags)}}));
    SAMPO_RETURN_IF_ERROR(subject.Write({"B|1", b.epoch, seq - 1, {EventOf("plain")}}));
  }
  SAMPO_RETURN_IF_ERROR(subject.Write({"B|1", b.epoch, kCount, {EventOf("b11", {"all"})}}));
  for (int64_t events_max : {1, 2, 3, 1000}) {
    int64_t after = 0;
    SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> all, subject.ReadTag("all", after, events_max));
    SAMPO_RETURN_IF_ERROR(
        ExpectEqual("tag all", PayloadsOf(all), "a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,b11"));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("id", all.back().persistence_id, "B|1"));
    int64_t from_fourth = all[3].ordering;
    SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> even,
                           subject.ReadTag("even", from_fourth, events_max));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("tag even behind the fourth", PayloadsOf(even), "a6,a8,a10"));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("tags", even[0].tags.size(), size_t{3}));
  }
  for (const char* tag : {"al", "ALL", "a%", "nothing"}) {
    int64_t after = 0;
    SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> none, subject.ReadTag(tag, after));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("events of another tag", none.size(), size_t{0}));
  }
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", a.epoch, 8)));
  int64_t after = 0;
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> left, subject.ReadTag("even", after));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("tagged events after a deletion", PayloadsOf(left), "a10"));
  return ExpectCode("a page of no events",
                    subject.Get(subject.journal().ReadByTag("all", 0, 0)).status(),
                    absl::StatusCode::kInvalidArgument);
}

absl::Status IsUnavailableAfterTheEnd(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, TenEvents(subject));
  subject.End();
  const absl::StatusOr<std::vector<AppendResult>> appended =
      subject.Get(subject.journal().Append({AppendOf("A|1", grant.epoch, kCount, {"x"})}));
  // Either the future fails, or each of its results.
  const absl::Status append =
      appended.ok() && appended->size() == 1 ? appended->front().status : appended.status();
  Journal& journal = subject.journal();
  const absl::Status answers[] = {
      append,
      subject.Acquire("A|1").status(),
      subject.Head("A|1").status(),
      subject.Page({.persistence_id = "A|1"}).status(),
      subject.Get(journal.DeleteEvents("A|1", grant.epoch, 1)),
      subject.Get(journal.ListIds(0, 1)).status(),
      subject.Get(journal.ReadByTag("all", 0, 1)).status(),
  };
  for (const absl::Status& answer : answers) {
    SAMPO_RETURN_IF_ERROR(
        ExpectCode("after the end of the system", answer, absl::StatusCode::kUnavailable));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Rule> JournalReadRules() {
  return {
      {"KnowsNothingAtFirst", "an unknown id has no events, and reading does not make it known",
       KnowsNothingAtFirst},
      {"ReplaysRanges", "a read gives the events from ... to, both included", ReplaysRanges},
      {"ReplaysPages", "a page has at most events_max, at_end tells the last one", ReplaysPages},
      {"ReplaysLargePayloads", "1 MiB comes back byte for byte, in pages of bounded size",
       ReplaysLargePayloads, true},
      {"KeepsEveryByte",
       "manifest, version, payload, tags, metadata and times come back as written", KeepsEveryByte,
       true},
      {"KeepsEverythingForTheNextSystem", "what was written is there after a new system",
       KeepsEverythingForTheNextSystem},
      {"ChainsEvents", "pages hand the hash on; at the end it is the head's", ChainsEvents},
      {"AWrongChainIsDataLoss", "a hash that is not the chain's is DATA_LOSS and names the id",
       AWrongChainIsDataLoss},
      {"ChainsBehindDeletedEvents", "the chain goes on behind deleted events",
       ChainsBehindDeletedEvents},
      {"ListsIdsInPages", "each id is listed once, in the order of first writers, while more come",
       ListsIdsInPages},
      {"NeverRepeatsAnOrdering", "orderings are the order of commits, and never repeat",
       NeverRepeatsAnOrdering},
      {"FindsEventsByTag", "events by tag, in order, in pages, behind an offset", FindsEventsByTag},
      {"TagsMissNothing", "a reader that goes on behind what it saw misses no later commit",
       TagReaderAmongContenders},
      {"IsUnavailableAfterTheEnd", "after the end of the system each call is UNAVAILABLE",
       IsUnavailableAfterTheEnd},
  };
}

}  // namespace sampo::persistence::tck
