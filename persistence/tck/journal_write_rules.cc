// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rules about what a journal stores, refuses and deletes.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/serialized_message.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/tck/contenders.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"

namespace sampo::persistence::tck {
namespace {

using Results = std::vector<AppendResult>;

// Checks an id's stored payloads and its head's highest sequence number.
absl::Status ExpectStored(Subject& subject, std::string_view id, std::string_view payloads,
                          int64_t highest_seq) {
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll(id));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("stored events", PayloadsOf(events), payloads));
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head(id));
  return ExpectEqual("highest_seq", head.highest_seq, highest_seq);
}

absl::Status GrantsGrowingEpochs(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant first, subject.Acquire("A|1"));
  if (first.epoch == 0) return Violation("the first epoch is 0");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq of a new id", first.highest_seq, 0));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", first.epoch, 0, {"a", "b"})));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant other, subject.Acquire("B|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq of another id", other.highest_seq, 0));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant second, subject.Acquire("A|1"));
  if (second.epoch <= first.epoch) return Violation("the second epoch is not above the first");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq of the second", second.highest_seq, 2));
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch of the head", head.epoch, second.epoch));
  return ExpectEqual("hash of the grant", HashText(second.hash), HashText(head.hash));
}

absl::Status RefusesWhatIsNoId(Subject& subject) {
  for (const std::string& id : {std::string(), std::string(kPersistenceIdBytesMax + 1, 'x'),
                                std::string("a\0b", 3), std::string("\xff")}) {
    SAMPO_RETURN_IF_ERROR(ExpectCode("AcquireWriter of no id", subject.Acquire(id).status(),
                                     absl::StatusCode::kInvalidArgument));
  }
  SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(AppendOf("", 1, 0, {"a"})));
  return ExpectOutcome("append to no id", result, WriteOutcome::kRejected);
}

// Appends are given without waiting for the one before.
absl::Status KeepsTheOrderOfAppends(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  std::vector<Future<Results>> waiting;
  std::string want;
  for (int seq = 1; seq <= 50; ++seq) {
    waiting.push_back(
        subject.journal().Append({AppendOf("A|1", grant.epoch, seq - 1, {StrCat(seq)})}));
    want += StrCat(seq == 1 ? "" : ",", seq);
  }
  for (Future<Results>& each : waiting) {
    SAMPO_ASSIGN_OR_RETURN(Results results, subject.Get(std::move(each)));
    SAMPO_RETURN_IF_ERROR(ExpectOutcome("one of many", results.at(0), WriteOutcome::kWritten));
  }
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", want, 50));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1"));
  for (size_t i = 0; i < events.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectEqual("seq", events[i].seq, static_cast<int64_t>(i) + 1));
    const int64_t before = i == 0 ? 0 : events[i - 1].ordering;
    if (events[i].ordering <= before) return Violation("orderings do not grow");
  }
  return absl::OkStatus();
}

absl::Status StoresAnAppendOfSeveral(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(AppendOf("A|1", grant.epoch, 0,
                                                                      {"a", "b", "c", "d", "e"})));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome("append of five", result, WriteOutcome::kWritten));
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash", HashText(result.hash), HashText(head.hash)));
  return ExpectStored(subject, "A|1", "a,b,c,d,e", 5);
}

absl::Status StoresABatchOfSeveralIds(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant a, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant b, subject.Acquire("B|1"));
  SAMPO_ASSIGN_OR_RETURN(
      Results results,
      subject.Get(subject.journal().Append({AppendOf("A|1", a.epoch, 0, {"a1", "a2"}),
                                            AppendOf("B|1", b.epoch, 0, {"b1"}),
                                            AppendOf("A|1", a.epoch, 2, {"a3"})})));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("results", results.size(), size_t{3}));
  for (const AppendResult& each : results) {
    SAMPO_RETURN_IF_ERROR(ExpectOutcome("part of a batch", each, WriteOutcome::kWritten));
  }
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", "a1,a2,a3", 3));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "B|1", "b1", 1));
  SAMPO_ASSIGN_OR_RETURN(Results none, subject.Get(subject.journal().Append({})));
  return ExpectEqual("results of no appends", none.size(), size_t{0});
}

