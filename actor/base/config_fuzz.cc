// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the way from TOML text to values. What must hold for any bytes: no crash, no exception,
// and an error that is one line for each thing that is wrong. Corpus: testdata/config_corpus.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<sampo::Config> config = sampo::Config::FromToml(text, "fuzz.toml");
  if (!config.ok()) {
    SAMPO_CHECK(!config.status().message().empty());
    return 0;
  }
  for (const char* section : {"", "actor", "actor.mailbox"}) {
    sampo::ConfigReader read(*config, section);
    // Every getter sees every value, whatever its type.
    for (const std::string& key : read.KeysBelow()) {
      read.Bool(key, false);
      const int64_t integer = read.Int(key, 1, {.min = 1, .max = 10});
      SAMPO_CHECK(integer >= 1 && integer <= 10);
      const double number = read.Double(key, 0.5, {.min = 0, .max = 1});
      SAMPO_CHECK(number >= 0 && number <= 1);
      read.String(key, "");
      SAMPO_CHECK(read.Duration(key, absl::Seconds(1)) >= absl::ZeroDuration());
      SAMPO_CHECK(read.Bytes(key, 1) >= 0);
      read.Strings(key, {});
      read.OneOf(key, "a", {"a", "drop", "block"});
    }
    (void)read.Finish();  // Any outcome is fine here; only its making is under test.
  }
  (void)config->CheckAllRead();
  return 0;
}
