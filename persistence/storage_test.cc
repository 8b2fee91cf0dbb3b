// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The parts of the storage SPI that every plugin and every persistent actor stand on.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/recovery_permits.h"

namespace sampo::persistence {
namespace {

TEST(PersistenceIdTest, JoinsTypeAndEntityId) {
  const PersistenceId id = PersistenceId::Of("Cart", "7|a");
  EXPECT_EQ(id.text(), "Cart|7|a");
  EXPECT_EQ(id.entity_type(), "Cart");
  EXPECT_EQ(id.entity_id(), "7|a");
  EXPECT_EQ(id.status(), absl::OkStatus());
  const PersistenceId unique = PersistenceId::OfUniqueId("the-only-one");
  EXPECT_EQ(unique.entity_type(), "");
  EXPECT_EQ(unique.entity_id(), "the-only-one");
  EXPECT_EQ(unique.status(), absl::OkStatus());
}

TEST(PersistenceIdTest, SaysWhatIsWrongWithAnIdThatIsNone) {
  const struct {
    PersistenceId id;
    const char* words;
  } all[] = {
      {PersistenceId::Of("", "7"), "its type is empty"},
      {PersistenceId::Of("Cart", ""), "its entity id is empty"},
      {PersistenceId::Of("Ca|rt", "7"), "its type has a '|'"},
      {PersistenceId::OfUniqueId(""), "it is empty"},
      {PersistenceId::OfUniqueId(std::string(513, 'x')), "more than 512 bytes"},
      {PersistenceId::Of("Cart", std::string_view("a\0b", 3)), "it has a NUL"},
      {PersistenceId::Of("Cart", "\xff"), "it is no UTF-8"},
  };
  for (const auto& [id, words] : all) {
    const absl::Status status = id.status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << words;
    EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
  }
}

TEST(RecordDigestTest, CrcIsTheOneOfRfc3720) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(RecordDigestTest, TheInstructionAndTheTableAgree) {
  Random random(1);
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(Crc32c(bytes), internal::Crc32cByTable(bytes)) << length;
    bytes += static_cast<char>(random.Next());
  }
}

StoredEvent Event(int64_t seq) {
  StoredEvent event;
  event.manifest = "cart.v1.Event";
  event.payload = "mill";
  event.tags = {"red"};
  event.seq = seq;
  event.epoch = 3;
  event.written_at_micros = 1'700'000'000'000'000;
  return event;
}

// What is on disks must be read for ever: these may not change. (Made by Python's hashlib from the
// table in record_digest.h.)
TEST(RecordDigestTest, DigestsOfARecordAreThoseOfFormat1) {
  RecordDigest digest;
  digest.SetEvent("Cart|7", Event(1));
  const ChainHash first = digest.ChainAfter(ChainHash{});
  digest.SetEvent("Cart|7", Event(2));
  const ChainHash second = digest.ChainAfter(first);
  EXPECT_EQ(digest.Crc32c(), 0xBA46C215u);
  EXPECT_EQ(HashText(first), "515d3f4a7a6f12c7dc841adcb23955ac");
  EXPECT_EQ(HashText(second), "baed250a0669ffae47a330e0c0331af0");
}

TEST(RecordDigestTest, EachPartOfARecordCounts) {
  RecordDigest digest;
  const auto of = [&](const char* id, const StoredEvent& event) {
    digest.SetEvent(id, event);
    return std::pair(digest.Crc32c(), digest.ChainAfter(ChainHash{}));
  };
  std::vector<StoredEvent> changed(8, Event(1));
  changed[0].seq = 2;
  changed[1].epoch = 4;
  changed[2].written_at_micros += 1;
  changed[3].manifest = "cart.v1.Events";
  changed[4].version = 2;
  changed[5].tags = {"re", "d"};
  changed[6].metadata = "m";
  changed[7].payload = "mall";
  const auto plain = of("Cart|7", Event(1));
  EXPECT_EQ(of("Cart|7", Event(1)), plain);
  EXPECT_NE(of("Cart|8", Event(1)).first, plain.first);
  for (const StoredEvent& each : changed) {
    EXPECT_NE(of("Cart|7", each).first, plain.first);
    EXPECT_NE(of("Cart|7", each).second, plain.second);
  }
  StoredEvent elsewhere = Event(1);
  elsewhere.ordering = 99;
  EXPECT_EQ(of("Cart|7", elsewhere), plain);
}

TEST(RecoveryPermitsTest, GivesSoManyAtATimeInTheOrderOfTheCalls) {
  RecoveryPermits permits(2);
  std::vector<int> order;
  std::vector<RecoveryPermit> held;
  for (int i = 0; i < 4; ++i) {
    permits.Acquire().OnComplete([&, i](absl::StatusOr<RecoveryPermit> permit) {
      order.push_back(i);
      held.push_back(*std::move(permit));
    });
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1}));
  EXPECT_EQ(permits.in_use(), 2);
  { const RecoveryPermit back = std::exchange(held[0], RecoveryPermit()); }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  permits.SetMax(3);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(permits.in_use(), 3);
  held.clear();
  EXPECT_EQ(permits.in_use(), 0);
}

TEST(RecoveryPermitsTest, APermitThatNobodyTakesGoesToTheNext) {
  RecoveryPermits permits(1);
  std::vector<RecoveryPermit> held;
  permits.Acquire().OnComplete(
      [&](absl::StatusOr<RecoveryPermit> permit) { held.push_back(*std::move(permit)); });
  { const Future<RecoveryPermit> dropped = permits.Acquire(); }
  bool given = false;
  permits.Acquire().OnComplete([&](absl::StatusOr<RecoveryPermit>) { given = true; });
  EXPECT_FALSE(given);
  held.clear();
  EXPECT_TRUE(given);
  EXPECT_EQ(permits.in_use(), 0);
}

}  // namespace
}  // namespace sampo::persistence
