// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/config.h"

#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

using Strings = std::vector<std::string>;

enum class Overflow { kDrop, kBlock };

struct MailboxSettings {
  int64_t capacity = 1000;

  static absl::StatusOr<MailboxSettings> FromConfig(const Config& config) {
    MailboxSettings s;
    ConfigReader read(config, "actor.mailbox");
    s.capacity = read.Int("capacity", s.capacity, {.min = 1});
    return read.Finish(s);
  }
};

struct ActorSettings {
  bool strict = false;
  int64_t throughput = 5;
  double factor = 0.2;
  std::string name = "default";
  absl::Duration ask_timeout = absl::Seconds(3);
  int64_t frame = 256 * 1024;
  Strings seeds = {"a"};
  Overflow overflow = Overflow::kDrop;
  MailboxSettings mailbox;

  static absl::StatusOr<ActorSettings> FromConfig(const Config& config) {
    ActorSettings s;
    ConfigReader read(config, "actor");
    s.strict = read.Bool("strict", s.strict);
    s.throughput = read.Int("throughput", s.throughput, {.min = 1, .max = 1000000});
    s.factor = read.Double("factor", s.factor, {.min = 0.0, .max = 1.0});
    s.name = read.String("name", s.name);
    s.ask_timeout = read.Duration("ask_timeout", s.ask_timeout, {.min = absl::Milliseconds(1)});
    s.frame = read.Bytes("frame", s.frame, {.min = 1024, .max = 1 << 20});
    s.seeds = read.Strings("seeds", s.seeds);
    s.overflow = read.Enum<Overflow>("overflow", s.overflow,
                                     {{"drop", Overflow::kDrop}, {"block", Overflow::kBlock}});
    s.mailbox = read.Take(MailboxSettings::FromConfig(config), s.mailbox);
    return read.Finish(s);
  }
};

Config Parse(std::string_view toml) {
  absl::StatusOr<Config> config = Config::FromToml(toml);
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *config : Config();
}

absl::StatusOr<ActorSettings> Load(std::string_view toml) {
  return ActorSettings::FromConfig(Parse(toml));
}

// The error text of one line in [actor], which stands on line 2 of the file.
std::string ErrorOf(std::string_view line) {
  return std::string(Load("[actor]\n" + std::string(line) + "\n").status().message());
}

// The error of Build for a text that is not right as a file.
std::string BuildError(std::string_view toml) {
  return std::string(Config::FromToml(toml).status().message());
}

TEST(ConfigTest, KeepsDefaultsWhenNothingIsSet) {
  absl::StatusOr<ActorSettings> s = ActorSettings::FromConfig(Config());
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->throughput, 5);
  EXPECT_EQ(s->name, "default");
  EXPECT_EQ(s->seeds, Strings{"a"});
}

TEST(ConfigTest, ReadsEveryTypeFromToml) {
  absl::StatusOr<ActorSettings> s = Load(R"(
[actor]
strict = true
throughput = 1_000
factor = 0.5
name = "x y"
ask_timeout = "1h30m"
frame = "64KiB"
seeds = ["b", "c"]
overflow = "block"
[actor.mailbox]
capacity = 7
)");
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_TRUE(s->strict);
  EXPECT_EQ(s->throughput, 1000);
  EXPECT_EQ(s->factor, 0.5);
  EXPECT_EQ(s->name, "x y");
  EXPECT_EQ(s->ask_timeout, absl::Minutes(90));
  EXPECT_EQ(s->frame, 65536);
  EXPECT_EQ(s->seeds, (Strings{"b", "c"}));
  EXPECT_EQ(s->overflow, Overflow::kBlock);
  EXPECT_EQ(s->mailbox.capacity, 7);
}

TEST(ConfigTest, ReadsEveryTypeFromTheEnvironment) {
  ConfigSource source;
  source.AddEnvironment({"SAMPO_ACTOR__STRICT=true", "SAMPO_ACTOR__THROUGHPUT=10",
                         "SAMPO_ACTOR__FACTOR=1", "SAMPO_ACTOR__NAME=a=b",
                         "SAMPO_ACTOR__ASK_TIMEOUT=inf", "SAMPO_ACTOR__FRAME=2kB",
                         "SAMPO_ACTOR__SEEDS=b, c", "SAMPO_ACTOR__OVERFLOW=block",
                         "SAMPO_ACTOR__MAILBOX__CAPACITY=9", "PATH=/bin", "SAMPO_CONFIG=x.toml"});
  absl::StatusOr<Config> config = source.Build();
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<ActorSettings> s = ActorSettings::FromConfig(*config);
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_TRUE(s->strict);
  EXPECT_EQ(s->throughput, 10);
  EXPECT_EQ(s->factor, 1.0);
  EXPECT_EQ(s->name, "a=b");
  EXPECT_EQ(s->ask_timeout, absl::InfiniteDuration());
  EXPECT_EQ(s->frame, 2000);
  EXPECT_EQ(s->seeds, (Strings{"b", "c"}));
  EXPECT_EQ(s->overflow, Overflow::kBlock);
  EXPECT_EQ(s->mailbox.capacity, 9);
}

