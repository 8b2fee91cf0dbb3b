// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Contenders: actors that take an id from each other and write as fast as they are answered; and
// the rules that look at what is stored then.
//
// Why: two live writers of one id are what fencing is for; in a simulation each seed is another
// interleaving of their grants and writes.
// Threads: the actors' and the test's. Bounds: each contender ends after some writes or grants.
#ifndef SAMPO_PERSISTENCE_TCK_CONTENDERS_H_
#define SAMPO_PERSISTENCE_TCK_CONTENDERS_H_

#include "absl/status/status.h"
#include "sampo/persistence/tck/storage_under_test.h"

namespace sampo::persistence::tck {

// Three writers of one id: stored is what was kWritten, at the sequence numbers and epochs that the
// writers believe, and nothing of what was kFenced.
absl::Status JournalContenders(Subject& subject);
// Writers of several ids, and a reader by tag that goes on from page to page: in the end it has
// seen each event once, in order.
absl::Status TagReaderAmongContenders(Subject& subject);
// Three writers of one state: each revision was written by one of them.
absl::Status StateContenders(Subject& subject);

}  // namespace sampo::persistence::tck

#endif  // SAMPO_PERSISTENCE_TCK_CONTENDERS_H_
