// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The fault seeds: a store of random writes lives a few times on a disk that fails, and is held
// against a model of what it acknowledged.
//   | disk that          | demanded                                                               |
//   | spares synced bytes| every acknowledged write is there after each life, nothing else is;    |
//   |                    | what had an unknown outcome is there as a whole, or not at all; no     |
//   |                    | DATA_LOSS is ever claimed                                              |
//   | destroys them      | the same, or somebody says so: opening, reading, verifying. Excused is |
//   |                    | the last commit of a WAL that was damaged in it (wal_check.h, limits)  |
// 5,000 seeds of each (500 under sanitizers); SAMPO_FAULT_SEEDS=n in the environment runs n.

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/persistence/sqlite/fault_model.h"
#include "sampo/persistence/sqlite/fault_vfs.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {
namespace {

constexpr size_t kIds = 4;
constexpr int kLives = 3;
constexpr size_t kBefore = 6;
constexpr uint64_t kCommitsPerLifeMax = 16;

#if defined(SAMPO_ASAN) || defined(SAMPO_TSAN)
constexpr int kSeedsOfEach = 500;  // they take ten times as long there
#else
constexpr int kSeedsOfEach = 5'000;
#endif

int Seeds() {
  const char* count = std::getenv("SAMPO_FAULT_SEEDS");
  return count == nullptr ? kSeedsOfEach : std::atoi(count);
}

// The same in every run, so that the same seed writes the same bytes.
class FixedClock final : public Clock {
 public:
  int64_t NowNanos() const override { return 0; }
  absl::Time WallTime() const override { return absl::FromUnixSeconds(1'767'225'600); }
};

// What all seeds came to.
struct Counts {
  int64_t lives = 0;
  int64_t commits = 0;
  int64_t events = 0;
  int64_t unknown_kept = 0;
  int64_t unknown_lost = 0;
  int64_t no_room = 0;
  int64_t refused_opens = 0;
  std::array<int64_t, kFaultKinds> faults{};
  // Seeds of destroyed bytes, by who said so first, and by what it said.
  std::map<std::string, int64_t> detected;
  int64_t named = 0;         // with an id
  int64_t harmless = 0;      // seeds whose damage changed nothing that was stored
  int64_t last_commit = 0;   // lives that lost the last commit of the WAL, damaged in it
  int64_t older_states = 0;  // lives with an older durable state or epoch
  int64_t mixed = 0;         // the last one in part, damaged in it after a checkpoint
  int64_t last_commits = 0;  // more of the last, damaged where each ends

  void Print(const char* title) const {
    std::printf(
        "%s: %lld lives, %lld commits, %lld events; unknown outcomes: %lld kept, %lld not; "
        "no room %lld; opens that failed %lld\n",
        title, Number(lives), Number(commits), Number(events), Number(unknown_kept),
        Number(unknown_lost), Number(no_room), Number(refused_opens));
    for (size_t i = 0; i < kFaultKinds; ++i) {
      const std::string name(NameOf(static_cast<FaultKind>(i)));
      if (faults[i] > 0) std::printf("  injected: %s %lld\n", name.c_str(), Number(faults[i]));
    }
    for (const auto& [by, count] : detected) {
      std::printf("  detected: %s %lld\n", by.c_str(), Number(count));
    }
    if (detected.empty()) return;
    std::printf(
        "  of them with an id: %lld; harmless: %lld; last commit of a WAL lost: %lld, "
        "more of them: %lld, a part of it: %lld; older states %lld\n",
        Number(named), Number(harmless), Number(last_commit), Number(last_commits), Number(mixed),
        Number(older_states));
  }

 private:
  static long long Number(int64_t count) { return count; }
};

enum class Disk : uint8_t { kSpares, kDestroys };

// One seed: some lives of one journal.
class History {
 public:
  History(Disk disk, uint64_t seed, Counts& counts)
      : disk_kind_(disk), random_(seed), vfs_(MixBits(seed)), counts_(counts), model_(kIds) {
    // The salts of the WAL come from here.
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed | 1), nullptr);
    options_.file = std::filesystem::canonical(testing::TempDir()) / "seeds.db";
    options_.vfs = vfs_.name();
    options_.clock = &clock_;
    options_.wal_pages = 10 + static_cast<int>(random_.Below(60));
    options_.busy_timeout = absl::ZeroDuration();
    sector_bytes_ = random_.Below(2) == 0 ? 512 : 4096;
  }