// Two neighbours around `wrong`, which must end as `want` without a trace.
absl::Status ExpectNoTrace(Subject& subject, AtomicAppend wrong, WriteOutcome want) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant a, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant b, subject.Acquire("B|1"));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant newest, subject.Acquire("B|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("B|1", newest.epoch, 0, {"b1"})));
  wrong.persistence_id = "B|1";
  wrong.epoch = want == WriteOutcome::kFenced ? b.epoch : newest.epoch;
  wrong.after_seq = 1;
  SAMPO_ASSIGN_OR_RETURN(
      Results results,
      subject.Get(subject.journal().Append({AppendOf("A|1", a.epoch, 0, {"a1", "a2"}), wrong,
                                            AppendOf("A|1", a.epoch, 2, {"a3"})})));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("results", results.size(), size_t{3}));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome("the one before", results[0], WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome("the wrong one", results[1], want));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome("the one behind", results[2], WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", "a1,a2,a3", 3));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "B|1", "b1", 1));
  // Its sequence numbers are free.
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("B|1", newest.epoch, 1, {"b2"})));
  return ExpectStored(subject, "B|1", "b1,b2", 2);
}

absl::Status FencedAppendLeavesItsNeighbours(Subject& subject) {
  return ExpectNoTrace(subject, AppendOf("", 0, 0, {"x", "y", "z"}), WriteOutcome::kFenced);
}

absl::Status RejectedAppendLeavesItsNeighbours(Subject& subject) {
  AtomicAppend wrong = AppendOf("", 0, 0, {"x", "y", "z"});
  wrong.events[2].manifest.clear();
  return ExpectNoTrace(subject, wrong, WriteOutcome::kRejected);
}

absl::Status FencesAnOldEpoch(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant old, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", old.epoch, 0, {"a"})));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant newest, subject.Acquire("A|1"));
  SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(AppendOf("A|1", old.epoch, 1, {"x"})));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome("append of an old epoch", result, WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(
      ExpectCode("its status", result.status, absl::StatusCode::kFailedPrecondition));
  for (const std::string& part : {std::string("A|1"), StrCat(old.epoch), StrCat(newest.epoch)}) {
    if (ToStd(result.status.message()).find(part) == std::string_view::npos) {
      return Violation(StrCat("the message of a fenced append does not name ", part, ": ",
                              ToStd(result.status.message())));
    }
  }
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", newest.epoch, 1, {"b"})));
  return ExpectStored(subject, "A|1", "a,b", 2);
}

absl::Status FencesAWrongPlace(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {"a", "b"})));
  for (int64_t after_seq : {int64_t{0}, int64_t{1}, int64_t{3}, int64_t{-1}, kSeqMax}) {
    SAMPO_ASSIGN_OR_RETURN(AppendResult result,
                           subject.Append(AppendOf("A|1", grant.epoch, after_seq, {"x"})));
    SAMPO_RETURN_IF_ERROR(
        ExpectOutcome("append behind another event than the last", result, WriteOutcome::kFenced));
  }
  return ExpectStored(subject, "A|1", "a,b", 2);
}

absl::Status FencesAnIdWithoutAWriter(Subject& subject) {
  for (uint64_t epoch : {0, 1}) {
    SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(AppendOf("A|1", epoch, 0, {"x"})));
    SAMPO_RETURN_IF_ERROR(ExpectOutcome("append without a grant", result, WriteOutcome::kFenced));
  }
  return ExpectStored(subject, "A|1", "", 0);
}

absl::Status ExpectRejected(Subject& subject, const char* what, AtomicAppend append) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  append.epoch = grant.epoch;
  SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(std::move(append)));
  SAMPO_RETURN_IF_ERROR(ExpectOutcome(what, result, WriteOutcome::kRejected));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {"fits"})));
  return ExpectStored(subject, "A|1", "fits", 1);
}

absl::Status RejectsAnEmptyAppend(Subject& subject) {
  return ExpectRejected(subject, "append of no events", AppendOf("A|1", 0, 0, {}));
}

absl::Status RejectsATooLargePayload(Subject& subject) {
  AtomicAppend append = AppendOf("A|1", 0, 0, {"a"});
  append.events[0].payload.assign(kPayloadBytesMax + 1, 'x');
  return ExpectRejected(subject, "a payload above kPayloadBytesMax", std::move(append));
}

