// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Counts the words of all files of a directory: files are read as streams of lines, two at a time,
// and progress is shown as each is done.
//
//   word_count [directory]
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/io/file_io.h"
#include "sampo/stream/io/framing.h"
#include "sampo/stream/stream.h"

namespace {

using sampo::Future;
using sampo::stream::Bytes;
using sampo::stream::FileIo;
using sampo::stream::Framing;
using sampo::stream::Sink;
using sampo::stream::Source;
using Counts = std::map<std::string, int64_t>;

constexpr size_t kLineBytesMax = 64 << 10;
constexpr int kFilesAtATime = 2;

struct FileCounts {
  std::string file;
  Counts counts;
};

Counts AddWords(Counts counts, const Bytes& line) {
  std::string word;
  for (const char c : line.ToString() + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      ++counts[std::exchange(word, {})];
    }
  }
  return counts;
}

Future<FileCounts> CountFile(const std::string& path, sampo::ActorSystemBase& system) {
  return FileIo::FromPath(path)
      .Via(Framing::Delimiter("\n", kLineBytesMax, sampo::stream::Truncation::kAllowed))
      .RunWith(Sink<Bytes>::Fold(Counts(), &AddWords), system)
      .Map([path](Counts counts) {
        return FileCounts{std::filesystem::path(path).filename().string(), std::move(counts)};
      });
}

void PrintMostFrequent(const Counts& counts, size_t how_many) {
  std::vector<std::pair<std::string, int64_t>> words(counts.begin(), counts.end());
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (size_t i = 0; i < std::min(how_many, words.size()); ++i) {
    std::printf("%5lld %s\n", static_cast<long long>(words[i].second), words[i].first.c_str());
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string directory = count > 1 ? arguments[1] : "samples/streams/data/poems";
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());

  sampo::ActorSystem<int> system(sampo::Ignore(), "word-count");
  const size_t files = paths.size();
  Future<Counts> total =
      Source<std::string>::From(std::move(paths))
          .MapAsync(kFilesAtATime,
                    [&system](const std::string& path) { return CountFile(path, system); })
          .RunWith(Sink<FileCounts>::Fold(
                       Counts(),
                       [files, done = size_t{0}](Counts all, FileCounts file) mutable {
                         int64_t words = 0;
                         for (const auto& [word, n] : file.counts) {
                           all[word] += n;
                           words += n;
                         }
                         std::printf("%zu of %zu: %s has %lld words\n", ++done, files,
                                     file.file.c_str(), static_cast<long long>(words));
                         return all;
                       }),
                   system);
  const auto counted = sampo::Await(total, absl::Minutes(10));
  if (!counted.ok()) {
    std::printf("failed: %s\n", counted.status().ToString().c_str());
    return 1;
  }
  std::printf("%zu different words; most frequent:\n", counted->size());
  PrintMostFrequent(*counted, 5);
}
