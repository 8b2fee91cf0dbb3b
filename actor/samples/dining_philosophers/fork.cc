// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/samples/dining_philosophers/fork.h"

namespace dining {
namespace {

using fork::Command;
using fork::PutBack;
using fork::Take;
using fork::Taken;
using sampo::Behavior;
using sampo::On;
using sampo::Receive;
using sampo::Same;
using sampo::StashBuffer;

// A fork has two neighbours, so no more than one of them can wait.
constexpr size_t kWaitingMax = 1;

// [begin: stash]
Behavior<Command> InUse(StashBuffer<Command>& stash);

Behavior<Command> Free(StashBuffer<Command>& stash) {
  return Receive<Command>(On{[&stash](const Take& m) {
                               m.reply_to.Tell(Taken{});
                               return InUse(stash);
                             },
                             [](const PutBack&) { return sampo::Unhandled(); }});
}

Behavior<Command> InUse(StashBuffer<Command>& stash) {
  return Receive<Command>(On{[&stash](const Take& m) {
                               stash.Stash(m);
                               return Same();
                             },
                             [&stash](const PutBack&) { return stash.UnstashAll(Free(stash)); }});
}
// [end: stash]

}  // namespace

Behavior<Command> Fork() { return sampo::WithStash<Command>(kWaitingMax, Free); }

}  // namespace dining
