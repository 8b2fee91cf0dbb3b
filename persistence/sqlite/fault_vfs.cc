// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence {
namespace internal {

struct OpenFile;

// What the connections to one file share.
struct SharedFile {
  std::vector<OpenFile*> open;
  // SQLite keeps pointers into them, so that each has its own place.
  std::vector<std::unique_ptr<char[]>> regions;
};

// One file that SQLite has open.
struct OpenFile {
  FaultVfsState* vfs = nullptr;
  FaultDisk::FilePtr file;
  std::string delete_on_close;  // its name; empty: it stays
  int lock = SQLITE_LOCK_NONE;
  uint32_t shared_slots = 0;  // of the shared memory's locks, a bit each
  uint32_t exclusive_slots = 0;
  bool has_regions = false;
  bool read_only = false;
};

struct FaultVfsState {
  explicit FaultVfsState(uint64_t seed) : disk(seed), random(MixBits(seed)) {}

  std::mutex mutex;
  FaultDisk disk;
  Random random;
  std::map<const FaultDisk::File*, SharedFile> shared;
  int open_files = 0;
  bool read_only = false;
  std::string name;
  sqlite3_vfs vfs{};
};

namespace {

constexpr int kPathBytesMax = 512;  // as SQLite's own for Unix
// SQLite takes the time of files and statements from here: 2026-01-01, in milliseconds of the
// Julian day.
constexpr sqlite3_int64 kNow = 212'634'028'800'000;

// What SQLite allocates for a file.
struct Handle {
  sqlite3_file base;
  OpenFile* open;
};

OpenFile& OpenOf(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }
FaultVfsState& StateOf(sqlite3_vfs* vfs) { return *static_cast<FaultVfsState*>(vfs->pAppData); }
SharedFile& SharedOf(OpenFile& open) { return open.vfs->shared[open.file.get()]; }

// `failed`: the code of this operation's failure.
int Code(FaultDisk::Outcome outcome, int failed) {
  switch (outcome) {
    case FaultDisk::Outcome::kDone:
      return SQLITE_OK;
    case FaultDisk::Outcome::kShort:
      return SQLITE_IOERR_SHORT_READ;
    case FaultDisk::Outcome::kFull:
      return SQLITE_FULL;
    case FaultDisk::Outcome::kFailed:
      break;
  }
  return failed;
}

// --- a file ---

int Close(sqlite3_file* file) {
  OpenFile* const open = &OpenOf(file);
  FaultVfsState& vfs = *open->vfs;
  const std::lock_guard lock(vfs.mutex);
  SharedFile& shared = SharedOf(*open);
  std::erase(shared.open, open);
  if (shared.open.empty()) vfs.shared.erase(open->file.get());
  if (!open->delete_on_close.empty()) vfs.disk.Remove(open->delete_on_close, false);
  --vfs.open_files;
  delete open;
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  return Code(
      open.vfs->disk.Read(*open.file, offset, static_cast<size_t>(bytes), static_cast<char*>(to)),
      SQLITE_IOERR_READ);
}

int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  if (open.read_only) return SQLITE_READONLY;
  const std::string_view data(static_cast<const char*>(from), static_cast<size_t>(bytes));
  return Code(open.vfs->disk.Write(open.file, offset, data), SQLITE_IOERR_WRITE);
}

int Truncate(sqlite3_file* file, sqlite3_int64 bytes) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  return Code(open.vfs->disk.Truncate(open.file, bytes), SQLITE_IOERR_TRUNCATE);
}

int Sync(sqlite3_file* file, int /*flags*/) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  return Code(open.vfs->disk.Sync(open.file), SQLITE_IOERR_FSYNC);
}

int FileSize(sqlite3_file* file, sqlite3_int64* bytes) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  *bytes = FaultDisk::SizeOf(*open.file);
  return SQLITE_OK;
}

int HighestLockOfOthers(OpenFile& open) {
  int highest = SQLITE_LOCK_NONE;
  for (const OpenFile* other : SharedOf(open).open) {
    if (other != &open) highest = std::max(highest, other->lock);
  }
  return highest;
}

// The rules of SQLite's Unix VFS.
int Lock(sqlite3_file* file, int level) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  if (open.lock >= level) return SQLITE_OK;
  const int others = HighestLockOfOthers(open);
  if (level == SQLITE_LOCK_SHARED) {
    if (others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
  } else if (others >= SQLITE_LOCK_RESERVED) {
    return SQLITE_BUSY;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
    open.lock = SQLITE_LOCK_PENDING;  // no new readers; those that are there are waited for
    return SQLITE_BUSY;
  }
  open.lock = level;
  return SQLITE_OK;
}

int Unlock(sqlite3_file* file, int level) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  open.lock = std::min(open.lock, level);
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* reserved) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  *reserved = std::max(open.lock, HighestLockOfOthers(open)) >= SQLITE_LOCK_RESERVED ? 1 : 0;
  return SQLITE_OK;
}

int FileControl(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int SectorSize(sqlite3_file* file) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  return static_cast<int>(open.vfs->disk.plan().sector_bytes);
}

// As SQLite's Unix VFS: a torn write leaves the bytes beside it alone.
int DeviceCharacteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// --- shared memory ---

