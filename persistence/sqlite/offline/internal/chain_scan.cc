// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/internal/chain_scan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/record_columns.h"

namespace sampo::persistence::offline {
namespace {

std::string AgreeText(const char* of, const ChainHash& stored, const ChainHash& chain) {
  return StrCat(of, " ", HashText(stored), " != ", HashText(chain), " of the chain");
}

}  // namespace

ChainScan::ChainScan(std::string persistence_id, SyncPoint anchor, std::vector<SyncPoint> snapshots)
    : persistence_id_(std::move(persistence_id)),
      anchor_(anchor),
      snapshots_(std::move(snapshots)),
      position_(anchor.seq) {
  StartChain(anchor, true);
  // What is older than the anchor cannot be compared: its events are deleted.
  while (next_snapshot_ < snapshots_.size() && snapshots_[next_snapshot_].seq < anchor.seq) {
    ++next_snapshot_;
  }
  MeetSnapshots();
}

void ChainScan::SetHead(const ScanHead& head) {
  head_ = head;
  MeetHead();
}

void ChainScan::Add(const StoredEvent& event, uint32_t stored_crc) {
  if (event.seq <= position_) {
    AddOutOfPlace(event.seq);
    return;
  }
  SkipTo(event.seq - 1);
  position_ = event.seq;
  last_event_ = std::max(last_event_, event.seq);
  digest_.SetEvent(persistence_id_, event);
  const uint32_t crc = digest_.Crc32c();
  if (crc != stored_crc) {
    Report(event.seq, event.seq, internal::CrcProblem(stored_crc, crc));
    --position_;  // the chains end before it
    EndChains();
    ++position_;
    MeetSnapshots();
    return;
  }
  if (event.epoch < last_epoch_) {
    Report(event.seq, event.seq, StrCat("epoch ", event.epoch, " behind epoch ", last_epoch_));
  }
  last_epoch_ = std::max(last_epoch_, event.epoch);
  for (Chain& chain : chains_) chain.hash = digest_.ChainAfter(chain.hash);
  MeetSnapshots();
  MeetHead();
}

void ChainScan::AddOutOfPlace(int64_t seq) {
  ++result_.out_of_place;
  last_event_ = std::max(last_event_, seq);
  Report(seq, seq,
         StrCat("stands there ", seq <= anchor_.seq ? "although it is deleted" : "twice"));
}

void ChainScan::AddUnreadable(int64_t seq, std::string what) {
  if (seq <= position_) return;
  SkipTo(seq - 1);
  last_event_ = std::max(last_event_, seq);
  Report(seq, seq, std::move(what));
  EndChains();
  position_ = seq;
  MeetSnapshots();
}

// Events up to `seq` are missing: no chain leads over them.
void ChainScan::SkipTo(int64_t seq) {
  if (seq <= position_) return;
  Report(position_ + 1, seq, position_ + 1 == seq ? "is missing" : "are missing");
  EndChains();
  while (position_ < seq) {
    // From snapshot to snapshot: what is between them has no chain at all.
    EndChains();
    const bool snapshot_there =
        next_snapshot_ < snapshots_.size() && snapshots_[next_snapshot_].seq <= seq;
    position_ = snapshot_there ? snapshots_[next_snapshot_].seq : seq;
    MeetSnapshots();
    MeetHead();
  }
}

void ChainScan::StartChain(const SyncPoint& start, bool from_anchor) {
  Chain chain;
  chain.start = start;
  chain.from_anchor = from_anchor;
  chain.hash = start.hash;
  chain.agreed_to = start.seq;
  chains_.push_back(std::move(chain));
}

void ChainScan::EndChains() {
  for (const Chain& chain : chains_) Offer(chain);
  chains_.clear();
}

void ChainScan::Offer(const Chain& chain) {
  const ScanStretch stretch{.start = chain.start,
                            .from_anchor = chain.from_anchor,
                            .to = position_,
                            .hash = chain.hash,
                            .proven = chain.head_met >= 0 && chain.head_met == head_.seq};
  const auto rank = [](const ScanStretch& s) { return std::tuple(s.to, s.proven, -s.start.seq); };
  if (has_best_ && rank(result_.best) >= rank(stretch)) return;
  result_.best = stretch;
  has_best_ = true;
}

void ChainScan::MeetSnapshots() {
  for (; next_snapshot_ < snapshots_.size() && snapshots_[next_snapshot_].seq == position_;
       ++next_snapshot_) {
    const SyncPoint& snapshot = snapshots_[next_snapshot_];
    bool agreed = false;
    for (Chain& chain : chains_) {
      if (chain.hash == snapshot.hash) {
        chain.agreed_to = position_;
        agreed = true;
      } else if (chain.strangers.size() < kProblemsMax) {
        chain.strangers.push_back(
            {position_, position_, AgreeText("hash", snapshot.hash, chain.hash)});
      }
    }
    if (!agreed && chains_.size() < kChainsMax) StartChain(snapshot, false);
  }
}

void ChainScan::MeetHead() {
  if (position_ != head_.seq) return;
  for (Chain& chain : chains_) {
    if (chain.hash == head_.hash) chain.head_met = head_.seq;
  }
}

void ChainScan::Report(int64_t from, int64_t to, std::string what) {
  ++result_.problems_total;
  if (result_.problems.size() < kProblemsMax) {
    result_.problems.push_back({from, to, std::move(what)});
  }
}

// Every checksum is right, so the chain alone tells that something is not as it was written: an
// older version of an event or of the head, or a hash that is damaged itself.
void ChainScan::ReportBrokenChain() {
  const auto proven = std::find_if(chains_.begin(), chains_.end(), [this](const Chain& chain) {
    return chain.head_met == head_.seq;
  });
  if (proven != chains_.end()) {
    result_.foreign_snapshots = std::move(proven->strangers);
    if (proven->from_anchor || result_.problems_total > 0) return;
    Report(
        anchor_.seq + 1, std::max(anchor_.seq + 1, proven->start.seq),
        StrCat("the chain from the anchor at ", anchor_.seq, " does not lead to the snapshot at ",
               proven->start.seq, ", which leads to the head"));
    return;
  }
  if (chains_.empty() || position_ != head_.seq) return;
  const Chain& chain = chains_.front();
  Report(std::min(chain.agreed_to + 1, head_.seq), head_.seq,
         AgreeText("the chain does not lead to the head: head_hash", head_.hash, chain.hash));
}

ScanResult ChainScan::Finish() && {
  SkipTo(head_.seq);
  if (anchor_.seq > head_.seq) {
    Report(head_.seq, head_.seq, StrCat("deleted_to is ", anchor_.seq, ", above it"));
  } else if (position_ > head_.seq) {
    Report(head_.seq + 1, position_, StrCat("behind the head, whose highest_seq is ", head_.seq));
  }
  if (last_epoch_ > head_.epoch) {
    Report(head_.seq, head_.seq,
           StrCat("epoch ", last_epoch_, " is above that of the head, ", head_.epoch));
  }
  ReportBrokenChain();
  EndChains();
  result_.reached = std::max(head_.seq, last_event_);
  return std::move(result_);
}

}  // namespace sampo::persistence::offline