TEST(ConfigTest, FlagsWinOverEnvironmentWhichWinsOverFilesWhateverTheOrder) {
  ConfigSource source;
  EXPECT_EQ(source.AddFlags({"prog", "--sampo.actor.throughput=3", "--other=1"}),
            (Strings{"prog", "--other=1"}));
  source.AddEnvironment({"SAMPO_ACTOR__THROUGHPUT=2", "SAMPO_ACTOR__NAME=environment"});
  source.AddToml("actor.throughput = 1\nactor.name = 'file'\nactor.strict = false", "a.toml");
  source.AddToml("actor.strict = true", "b.toml");
  absl::StatusOr<Config> config = source.Build();
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<ActorSettings> s = ActorSettings::FromConfig(*config);
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_EQ(s->throughput, 3);
  EXPECT_EQ(s->name, "environment");
  EXPECT_TRUE(s->strict);
}

TEST(ConfigTest, NamesPlaceKeyValueAndWantForEachType) {
  EXPECT_EQ(ErrorOf("throughput = 'fast'"),
            "sampo.toml:2: actor.throughput: found \"fast\", want an integer from 1 to 1000000");
  EXPECT_EQ(ErrorOf("strict = 1"), "sampo.toml:2: actor.strict: found 1, want true or false");
  EXPECT_EQ(ErrorOf("factor = true"),
            "sampo.toml:2: actor.factor: found true, want a number from 0 to 1");
  EXPECT_EQ(ErrorOf("name = 1.5"), "sampo.toml:2: actor.name: found 1.5, want a string in quotes");
  EXPECT_EQ(ErrorOf("seeds = 'a'"),
            "sampo.toml:2: actor.seeds: found \"a\", want a list of strings, such as "
            "[\"a\", \"b\"]");
  EXPECT_EQ(ErrorOf("name = ['a', 'b']"),
            "sampo.toml:2: actor.name: found [\"a\", \"b\"], want a string in quotes");
  EXPECT_EQ(ErrorOf("name = 2026-01-02"),
            "sampo.toml:2: actor.name: found a date or time, want a string in quotes");
  EXPECT_EQ(ErrorOf("seeds = [1]"),
            "sampo.toml:2: actor.seeds: found a list of other things than strings, want a list of "
            "strings, such as [\"a\", \"b\"]");
  EXPECT_EQ(ErrorOf("mailbox.capacity = 0"),
            "sampo.toml:2: actor.mailbox.capacity: found 0, want an integer of at least 1");
}

TEST(ConfigTest, NamesTheRangeOfNumbers) {
  EXPECT_EQ(ErrorOf("throughput = 0"),
            "sampo.toml:2: actor.throughput: found 0, want an integer from 1 to 1000000");
  EXPECT_EQ(ErrorOf("throughput = 1000001"),
            "sampo.toml:2: actor.throughput: found 1000001, want an integer from 1 to 1000000");
  EXPECT_EQ(ErrorOf("factor = 1.5"),
            "sampo.toml:2: actor.factor: found 1.5, want a number from 0 to 1");
  EXPECT_EQ(ErrorOf("factor = nan"),
            "sampo.toml:2: actor.factor: found nan, want a number from 0 to 1");
}

TEST(ConfigTest, NamesUnitsOfDurations) {
  const std::string want = ", want a duration of at least 1ms, such as \"10ms\", \"3s\" or \"inf\"";
  const std::string place = "sampo.toml:2: actor.ask_timeout: found ";
  EXPECT_EQ(ErrorOf("ask_timeout = 500"), place + "500" + want);
  EXPECT_EQ(ErrorOf("ask_timeout = '500'"), place + "\"500\"" + want);
  EXPECT_EQ(ErrorOf("ask_timeout = '5 parsecs'"), place + "\"5 parsecs\"" + want);
  EXPECT_EQ(ErrorOf("ask_timeout = '1us'"), place + "\"1us\"" + want);
  EXPECT_EQ(ErrorOf("ask_timeout = '-3s'"), place + "\"-3s\"" + want);
}

