// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/fault_disk.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace sampo::persistence {
namespace {

// The grain in which a file remembers when it was written. No larger than any sector.
constexpr size_t kGrainBytes = 512;

void Put(std::string& to, size_t offset, std::string_view bytes) {
  if (to.size() < offset + bytes.size()) to.resize(offset + bytes.size(), '\0');
  std::memcpy(to.data() + offset, bytes.data(), bytes.size());
}

// The part of `bytes` that exists, from `offset`, at most `count`.
std::string_view Part(const std::string& bytes, size_t offset, size_t count) {
  return offset < bytes.size() ? std::string_view(bytes).substr(offset, count) : std::string_view();
}

// The same with zeros behind the end, as a file has them that was made longer.
std::string Before(const std::string& bytes, size_t offset, size_t count) {
  std::string part(Part(bytes, offset, count));
  part.resize(count, '\0');
  return part;
}

}  // namespace

// A write, or where `truncation` is set, a new size.
struct FaultDisk::Change {
  size_t offset = 0;
  std::string bytes = {};
  bool truncation = false;

  void ApplyTo(std::string& to) const {
    if (truncation) {
      to.resize(offset, '\0');
    } else {
      Put(to, offset, bytes);
    }
  }
};

struct FaultDisk::File {
  std::string name;
  std::string cache;
  std::string disk;
  std::vector<Change> pending;       // in the cache alone
  std::vector<uint64_t> written_at;  // of each grain: the number of its newest write
  bool name_is_new = false;

  void Do(Change change, uint64_t number) {
    change.ApplyTo(cache);
    if (!change.truncation) {
      const size_t last =
          (change.offset + std::max<size_t>(change.bytes.size(), 1) - 1) / kGrainBytes;
      if (written_at.size() <= last) written_at.resize(last + 1, 0);
      for (size_t grain = change.offset / kGrainBytes; grain <= last; ++grain) {
        written_at[grain] = number;
      }
    }
    pending.push_back(std::move(change));
  }
};

std::string_view NameOf(FaultKind kind) {
  constexpr std::array<std::string_view, kFaultKinds> kNames = {
      "power cut",   "process death", "sync error", "disk full",        "read error",
      "write error", "bit flip",      "lost write", "misdirected write"};
  return kNames[static_cast<size_t>(kind)];
}

// --- what a file system does ---

FaultDisk::FilePtr FaultDisk::Open(const std::string& name, bool create) {
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  if (!create || dead_) return nullptr;
  FilePtr file = OpenUnnamed();
  file->name = name;
  file->name_is_new = true;
  names_[name] = file;
  return file;
}

FaultDisk::FilePtr FaultDisk::OpenUnnamed() { return std::make_shared<File>(); }

int64_t FaultDisk::SizeOf(const File& file) { return static_cast<int64_t>(file.cache.size()); }

FaultDisk::Outcome FaultDisk::Read(File& file, int64_t offset, size_t bytes, char* to) {
  if (dead_) return Outcome::kFailed;
  if (Happens(plan_.read_error_in)) {
    Count(FaultKind::kReadError);
    return Outcome::kFailed;
  }
  const std::string_view there = Part(file.cache, static_cast<size_t>(offset), bytes);
  std::copy(there.begin(), there.end(), to);
  std::memset(to + there.size(), 0, bytes - there.size());
  return there.size() == bytes ? Outcome::kDone : Outcome::kShort;
}

FaultDisk::Outcome FaultDisk::Write(const FilePtr& file, int64_t offset, std::string_view bytes) {
  if (dead_) return Outcome::kFailed;
  ++changes_;
  const auto at = static_cast<size_t>(offset);
  const bool grows = at + bytes.size() > file->cache.size();
  const bool over = plan_.disk_bytes_max > 0 && grows &&
                    AllBytes() + static_cast<int64_t>(bytes.size()) > plan_.disk_bytes_max;
  if (over || (grows && Happens(plan_.disk_full_in))) {
    Count(FaultKind::kDiskFull);
    return Outcome::kFull;
  }
  if (Happens(plan_.write_error_in)) {
    Count(FaultKind::kWriteError);
    file->Do({.offset = at, .bytes = std::string(bytes.substr(0, random_.Below(bytes.size() + 1)))},
             changes_);
    return Outcome::kFailed;
  }
  file->Do({.offset = at, .bytes = std::string(bytes)}, changes_);
  if (PowerIsCutNow()) return Outcome::kFailed;
  if (Happens(plan_.bit_flip_in)) FlipBit();
  return Outcome::kDone;
}