  void Run() {
    for (int life = 0; life < kLives && !over_; ++life) Live();
    if (!over_) {
      Recover();
      Shut();
    }
    for (size_t i = 0; i < kFaultKinds; ++i) {
      counts_.faults[i] += disk().count(static_cast<FaultKind>(i));
    }
    if (disk_kind_ == Disk::kDestroys && !over_) ++counts_.harmless;
  }

 private:
  // What the journal held before a commit, and the disk's changes until then.
  struct Before {
    uint64_t changes = 0;
    JournalModel model;
  };

  FaultDisk& disk() { return vfs_.disk(); }

  void Live() {
    ++counts_.lives;
    OpenWithFaults();
    if (!Recover()) return;
    disk().SetPlan(RandomPlan());
    const uint64_t epoch = model_[0].epoch;
    if (Commit(AcquireAll(model_)) && model_[0].epoch > epoch) {
      const uint64_t commits = 1 + random_.Below(kCommitsPerLifeMax);
      for (uint64_t i = 0; i < commits && Commit(RandomGroup(random_, model_)); ++i) {
        if (!Checkpoint() || !ReadSometimes()) break;
      }
    }
    if (!over_) End();
  }

  FaultPlan RandomPlan() {
    const auto sometimes = [this](int one_in) { return random_.Below(3) == 0 ? one_in : 0; };
    FaultPlan plan{.sector_bytes = sector_bytes_};
    if (disk_kind_ == Disk::kDestroys) {
      plan.bit_flip_in = sometimes(100);
      plan.lost_write_in = sometimes(25);
      plan.misdirected_write_in = sometimes(25);
      return plan;
    }
    if (random_.Below(2) == 0) plan.power_cut_at = disk().changes() + 1 + random_.Below(400);
    plan.sync_error_in = sometimes(40);
    plan.sync_error_stays = random_.Below(2) == 0;
    plan.disk_full_in = sometimes(60);
    plan.write_error_in = sometimes(200);
    plan.read_error_in = sometimes(300);
    return plan;
  }

  // Opening meets faults too; it may fail then, and must not claim damage.
  void OpenWithFaults() {
    if (disk_kind_ == Disk::kDestroys || random_.Below(3) != 0) return;
    FaultPlan plan = RandomPlan();
    if (plan.power_cut_at != 0) plan.power_cut_at = disk().changes() + 1 + random_.Below(60);
    disk().SetPlan(plan);
    absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options_);
    if (!opened.ok()) {
      ++counts_.refused_opens;
      EXPECT_NE(opened.status().code(), absl::StatusCode::kDataLoss) << opened.status();
    } else {
      (void)(*opened)->Close();  // under faults: it may fail
      opened->reset();
    }
    random_.Below(2) == 0 ? disk().CutPower() : disk().KillProcess();
    disk().Restart();
  }

  // Opens without faults, and holds what is there against the model. False: it is over.
  bool Recover() {
    if (!OpenBoth()) return false;
    absl::StatusOr<JournalModel> found = ReadJournal(*reader_, model_);
    if (!found.ok()) return Detected("reading", found.status());
    const bool as_acknowledged = Difference(*found, model_).empty();
    const bool as_pending =
        pending_.has_value() && Difference(*found, *pending_).empty() && !as_acknowledged;
    if (pending_.has_value()) ++(as_pending ? counts_.unknown_kept : counts_.unknown_lost);
    if (!as_acknowledged && !as_pending && !IsExcused(*found)) {
      const absl::Status verified = VerifyFile(options_);
      if (!verified.ok()) return Detected("verifying", verified);
      over_ = true;
      ADD_FAILURE() << "silently: " << Difference(*found, model_) << Story();
      Shut();
      return false;
    }
    model_ = *std::move(found);
    pending_.reset();
    before_.clear();
    return true;
  }

