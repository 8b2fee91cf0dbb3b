// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <iostream>
#include <string>
#include <vector>

#include "sampo/samples/flightboard/run_flightboard.h"

int main(int count, char** arguments) {
  return flightboard::RunFlightboard(std::vector<std::string>(arguments + 1, arguments + count),
                                     std::cout, std::cerr);
}