int ShmMap(sqlite3_file* file, int region, int bytes, int extend, void volatile** to) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  SharedFile& shared = SharedOf(open);
  open.has_regions = true;
  const auto index = static_cast<size_t>(region);
  while (extend != 0 && shared.regions.size() <= index) {
    shared.regions.push_back(std::make_unique<char[]>(static_cast<size_t>(bytes)));
  }
  *to = index < shared.regions.size() ? shared.regions[index].get() : nullptr;
  return SQLITE_OK;
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  const uint32_t slots = ((1U << count) - 1) << offset;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    open.shared_slots &= ~slots;
    open.exclusive_slots &= ~slots;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (const OpenFile* other : SharedOf(open).open) {
    if (other == &open) continue;
    const uint32_t taken = other->exclusive_slots | (exclusive ? other->shared_slots : 0);
    if ((taken & slots) != 0) return SQLITE_BUSY;
  }
  (exclusive ? open.exclusive_slots : open.shared_slots) |= slots;
  return SQLITE_OK;
}

void ShmBarrier(sqlite3_file* /*file*/) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int ShmUnmap(sqlite3_file* file, int /*remove*/) {
  OpenFile& open = OpenOf(file);
  const std::lock_guard lock(open.vfs->mutex);
  open.shared_slots = 0;
  open.exclusive_slots = 0;
  open.has_regions = false;
  SharedFile& shared = SharedOf(open);
  const bool used = std::any_of(shared.open.begin(), shared.open.end(),
                                [](const OpenFile* other) { return other->has_regions; });
  // The next to open it starts with zeros, as with a -shm that nobody has open.
  if (!used) shared.regions.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = &Close,
    .xRead = &Read,
    .xWrite = &Write,
    .xTruncate = &Truncate,
    .xSync = &Sync,
    .xFileSize = &FileSize,
    .xLock = &Lock,
    .xUnlock = &Unlock,
    .xCheckReservedLock = &CheckReservedLock,
    .xFileControl = &FileControl,
    .xSectorSize = &SectorSize,
    .xDeviceCharacteristics = &DeviceCharacteristics,
    .xShmMap = &ShmMap,
    .xShmLock = &ShmLock,
    .xShmBarrier = &ShmBarrier,
    .xShmUnmap = &ShmUnmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// --- the file system ---

int OpenName(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  FaultVfsState& state = StateOf(vfs);
  const std::lock_guard lock(state.mutex);
  file->pMethods = nullptr;
  FaultDisk::FilePtr found = name == nullptr
                                 ? FaultDisk::OpenUnnamed()
                                 : state.disk.Open(name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (found == nullptr) return SQLITE_CANTOPEN;
  auto* const open = new OpenFile{.vfs = &state, .file = std::move(found), .delete_on_close = {}};
  if (name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) open->delete_on_close = name;
  SharedOf(*open).open.push_back(open);
  ++state.open_files;
  reinterpret_cast<Handle*>(file)->open = open;
  file->pMethods = &kMethods;
  open->read_only = state.read_only || (flags & SQLITE_OPEN_READONLY) != 0;
  // As SQLite's Unix VFS: who may not write gets the file for reading.
  if (open->read_only) flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  FaultVfsState& state = StateOf(vfs);
  const std::lock_guard lock(state.mutex);
  if (!state.disk.Exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  return Code(state.disk.Remove(name, sync_folder != 0), SQLITE_IOERR_DELETE);
}

int Access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* result) {
  FaultVfsState& state = StateOf(vfs);
  const std::lock_guard lock(state.mutex);
  *result = state.disk.Exists(name) ? 1 : 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs* /*vfs*/, const char* name, int bytes, char* to) {
  const std::string full = name[0] == '/' ? std::string(name) : StrCat("/", name);
  if (full.size() >= static_cast<size_t>(bytes)) return SQLITE_CANTOPEN;
  std::memcpy(to, full.c_str(), full.size() + 1);
  return SQLITE_OK;
}

int Randomness(sqlite3_vfs* vfs, int bytes, char* to) {
  FaultVfsState& state = StateOf(vfs);
  const std::lock_guard lock(state.mutex);
  for (int i = 0; i < bytes; ++i) to[i] = static_cast<char>(state.random.Next());
  return bytes;
}

int Sleep(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }

int CurrentTime(sqlite3_vfs* /*vfs*/, double* days) {
  *days = static_cast<double>(kNow) / 86'400'000.0;
  return SQLITE_OK;
}

int CurrentTimeInt64(sqlite3_vfs* /*vfs*/, sqlite3_int64* milliseconds) {
  *milliseconds = kNow;
  return SQLITE_OK;
}

int LastError(sqlite3_vfs* /*vfs*/, int /*bytes*/, char* /*to*/) { return 0; }

std::string NextName() {
  // A number alone: nobody waits for what another thread wrote before it.
  static std::atomic<int> next{1};
  return StrCat("sampo-fault-", next.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace
}  // namespace internal

FaultVfs::FaultVfs(uint64_t seed) : state_(std::make_unique<internal::FaultVfsState>(seed)) {
  state_->name = internal::NextName();
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(internal::Handle);
  vfs.mxPathname = internal::kPathBytesMax;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = &internal::OpenName;
  vfs.xDelete = &internal::Delete;
  vfs.xAccess = &internal::Access;
  vfs.xFullPathname = &internal::FullPathname;
  vfs.xRandomness = &internal::Randomness;
  vfs.xSleep = &internal::Sleep;
  vfs.xCurrentTime = &internal::CurrentTime;
  vfs.xGetLastError = &internal::LastError;
  vfs.xCurrentTimeInt64 = &internal::CurrentTimeInt64;
  SAMPO_CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

FaultVfs::~FaultVfs() {
  SAMPO_CHECK(open_files() == 0);
  sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& FaultVfs::name() const { return state_->name; }

FaultDisk& FaultVfs::disk() { return state_->disk; }

void FaultVfs::SetReadOnly(bool read_only) {
  const std::lock_guard lock(state_->mutex);
  state_->read_only = read_only;
}

int FaultVfs::open_files() const {
  const std::lock_guard lock(state_->mutex);
  return state_->open_files;
}

}  // namespace sampo::persistence
