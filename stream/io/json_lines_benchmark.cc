// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// File to lines to JSON objects, in nanoseconds for each object, beside the floor: a loop that
// reads the same file and scans for the same line ends and braces. `ratio` is stream over floor;
// the aim is 2 or less.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/benchmark_floor.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/io/file_io.h"
#include "sampo/stream/io/framing.h"
#include "sampo/stream/io/json_framing.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

constexpr int64_t kObjects = 200'000;
constexpr size_t kChunkBytes = 8 << 10;
constexpr size_t kFrameBytesMax = 64 << 10;

const std::string& Path() {
  static const std::string* path = [] {
    auto* name = new std::string("/tmp/sampo_json_lines_benchmark.json");
    std::string text;
    for (int64_t n = 0; n < kObjects; ++n) {
      text +=
          "{\"id\":" + std::to_string(n) +
          ",\"from\":\"OSL\",\"to\":\"BGO\",\"carrier\":{\"code\":\"SK\",\"name\":\"Scandinavian "
          "\\\"Airlines\\\"\"},\"delay\":" +
          std::to_string(n % 97) + ",\"note\":\"nothing to say about this one\"}\n";
    }
    const int file = ::open(name->c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    SAMPO_CHECK(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                "cannot write the benchmark's file");
    ::close(file);
    return name;
  }();
  return *path;
}

// Braces of one line; returns how many objects end in it.
int64_t ScanLine(const char* at, const char* end) {
  int64_t depth = 0;
  int64_t objects = 0;
  bool in_string = false;
  for (; at != end; ++at) {
    if (in_string) {
      if (*at == '\\') {
        if (++at == end) break;
      } else if (*at == '"') {
        in_string = false;
      }
      continue;
    }
    if (*at == '"') in_string = true;
    if (*at == '{') ++depth;
    if (*at == '}' && --depth == 0) ++objects;
  }
  return objects;
}

int64_t ReadAndScan() {
  const int file = ::open(Path().c_str(), O_RDONLY);
  std::string buffer(2 * kFrameBytesMax, '\0');
  size_t have = 0;
  int64_t objects = 0;
  for (;;) {
    const ssize_t got = ::read(file, buffer.data() + have, kChunkBytes);
    if (got <= 0) break;
    have += static_cast<size_t>(got);
    const char* at = buffer.data();
    const char* const end = buffer.data() + have;
    while (const void* line_end = std::memchr(at, '\n', static_cast<size_t>(end - at))) {
      objects += ScanLine(at, static_cast<const char*>(line_end));
      at = static_cast<const char*>(line_end) + 1;
    }
    have = static_cast<size_t>(end - at);
    std::memmove(buffer.data(), at, have);
  }
  ::close(file);
  return objects;
}

void BM_FileToLinesToJsonObjects(benchmark::State& state) {
  const double floor = benchmark_floor::NanosPerStep(kObjects, [](int64_t objects) {
    SAMPO_CHECK(ReadAndScan() == objects, "the floor lost some");
  });
  ActorSystem<int> system(Empty(), "json-lines");
  benchmark_floor::Samples samples(state, kObjects, floor);
  for (auto _ : state) {
    samples.Time([&] {
      auto count =
          FileIo::FromPath(Path(), {.chunk_bytes = kChunkBytes})
              .Via(Framing::Delimiter("\n", kFrameBytesMax))
              .Via(JsonFraming::ObjectScanner(kFrameBytesMax))
              .RunWith(Sink<Bytes>::Fold(int64_t{0}, [](int64_t n, const Bytes&) { return n + 1; }),
                       system);
      SAMPO_CHECK(Await(count, absl::Seconds(60)).value() == kObjects, "the stream lost some");
    });
  }
}
BENCHMARK(BM_FileToLinesToJsonObjects)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace
}  // namespace sampo::stream
