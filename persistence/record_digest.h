// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Digests of records: a checksum of each, and a hash chain over the events of each id.
//
// Why: a disk that returns other bytes than it was given must be noticed, by the record that is
// damaged. The CRC32C of a record finds flipped bits and rows that came from elsewhere; the chain
// (each hash covers the one before and the whole record) finds events that are missing at the end,
// in the middle, or are older versions of themselves.
//
// The bytes that are digested, integers little-endian, texts as u32 length and bytes:
//   | event    | id, seq i64, epoch u64, written_at_micros i64, manifest, version u32, tag count
//   |          | u32, each tag, metadata, payload
//   | snapshot | id, seq i64, epoch u64, written_at_micros i64, manifest, version u32, chain hash
//   |          | (16 bytes), metadata, payload
//   | state    | id, revision i64, epoch u64, written_at_micros i64, manifest, version u32, tag,
//   |          | payload
// CRC32C: RFC 3720 (Castagnoli). Chain: the first 16 bytes of SHA-256(hash before, event bytes);
// the hash before the first event is all zero. Threads: a RecordDigest belongs to one thread.
// Lifetime: it keeps its buffer for the next record.
//
//   RecordDigest digest;
//   digest.SetEvent("Cart|7", event);
//   uint32_t crc = digest.Crc32c();
//   ChainHash hash = digest.ChainAfter(before);
#ifndef SAMPO_PERSISTENCE_RECORD_DIGEST_H_
#define SAMPO_PERSISTENCE_RECORD_DIGEST_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sampo::persistence {

using ChainHash = std::array<uint8_t, 16>;

struct StoredEvent;
struct SnapshotRecord;
struct StateRecord;

// CRC32C of any bytes.
uint32_t Crc32c(std::string_view bytes);

namespace internal {
// The same, for machines without an instruction for it, and for the test that compares the two.
uint32_t Crc32cByTable(std::string_view bytes);
}  // namespace internal

// 32 hexadecimal digits, for messages.
std::string HashText(const ChainHash& hash);

class RecordDigest {
 public:
  RecordDigest() = default;
  RecordDigest(const RecordDigest&) = delete;
  RecordDigest& operator=(const RecordDigest&) = delete;

  // The record that the digests below are of. `ordering` is no part of it.
  void SetEvent(std::string_view persistence_id, const StoredEvent& event);
  void SetSnapshot(const SnapshotRecord& snapshot);
  void SetState(const StateRecord& state);

  uint32_t Crc32c() const;
  ChainHash ChainAfter(const ChainHash& before) const;

 private:
  std::string bytes_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_RECORD_DIGEST_H_
