// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rules about snapshot stores.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/serialized_message.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"

namespace sampo::persistence::tck {
namespace {

// The epoch to write with: from the journal beside the store, or 1 where there is none.
absl::StatusOr<uint64_t> EpochFor(Subject& subject, std::string_view id) {
  if (subject.plugins().journal == nullptr) return 1;
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire(id));
  return grant.epoch;
}

absl::Status Save(Subject& subject, SnapshotRecord snapshot, WriteOutcome want) {
  const std::string what = StrCat("save of snapshot ", snapshot.seq);
  SAMPO_ASSIGN_OR_RETURN(SaveResult result, subject.Get(subject.snapshots().Save(snapshot)));
  return ExpectOutcome(what.c_str(), result, want);
}

// The newest within `criteria` is that of `seq`; 0: there is none.
absl::Status ExpectNewest(Subject& subject, std::string_view id, const SnapshotCriteria& criteria,
                          int64_t seq) {
  const std::string what = StrCat("newest snapshot of ", id, " in ", criteria.seq_min, "..",
                                  criteria.seq_max, ", until ", criteria.written_at_micros_max);
  SAMPO_ASSIGN_OR_RETURN(SnapshotLoad load,
                         subject.Get(subject.snapshots().Load(std::string(id), criteria)));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("unreadable ones", load.unreadable.size(), size_t{0}));
  const int64_t got = load.snapshot.has_value() ? load.snapshot->seq : 0;
  SAMPO_RETURN_IF_ERROR(ExpectEqual(what.c_str(), got, seq));
  if (seq == 0) return absl::OkStatus();
  return ExpectEqual("payload", load.snapshot->payload, PayloadOf(id, seq));
}

// Snapshots 10, 20, 30, 40, 50 of A|1, in another order; gives the epoch.
absl::StatusOr<uint64_t> FiveSnapshots(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, EpochFor(subject, "A|1"));
  for (int64_t seq : {20, 10, 50, 30, 40}) {
    SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", epoch, seq), WriteOutcome::kWritten));
  }
  return epoch;
}

absl::Status LoadsNothingAtFirst(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 0));
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, EpochFor(subject, "A|1"));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 0));
  return subject.Get(subject.snapshots().Delete("A|1", epoch, {}));
}

absl::Status LoadsTheNewest(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(FiveSnapshots(subject).status());
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 50));
  return ExpectNewest(subject, "B|1", {}, 0);
}

absl::Status LoadsByCriteria(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(FiveSnapshots(subject).status());
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 30}, 30));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 29}, 20));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 9}, 0));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_min = 50}, 50));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_min = 51}, 0));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_min = 20, .seq_max = 20}, 20));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_min = 31, .seq_max = 39}, 0));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.written_at_micros_max = 30'000'000}, 30));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.written_at_micros_max = 29'999'999}, 20));
  return ExpectNewest(subject, "A|1", {.seq_min = 30, .written_at_micros_max = 25'000'000}, 0);
}

absl::Status ReplacesTheSameNumber(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveSnapshots(subject));
  SnapshotRecord again = SnapshotOf("A|1", epoch, 50);
  again.payload = "again";
  again.version = 7;
  SAMPO_RETURN_IF_ERROR(Save(subject, again, WriteOutcome::kWritten));
  SAMPO_ASSIGN_OR_RETURN(SnapshotLoad load, subject.Get(subject.snapshots().Load("A|1", {})));
  if (!load.snapshot.has_value()) return Violation("the snapshot is gone");
  SAMPO_RETURN_IF_ERROR(ExpectEqual("payload", load.snapshot->payload, "again"));
  return ExpectNewest(subject, "A|1", {.seq_max = 49}, 40);
}

absl::Status ExpectSame(const SnapshotRecord& got, const SnapshotRecord& want) {
  SAMPO_RETURN_IF_ERROR(ExpectEqual("seq", got.seq, want.seq));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("id", got.persistence_id, want.persistence_id));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", got.epoch, want.epoch));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("hash", HashText(got.hash), HashText(want.hash)));
  SAMPO_RETURN_IF_ERROR(
      ExpectEqual("written_at_micros", got.written_at_micros, want.written_at_micros));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("version", got.version, want.version));
  if (got.manifest != want.manifest) return Violation("another manifest");
  if (got.payload != want.payload) return Violation("another payload");
  return got.metadata == want.metadata ? absl::OkStatus() : Violation("another metadata");
}

