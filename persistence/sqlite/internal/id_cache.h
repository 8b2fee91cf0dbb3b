// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// IdCache: the rows of `ids` that were used last, by persistence id.
//
// Why: an append needs the hash before it, and reading the row again costs as much as writing it.
// The process is the only writer (lock_file.h), so what was written last is what the file has; a
// group that is rolled back forgets its ids.
// Threads: the writer's. Bound: `rows_max`; the ones used least lately go first: rows live in a
// young and an old table, what is found in the old one moves to the young, and when the young one
// is half of the bound it becomes the old one.
//
//   IdRow* row = cache.Find("Cart|7");          // null: not here
//   row = cache.Add("Cart|7", row_of_file);     // valid until the next Find or Add
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_ID_CACHE_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_ID_CACHE_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "sampo/persistence/sqlite/internal/rows.h"

namespace sampo::persistence::internal {

class IdCache {
 public:
  explicit IdCache(size_t rows_max) : young_max_(std::max<size_t>(rows_max / 2, 1)) {}

  IdRow* Find(const std::string& persistence_id) {
    if (auto found = young_.find(persistence_id); found != young_.end()) return &found->second;
    auto found = old_.find(persistence_id);
    if (found == old_.end()) return nullptr;
    const IdRow row = found->second;
    old_.erase(found);
    return Add(persistence_id, row);
  }
  IdRow* Add(const std::string& persistence_id, const IdRow& row) {
    if (young_.size() >= young_max_) {
      old_ = std::move(young_);
      young_.clear();
    }
    return &(young_[persistence_id] = row);
  }
  void Forget(const std::string& persistence_id) {
    if (auto found = young_.find(persistence_id); found != young_.end()) young_.erase(found);
    if (auto found = old_.find(persistence_id); found != old_.end()) old_.erase(found);
  }

 private:
  const size_t young_max_;
  absl::flat_hash_map<std::string, IdRow> young_;
  absl::flat_hash_map<std::string, IdRow> old_;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_ID_CACHE_H_
