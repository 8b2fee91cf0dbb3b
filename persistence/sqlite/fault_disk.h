// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FaultDisk: files in memory, on a disk that fails as it is told to.
//
// Why: what a journal promises is about crashes and bad disks, and those must come by the thousand,
// at any moment, and again in the same way from the same seed.
//
// Each file has what the system caches and what the disk holds. A write changes the cache; a sync
// brings it to the disk. The process sees the cache until the power is cut. What can go wrong:
//   | fault            | what it does                                           | synced bytes are
//   | | kPowerCut        | any part of what was written since the last sync stays | spared | |
//   kProcessDeath    | files stay as the process has written them             | spared           |
//   | kSyncError       | the sync fails; any part of the writes reached the     | spared | | |
//   disk, and no later sync brings the others there        |                  | | kDiskFull | a
//   write that makes a file longer is refused            | spared           | | kReadError       |
//   a read fails                                           | spared           | | kWriteError | a
//   write fails, and a part of it may be done            | spared           | | kBitFlip         |
//   a bit of what the disk holds                           | destroyed        | | kLostWrite | a
//   sync leaves a sector as it was                       | destroyed        | | kMisdirectedWrite|
//   a sync writes a sector to the place of another         | destroyed        |
// Writes are torn at sectors. A name that was made or removed is on the disk with the first sync of
// a file that was made, or with a remove that syncs the folder; a power cut takes the others back,
// or not.
// Threads: one at a time. Lifetime: files live as long as somebody holds them or they have a name.
//
//   FaultDisk disk(seed);
//   disk.SetPlan({.power_cut_at = 120, .sector_bytes = 4096});
//   ... until disk.dead() ...
//   disk.Restart();                      // the files are what the disk held
#ifndef SAMPO_PERSISTENCE_SQLITE_FAULT_DISK_H_
#define SAMPO_PERSISTENCE_SQLITE_FAULT_DISK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sampo/actor/base/random.h"

namespace sampo::persistence {

enum class FaultKind : uint8_t {
  kPowerCut,
  kProcessDeath,
  kSyncError,
  kDiskFull,
  kReadError,
  kWriteError,
  kBitFlip,
  kLostWrite,
  kMisdirectedWrite,
};
inline constexpr size_t kFaultKinds = 9;
std::string_view NameOf(FaultKind kind);

// Chances are 1 in so many; 0: never.
struct FaultPlan {
  uint64_t power_cut_at = 0;      // at the write, truncation or sync of this number; 0: never
  int sync_error_in = 0;          // of syncs
  bool sync_error_stays = false;  // the first is followed by all others
  int disk_full_in = 0;           // of writes that make a file longer
  int64_t disk_bytes_max = 0;     // of all files; 0: no limit
  int read_error_in = 0;
  int write_error_in = 0;
  int bit_flip_in = 0;           // of writes
  int lost_write_in = 0;         // of syncs that have something to write
  int misdirected_write_in = 0;  // likewise
  size_t sector_bytes = 512;
};

// Where synced bytes were destroyed, and when they had been written (FaultDisk::changes).
struct Damage {
  FaultKind kind = FaultKind::kBitFlip;
  std::string file;
  int64_t offset = 0;
  int64_t bytes = 0;
  uint64_t written_at = 0;
};

class FaultDisk {
 public:
  enum class Outcome : uint8_t { kDone, kShort, kFailed, kFull };
  struct File;
  using FilePtr = std::shared_ptr<File>;

  explicit FaultDisk(uint64_t seed) : random_(seed) {}

  // --- what a file system does ---
  FilePtr Open(const std::string& name, bool create);  // null: there is none
  static FilePtr OpenUnnamed();
  Outcome Read(File& file, int64_t offset, size_t bytes, char* to);  // kShort: zeros behind the end
  Outcome Write(const FilePtr& file, int64_t offset, std::string_view bytes);
  Outcome Truncate(const FilePtr& file, int64_t bytes);
  Outcome Sync(const FilePtr& file);
  Outcome Remove(const std::string& name, bool sync_folder);
  bool Exists(const std::string& name) const { return names_.contains(name); }
  static int64_t SizeOf(const File& file);

  // --- what happens to it ---
  void SetPlan(const FaultPlan& plan) { plan_ = plan; }
  const FaultPlan& plan() const { return plan_; }
  void CutPower();     // dead until Restart; the files are then what the disk held
  void KillProcess();  // dead until Restart; the files stay
  void Restart();      // without a plan
  bool dead() const { return dead_; }
  // Flips a bit of what the disk holds of any file; false where there is nothing to flip.
  bool FlipBit();

  // --- what has happened ---
  // Writes, truncations and syncs so far.
  uint64_t changes() const { return changes_; }
  int64_t count(FaultKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  const std::vector<Damage>& damage() const { return damage_; }
  // What the process would read; empty where there is no such file. For tests that look, or damage.
  std::string Contents(const std::string& name) const;
  void SetContents(const std::string& name, std::string_view bytes);  // synced

 private:
  struct Change;
  using Names = std::map<std::string, FilePtr>;

  bool Happens(int one_in) {
    return one_in > 0 && random_.Below(static_cast<uint64_t>(one_in)) == 0;
  }
  void Count(FaultKind kind) { ++counts_[static_cast<size_t>(kind)]; }
  // True where the change of this number is the last: it has gone the way of the others.
  bool PowerIsCutNow();
  void KeepSomeChanges(File& file);
  void DestroyAtSync(File& file, const std::string& disk_before);
  void AddDamage(FaultKind kind, const File& file, size_t offset, size_t bytes);
  void EvictSometimes(File& file, size_t offset, size_t bytes);
  int64_t AllBytes() const;

  Random random_;
  FaultPlan plan_;
  Names names_;         // as the process sees them
  Names synced_names_;  // as the disk has them
  bool dead_ = false;
  bool syncs_fail_ = false;
  uint64_t changes_ = 0;
  std::array<int64_t, kFaultKinds> counts_{};
  std::vector<Damage> damage_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_FAULT_DISK_H_