absl::Status KeepsEveryByte(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, EpochFor(subject, "A|1"));
  SnapshotRecord odd = SnapshotOf("A|1", epoch, 2);
  odd.seq = kSeqMax - 1;
  odd.hash = {0, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0};
  MakeOdd(odd);
  odd.metadata = std::string("\0\xff\0", 3);
  SnapshotRecord bare = SnapshotOf("A|1", epoch, 1);
  bare.payload.clear();
  SAMPO_RETURN_IF_ERROR(Save(subject, odd, WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(Save(subject, bare, WriteOutcome::kWritten));
  for (int round = 0; round < 2; ++round) {
    SAMPO_ASSIGN_OR_RETURN(SnapshotLoad newest, subject.Get(subject.snapshots().Load("A|1", {})));
    SAMPO_ASSIGN_OR_RETURN(SnapshotLoad first,
                           subject.Get(subject.snapshots().Load("A|1", {.seq_max = 5})));
    if (!newest.snapshot.has_value() || !first.snapshot.has_value()) {
      return Violation("a snapshot is gone");
    }
    SAMPO_RETURN_IF_ERROR(ExpectSame(*newest.snapshot, odd));
    SAMPO_RETURN_IF_ERROR(ExpectSame(*first.snapshot, bare));
    if (round == 0) SAMPO_RETURN_IF_ERROR(subject.Reopen());
  }
  return absl::OkStatus();
}

absl::Status DeletesByCriteria(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveSnapshots(subject));
  const auto remove = [&](SnapshotCriteria criteria) {
    return subject.Get(subject.snapshots().Delete("A|1", epoch, criteria));
  };
  SAMPO_RETURN_IF_ERROR(remove({.seq_min = 50, .seq_max = 50}));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 40));
  SAMPO_RETURN_IF_ERROR(remove({.seq_max = 15}));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 15}, 0));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 20}, 20));
  SAMPO_RETURN_IF_ERROR(remove({.written_at_micros_max = 20'000'000}));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 29}, 0));
  SAMPO_RETURN_IF_ERROR(remove({.seq_min = 31, .seq_max = 39}));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 39}, 30));
  SAMPO_RETURN_IF_ERROR(remove({}));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 0));
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", epoch, 10), WriteOutcome::kWritten));
  return ExpectNewest(subject, "A|1", {}, 10);
}

absl::Status DeletesOnlyItsOwn(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveSnapshots(subject));
  for (const char* id : {"a|1", "A|11", "A|%"}) {
    SAMPO_ASSIGN_OR_RETURN(uint64_t other, EpochFor(subject, id));
    SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf(id, other, 10), WriteOutcome::kWritten));
  }
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.snapshots().Delete("A|1", epoch, {})));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 0));
  for (const char* id : {"a|1", "A|11", "A|%"}) {
    SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, id, {}, 10));
  }
  return absl::OkStatus();
}

// The epoch after `old` has been taken over.
absl::StatusOr<uint64_t> TakeOver(Subject& subject, uint64_t old) {
  if (subject.plugins().journal != nullptr) return EpochFor(subject, "A|1");
  // A store of its own knows of the newer writer by its first save.
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", old + 1, 50), WriteOutcome::kWritten));
  return old + 1;
}

absl::Status FencesASave(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t old, FiveSnapshots(subject));
  SAMPO_ASSIGN_OR_RETURN(uint64_t newest, TakeOver(subject, old));
  SnapshotRecord late = SnapshotOf("A|1", old, 50);
  late.payload = "late";
  SAMPO_RETURN_IF_ERROR(Save(subject, late, WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", old, 60), WriteOutcome::kFenced));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 50));
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", newest, 60), WriteOutcome::kWritten));
  return ExpectNewest(subject, "A|1", {}, 60);
}

absl::Status FencesADelete(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t old, FiveSnapshots(subject));
  SAMPO_ASSIGN_OR_RETURN(uint64_t newest, TakeOver(subject, old));
  SAMPO_RETURN_IF_ERROR(ExpectCode("delete of an old epoch",
                                   subject.Get(subject.snapshots().Delete("A|1", old, {})),
                                   absl::StatusCode::kFailedPrecondition));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 50));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.snapshots().Delete("A|1", newest, {})));
  return ExpectNewest(subject, "A|1", {}, 0);
}

