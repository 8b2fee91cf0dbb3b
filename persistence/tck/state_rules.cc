// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rules about stores of durable states.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/serialized_message.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/tck/contenders.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"

namespace sampo::persistence::tck {
namespace {

absl::StatusOr<StateGrant> Acquire(Subject& subject, std::string_view id) {
  return subject.Get(subject.states().AcquireWriter(std::string(id)));
}
absl::StatusOr<StateGrant> Read(Subject& subject, std::string_view id) {
  return subject.Get(subject.states().Read(std::string(id)));
}
absl::Status Upsert(Subject& subject, StateRecord state, WriteOutcome want) {
  const std::string what = StrCat("upsert of revision ", state.revision);
  SAMPO_ASSIGN_OR_RETURN(StateResult result,
                         subject.Get(subject.states().Upsert(std::move(state))));
  return ExpectOutcome(what.c_str(), result, want);
}
absl::Status Delete(Subject& subject, std::string_view id, uint64_t epoch, int64_t revision,
                    WriteOutcome want) {
  SAMPO_ASSIGN_OR_RETURN(StateResult result,
                         subject.Get(subject.states().Delete(std::string(id), epoch, revision)));
  return ExpectOutcome(StrCat("delete as revision ", revision).c_str(), result, want);
}

// The state is that of `revision`; `value` false: deleted or never written.
absl::Status ExpectState(Subject& subject, std::string_view id, int64_t revision, bool value) {
  SAMPO_ASSIGN_OR_RETURN(StateGrant now, Read(subject, id));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("revision", now.revision, revision));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("whether there is a state", now.state.has_value(), value));
  if (!value) return absl::OkStatus();
  SAMPO_RETURN_IF_ERROR(ExpectEqual("revision of the state", now.state->revision, revision));
  return ExpectEqual("payload", now.state->payload, PayloadOf(id, revision));
}

// A|1 with three revisions; gives the epoch.
absl::StatusOr<uint64_t> ThreeRevisions(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  for (int64_t revision : {1, 2, 3}) {
    SAMPO_RETURN_IF_ERROR(
        Upsert(subject, StateOf("A|1", grant.epoch, revision), WriteOutcome::kWritten));
  }
  return grant.epoch;
}

absl::Status KnowsNothingAtFirst(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 0, false));
  SAMPO_ASSIGN_OR_RETURN(IdsPage none, subject.Get(subject.states().ListIds(0, 10)));
  if (!none.ids.empty() || !none.at_end) return Violation("reading made an id");
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  if (grant.epoch == 0) return Violation("the first epoch is 0");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("revision of a new id", grant.revision, 0));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 0, false));
  return ExpectCode("a writer of no id", Acquire(subject, "").status(),
                    absl::StatusCode::kInvalidArgument);
}

absl::Status KeepsTheNewest(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 3, true));
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  if (grant.epoch <= epoch) return Violation("the second epoch is not above the first");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("revision of the grant", grant.revision, 3));
  if (!grant.state.has_value()) return Violation("the grant has no state");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("state of the grant", grant.state->payload, "A|1@3"));
  return ExpectState(subject, "B|1", 0, false);
}

absl::Status ReadingTakesNothingOver(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  SAMPO_ASSIGN_OR_RETURN(StateGrant read, Read(subject, "A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", read.epoch, epoch));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", epoch, 4), WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 4, true);
}

absl::Status FencesAWrongRevision(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  for (int64_t revision : {int64_t{3}, int64_t{5}, int64_t{1}, int64_t{0}, kSeqMax}) {
    SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", epoch, revision), WriteOutcome::kFenced));
    SAMPO_RETURN_IF_ERROR(Delete(subject, "A|1", epoch, revision, WriteOutcome::kFenced));
  }
  return ExpectState(subject, "A|1", 3, true);
}

absl::Status FencesAnOldEpoch(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t old, ThreeRevisions(subject));
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", old, 4), WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(Delete(subject, "A|1", old, 4, WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 3, true));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("B|1", 1, 1), WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "B|1", 0, false));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", grant.epoch, 4), WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 4, true);
}