FaultDisk::Outcome FaultDisk::Truncate(const FilePtr& file, int64_t bytes) {
  if (dead_) return Outcome::kFailed;
  ++changes_;
  file->Do({.offset = static_cast<size_t>(bytes), .truncation = true}, changes_);
  return PowerIsCutNow() ? Outcome::kFailed : Outcome::kDone;
}

FaultDisk::Outcome FaultDisk::Sync(const FilePtr& file) {
  if (dead_) return Outcome::kFailed;
  ++changes_;
  if (PowerIsCutNow()) return Outcome::kFailed;
  if (syncs_fail_ || Happens(plan_.sync_error_in)) {
    Count(FaultKind::kSyncError);
    syncs_fail_ = plan_.sync_error_stays;
    KeepSomeChanges(*file);  // of the disk; the cache goes on showing all of them
    file->pending.clear();
    return Outcome::kFailed;
  }
  if (file->name_is_new) {
    file->name_is_new = false;
    synced_names_ = names_;
  }
  if (file->pending.empty()) return Outcome::kDone;
  const bool destroys = plan_.lost_write_in > 0 || plan_.misdirected_write_in > 0;
  const std::string disk_before = destroys ? file->disk : std::string();
  for (const Change& change : file->pending) change.ApplyTo(file->disk);
  if (destroys) DestroyAtSync(*file, disk_before);
  file->pending.clear();
  return Outcome::kDone;
}

FaultDisk::Outcome FaultDisk::Remove(const std::string& name, bool sync_folder) {
  if (dead_) return Outcome::kFailed;
  ++changes_;
  if (PowerIsCutNow()) return Outcome::kFailed;
  names_.erase(name);
  if (sync_folder) synced_names_ = names_;
  return Outcome::kDone;
}

int64_t FaultDisk::AllBytes() const {
  int64_t bytes = 0;
  for (const auto& [name, file] : names_) bytes += SizeOf(*file);
  return bytes;
}

// --- what happens to it ---

bool FaultDisk::PowerIsCutNow() {
  if (plan_.power_cut_at == 0 || changes_ < plan_.power_cut_at) return false;
  CutPower();
  return true;
}

void FaultDisk::KeepSomeChanges(File& file) {
  switch (random_.Below(5)) {
    case 0:  // none
      break;
    case 1:  // all
      for (const Change& change : file.pending) change.ApplyTo(file.disk);
      break;
    case 2: {  // the first ones
      const uint64_t count = random_.Below(file.pending.size() + 1);
      for (uint64_t i = 0; i < count; ++i) file.pending[i].ApplyTo(file.disk);
      break;
    }
    case 3:  // any
      for (const Change& change : file.pending) {
        if (random_.Below(2) == 0) change.ApplyTo(file.disk);
      }
      break;
    default:  // any sector of each
      for (const Change& change : file.pending) {
        if (change.truncation) {
          if (random_.Below(2) == 0) change.ApplyTo(file.disk);
          continue;
        }
        for (size_t at = 0; at < change.bytes.size();) {
          const size_t to_boundary = plan_.sector_bytes - (change.offset + at) % plan_.sector_bytes;
          const std::string_view part = Part(change.bytes, at, to_boundary);
          if (random_.Below(2) == 0) Put(file.disk, change.offset + at, part);
          at += part.size();
        }
      }
  }
}

void FaultDisk::CutPower() {
  if (dead_) return;
  dead_ = true;
  Count(FaultKind::kPowerCut);
  // A name that differs between the process's view and the disk's may be as in either.
  Names after = synced_names_;
  for (const auto& [name, file] : names_) {
    const auto synced = synced_names_.find(name);
    const bool same = synced != synced_names_.end() && synced->second == file;
    if (!same && random_.Below(2) == 0) after[name] = file;
  }
  for (const auto& [name, file] : synced_names_) {
    if (!names_.contains(name) && random_.Below(2) == 0) after.erase(name);
  }
  names_ = after;
  synced_names_ = after;
  for (const auto& [name, file] : names_) {
    KeepSomeChanges(*file);
    file->pending.clear();
    file->cache = file->disk;
    file->name_is_new = false;
  }
}

