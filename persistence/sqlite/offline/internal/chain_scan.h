// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_CHAIN_SCAN_H_
#define SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_CHAIN_SCAN_H_

// ChainScan: follows the events of one id from its anchor to its head, finds what is wrong, and
// which stretch of them can still be relied on.
//
// Why: `verify` must name what is damaged, and `salvage` must know what is whole beside it. A
// damaged event breaks the chain for all behind it; a snapshot carries the chain's hash at its
// number, so that the chain can be taken up again there. So several chains are followed at once:
// from the anchor, and from each snapshot that the others do not lead to. Those that lead to the
// head are proven.
//
//   anchor --- 1 --- 2 --- [3 damaged]   4 --- 5 = snapshot --- 6 --- 7 = head
//   best stretch: starts at the snapshot 5, proven: its state and the events 6 and 7
//
// Threads: one. Lifetime: of one id's scan. Bound: kChainsMax chains, kProblemsMax problems.
//
//   ChainScan scan("Cart|7", {.seq = 0}, snapshots);
//   scan.SetHead({.seq = 7, .hash = head_hash, .epoch = 2});    // before the events of each page
//   for (const EventRow& row : rows) scan.Add(row.event, row.crc);
//   ScanResult result = std::move(scan).Finish();

#include <cstdint>
#include <string>
#include <vector>

#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"

namespace sampo::persistence::offline {

// Chains that are followed at once: each costs a hash for each event.
inline constexpr size_t kChainsMax = 8;
// Problems of one id that are kept with their text; the rest is counted.
inline constexpr size_t kProblemsMax = 1000;

// A number at which the chain's hash is known from elsewhere.
struct SyncPoint {
  int64_t seq = 0;
  ChainHash hash{};
};

struct ScanHead {
  int64_t seq = 0;
  ChainHash hash{};
  uint64_t epoch = 0;
};

// Events `from` to `to` (the same for one event) and what is wrong with them.
struct ScanProblem {
  int64_t from = 0;
  int64_t to = 0;
  std::string what;
};

// Events start.seq + 1 to `to`, each with a right checksum and none missing.
struct ScanStretch {
  SyncPoint start;
  bool from_anchor = false;  // else from a snapshot
  int64_t to = 0;
  ChainHash hash{};     // of the chain at `to`
  bool proven = false;  // the chain leads to the head
};

struct ScanResult {
  std::vector<ScanProblem> problems;
  int64_t problems_total = 0;
  // Snapshots that do not belong to the proven chain.
  std::vector<ScanProblem> foreign_snapshots;
  // The stretch to recover from: the one that reaches furthest; of those that do, a proven one; of
  // those, the one with most events.
  ScanStretch best;
  // The last number there is or should be: of the head, or of an event behind it.
  int64_t reached = 0;
  // Events that stand at or below the anchor: it is perhaps the anchor that is wrong.
  int64_t out_of_place = 0;
  bool whole() const { return problems_total == 0; }
};

class ChainScan {
 public:
  // `snapshots`: those with a right checksum, by number.
  ChainScan(std::string persistence_id, SyncPoint anchor, std::vector<SyncPoint> snapshots);

  // Where the head is as of the events that follow. It may only go up.
  void SetHead(const ScanHead& head);
  // The next event by number; numbers that are left out are missing events.
  void Add(const StoredEvent& event, uint32_t stored_crc);
  // An event whose row is there and cannot be read.
  void AddUnreadable(int64_t seq, std::string what);
  // An event at or below the anchor.
  void AddOutOfPlace(int64_t seq);
  ScanResult Finish() &&;
  // The number of the last event that was added, or of the anchor.
  int64_t position() const { return position_; }

 private:
  struct Chain {
    SyncPoint start;
    bool from_anchor = false;
    ChainHash hash{};
    int64_t agreed_to = 0;  // the last sync point on it
    int64_t head_met = -1;  // where the head's hash was found on it
    std::vector<ScanProblem> strangers;
  };

  void SkipTo(int64_t seq);
  void StartChain(const SyncPoint& start, bool from_anchor);
  void EndChains();
  void Offer(const Chain& chain);
  void MeetSnapshots();
  void MeetHead();
  void Report(int64_t from, int64_t to, std::string what);
  void ReportBrokenChain();

  const std::string persistence_id_;
  const SyncPoint anchor_;
  const std::vector<SyncPoint> snapshots_;
  RecordDigest digest_;
  size_t next_snapshot_ = 0;
  int64_t position_;
  int64_t last_event_ = 0;
  uint64_t last_epoch_ = 0;
  ScanHead head_;
  std::vector<Chain> chains_;
  bool has_best_ = false;
  ScanResult result_;
};

}  // namespace sampo::persistence::offline

#endif  // SAMPO_PERSISTENCE_SQLITE_OFFLINE_INTERNAL_CHAIN_SCAN_H_
