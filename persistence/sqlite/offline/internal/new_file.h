// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_NEW_FILE_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_NEW_FILE_H_

// NewFile: a file that gets its name when it is whole.
//
// Why: a backup or a salvaged journal that was cut short must not be taken for one. It is made as
// `NAME-partial`, which is removed again unless it is published or kept.
// Threads: one. Lifetime: until it is published, or destroyed.
//
//   SAMPO_ASSIGN_OR_RETURN(NewFile file, NewFile::For("backup.db"));
//   ... make file.partial() ...
//   SAMPO_RETURN_IF_ERROR(file.Publish());

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo::persistence::offline {

class NewFile {
 public:
  // ALREADY_EXISTS: the name, or its partial one, is taken. Nothing is ever replaced.
  static absl::StatusOr<NewFile> For(const std::string& name);
  NewFile(NewFile&& other) noexcept
      : name_(std::move(other.name_)), owned_(std::exchange(other.owned_, false)) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  const std::string& name() const { return name_; }
  std::string partial() const { return name_ + "-partial"; }
  // Gives the file its name, durably. ALREADY_EXISTS: somebody else has made one meanwhile.
  absl::Status Publish();
  // Leaves the partial file where it is.
  void Keep() { owned_ = false; }

 private:
  explicit NewFile(std::string name) : name_(std::move(name)) {}
  std::string name_;
  bool owned_ = true;
};

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_NEW_FILE_H_
