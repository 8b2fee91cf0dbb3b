// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/record_digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cstring>

#include "sampo/actor/base/check.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {
namespace {

template <class Integer>
void AppendInteger(std::string& out, Integer value) {
  static_assert(std::endian::native == std::endian::little, "Sampo: little-endian machines only");
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendText(std::string& out, std::string_view text) {
  AppendInteger(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

// What the three kinds of records have in common; `number` is a sequence number or a revision.
template <class Record>
void AppendHead(std::string& out, std::string_view id, int64_t number, const Record& record) {
  out.clear();
  AppendText(out, id);
  AppendInteger(out, number);
  AppendInteger(out, record.epoch);
  AppendInteger(out, record.written_at_micros);
  AppendText(out, record.manifest);
  AppendInteger(out, record.version);
}

}  // namespace

struct RecordDigest::Sha {
  EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();

  Sha() {
    SAMPO_CHECK(algorithm != nullptr && context != nullptr, "OpenSSL has no SHA-256");
    SAMPO_CHECK(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1, "SHA-256 does not start");
  }
  ~Sha() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

namespace {

uint32_t TableCrc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

#if defined(__x86_64__)
// The processor's own instruction (SSE 4.2): 8 bytes at a time, where the table takes one.
__attribute__((target("sse4.2"))) uint32_t HardwareCrc32c(std::string_view bytes) {
  uint64_t crc = 0xFFFFFFFF;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto narrow = static_cast<uint32_t>(crc);
  for (; left > 0; ++at, --left) {
    narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(*at));
  }
  return ~narrow;
}
#endif

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
#if defined(__x86_64__)
  static const bool in_hardware = __builtin_cpu_supports("sse4.2");
  if (in_hardware) return HardwareCrc32c(bytes);
#endif
  return TableCrc32c(bytes);
}

uint32_t internal::Crc32cByTable(std::string_view bytes) { return TableCrc32c(bytes); }

std::string HashText(const ChainHash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

RecordDigest::RecordDigest() : sha_(std::make_unique<Sha>()) {}
RecordDigest::~RecordDigest() = default;

void RecordDigest::SetEvent(std::string_view persistence_id, const StoredEvent& event) {
  AppendHead(bytes_, persistence_id, event.seq, event);
  AppendInteger(bytes_, static_cast<uint32_t>(event.tags.size()));
  for (const std::string& tag : event.tags) AppendText(bytes_, tag);
  AppendText(bytes_, event.metadata);
  AppendText(bytes_, event.payload);
}

void RecordDigest::SetSnapshot(const SnapshotRecord& snapshot) {
  AppendHead(bytes_, snapshot.persistence_id, snapshot.seq, snapshot);
  bytes_.append(reinterpret_cast<const char*>(snapshot.hash.data()), snapshot.hash.size());
  AppendText(bytes_, snapshot.metadata);
  AppendText(bytes_, snapshot.payload);
}

void RecordDigest::SetState(const StateRecord& state) {
  AppendHead(bytes_, state.persistence_id, state.revision, state);
  AppendText(bytes_, state.tag);
  AppendText(bytes_, state.payload);
}

uint32_t RecordDigest::Crc32c() const { return persistence::Crc32c(bytes_); }

ChainHash RecordDigest::ChainAfter(const ChainHash& before) const {
  std::array<uint8_t, EVP_MAX_MD_SIZE> full;
  unsigned size = 0;
  // No algorithm: the one it has, without looking it up again.
  const bool ok = EVP_DigestInit_ex2(sha_->context, nullptr, nullptr) == 1 &&
                  EVP_DigestUpdate(sha_->context, before.data(), before.size()) == 1 &&
                  EVP_DigestUpdate(sha_->context, bytes_.data(), bytes_.size()) == 1 &&
                  EVP_DigestFinal_ex(sha_->context, full.data(), &size) == 1;
  SAMPO_CHECK(ok && size >= sizeof(ChainHash), "SHA-256 failed");
  ChainHash hash;
  std::copy_n(full.begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace sampo::persistence
