// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The main() of a fuzz test that runs without libFuzzer: replays every corpus file
// named on the command line, then --mutations=N inputs made from them by the seed in
// SAMPO_TEST_SEED (default 1, printed, so a failing run can be repeated).

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// Chosen, not measured: at a microsecond an input this stays under a second, also under asan.
constexpr int kDefaultMutations = 5000;
constexpr size_t kMutationBytesMax = size_t{64} * 1024;

using Input = std::vector<uint8_t>;

void Run(const Input& input) {
  // A copy on the heap of exactly this size, so that asan sees a read past the end.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "fuzz replay: cannot read %s\n", path.c_str());
    std::exit(2);
  }
  return Input(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void MutateOnce(std::mt19937_64& random, Input& input) {
  const auto position = [&] { return static_cast<std::ptrdiff_t>(random() % (input.size() + 1)); };
  const auto byte = static_cast<uint8_t>(random());
  switch (input.empty() ? 0 : random() % 5) {
    case 0:
      input.insert(input.begin() + position(), byte);
      break;
    case 1:
      input[random() % input.size()] = byte;
      break;
    case 2:
      input[random() % input.size()] ^= static_cast<uint8_t>(1U << (random() % 8));
      break;
    case 3:
      input.resize(static_cast<size_t>(position()));
      break;
    case 4: {
      const Input tail(input.begin() + position(), input.end());
      input.insert(input.begin() + position(), tail.begin(), tail.end());
      break;
    }
  }
}

Input Mutated(std::mt19937_64& random, const std::vector<Input>& corpus) {
  Input input = corpus[random() % corpus.size()];
  const uint64_t count = 1 + random() % 4;
  for (uint64_t i = 0; i < count; ++i) MutateOnce(random, input);
  if (input.size() > kMutationBytesMax) input.resize(kMutationBytesMax);
  return input;
}

struct Options {
  int mutations = kDefaultMutations;
  uint64_t seed = 1;
  std::vector<std::string> paths;
};

Options Parse(int argc, char** argv) {
  constexpr std::string_view kMutations = "--mutations=";
  Options options;
  if (const char* seed = std::getenv("SAMPO_TEST_SEED"); seed != nullptr && *seed != '\0') {
    options.seed = std::strtoull(seed, nullptr, 10);
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg.starts_with(kMutations)) {
      options.mutations = std::atoi(argv[i] + kMutations.size());
    } else {
      options.paths.emplace_back(arg);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  std::vector<Input> corpus = {Input{}};
  for (const std::string& path : options.paths) {
    std::printf("replay %s\n", path.c_str());
    std::fflush(stdout);
    corpus.push_back(ReadFile(path));
    Run(corpus.back());
  }
  Run(corpus.front());
  std::printf("%d mutations, SAMPO_TEST_SEED=%llu\n", options.mutations,
              static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  std::mt19937_64 random(options.seed);
  for (int i = 0; i < options.mutations; ++i) Run(Mutated(random, corpus));
  return 0;
}