TEST(ConfigTest, NamesUnitsOfSizes) {
  const std::string want =
      ", want a size from 1KiB to 1MiB, such as \"512B\", \"64KiB\" or \"1GiB\"";
  const std::string place = "sampo.toml:2: actor.frame: found ";
  EXPECT_EQ(ErrorOf("frame = 65536"), place + "65536" + want);
  EXPECT_EQ(ErrorOf("frame = '64kb'"), place + "\"64kb\"" + want);
  EXPECT_EQ(ErrorOf("frame = '2GiB'"), place + "\"2GiB\"" + want);
  EXPECT_EQ(ErrorOf("frame = '9223372036854775807TiB'"),
            place + "\"9223372036854775807TiB\"" + want);
  EXPECT_EQ(ErrorOf("frame = '-1KiB'"), place + "\"-1KiB\"" + want);
}

TEST(ConfigTest, NamesAllowedWordsAndTheNearestOne) {
  EXPECT_EQ(ErrorOf("overflow = 'blok'"),
            "sampo.toml:2: actor.overflow: found \"blok\", want one of \"drop\", \"block\"; "
            "did you mean \"block\"?");
  EXPECT_EQ(ErrorOf("overflow = 'later'"),
            "sampo.toml:2: actor.overflow: found \"later\", want one of \"drop\", \"block\"");
}

TEST(ConfigTest, NamesTheVariableOrFlagOfAWrongOverride) {
  ConfigSource source;
  source.AddEnvironment({"SAMPO_ACTOR__THROUGHPUT=fast", "SAMPO_ACTOR__STRICT=yes"});
  source.AddFlags({"--sampo.actor.ask_timeout=soon"});
  absl::StatusOr<Config> config = source.Build();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(ActorSettings::FromConfig(*config).status().message(),
            "SAMPO_ACTOR__STRICT: actor.strict: found \"yes\", want true or false\n"
            "SAMPO_ACTOR__THROUGHPUT: actor.throughput: found \"fast\", want an integer from 1 to "
            "1000000\n"
            "--sampo.actor.ask_timeout: actor.ask_timeout: found \"soon\", want a duration of at "
            "least 1ms, such as \"10ms\", \"3s\" or \"inf\"");
}

TEST(ConfigTest, SuggestsTheKeyThatWasMeant) {
  EXPECT_EQ(ErrorOf("ask-timeout = '3s'"),
            "sampo.toml:2: actor.ask-timeout: unknown key, did you mean \"ask_timeout\"? known "
            "keys: ask_timeout, factor, frame, name, overflow, seeds, strict, throughput");
  EXPECT_EQ(ErrorOf("colour = 1"),
            "sampo.toml:2: actor.colour: unknown key; known keys: ask_timeout, factor, frame, "
            "name, overflow, seeds, strict, throughput");
  ConfigSource source;
  source.AddEnvironment({"SAMPO_ACTOR__MAILBOX__CAPACTIY=3"});
  EXPECT_EQ(ActorSettings::FromConfig(*source.Build()).status().message(),
            "SAMPO_ACTOR__MAILBOX__CAPACTIY: actor.mailbox.capactiy: unknown key, did you mean "
            "\"capacity\"? known keys: capacity");
}

TEST(ConfigTest, ReportsAllErrorsOfALoadTogether) {
  absl::Status status = Load(R"([actor]
throughput = "fast"
frame = 1
bogus = 2
[actor.mailbox]
capacity = -1
)")
                            .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "sampo.toml:2: actor.throughput: found \"fast\", want an integer from 1 to 1000000\n"
            "sampo.toml:3: actor.frame: found 1, want a size from 1KiB to 1MiB, such as \"512B\", "
            "\"64KiB\" or \"1GiB\"\n"
            "sampo.toml:6: actor.mailbox.capacity: found -1, want an integer of at least 1\n"
            "sampo.toml:4: actor.bogus: unknown key; known keys: ask_timeout, factor, frame, "
            "name, overflow, seeds, strict, throughput");
}

