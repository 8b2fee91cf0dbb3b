// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/testing_cart.h"

#include <stdexcept>
#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/on.h"
#include "sampo/persistence/testing_cart_codec.h"

namespace sampo::persistence::testing {

State Apply(State state, const Event& event) {
  std::visit(On{[&](const ItemAdded& e) {
                  if (e.sku == "throw") throw std::runtime_error("thrown by Apply");
                  state.items.push_back(e.sku);
                },
                [&](const CheckedOut&) { state.closed = true; }},
             event);
  return state;
}

namespace {

CartEffect Add(const State& state, AddItem&& m) {
  if (state.closed) return CartEffect::Stash();
  return CartEffect::Persist(ItemAdded{.sku = m.sku}).ThenReply(m.reply_to, absl::OkStatus());
}

CartEffect AddAll(AddItems&& m) {
  std::vector<Event> events;
  for (std::string& sku : m.skus) events.push_back(ItemAdded{.sku = std::move(sku)});
  return CartEffect::Persist(std::move(events)).ThenReply(m.reply_to, absl::OkStatus());
}

}  // namespace

CartEffect Decide(const State& state, Command&& command) {
  return std::visit(
      On{[&](AddItem&& m) { return Add(state, std::move(m)); },
         [&](AddItems&& m) { return AddAll(std::move(m)); },
         [&](GetItems&& m) {
           return CartEffect::Reply(m.reply_to, [](const State& now) { return now.items; });
         },
         [&](Checkout&& m) {
           if (state.closed) {
             return CartEffect::Reply(m.reply_to, absl::FailedPreconditionError("checked out"));
           }
           return CartEffect::Persist(CheckedOut{}).ThenReply(m.reply_to, absl::OkStatus());
         },
         [&](Close&&) { return CartEffect::Persist(CheckedOut{}); },
         [&](Open&&) { return CartEffect::UnstashAll(); },
         [&](Halt&&) { return CartEffect::Stop(); }},
      std::move(command));
}

}  // namespace sampo::persistence::testing

namespace sampo {

using persistence::testing::CheckedOut;
using persistence::testing::Event;
using persistence::testing::ItemAdded;
using persistence::testing::State;
using persistence::testing::StoredItemNames;

void ProtoCodec<Event>::ToProto(const ItemAdded& m, CodecContext& context, Proto* out) {
  if (m.sku == "reject") context.Fail(absl::InvalidArgumentError("no such sku"));
  out->mutable_item_added()->set_sku(m.sku);
  out->mutable_item_added()->set_quantity(m.quantity);
}

void ProtoCodec<Event>::ToProto(const CheckedOut&, CodecContext&, Proto* out) {
  out->mutable_checked_out();
}

absl::StatusOr<Event> ProtoCodec<Event>::FromProto(const Proto& proto, CodecContext&) {
  if (proto.has_item_added()) {
    return Event(ItemAdded{proto.item_added().sku(), proto.item_added().quantity()});
  }
  if (proto.has_checked_out()) return Event(CheckedOut{});
  return UnknownAlternative(proto);
}

absl::Status ProtoCodec<Event>::Upcast(uint32_t, Proto& proto) {
  if (proto.has_item_added()) {
    auto* item = proto.mutable_item_added();
    if (item->dozens() < 0 || item->dozens() > 1'000'000) {
      return absl::DataLossError("ItemAdded: a wrong number of dozens");
    }
    item->set_quantity(item->dozens() * 12);
    item->clear_dozens();
  }
  return absl::OkStatus();
}

void ProtoCodec<State>::ToProto(const State& m, CodecContext& context, Proto* out) {
  for (const std::string& item : m.items) {
    if (item == "no-snapshot") context.Fail(absl::InvalidArgumentError("no such state"));
    out->add_items(item);
  }
  out->set_closed(m.closed);
}

absl::StatusOr<State> ProtoCodec<State>::FromProto(const Proto& proto, CodecContext&) {
  return State{.items = {proto.items().begin(), proto.items().end()}, .closed = proto.closed()};
}

void ProtoCodec<StoredItemNames>::ToProto(const StoredItemNames& m, CodecContext&, Proto* out) {
  for (const std::string& sku : m.skus) out->add_skus(sku);
}

absl::StatusOr<StoredItemNames> ProtoCodec<StoredItemNames>::FromProto(const Proto& proto,
                                                                       CodecContext&) {
  return StoredItemNames{{proto.skus().begin(), proto.skus().end()}};
}

}  // namespace sampo
