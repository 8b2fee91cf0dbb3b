// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/cart_example_codec.h"

#include <cstdint>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/dispatch/message_type.h"
#include "sampo/actor/serialization/primitives.h"

namespace sampo {

void ProtoCodec<cart::Command>::ToProto(const cart::AddItem& m, CodecContext&, Proto* out) {
  cart::v1::AddItem* to = out->mutable_add_item();
  to->set_sku(m.sku);
  to->set_quantity(m.quantity);
}

void ProtoCodec<cart::Command>::ToProto(const cart::Checkout& m, CodecContext& context,
                                        Proto* out) {
  cart::v1::Checkout* to = out->mutable_checkout();
  to->set_reply_to(context.PathOf(m.reply_to, kMessageType<cart::Receipt>));
  ProtoCodec<absl::Duration>::ToProto(m.patience, context, to->mutable_patience());
}

absl::StatusOr<cart::Command> ProtoCodec<cart::Command>::FromProto(const Proto& proto,
                                                                   CodecContext& context) {
  switch (proto.alternative_case()) {
    case Proto::kAddItem:
      return cart::AddItem{.sku = proto.add_item().sku(), .quantity = proto.add_item().quantity()};
    case Proto::kCheckout: {
      const cart::v1::Checkout& from = proto.checkout();
      cart::Checkout m;
      SAMPO_ASSIGN_OR_RETURN(m.patience,
                             ProtoCodec<absl::Duration>::FromProto(from.patience(), context));
      SAMPO_ASSIGN_OR_RETURN(m.reply_to,
                             context.RefOf(from.reply_to(), kMessageType<cart::Receipt>));
      return m;
    }
    case Proto::ALTERNATIVE_NOT_SET:
      break;
  }
  return UnknownAlternative(proto);
}

absl::Status ProtoCodec<cart::Command>::Upcast(uint32_t, Proto& proto) {
  // Version 1 counted in dozens.
  if (proto.has_add_item() && proto.add_item().dozens() != 0) {
    cart::v1::AddItem* item = proto.mutable_add_item();
    // The bytes may be hostile: a signed overflow must not be theirs to cause.
    if (item->dozens() > INT64_MAX / 12 || item->dozens() < INT64_MIN / 12) {
      return absl::DataLossError("cart: too many dozens");
    }
    item->set_quantity(item->dozens() * 12);
    item->clear_dozens();
  }
  return absl::OkStatus();
}

void ProtoCodec<cart::Receipt>::ToProto(const cart::Receipt& m, CodecContext&, Proto* out) {
  out->set_cents(m.cents);
}

absl::StatusOr<cart::Receipt> ProtoCodec<cart::Receipt>::FromProto(const Proto& proto,
                                                                   CodecContext&) {
  return cart::Receipt{.cents = proto.cents()};
}

}  // namespace sampo