TEST(ConfigTest, RefusesAValueWhereASectionIsExpected) {
  Config config = Parse("actor = 3");
  EXPECT_EQ(ActorSettings::FromConfig(config).status().message(),
            "sampo.toml:1: actor: found 3, want a section: write [actor] on a line of its own");
  EXPECT_TRUE(config.CheckAllRead().ok());
}

TEST(ConfigTest, FindsSectionsThatNobodyRead) {
  Config config = Parse("top = 1\n[actr]\nx = 1\ny = 2\n[cluster.sharding]\nz = 3\n[actor]\n");
  ASSERT_TRUE(ActorSettings::FromConfig(config).ok());
  EXPECT_EQ(config.CheckAllRead().message(),
            "sampo.toml:3: actr: unknown section, did you mean \"actor\"? known sections: actor, "
            "actor.mailbox\n"
            "sampo.toml:6: cluster.sharding: unknown section; known sections: actor, "
            "actor.mailbox\n"
            "sampo.toml:1: top: unknown key; every setting sits in a section, such as [actor]");
  EXPECT_TRUE(Parse("[cluster.sharding]\nz = 3").CheckAllRead({"cluster"}).ok());
  EXPECT_FALSE(Parse("[clusters]\nz = 3").CheckAllRead({"cluster"}).ok());
}

TEST(ConfigTest, RequiredKeysNameTheRemedy) {
  ConfigReader read(Config(), "remote");
  read.Require("host");
  EXPECT_EQ(read.Finish().message(),
            "configuration: remote.host: not set and without a default; write host = ... under "
            "[remote], or set SAMPO_REMOTE__HOST");
}

TEST(ConfigTest, ModulesMayRefuseAValueByTheirOwnRule) {
  ConfigReader read(Parse("remote.port = 5\n"), "remote");
  EXPECT_EQ(read.Int("port", 0), 5);
  read.Refuse("port", "a port other than that of management");
  read.Refuse("host", "an address when port is set");
  EXPECT_EQ(read.Finish().message(),
            "sampo.toml:1: remote.port: found 5, want a port other than that of management\n"
            "configuration: remote.host: not set, want an address when port is set");
}

TEST(ConfigTest, ListsChildSectionsAndDottedKeysInOrder) {
  Config config = Parse("[d.b]\nx = 1\n[d.a.deep]\ny = 1\n[d]\nz = 1\n'q.r' = 2\n[dd]\nx = 1\n");
  ConfigReader read(config, "d");
  EXPECT_EQ(read.ChildSections(), (Strings{"a", "b", "q"}));
  EXPECT_EQ(read.KeysBelow(), (Strings{"a.deep.y", "b.x", "q.r", "z"}));
  EXPECT_EQ(read.Int("q.r", 0), 2);
  EXPECT_TRUE(config.HasSection("d.a"));
  EXPECT_TRUE(config.HasSection("d.a.deep"));
  EXPECT_FALSE(config.HasSection("d.z"));
  EXPECT_FALSE(config.HasSection("e"));
}

TEST(ConfigTest, BuildNamesWhereTheTextIsNotToml) {
  EXPECT_EQ(BuildError("[actor]\nthroughput = \n"),
            "sampo.toml:2: not valid TOML: missing value after key-value separator '=' (expected "
            "value, but got nothing)");
  EXPECT_EQ(BuildError("a = 1\na = 2\n"),
            "sampo.toml:2: not valid TOML: value (\"a\") already exists. (value defined twice)");
  EXPECT_EQ(BuildError("a.'b.c' = 1\na.b.c = 2\n"), "sampo.toml:1: a.b.c: set twice in this file");
}

TEST(ConfigTest, BuildReportsAllSourcesTogether) {
  ConfigSource source;
  source.AddToml("x", "one.toml").AddFile("/nonexistent/two.toml");
  source.AddEnvironment({"SAMPO_actor__x=1", "SAMPO_ACTOR__=1", "SAMPO___A__B=1"});
  source.AddFlags({"--sampo.actor.strict", "--sampo.=3"});
  const std::string name_error =
      ": not the name of a setting, want SAMPO_SECTION__KEY in capitals, with one __ for each dot";
  EXPECT_EQ(source.Build().status().message(),
            "one.toml:1: not valid TOML: missing key-value separator `=` (should be `=`)\n"
            "/nonexistent/two.toml: cannot be opened; check the path and its permissions\n"
            "SAMPO_actor__x" +
                name_error + "\nSAMPO_ACTOR__" + name_error + "\nSAMPO___A__B" + name_error +
                "\n--sampo.actor.strict: want the form --sampo.section.key=value\n"
                "--sampo.: want the form --sampo.section.key=value");
}

