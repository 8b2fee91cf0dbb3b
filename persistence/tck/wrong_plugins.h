// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// WrongStorage: a storage that would keep all rules, were it not for the one it is told to break.
//
// Why: a TCK that passes everything passes a right plugin, too. Threads: as the plugins in memory
// that it wraps. Lifetime: as StorageUnderTest.
//
//   WrongStorage storage(Part::kJournal, "FencesAnOldEpoch");
#ifndef SAMPO_PERSISTENCE_TCK_WRONG_PLUGINS_H_
#define SAMPO_PERSISTENCE_TCK_WRONG_PLUGINS_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/tck/storage_tck.h"

namespace sampo::persistence::tck {

class WrongStorage final : public StorageUnderTest {
 public:
  // `wrong` is the name of the rule of `part` that it breaks; empty: none.
  WrongStorage(Part part, std::string wrong) : part_(part), wrong_(std::move(wrong)) {}
  absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override;
  std::optional<absl::StatusOr<StoragePlugins>> OpenBounded(ActorSystemBase& system,
                                                            int64_t queue_max) override;

 private:
  StoragePlugins Wrap(StoragePlugins plugins);

  const Part part_;
  const std::string wrong_;
  InMemoryStorage storage_;
};

}  // namespace sampo::persistence::tck

#endif  // SAMPO_PERSISTENCE_TCK_WRONG_PLUGINS_H_
