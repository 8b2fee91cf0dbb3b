// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What verify and the reader say of a journal file, as texts that a test compares.
// Why: the tests of damage and those of live journals ask the same. Threads: any; each call opens
// the file for itself.
//
//   EXPECT_THAT(FindingsOf(journal.file()), IsEmpty());
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_FINDINGS_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_FINDINGS_H_

#include <string>
#include <vector>

namespace sampo::persistence::offline {

// What verify finds, without the file's name; or its failure, alone.
std::vector<std::string> FindingsOf(const std::string& file);
// "first to last" of the events that a journal has of an id.
std::string EventsOf(const std::string& file, const std::string& id);

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_FINDINGS_H_