void FaultDisk::KillProcess() {
  if (dead_) return;
  dead_ = true;
  Count(FaultKind::kProcessDeath);
}

void FaultDisk::Restart() {
  dead_ = false;
  syncs_fail_ = false;
  plan_ = {.sector_bytes = plan_.sector_bytes};
}

bool FaultDisk::FlipBit() {
  int64_t bytes = 0;
  for (const auto& [name, file] : names_) bytes += static_cast<int64_t>(file->disk.size());
  if (bytes == 0) return false;
  auto at = static_cast<size_t>(random_.Below(static_cast<uint64_t>(bytes)));
  for (const auto& [name, file] : names_) {
    if (at >= file->disk.size()) {
      at -= file->disk.size();
      continue;
    }
    // Not where the process has written since: the next sync puts that over it.
    if (at >= file->cache.size() || file->cache[at] != file->disk[at]) return false;
    const char flipped = static_cast<char>(file->disk[at] ^ (1 << random_.Below(8)));
    file->disk[at] = flipped;
    file->cache[at] = flipped;
    AddDamage(FaultKind::kBitFlip, *file, at, 1);
    return true;
  }
  return false;
}

// The writes are on the disk already; takes one back, or moves it.
void FaultDisk::DestroyAtSync(File& file, const std::string& disk_before) {
  const bool lost = Happens(plan_.lost_write_in);
  const bool misdirected = !lost && Happens(plan_.misdirected_write_in);
  if (!lost && !misdirected) return;
  const size_t sector_bytes = plan_.sector_bytes;
  std::set<size_t> written;
  for (const Change& change : file.pending) {
    if (change.truncation || change.bytes.empty()) continue;
    const size_t last = (change.offset + change.bytes.size() - 1) / sector_bytes;
    for (size_t sector = change.offset / sector_bytes; sector <= last; ++sector) {
      const std::string_view now = Part(file.disk, sector * sector_bytes, sector_bytes);
      if (Before(disk_before, sector * sector_bytes, now.size()) != now) written.insert(sector);
    }
  }
  if (written.empty()) return;
  auto chosen = written.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.Below(written.size())));
  const size_t from = *chosen * sector_bytes;
  const std::string content(Part(file.disk, from, sector_bytes));
  Put(file.disk, from, Before(disk_before, from, content.size()));
  AddDamage(lost ? FaultKind::kLostWrite : FaultKind::kMisdirectedWrite, file, from,
            content.size());
  EvictSometimes(file, from, content.size());
  if (!misdirected) return;
  const size_t to = random_.Below(file.disk.size() / sector_bytes) * sector_bytes;
  if (file.disk.size() < to + content.size() || to == from) return;
  Put(file.disk, to, content);
  AddDamage(FaultKind::kMisdirectedWrite, file, to, content.size());
  EvictSometimes(file, to, content.size());
}

void FaultDisk::AddDamage(FaultKind kind, const File& file, size_t offset, size_t bytes) {
  Count(kind);
  Damage damage{.kind = kind,
                .file = file.name,
                .offset = static_cast<int64_t>(offset),
                .bytes = static_cast<int64_t>(bytes)};
  for (size_t grain = offset / kGrainBytes; grain <= (offset + bytes - 1) / kGrainBytes; ++grain) {
    if (grain < file.written_at.size()) {
      damage.written_at = std::max(damage.written_at, file.written_at[grain]);
    }
  }
  damage_.push_back(std::move(damage));
}

// The system may drop what it has cached of a sector at any time; the process then sees the damage
// before it ends.
void FaultDisk::EvictSometimes(File& file, size_t offset, size_t bytes) {
  if (random_.Below(2) == 0) Put(file.cache, offset, Part(file.disk, offset, bytes));
}

// --- what has happened ---

std::string FaultDisk::Contents(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::string() : found->second->cache;
}

void FaultDisk::SetContents(const std::string& name, std::string_view bytes) {
  File& file = *Open(name, true);
  file.cache = std::string(bytes);
  file.disk = file.cache;
  file.pending.clear();
  file.name_is_new = false;
  synced_names_ = names_;
}

}  // namespace sampo::persistence