absl::Status RejectsAWrongManifest(Subject& subject) {
  AtomicAppend append = AppendOf("A|1", 0, 0, {"a"});
  append.events[0].manifest.assign(kManifestBytesMax + 1, 'x');
  return ExpectRejected(subject, "a manifest above kManifestBytesMax", std::move(append));
}

absl::Status RejectsWrongTags(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  const std::vector<std::vector<std::string>> wrong = {
      {""},
      {std::string(kTagBytesMax + 1, 'x')},
      std::vector<std::string>(kTagsPerEventMax + 1, "tag")};
  for (const std::vector<std::string>& tags : wrong) {
    AtomicAppend append = AppendOf("A|1", grant.epoch, 0, {"a"});
    append.events[0].tags = tags;
    SAMPO_ASSIGN_OR_RETURN(AppendResult result, subject.Append(std::move(append)));
    SAMPO_RETURN_IF_ERROR(ExpectOutcome("wrong tags", result, WriteOutcome::kRejected));
  }
  return ExpectStored(subject, "A|1", "", 0);
}

// Five events of A|1; gives the writer's epoch.
absl::StatusOr<uint64_t> FiveEvents(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {"1", "2", "3", "4", "5"})));
  return grant.epoch;
}

absl::Status DeletesUpTo(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveEvents(subject));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 3)));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", "4,5", 5));
  SAMPO_ASSIGN_OR_RETURN(EventsPage page, subject.Page({.persistence_id = "A|1", .from_seq = 2}));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("a read from within", PayloadsOf(page.events), "4,5"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("deleted_to of the page", page.head.deleted_to, 3));
  // A lower bound later takes nothing back, the same one deletes nothing.
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 1)));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 3)));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", "4,5", 5));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", epoch, 5, {"6"})));
  return ExpectStored(subject, "A|1", "4,5,6", 6);
}

absl::Status DeletesAtMostAll(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveEvents(subject));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, kSeqMax)));
  SAMPO_RETURN_IF_ERROR(ExpectStored(subject, "A|1", "", 5));
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("deleted_to", head.deleted_to, 5));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", epoch, 5, {"6"})));
  return ExpectStored(subject, "A|1", "6", 6);
}

absl::Status DeletingKeepsTheHighest(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveEvents(subject));
  SAMPO_ASSIGN_OR_RETURN(JournalHead before, subject.Head("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", epoch, 5)));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq", grant.highest_seq, 5));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("deleted_to", grant.deleted_to, 5));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash", HashText(grant.hash), HashText(before.hash)));
  if (grant.epoch <= epoch) return Violation("an epoch is given again");
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 5, {"6"})));
  return ExpectStored(subject, "A|1", "6", 6);
}

absl::Status FencesADelete(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t old, FiveEvents(subject));
  SAMPO_RETURN_IF_ERROR(subject.Acquire("A|1").status());
  SAMPO_RETURN_IF_ERROR(ExpectCode("delete of an old epoch",
                                   subject.Get(subject.journal().DeleteEvents("A|1", old, 3)),
                                   absl::StatusCode::kFailedPrecondition));
  SAMPO_RETURN_IF_ERROR(ExpectCode("delete without a grant",
                                   subject.Get(subject.journal().DeleteEvents("B|1", 1, 3)),
                                   absl::StatusCode::kFailedPrecondition));
  return ExpectStored(subject, "A|1", "1,2,3,4,5", 5);
}

absl::Status KeepsIdsApart(Subject& subject) {
  const std::vector<std::string> ids = {
      "A|1", "a|1", "A|1 ", "A|11", "A", "A|%", "A|_", "A|é", "A|\xc3\xa9\xc3\xa9", "'A'|\"1\""};
  std::vector<uint64_t> epochs;
  for (const std::string& id : ids) {
    SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire(id));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("highest_seq of a new id", grant.highest_seq, 0));
    SAMPO_RETURN_IF_ERROR(
        subject.Write(AppendOf(id, grant.epoch, 0, {StrCat(id, "-1"), StrCat(id, "-2")})));
    epochs.push_back(grant.epoch);
  }
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|%", epochs[5], 2)));
  for (const std::string& id : ids) {
    const std::string want = id == "A|%" ? "" : StrCat(id, "-1,", id, "-2");
    SAMPO_RETURN_IF_ERROR(ExpectStored(subject, id, want, 2));
  }
  return absl::OkStatus();
}

