// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FaultVfs: a SQLite VFS over a FaultDisk.
//
// Why: SQLite, and the store above it, then run unchanged on a disk that fails (fault_disk.h).
// Locks and shared memory are those of one process, as SQLite's own are: several connections work
// beside each other, in WAL mode too. They end with the connections, as they do when a process
// dies. Time stands still, and sleeping takes none. Threads: SQLite's calls from any; disk() only
// while none is inside SQLite. Lifetime: longer than each connection that names it.
//
//   FaultVfs vfs(seed);
//   auto writer = SqliteWriter::Open({.file = "/shop.db", .vfs = vfs.name()});
//   vfs.disk().SetPlan({.sync_error_in = 10});
#ifndef SAMPO_PERSISTENCE_SQLITE_FAULT_VFS_H_
#define SAMPO_PERSISTENCE_SQLITE_FAULT_VFS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "sampo/persistence/sqlite/fault_disk.h"

namespace sampo::persistence {

namespace internal {
struct FaultVfsState;
}  // namespace internal

class FaultVfs {
 public:
  explicit FaultVfs(uint64_t seed);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  // Registered with SQLite under this name, which no other has.
  const std::string& name() const;
  FaultDisk& disk();
  // From the next open on: files may be read alone.
  void SetReadOnly(bool read_only);
  // Files that SQLite has open. A process that died has none: 0 before FaultDisk::Restart.
  int open_files() const;

 private:
  std::unique_ptr<internal::FaultVfsState> state_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_FAULT_VFS_H_