absl::Status DeletingKeepsTheRevision(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  SAMPO_RETURN_IF_ERROR(Delete(subject, "A|1", epoch, 4, WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 4, false));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 4, false));
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("revision of the grant", grant.revision, 4));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", grant.epoch, 4), WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", grant.epoch, 5), WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 5, true);
}

absl::Status DeletesWhatIsNotThere(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  SAMPO_RETURN_IF_ERROR(Delete(subject, "A|1", grant.epoch, 1, WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(Delete(subject, "A|1", grant.epoch, 2, WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 2, false);
}

absl::Status KeepsIdsApart(Subject& subject) {
  const char* const ids[] = {"A|1", "a|1", "A|11", "A|%", "A|1 ", "A|é"};
  for (const char* id : ids) {
    SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, id));
    SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf(id, grant.epoch, 1), WriteOutcome::kWritten));
  }
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|%"));
  SAMPO_RETURN_IF_ERROR(Delete(subject, "A|%", grant.epoch, 2, WriteOutcome::kWritten));
  for (const char* id : ids) {
    const bool deleted = std::string_view(id) == "A|%";
    SAMPO_RETURN_IF_ERROR(ExpectState(subject, id, deleted ? 2 : 1, !deleted));
  }
  return absl::OkStatus();
}

absl::Status KeepsEveryByte(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  StateRecord odd = StateOf("A|1", grant.epoch, 1);
  MakeOdd(odd);
  odd.tag = "ü tag";
  SAMPO_RETURN_IF_ERROR(Upsert(subject, odd, WriteOutcome::kWritten));
  for (int round = 0; round < 2; ++round) {
    SAMPO_ASSIGN_OR_RETURN(StateGrant now, Read(subject, "A|1"));
    if (!now.state.has_value()) return Violation("the state is gone");
    const StateRecord& got = *now.state;
    SAMPO_RETURN_IF_ERROR(ExpectEqual("id", got.persistence_id, odd.persistence_id));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", got.epoch, odd.epoch));
    SAMPO_RETURN_IF_ERROR(
        ExpectEqual("written_at_micros", got.written_at_micros, odd.written_at_micros));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("version", got.version, odd.version));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("tag", got.tag, odd.tag));
    if (got.manifest != odd.manifest) return Violation("another manifest");
    if (got.payload != odd.payload) return Violation("another payload");
    if (round == 0) SAMPO_RETURN_IF_ERROR(subject.Reopen());
  }
  SAMPO_ASSIGN_OR_RETURN(grant, Acquire(subject, "A|1"));
  StateRecord bare = StateOf("A|1", grant.epoch, 2);
  bare.payload.clear();
  SAMPO_RETURN_IF_ERROR(Upsert(subject, bare, WriteOutcome::kWritten));
  SAMPO_ASSIGN_OR_RETURN(StateGrant now, Read(subject, "A|1"));
  if (!now.state.has_value()) return Violation("a state of no bytes is gone");
  return now.state->payload.empty() && now.state->tag.empty()
             ? absl::OkStatus()
             : Violation("something of the state before is left");
}

absl::Status RejectsWhatDoesNotFit(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  StateRecord wrong = StateOf("A|1", epoch, 4);
  wrong.payload.assign(kPayloadBytesMax + 1, 'x');
  SAMPO_RETURN_IF_ERROR(Upsert(subject, std::move(wrong), WriteOutcome::kRejected));
  wrong = StateOf("A|1", epoch, 4);
  wrong.manifest.clear();
  SAMPO_RETURN_IF_ERROR(Upsert(subject, wrong, WriteOutcome::kRejected));
  wrong.manifest.assign(kManifestBytesMax + 1, 'm');
  SAMPO_RETURN_IF_ERROR(Upsert(subject, wrong, WriteOutcome::kRejected));
  wrong = StateOf("A|1", epoch, 4);
  wrong.tag.assign(kTagBytesMax + 1, 't');
  SAMPO_RETURN_IF_ERROR(Upsert(subject, wrong, WriteOutcome::kRejected));
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 3, true));
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", epoch, 4), WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 4, true);
}

