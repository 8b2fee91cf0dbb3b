// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/record_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace flightboard {
namespace {

void AppendVarint(uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

int64_t TakeVarint(const std::string& from, size_t& offset) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(from[offset++]);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return static_cast<int64_t>(value);
  }
}

}  // namespace

void RecordSet::Block::Append(const Record& record) {
  if (checksums.empty()) {
    first = record.number;
  } else {
    AppendVarint(static_cast<uint64_t>(record.number - last), differences);
  }
  last = record.number;
  checksums.push_back(record.checksum);
}

void RecordSet::Block::AppendTo(std::vector<Record>& records) const {
  int64_t number = first;
  size_t offset = 0;
  for (size_t i = 0; i < checksums.size(); ++i) {
    if (i > 0) number += TakeVarint(differences, offset);
    records.push_back({number, checksums[i]});
  }
}

void RecordSet::Insert(const std::vector<Record>& records) {
  size_ += static_cast<int64_t>(records.size());
  size_t begin = 0;
  size_t block = 0;
  // Those that belong between the ones that are here.
  while (begin < records.size() && records[begin].number < highest()) {
    const auto behind = std::upper_bound(
        blocks_.begin() + static_cast<std::ptrdiff_t>(block) + 1, blocks_.end(),
        records[begin].number,
        [](int64_t number, const std::shared_ptr<Block>& each) { return number < each->first; });
    block = static_cast<size_t>(behind - blocks_.begin()) - 1;
    const int64_t limit = behind == blocks_.end() ? blocks_[block]->last : (*behind)->first;
    size_t end = begin + 1;
    while (end < records.size() && records[end].number < limit) ++end;
    block += Merge(block, records, begin, end) - 1;
    begin = end;
  }
  AppendAll(records, begin);
}

size_t RecordSet::Merge(size_t block, const std::vector<Record>& records, size_t begin,
                        size_t end) {
  std::vector<Record> old;
  old.reserve(blocks_[block]->checksums.size());
  blocks_[block]->AppendTo(old);
  std::vector<Record> merged;
  merged.reserve(old.size() + end - begin);
  std::merge(old.begin(), old.end(), records.begin() + static_cast<std::ptrdiff_t>(begin),
             records.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(merged),
             [](const Record& a, const Record& b) { return a.number < b.number; });
  Blocks made = MakeBlocks(merged);
  const auto place = blocks_.begin() + static_cast<std::ptrdiff_t>(block);
  *place = std::move(made.front());
  blocks_.insert(place + 1, std::make_move_iterator(made.begin() + 1),
                 std::make_move_iterator(made.end()));
  return made.size();
}

// Blocks of the same size, so that each of them has room.
RecordSet::Blocks RecordSet::MakeBlocks(const std::vector<Record>& records) {
  const size_t count = (records.size() + kBlockRecords - 1) / kBlockRecords;
  Blocks blocks;
  for (size_t i = 0; i < count; ++i) {
    auto block = std::make_shared<Block>();
    const size_t end = records.size() * (i + 1) / count;
    for (size_t at = records.size() * i / count; at < end; ++at) block->Append(records[at]);
    blocks.push_back(std::move(block));
  }
  return blocks;
}

void RecordSet::AppendAll(const std::vector<Record>& records, size_t begin) {
  while (begin < records.size()) {
    if (blocks_.empty() || blocks_.back()->checksums.size() >= kBlockRecords) {
      blocks_.push_back(std::make_shared<Block>());
    }
    std::shared_ptr<Block>& tail = blocks_.back();
    const size_t room = kBlockRecords - tail->checksums.size();
    const size_t count = std::min(room, records.size() - begin);
    if (tail.use_count() > 1) {
      auto copy = std::make_shared<Block>();
      copy->first = tail->first;
      copy->last = tail->last;
      copy->differences.reserve(tail->differences.size() + 2 * count);
      copy->differences = tail->differences;
      copy->checksums.reserve(tail->checksums.size() + count);
      copy->checksums = tail->checksums;
      tail = std::move(copy);
    }
    for (size_t i = 0; i < count; ++i) tail->Append(records[begin + i]);
    begin += count;
  }
}

std::vector<RecordSet::Record> RecordSet::ToVector() const {
  std::vector<Record> records;
  records.reserve(static_cast<size_t>(size_));
  for (const std::shared_ptr<Block>& block : blocks_) block->AppendTo(records);
  return records;
}

std::optional<uint32_t> RecordSet::Cursor::Find(int64_t number) {
  if (block_ == blocks_.size()) return std::nullopt;
  if (number > blocks_[block_]->last) {
    const auto found = std::lower_bound(
        blocks_.begin() + static_cast<std::ptrdiff_t>(block_) + 1, blocks_.end(), number,
        [](const std::shared_ptr<Block>& block, int64_t wanted) { return block->last < wanted; });
    block_ = static_cast<size_t>(found - blocks_.begin());
    number_ = 0;
    if (block_ == blocks_.size()) return std::nullopt;
  }
  const Block& block = *blocks_[block_];
  if (number < block.first) return std::nullopt;
  if (number_ == 0) {
    number_ = block.first;
    index_ = offset_ = 0;
  }
  while (number_ < number) {
    number_ += TakeVarint(block.differences, offset_);
    ++index_;
  }
  if (number_ != number) return std::nullopt;
  return block.checksums[index_];
}

}  // namespace flightboard