  bool OpenBoth() {
    absl::StatusOr<std::unique_ptr<SqliteWriter>> writer = SqliteWriter::Open(options_);
    if (!writer.ok()) return Detected("opening", writer.status());
    writer_ = *std::move(writer);
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options_);
    if (!reader.ok()) return Detected("opening", reader.status());
    reader_ = *std::move(reader);
    return true;
  }

  // The stated limit: the last commit is gone, and the WAL was damaged in it; or more of the last
  // ones, and the WAL was damaged in the first of them, and on one side at least of each place
  // where one ends and the next begins, so that no later commit can be seen.
  bool IsExcused(const JournalModel& found) {
    for (size_t back = 0; back < before_.size(); ++back) {
      if (back > 0 && !WalWasDamaged(back - 1) && !WalWasDamaged(back)) break;
      if (!WalWasDamaged(back)) continue;
      const bool gone = Difference(found, before_[back].model).empty();
      if (!gone && !IsMixed(found, back)) continue;
      ++(!gone ? counts_.mixed : back == 0 ? counts_.last_commit : counts_.last_commits);
      return true;
    }
    return IsOlderState(found);
  }

  // All events and snapshots are there; a durable state, or an epoch, is an older one of its own:
  // no chain covers them (a page of the database that was not written).
  bool IsOlderState(const JournalModel& found) {
    for (size_t i = 0; i < kIds; ++i) {
      if (found[i].events != model_[i].events || found[i].snapshot != model_[i].snapshot ||
          found[i].epoch > model_[i].epoch || found[i].revision > model_[i].revision) {
        return false;
      }
    }
    if (disk().damage().empty()) return false;
    ++counts_.older_states;
    return true;
  }

  // Each part is as it was at some moment since before the last commit but `back`: those commits
  // had been checkpointed, and older pages of the WAL lie over some of their pages in the database.
  bool IsMixed(const JournalModel& found, size_t back) const {
    for (size_t i = 0; i < kIds; ++i) {
      const auto was_so = [&](auto part) {
        if (part(found[i]) == part(model_[i])) return true;
        return std::any_of(
            before_.begin(), before_.begin() + static_cast<ptrdiff_t>(back) + 1,
            [&](const Before& then) { return part(found[i]) == part(then.model[i]); });
      };
      const bool mixed = was_so([](const IdModel& id) { return id.events; }) &&
                         was_so([](const IdModel& id) { return id.snapshot; }) &&
                         was_so([](const IdModel& id) { return id.state; });
      if (!mixed) return false;
    }
    return true;
  }

  // In the frames of the last commit but `back`.
  bool WalWasDamaged(size_t back) {
    const uint64_t from = before_[back].changes;
    const uint64_t to = back == 0 ? disk().changes() : before_[back - 1].changes;
    return std::any_of(disk().damage().begin(), disk().damage().end(), [&](const Damage& damage) {
      return damage.file.ends_with("-wal") && damage.written_at > from && damage.written_at <= to;
    });
  }

  // False: the life is over, or all is.
  bool Commit(const Group& group) {
    const uint64_t changes = disk().changes();
    const std::vector<WriteResult> results = writer_->CommitGroup(group.ops);
    const WriteResult* failed = nullptr;
    bool no_room = false;
    for (size_t i = 0; i < results.size(); ++i) {
      const WriteOutcome outcome = results[i].outcome;
      EXPECT_EQ(outcome == WriteOutcome::kWritten, results[i].status.ok());
      EXPECT_NE(outcome, WriteOutcome::kRejected) << results[i].status;
      if (outcome == WriteOutcome::kFailed) failed = &results[i];
      if (outcome == WriteOutcome::kNoRoom) no_room = true;
      // Behind one that failed for damage, the id is not where the group thinks.
      if (failed == nullptr && !no_room) {
        // Refused for a row that is not the one that was read: said aloud, and nothing is stored.
        if (outcome == WriteOutcome::kFenced && !group.fenced[i] && disk_kind_ == Disk::kDestroys) {
          return Detected("fencing", results[i].status);
        }
        EXPECT_EQ(outcome == WriteOutcome::kFenced, group.fenced[i]) << results[i].status;
      }
    }
    if (failed != nullptr) return Failed(group, *failed);
    if (no_room) {
      ++counts_.no_room;
      return true;
    }
    ++counts_.commits;
    // A group whose members were all fenced is no commit in the WAL.
    if (disk().changes() != changes) before_.push_front({changes, model_});
    if (before_.size() > kBefore) before_.pop_back();
    for (size_t i = 0; i < kIds; ++i) {
      counts_.events += group.after[i].highest_seq() - model_[i].highest_seq();
    }
    model_ = group.after;
    TakeHashes(group, results, model_);
    return true;
  }

  bool Failed(const Group& group, const WriteResult& failed) {
    if (failed.status.code() == absl::StatusCode::kDataLoss) {
      return Detected("writing", failed.status);
    }
    EXPECT_EQ(failed.status.code(), absl::StatusCode::kUnavailable);
    pending_ = group.after;
    // An error of a read alone was before the commit; any other ends all work.
    if (!writer_->health().ok()) {
      const std::vector<WriteResult> refused = writer_->CommitGroup(AcquireAll(model_).ops);
      EXPECT_EQ(refused[0].outcome, WriteOutcome::kFailed);
      EXPECT_NE(refused[0].status.message().find("does no more work"), std::string::npos);
      EXPECT_FALSE(writer_->CheckpointIfDue().ok());
    }
    return false;
  }

  bool Checkpoint() {
    const absl::Status checkpointed = writer_->CheckpointIfDue();
    if (checkpointed.code() == absl::StatusCode::kDataLoss) {
      return Detected("checkpointing", checkpointed);
    }
    return writer_->health().ok();
  }

  // What is read while it lives is right, or an error.
  bool ReadSometimes() {
    if (random_.Below(20) != 0) return true;
    absl::StatusOr<JournalModel> found = ReadJournal(*reader_, model_);
    if (!found.ok()) {
      if (found.status().code() == absl::StatusCode::kDataLoss) {
        return Detected("reading", found.status());
      }
      EXPECT_EQ(found.status().code(), absl::StatusCode::kUnavailable) << found.status();
      return true;
    }
    if (Difference(*found, model_).empty() || IsOlderState(*found)) return true;
    const absl::Status verified = VerifyFile(options_);
    if (!verified.ok()) return Detected("verifying", verified);
    ADD_FAILURE() << "read: " << Difference(*found, model_) << Story();
    over_ = true;
    Shut();
    return false;
  }

  // A clean shutdown, the death of the process, or a power cut.
  void End() {
    const uint64_t how = random_.Below(3);
    if (how == 0) disk().KillProcess();
    if (how == 1) disk().CutPower();
    Shut();
    if (how == 2 && random_.Below(2) == 0) disk().CutPower();
    disk().Restart();
    disk().SetPlan({.sector_bytes = sector_bytes_});
    if (disk_kind_ == Disk::kDestroys && random_.Below(2) == 0) {
      for (uint64_t i = 1 + random_.Below(3); i > 0; --i) disk().FlipBit();
    }
  }

  void Shut() {
    reader_.reset();
    if (writer_ != nullptr) (void)writer_->Close();  // what it says is fault_store_test's
    writer_.reset();
    EXPECT_EQ(vfs_.open_files(), 0);
  }

  // False always: the seed is over.
  bool Detected(const char* by, const absl::Status& status) {
    over_ = true;
    Shut();
    if (disk_kind_ == Disk::kSpares) {
      ADD_FAILURE() << "no byte was destroyed, but " << by << ": " << status << Story();
      return false;
    }
    EXPECT_FALSE(disk().damage().empty()) << status;
    ++counts_.detected[StrCat(by, " (", absl::StatusCodeToString(status.code()), ")")];
    counts_.named += status.message().find("Cart|") != std::string::npos ? 1 : 0;
    return false;
  }

  std::string Story() {
    std::string story;
    for (const Damage& damage : disk().damage()) {
      StrAppend(story, "\n  ", NameOf(damage.kind), " in ", damage.file, " at ", damage.offset,
                " of ", damage.bytes, " bytes, written at ", damage.written_at);
    }
    for (const Before& before : before_) StrAppend(story, "\n  commit after ", before.changes);
    return StrCat(story, "\n  changes: ", disk().changes());
  }

  const Disk disk_kind_;
  Random random_;
  FaultVfs vfs_;
  FixedClock clock_;
  Counts& counts_;
  SqliteStoreOptions options_;
  size_t sector_bytes_ = 512;
  JournalModel model_;                   // acknowledged
  std::optional<JournalModel> pending_;  // with a group of unknown outcome
  std::deque<Before> before_;            // the last commits, the newest first
  std::unique_ptr<SqliteWriter> writer_;
  std::unique_ptr<SqliteReader> reader_;
  bool over_ = false;
};

TEST(FaultSeedsTest, FaultsThatSpareSyncedBytesLoseNothingThatWasAcknowledged) {
  Counts counts;
  ForEachSeed(Seeds(), [&](uint64_t seed) { History(Disk::kSpares, seed, counts).Run(); });
  counts.Print("synced bytes spared");
}

TEST(FaultSeedsTest, FaultsThatDestroySyncedBytesLoseNothingSilently) {
  Counts counts;
  ForEachSeed(Seeds(), [&](uint64_t seed) { History(Disk::kDestroys, seed, counts).Run(); });
  counts.Print("synced bytes destroyed");
}

}  // namespace
}  // namespace sampo::persistence
