// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The example of persistence/README.md, so that it compiles and does what the page says. That the
// page shows this text is checked by //tools/docs:snippets_test.
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/persistence/testing_cart.pb.h"

namespace readme {

namespace proto = sampo::persistence::testing::proto;
using namespace sampo;  // NOLINT: as in the page's text
using sampo::persistence::EventSourcedBehavior;
using sampo::persistence::PersistenceId;

// [begin: cart]
struct AddItem {
  std::string sku;
  ReplyTo<absl::Status> reply_to;
};
struct GetItems {
  ReplyTo<std::vector<std::string>> reply_to;
};
using Command = std::variant<AddItem, GetItems>;
struct ItemAdded {  // the event
  std::string sku;
};
using State = std::vector<std::string>;
using Effect = persistence::Effect<ItemAdded, State>;

Effect Decide(const State& state, Command&& command) {
  if (auto* get = std::get_if<GetItems>(&command)) return Effect::Reply(get->reply_to, state);
  auto& add = std::get<AddItem>(command);
  return Effect::Persist(ItemAdded{add.sku}).ThenReply(add.reply_to, absl::OkStatus());
}

State Apply(State state, const ItemAdded& event) {
  state.push_back(event.sku);
  return state;
}

Behavior<Command> Cart(std::string_view id) {
  return EventSourcedBehavior<Command, ItemAdded, State>(
      {.persistence_id = PersistenceId::Of("Cart", id),
       .empty_state = {},
       .on_command = Decide,
       .on_event = Apply});
}
// [end: cart]

}  // namespace readme

// [begin: codec]
template <>
struct sampo::ProtoCodec<readme::ItemAdded> {  // how the event is stored
  using Proto = readme::proto::ItemAdded;      // its full name is stored with each event
  static void ToProto(const readme::ItemAdded& event, CodecContext&, Proto* out) {
    out->set_sku(event.sku);
  }
  static absl::StatusOr<readme::ItemAdded> FromProto(const Proto& proto, CodecContext&) {
    return readme::ItemAdded{proto.sku()};
  }
};
// [end: codec]

namespace readme {
namespace {

absl::StatusOr<std::vector<std::string>> AddAMill(const std::string& file) {
  // [begin: run]
  ActorSystem<int> shop(Ignore(), "shop");
  SAMPO_RETURN_IF_ERROR(persistence::UseSqlite(shop, {.file = file}));
  ActorRef<Command> cart = shop.Spawn(Cart("7"), "cart-7");
  Future<void> added = AskWithStatus<void>(cart, absl::Seconds(30), [](auto reply_to) {
    return AddItem{"mill", std::move(reply_to)};
  });
  SAMPO_RETURN_IF_ERROR(Await(added, absl::Seconds(30)));  // OK: it is on the disk
  return Await(
      Ask<std::vector<std::string>>(cart, absl::Seconds(30),
                                    [](auto reply_to) { return GetItems{std::move(reply_to)}; }),
      absl::Seconds(30));
  // [end: run]
}

TEST(ReadmeTest, TheCartIsThereWhenTheProgramRunsAgain) {
  const std::string file = testing::TempDir() + "/readme_shop.db";
  EXPECT_EQ(AddAMill(file).value(), std::vector<std::string>({"mill"}));
  EXPECT_EQ(AddAMill(file).value(), std::vector<std::string>({"mill", "mill"}));
}

}  // namespace
}  // namespace readme