absl::Status KeepsThemForTheNextSystem(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_RETURN_IF_ERROR(ExpectState(subject, "A|1", 3, true));
  SAMPO_ASSIGN_OR_RETURN(StateGrant grant, Acquire(subject, "A|1"));
  if (grant.epoch <= epoch) return Violation("an epoch is given again");
  SAMPO_RETURN_IF_ERROR(Upsert(subject, StateOf("A|1", grant.epoch, 4), WriteOutcome::kWritten));
  return ExpectState(subject, "A|1", 4, true);
}

absl::Status ListsIdsInPages(Subject& subject) {
  std::vector<std::string> want;
  std::vector<std::string> got;
  IdsPage page;
  while (!page.at_end) {
    for (int i = 0; i < 4 && want.size() < 13; ++i) {  // while pages are read
      want.push_back(StrCat("Id|", 100 - want.size()));
      SAMPO_RETURN_IF_ERROR(Acquire(subject, want.back()).status());
    }
    SAMPO_ASSIGN_OR_RETURN(page, subject.Get(subject.states().ListIds(page.next, 3)));
    if (page.ids.size() > 3 || (page.ids.empty() && !page.at_end)) {
      return Violation("a page of a wrong size");
    }
    got.insert(got.end(), page.ids.begin(), page.ids.end());
  }
  if (got != want) return Violation("ids in pages: not all of them once, in order");
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_ASSIGN_OR_RETURN(IdsPage all, subject.Get(subject.states().ListIds(0, 1000)));
  if (all.ids != want || !all.at_end) return Violation("another list after a new system");
  return ExpectCode("a page of no ids", subject.Get(subject.states().ListIds(0, 0)).status(),
                    absl::StatusCode::kInvalidArgument);
}

absl::Status IsUnavailableAfterTheEnd(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, ThreeRevisions(subject));
  subject.End();
  const absl::StatusOr<StateResult> upserted =
      subject.Get(subject.states().Upsert(StateOf("A|1", epoch, 4)));
  const absl::StatusOr<StateResult> deleted = subject.Get(subject.states().Delete("A|1", epoch, 4));
  const absl::Status answers[] = {
      upserted.ok() ? upserted->status : upserted.status(),
      deleted.ok() ? deleted->status : deleted.status(),
      Acquire(subject, "A|1").status(),
      Read(subject, "A|1").status(),
      subject.Get(subject.states().ListIds(0, 1)).status(),
  };
  for (const absl::Status& answer : answers) {
    SAMPO_RETURN_IF_ERROR(
        ExpectCode("after the end of the system", answer, absl::StatusCode::kUnavailable));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Rule> StateRules() {
  return {
      {"KnowsNothingAtFirst", "an unknown id has revision 0 and no state", KnowsNothingAtFirst},
      {"KeepsTheNewest", "reads and grants give the state written last", KeepsTheNewest},
      {"ReadingTakesNothingOver", "a read leaves the writer in place", ReadingTakesNothingOver},
      {"FencesAWrongRevision", "a write that does not make the next revision is kFenced",
       FencesAWrongRevision},
      {"FencesAnOldEpoch", "a write of an older writer is kFenced", FencesAnOldEpoch},
      {"DeletingKeepsTheRevision", "a deleted state counts on, also after a new system",
       DeletingKeepsTheRevision},
      {"DeletesWhatIsNotThere", "a delete without a state is a write like others",
       DeletesWhatIsNotThere},
      {"KeepsIdsApart", "ids are compared byte by byte", KeepsIdsApart},
      {"KeepsEveryByte", "all parts come back as they were given, also after a new system",
       KeepsEveryByte, true},
      {"RejectsWhatDoesNotFit", "too large a payload, a wrong manifest or tag: kRejected",
       RejectsWhatDoesNotFit, true},
      {"KeepsThemForTheNextSystem", "what was written is there after a new system",
       KeepsThemForTheNextSystem},
      {"ListsIdsInPages", "each id is listed once, in the order of first writers, while more come",
       ListsIdsInPages},
      {"OneWriterAtATime", "of writers that contend for an id each revision is one's",
       StateContenders},
      {"IsUnavailableAfterTheEnd", "after the end of the system each call is UNAVAILABLE",
       IsUnavailableAfterTheEnd},
  };
}

}  // namespace sampo::persistence::tck
