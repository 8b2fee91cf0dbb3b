// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RecordSet: an exact set of record numbers with a checksum of each.
//
// Why: an airport knows by it what it has stored. Numbers mostly come in ascending order with small
// gaps, so they are kept as differences of one or two bytes, beside four of a checksum: 5 to 6
// bytes a record. A copy shares all blocks with its original and a block is copied when one of both
// changes it, so that the copy that an event-sourced actor makes of its state for each write costs
// a block, not the set.
// Threads: a value; one thread at a time for a set and its copies.
//
//   RecordSet set;
//   set.Insert({{7, checksum}});
//   RecordSet::Cursor cursor(set);
//   std::optional<uint32_t> known = cursor.Find(7);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_RECORD_SET_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_RECORD_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flightboard {

class RecordSet {
 public:
  struct Record {
    int64_t number = 0;  // from 1
    uint32_t checksum = 0;
    friend bool operator==(const Record&, const Record&) = default;
  };
  // Chosen: a write copies half a block on the average, 1.5 KiB; a set of a million has 2,000
  // handles to copy.
  static constexpr size_t kBlockRecords = 512;

  // Preconditions: `records` ascend, none of their numbers is in the set, none is below 1.
  void Insert(const std::vector<Record>& records);

  int64_t size() const { return size_; }
  int64_t highest() const { return blocks_.empty() ? 0 : blocks_.back()->last; }  // 0: empty
  // All of them, ascending.
  std::vector<Record> ToVector() const;

  friend bool operator==(const RecordSet& a, const RecordSet& b) {
    return a.size_ == b.size_ && a.ToVector() == b.ToVector();
  }

 private:
  struct Block {
    int64_t first = 0;
    int64_t last = 0;
    std::string differences;          // from one number to the next, LEB128; none for the first
    std::vector<uint32_t> checksums;  // one for each number

    void Append(const Record& record);
    void AppendTo(std::vector<Record>& records) const;
  };
  using Blocks = std::vector<std::shared_ptr<Block>>;

 public:
  // Looks up ascending numbers in one pass over the set. Lifetime: until the set changes.
  class Cursor {
   public:
    explicit Cursor(const RecordSet& set) : blocks_(set.blocks_) {}
    // The checksum of `number`, which must be greater than that of the call before.
    std::optional<uint32_t> Find(int64_t number);

   private:
    const Blocks& blocks_;
    size_t block_ = 0;
    size_t index_ = 0;    // within the block
    size_t offset_ = 0;   // of the difference behind it
    int64_t number_ = 0;  // at index_; 0: the block has not been entered
  };

 private:
  // Appends records[begin...] to the last block and to new ones.
  void AppendAll(const std::vector<Record>& records, size_t begin);
  // Merges records[begin, end) into blocks_[block]; returns how many blocks it has become.
  size_t Merge(size_t block, const std::vector<Record>& records, size_t begin, size_t end);
  static Blocks MakeBlocks(const std::vector<Record>& records);

  Blocks blocks_;  // ascending, none empty
  int64_t size_ = 0;
};

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_RECORD_SET_H_
