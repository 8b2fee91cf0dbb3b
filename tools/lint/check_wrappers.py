# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""deps = what you include, for third-party headers.

layering_check cannot see these: all of /usr/include is one module to it. So a target whose files
include a third-party header must name the wrapper in its own deps.
"""

import os
import re

from build_file import all_targets
from cpp_text import includes
from source_tree import Finding

# The first pattern that matches decides.
_WRAPPERS = [
    (r"absl/functional/any_invocable\.h", "absl:any_invocable"),
    (r"absl/functional/function_ref\.h", "absl:function_ref"),
    (r"absl/base/", "absl:base"),
    (r"absl/cleanup/", "absl:cleanup"),
    (r"absl/container/(flat|node)_hash_|absl/hash/", "absl:hash_containers"),
    (r"absl/container/inlined_vector\.h", "absl:inlined_vector"),
    (r"absl/numeric/", "absl:numeric"),
    (r"absl/status/statusor\.h", "absl:statusor"),
    (r"absl/status/", "absl:status"),
    (r"absl/strings/str_format\.h", "absl:str_format"),
    (r"absl/strings/", "absl:strings"),
    (r"absl/synchronization/", "absl:synchronization"),
    (r"absl/time/", "absl:time"),
    (r"absl/types/span\.h", "absl:span"),
    (r"absl/", "absl:(no wrapper yet: add one to third_party/absl)"),
    (r"benchmark/benchmark\.h", "benchmark"),
    (r"boost/asio", "asio"),
    (r"boost/system/", "asio"),
    (r"boost/crc\.hpp", "boost:crc"),
    (r"gmock/", "googletest:gmock"),
    (r"gtest/", "googletest:gtest"),
    (r"google/protobuf/", "protobuf"),
    (r"nlohmann/", "nlohmann:json"),
    (r"openssl/evp\.h", "openssl:crypto"),
    (r"spdlog/|fmt/", "spdlog"),
    (r"sqlite3\.h", "sqlite"),
    (r"toml\.hpp", "toml11"),
    (r"zlib\.h", "zlib"),
]

# What a macro adds, and what reaches further than its own name.
_IMPLIED = {
    "sampo_cc_test": ["googletest:gtest"],
    "sampo_cc_benchmark": ["benchmark"],
    "googletest:gmock": ["googletest:gtest"],
    "googletest:gtest_main": ["googletest:gtest"],
    "benchmark:benchmark_main": ["benchmark"],
}


def _wrapper_of(name):
    return next((label for pattern, label in _WRAPPERS if re.match(pattern, name)), None)


def _short(label):
    """//third_party/absl:status -> absl:status; //third_party/spdlog:spdlog -> spdlog."""
    folder, _, name = label.removeprefix("//third_party/").partition(":")
    return folder if name in ("", folder) else f"{folder}:{name}"


def _offered(target):
    deps = [_short(dep) for dep in target.strings("deps") if dep.startswith("//third_party/")]
    return {*deps, *(extra for name in [target.rule, *deps] for extra in _IMPLIED.get(name, []))}


def check(tree):
    for target in all_targets(tree):
        if not target.rule.startswith("sampo_cc_"):
            continue
        offered = _offered(target)
        for file in target.strings("srcs") + target.strings("hdrs"):
            path = os.path.join(target.package, file)
            if not tree.exists(path):
                continue
            for number, name in includes(tree.text(path)):
                wrapper = _wrapper_of(name)
                if wrapper and wrapper not in offered:
                    yield Finding(path, number, "wrapper",
                                  f"{target.label} includes {name} without //third_party/{wrapper}")
