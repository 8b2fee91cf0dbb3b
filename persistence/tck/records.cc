// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/tck/records.h"

#include <utility>

#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::tck {
namespace {

// In range whatever the number is.
int64_t MicrosOf(int64_t number) { return 1'000'000 * (number % 1'000'000); }

}  // namespace

EventRecord EventOf(std::string payload, std::vector<std::string> tags) {
  return {.manifest = "tck.Event", .payload = std::move(payload), .tags = std::move(tags)};
}

AtomicAppend AppendOf(std::string_view id, uint64_t epoch, int64_t after_seq,
                      std::vector<std::string> payloads) {
  AtomicAppend append{std::string(id), epoch, after_seq, {}};
  for (std::string& payload : payloads) append.events.push_back(EventOf(std::move(payload)));
  return append;
}

std::string PayloadsOf(const std::vector<StoredEvent>& events) {
  std::string text;
  for (const StoredEvent& event : events) text += StrCat(text.empty() ? "" : ",", event.payload);
  return text;
}

std::string PayloadOf(std::string_view id, int64_t number) { return StrCat(id, "@", number); }

SnapshotRecord SnapshotOf(std::string_view id, uint64_t epoch, int64_t seq) {
  return {.persistence_id = std::string(id),
          .seq = seq,
          .epoch = epoch,
          .written_at_micros = MicrosOf(seq),
          .manifest = "tck.Snapshot",
          .payload = PayloadOf(id, seq)};
}

StateRecord StateOf(std::string_view id, uint64_t epoch, int64_t revision) {
  return {.persistence_id = std::string(id),
          .revision = revision,
          .epoch = epoch,
          .written_at_micros = MicrosOf(revision),
          .manifest = "tck.State",
          .payload = PayloadOf(id, revision)};
}

std::string OddBytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  return bytes;
}

}  // namespace sampo::persistence::tck
