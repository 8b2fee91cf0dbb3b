// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Random: the only source of chance in Sampo (routers, backoff, uids, schedules of the simulator).
//
// Why: a run can be replayed from one seed only if all chance comes from it.
// Threads: an instance belongs to one thread, or to whoever holds the lock beside it.
//
//   Random random(seed);
//   uint64_t pick = random.Below(routees.size());
#ifndef SAMPO_ACTOR_BASE_RANDOM_H_
#define SAMPO_ACTOR_BASE_RANDOM_H_

#include <cstdint>

namespace sampo {

// Mixes 64 bits so that each input bit reaches each output bit.
// Source: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable PRNGs, OOPSLA 2014).
constexpr uint64_t MixBits(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// SplitMix64: a counter behind MixBits. Small, seedable by any number, the same on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // 64 uniform bits.
  uint64_t Next() {
    uint64_t bits = MixBits(state_);
    state_ += 0x9E3779B97F4A7C15ull;
    return bits;
  }
  // Uniform in [0, bound); 0 where bound is 0. Lemire's multiplication, without the rejection step:
  // the bias is below bound / 2^64.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }
  // Uniform in [0, 1), 53 bits.
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
};

// A seed from the machine's entropy, for systems that were given none.
uint64_t EntropySeed();

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_RANDOM_H_
