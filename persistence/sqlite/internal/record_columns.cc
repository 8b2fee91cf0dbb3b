// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/record_columns.h"

#include <bit>
#include <cstdio>
#include <cstring>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {
namespace {

static_assert(std::endian::native == std::endian::little, "Sampo: little-endian machines only");

void AppendU32(std::string& bytes, size_t value) {
  const auto narrow = static_cast<uint32_t>(value);
  bytes.append(reinterpret_cast<const char*>(&narrow), sizeof(narrow));
}

// Takes a u32 from the front; false where there is none.
bool TakeU32(std::string_view& bytes, uint32_t& value) {
  if (bytes.size() < sizeof(value)) return false;
  std::memcpy(&value, bytes.data(), sizeof(value));
  bytes.remove_prefix(sizeof(value));
  return true;
}

std::string TakeHash(std::string_view bytes, const char* name, ChainHash& hash) {
  if (bytes.size() != hash.size()) {
    return StrCat(name, " has ", bytes.size(), " bytes instead of ", hash.size());
  }
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return {};
}

// Bits above those of a checksum would go unseen.
std::string TakeCrc(int64_t value, uint32_t& crc) {
  crc = static_cast<uint32_t>(value);
  if (value == int64_t{crc}) return {};
  return "its checksum is no number of 32 bits";
}

}  // namespace

std::string ReadIdColumns(Statement& row, IdRow& id) {
  id.id = row.Int64(0);
  id.head.epoch = static_cast<uint64_t>(row.Int64(1));
  id.head.highest_seq = row.Int64(2);
  id.head.deleted_to = row.Int64(4);
  std::string head = TakeHash(row.Bytes(3), "head_hash", id.head.hash);
  std::string anchor = TakeHash(row.Bytes(5), "anchor_hash", id.anchor);
  return anchor.empty() ? head : anchor;
}

std::string ReadEventColumns(Statement& row, StoredEvent& event, uint32_t& crc) {
  event.ordering = row.Int64(0);
  event.seq = row.Int64(1);
  event.epoch = static_cast<uint64_t>(row.Int64(2));
  event.written_at_micros = row.Int64(3);
  event.manifest = row.Bytes(4);
  event.version = static_cast<uint32_t>(row.Int64(5));
  event.metadata = row.Bytes(7);
  event.payload = row.Bytes(8);
  if (!row.IsNull(6) && !DecodeTags(row.Bytes(6), event.tags))
    return "its tags are no list of tags";
  return TakeCrc(row.Int64(9), crc);
}

std::string ReadSnapshotColumns(Statement& row, SnapshotRecord& snapshot, uint32_t& crc) {
  snapshot.seq = row.Int64(0);
  snapshot.epoch = static_cast<uint64_t>(row.Int64(1));
  std::string malformed = TakeHash(row.Bytes(2), "hash", snapshot.hash);
  snapshot.written_at_micros = row.Int64(3);
  snapshot.manifest = row.Bytes(4);
  snapshot.version = static_cast<uint32_t>(row.Int64(5));
  snapshot.metadata = row.Bytes(6);
  snapshot.payload = row.Bytes(7);
  std::string wide = TakeCrc(row.Int64(8), crc);
  return malformed.empty() ? wide : malformed;
}

std::string ReadStateColumns(Statement& row, StateColumns& state) {
  StateRecord& record = state.state;
  state.epoch = static_cast<uint64_t>(row.Int64(0));
  record.revision = row.Int64(1);
  state.deleted = row.Int64(2) != 0;
  record.epoch = static_cast<uint64_t>(row.Int64(3));
  record.written_at_micros = row.Int64(4);
  record.manifest = row.Bytes(5);
  record.version = static_cast<uint32_t>(row.Int64(6));
  record.tag = row.Bytes(7);
  record.payload = row.Bytes(8);
  return TakeCrc(row.Int64(9), state.crc);
}

std::string DeletedProblem(bool deleted, const StateRecord& state) {
  if (deleted == (state.manifest.empty() && state.revision > 0)) return "";
  return "its value and its column `deleted` contradict each other";
}

std::string CrcProblem(uint32_t stored, uint32_t computed) {
  if (stored == computed) return {};
  char text[32];
  std::snprintf(text, sizeof(text), "crc %08x != %08x", stored, computed);
  return text;
}

void EncodeTags(const std::vector<std::string>& tags, std::string& bytes) {
  bytes.clear();
  if (tags.empty()) return;
  AppendU32(bytes, tags.size());
  for (const std::string& tag : tags) {
    AppendU32(bytes, tag.size());
    bytes += tag;
  }
}

bool DecodeTags(std::string_view bytes, std::vector<std::string>& tags) {
  uint32_t count = 0;
  if (!TakeU32(bytes, count) || count > kTagsPerEventMax) return false;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t size = 0;
    if (!TakeU32(bytes, size) || size > bytes.size()) return false;
    tags.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return bytes.empty();
}

}  // namespace sampo::persistence::internal