TEST(ConfigTest, ReadsFiles) {
  const std::string path = testing::TempDir() + "/config_test.toml";
  std::ofstream(path) << "[actor]\nthroughput = 'x'\n";
  ConfigSource source;
  absl::StatusOr<Config> config = source.AddFile(path).Build();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(ActorSettings::FromConfig(*config).status().message(),
            path + ":2: actor.throughput: found \"x\", want an integer from 1 to 1000000");
}

TEST(ConfigTest, BoundsTheTextItTakes) {
  EXPECT_TRUE(Config::FromToml(std::string(kConfigTextBytesMax, '\n')).ok());
  EXPECT_EQ(BuildError(std::string(kConfigTextBytesMax + 1, '\n')),
            "sampo.toml: longer than 262144 bytes; split it into several files");
}

TEST(ConfigTest, BoundsNestingButNotWhatStandsInStringsAndComments) {
  const std::string deep(100'000, '[');
  const std::string error =
      "sampo.toml:2: not valid TOML: brackets or dotted keys nest deeper than 32";
  EXPECT_EQ(BuildError("\na = " + deep), error);
  std::string dotted = "\na";
  for (int i = 0; i < 1000; ++i) dotted += ".a";
  EXPECT_EQ(BuildError(dotted + " = 1"), error);
  EXPECT_TRUE(Config::FromToml("a = '" + deep + "'").ok());
  EXPECT_TRUE(Config::FromToml("a = \"\\\"" + deep + "\"").ok());
  EXPECT_TRUE(Config::FromToml("a = '''\n" + deep + "\n'''").ok());
  EXPECT_TRUE(Config::FromToml("# " + deep).ok());
}

// toml11 3.7.1 reads past its buffer for this text (found by config_fuzz).
TEST(ConfigTest, RefusesTextThatIsNotUtf8BeforeTheParserSeesIt) {
  EXPECT_EQ(BuildError("a = 1\nb = '''\n\x8F'''"),
            "sampo.toml:3: not valid TOML: not UTF-8 at byte 14");
  EXPECT_TRUE(Config::FromToml("a = '\xC3\xA9'").ok());
}

TEST(ConfigTest, BoundsTheListOfErrors) {
  ConfigReader read(Config(), "x");
  for (size_t i = 0; i < kConfigErrorsMax + 7; ++i) read.Require("k" + std::to_string(i));
  const std::string text(read.Finish().message());
  EXPECT_NE(text.find("x.k49: not set"), std::string::npos);
  EXPECT_EQ(text.find("x.k50: not set"), std::string::npos);
  EXPECT_EQ(text.substr(text.rfind('\n') + 1), "and 7 more errors");
}

TEST(ConfigTest, RefusesIntegersBeyond64Bits) {
  auto any_int = [](std::string_view text) {
    ConfigReader read(Parse("a.x = " + std::string(text)), "a");
    return read.Finish(read.Int("x", -1));
  };
  EXPECT_EQ(any_int("9223372036854775807").value(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(any_int("-9_223_372_036_854_775_808").value(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(any_int("9223372036854775808").status().message(),
            "sampo.toml:1: a.x: found an integer beyond 64 bits, want an integer");
}

TEST(ConfigTest, CutsAndEscapesWhatItShows) {
  EXPECT_EQ(ErrorOf("throughput = \"a\\nb\\u001b\""),
            "sampo.toml:2: actor.throughput: found \"a\\nb\\033\", want an integer from 1 to "
            "1000000");
  const std::string shown = ErrorOf("throughput = '" + std::string(5000, 'x') + "'");
  EXPECT_NE(shown.find(std::string(80, 'x') + "...\""), std::string::npos);
  EXPECT_LT(shown.size(), 200u);
}

TEST(ConfigTest, JoinsErrorsOfSeveralLoadsWithoutRepetition) {
  absl::Status a = absl::InvalidArgumentError("one\ntwo");
  absl::Status b = absl::InvalidArgumentError("two\nthree");
  EXPECT_EQ(JoinConfigErrors({a, absl::OkStatus(), b}),
            absl::InvalidArgumentError("one\ntwo\nthree"));
  EXPECT_TRUE(JoinConfigErrors({absl::OkStatus()}).ok());
}

}  // namespace
}  // namespace sampo
