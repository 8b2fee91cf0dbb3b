// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The example of README.md, so that it keeps compiling and keeps telling the truth.
#include "sampo/actor/serialization/cart_example.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/serialization/cart_example_codec.h"
#include "sampo/actor/serialization/serialization_registry.h"
#include "sampo/actor/serialization/verify_round_trip.h"

namespace sampo {
namespace {

absl::StatusOr<std::string> SendAndReceive() {
  SerializationRegistry registry;
  SAMPO_RETURN_IF_ERROR(registry.Register<cart::Command>());

  // Where a Command is written. Where only an envelope is known, its type record takes the place
  // of the template: registry.Serialize(*envelope.type, envelope.payload(), context, frame).
  CodecContext context;
  std::string frame;
  SAMPO_RETURN_IF_ERROR(
      registry.Serialize(cart::Command(cart::AddItem{"mill", 1}), context, frame));

  // Where it is read, perhaps years later: the frame says what it is.
  SAMPO_ASSIGN_OR_RETURN(const EnvelopePtr message, registry.Deserialize(frame, context));
  return message->As<cart::AddItem>().sku;
}

TEST(CartExampleTest, SendsAndReceivesAsTheReadmeSays) {
  absl::StatusOr<std::string> sku = SendAndReceive();
  ASSERT_TRUE(sku.ok()) << sku.status();
  EXPECT_EQ(*sku, "mill");
}

TEST(CartExampleTest, SurvivesARoundTrip) {
  EXPECT_EQ(VerifyRoundTrip(cart::Command(cart::AddItem{"mill", 1})), absl::OkStatus());
}

}  // namespace
}  // namespace sampo
