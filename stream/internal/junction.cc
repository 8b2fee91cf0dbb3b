// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/detail/junction.h"

#include <algorithm>

#include "sampo/actor/base/check.h"
#include "sampo/stream/stage.h"

namespace sampo::stream::internal {
namespace {

constexpr int kNames = 17;
constexpr const char* kInletNames[kNames] = {"in0",  "in1",  "in2",  "in3",  "in4",  "in5",
                                             "in6",  "in7",  "in8",  "in9",  "in10", "in11",
                                             "in12", "in13", "in14", "in15", "in16+"};
constexpr const char* kOutletNames[kNames] = {"out0",  "out1",  "out2",  "out3",  "out4",  "out5",
                                              "out6",  "out7",  "out8",  "out9",  "out10", "out11",
                                              "out12", "out13", "out14", "out15", "out16+"};

}  // namespace

const char* InletName(int number) { return kInletNames[std::min(number, kNames - 1)]; }
const char* OutletName(int number) { return kOutletNames[std::min(number, kNames - 1)]; }

void CheckPorts(const Ports& ports, const ElementTypes& ins, const ElementTypes& outs) {
  SAMPO_CHECK(ports.ins.size() == ins.size() && ports.outs.size() == outs.size(),
              "a stage's logic has another number of ports than its shape");
  for (size_t i = 0; i < ins.size(); ++i) {
    SAMPO_CHECK(ports.ins[i].inlet->type() == ins[i], "an inlet's type is not the shape's");
  }
  for (size_t i = 0; i < outs.size(); ++i) {
    SAMPO_CHECK(ports.outs[i].outlet->type() == outs[i], "an outlet's type is not the shape's");
  }
}

}  // namespace sampo::stream::internal