absl::Status RejectsWhatDoesNotFit(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, EpochFor(subject, "A|1"));
  SnapshotRecord large = SnapshotOf("A|1", epoch, 1);
  large.payload.assign(kPayloadBytesMax + 1, 'x');
  SAMPO_RETURN_IF_ERROR(Save(subject, std::move(large), WriteOutcome::kRejected));
  SnapshotRecord unnamed = SnapshotOf("A|1", epoch, 1);
  unnamed.manifest.clear();
  SAMPO_RETURN_IF_ERROR(Save(subject, unnamed, WriteOutcome::kRejected));
  unnamed.manifest.assign(kManifestBytesMax + 1, 'm');
  SAMPO_RETURN_IF_ERROR(Save(subject, unnamed, WriteOutcome::kRejected));
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("", epoch, 1), WriteOutcome::kRejected));
  return ExpectNewest(subject, "A|1", {}, 0);
}

absl::Status KeepsThemForTheNextSystem(Subject& subject) {
  SAMPO_RETURN_IF_ERROR(FiveSnapshots(subject).status());
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {}, 50));
  SAMPO_RETURN_IF_ERROR(ExpectNewest(subject, "A|1", {.seq_max = 45}, 40));
  return ExpectNewest(subject, "A|1", {.seq_max = 10}, 10);
}

absl::Status KeepsThemWithoutEvents(Subject& subject) {
  if (subject.plugins().journal == nullptr) return absl::UnimplementedError("there is no journal");
  SAMPO_ASSIGN_OR_RETURN(WriterGrant grant, subject.Acquire("A|1"));
  SAMPO_RETURN_IF_ERROR(subject.Write(AppendOf("A|1", grant.epoch, 0, {"1", "2"})));
  SAMPO_RETURN_IF_ERROR(Save(subject, SnapshotOf("A|1", grant.epoch, 2), WriteOutcome::kWritten));
  SAMPO_RETURN_IF_ERROR(subject.Get(subject.journal().DeleteEvents("A|1", grant.epoch, 2)));
  SAMPO_RETURN_IF_ERROR(subject.Reopen());
  return ExpectNewest(subject, "A|1", {}, 2);
}

absl::Status IsUnavailableAfterTheEnd(Subject& subject) {
  SAMPO_ASSIGN_OR_RETURN(uint64_t epoch, FiveSnapshots(subject));
  subject.End();
  const absl::StatusOr<SaveResult> saved =
      subject.Get(subject.snapshots().Save(SnapshotOf("A|1", epoch, 60)));
  const absl::Status answers[] = {
      saved.ok() ? saved->status : saved.status(),
      subject.Get(subject.snapshots().Load("A|1", {})).status(),
      subject.Get(subject.snapshots().Delete("A|1", epoch, {})),
  };
  for (const absl::Status& answer : answers) {
    SAMPO_RETURN_IF_ERROR(
        ExpectCode("after the end of the system", answer, absl::StatusCode::kUnavailable));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Rule> SnapshotRules() {
  return {
      {"LoadsNothingAtFirst", "an id without snapshots has none, and that is no error",
       LoadsNothingAtFirst},
      {"LoadsTheNewest", "of several the one of the highest sequence number", LoadsTheNewest},
      {"LoadsByCriteria", "the newest within bounds of sequence number and time", LoadsByCriteria},
      {"ReplacesTheSameNumber", "a second one of a sequence number takes the first one's place",
       ReplacesTheSameNumber},
      {"KeepsEveryByte", "all parts come back as they were given, also after a new system",
       KeepsEveryByte, true},
      {"DeletesByCriteria", "those within the bounds are deleted, the others stay",
       DeletesByCriteria},
      {"DeletesOnlyItsOwn", "ids are compared byte by byte", DeletesOnlyItsOwn},
      {"FencesASave", "a save of an older writer is kFenced", FencesASave},
      {"FencesADelete", "a delete of an older writer is FAILED_PRECONDITION", FencesADelete},
      {"RejectsWhatDoesNotFit", "too large a payload, a wrong manifest, no id: kRejected",
       RejectsWhatDoesNotFit, true},
      {"KeepsThemForTheNextSystem", "what was saved is there after a new system",
       KeepsThemForTheNextSystem},
      {"KeepsThemWithoutEvents", "deleting events deletes no snapshots", KeepsThemWithoutEvents},
      {"IsUnavailableAfterTheEnd", "after the end of the system each call is UNAVAILABLE",
       IsUnavailableAfterTheEnd},
  };
}

}  // namespace sampo::persistence::tck
