// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ForEachSeed: runs a test body once for each of some seeds, and says how to replay the one that
// failed.
//
// The seeds are 1..count, the same in every run. The environment variable SAMPO_TEST_SEED puts one
// seed in their place. After the first failure (of a GoogleTest assertion, or a crash) the line
//   replay: SAMPO_TEST_SEED=17 bazel test //shop:cart_test --test_filter=CartTest.AddsOnce
// is printed and the other seeds are left out.
// Threads: the test's. For the body of a GoogleTest test.
//
//   ForEachSeed(100, [](uint64_t seed) {
//     SimulatedRuntime simulation(seed);
//     ...
//   });
#ifndef SAMPO_ACTOR_TESTKIT_FOR_EACH_SEED_H_
#define SAMPO_ACTOR_TESTKIT_FOR_EACH_SEED_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace sampo {

void ForEachSeed(int count, const std::function<void(uint64_t seed)>& body);

// The seed of SAMPO_TEST_SEED; nothing where it is unset or no number.
std::optional<uint64_t> SeedFromEnvironment();

// SAMPO_TEST_SEED, or `otherwise`: for tests of one seed.
uint64_t TestSeed(uint64_t otherwise = 1);

// "replay: SAMPO_TEST_SEED=17 bazel test ...", with the names of the running test.
std::string ReplayCommand(uint64_t seed);

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_FOR_EACH_SEED_H_