absl::Status BoundsItsQueue(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(subject.ReopenBounded(4));
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  std::vector<Future<Results>> waiting;
  for (int i = 0; i < 40; ++i) {
    waiting.push_back(subject.journal().Append(
        {AppendOf("A|1", grant.epoch, i, {StrCat(i)}), AppendOf("B|1", 0, 0, {"fenced"})}));
  }
  int written = 0;
  bool no_room = false;
  for (Future<Results>& each : waiting) {
    SAMPO_ASSIGN_OR_RETURN(Results results, subject.Get(std::move(each)));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("results", results.size(), size_t{2}));
    no_room = no_room || results[0].outcome == WriteOutcome::kNoRoom;
    if (results[0].outcome == WriteOutcome::kWritten) ++written;
    if (results[0].outcome == WriteOutcome::kNoRoom && results[0].status.ok()) {
      return Violation("kNoRoom with an OK status");
    }
  }
  // On threads the journal may be faster than the test.
  if (subject.simulated() && !no_room) return Violation("40 appends wait in a queue of 4");
  SAMPO_ASSIGN_OR_RETURN(JournalHead head, subject.Head("A|1"));
  return ExpectEqual("highest_seq", head.highest_seq, written);
}

}  // namespace

std::vector<Rule> JournalWriteRules() {
  return {
      {"GrantsGrowingEpochs", "each writer of an id gets a higher epoch, and where the id stands",
       GrantsGrowingEpochs},
      {"RefusesWhatIsNoId", "an empty id, one too long, with a NUL or no UTF-8 is refused",
       RefusesWhatIsNoId},
      {"KeepsTheOrderOfAppends", "appends of one thread are stored in its order, without gaps",
       KeepsTheOrderOfAppends},
      {"StoresAnAppendOfSeveral", "an append's events follow each other", StoresAnAppendOfSeveral},
      {"StoresABatchOfSeveralIds", "a batch may have several ids, and an id more than once",
       StoresABatchOfSeveralIds},
      {"FencedAppendLeavesItsNeighbours", "nothing of a fenced append is stored, all beside it is",
       FencedAppendLeavesItsNeighbours},
      {"RejectedAppendLeavesItsNeighbours",
       "nothing of a rejected append is stored, all beside it is, its numbers are free",
       RejectedAppendLeavesItsNeighbours},
      {"FencesAnOldEpoch", "an append of an older writer is kFenced and names both epochs",
       FencesAnOldEpoch},
      {"FencesAWrongPlace", "an append that does not start behind the last event is kFenced",
       FencesAWrongPlace},
      {"FencesAnIdWithoutAWriter", "an append without a grant is kFenced",
       FencesAnIdWithoutAWriter},
      {"RejectsAnEmptyAppend", "an append without events is kRejected", RejectsAnEmptyAppend},
      {"RejectsATooLargePayload", "a payload above kPayloadBytesMax is kRejected",
       RejectsATooLargePayload, true},
      {"RejectsAWrongManifest", "a manifest above kManifestBytesMax is kRejected",
       RejectsAWrongManifest},
      {"RejectsWrongTags", "empty tags, long ones and too many are kRejected", RejectsWrongTags},
      {"DeletesUpTo", "events up to a sequence number are deleted, the others stay", DeletesUpTo},
      {"DeletesAtMostAll", "a delete beyond the end deletes what is there", DeletesAtMostAll},
      {"DeletingKeepsTheHighest",
       "the highest sequence number and the hash survive a deletion of all, and a new system",
       DeletingKeepsTheHighest},
      {"FencesADelete", "a delete of an older writer is FAILED_PRECONDITION", FencesADelete},
      {"KeepsIdsApart", "ids are compared byte by byte", KeepsIdsApart},
      {"BoundsItsQueue", "an append beyond the bound is kNoRoom, and not stored", BoundsItsQueue},
      {"OneWriterAtATime", "of writers that contend for an id the history is one's at each place",
       JournalContenders},
  };
}

}  // namespace sampo::persistence::tck
