# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_cc_library, sampo_cc_test, sampo_cc_binary: the only C++ rules used outside third_party.

They add the house flags, layering_check, the floor check (docs/floors.md, fails
at loading) and the include prefix: a header `x.h` of package `actor/base` is
included as "sampo/actor/base/x.h" and in no other way. Every header goes into
`hdrs`; `srcs` takes .cc files only.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("@sampo_system_versions//:versions.bzl", "SYSTEM_VERSIONS")
load(":floors.bzl", "check_floors")
load(":parse_header.bzl", "parse_header")

HOUSE_COPTS = [
    "-std=c++20",
    "-Wall",
    "-Wextra",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
    # Nobody reads it; it keeps caches honest (third_party/deps.bzl).
    "-DSAMPO_SYSTEM_VERSIONS=%d" % SYSTEM_VERSIONS,
]

HOUSE_FEATURES = ["layering_check"]

def _is_header(file):
    return str(file).endswith(".h")

def _check_srcs(name, srcs):
    for src in srcs:
        if _is_header(src):
            fail("//%s:%s: header %s belongs in hdrs" % (native.package_name(), name, src))

def _compiled_first_elsewhere(header):
    """True when x.cc or x_test.cc stands beside x.h.

    It includes x.h first (lint sees to that), so compiling it proves that x.h parses alone.
    """
    stem = header[:-len(".h")]
    return len(native.glob([stem + ".cc", stem + "_test.cc"], allow_empty = True)) > 0

def _parse_headers_alone(library, hdrs, testonly, tags):
    for header in hdrs:
        name = header + ".parse"
        if not _is_header(header) or header.startswith(":") or native.existing_rule(name):
            continue
        if not _compiled_first_elsewhere(header):
            parse_header(
                name = name,
                copts = HOUSE_COPTS,
                header = "sampo/%s/%s" % (native.package_name(), header),
                library = ":" + library,
                tags = tags,
                testonly = testonly,
            )

def sampo_cc_library(
        name,
        srcs = [],
        hdrs = [],
        deps = [],
        copts = [],
        testonly = False,
        parse_headers = True,
        **kwargs):
    """cc_library with the house rules.

    Args:
      name: target name; one idea, one target.
      srcs: .cc files.
      hdrs: every header of the target, also those only other targets of the package see.
      deps: a plain list; its floors are checked.
      copts: added after the house flags.
      testonly: as in cc_library.
      parse_headers: False for generated headers, which do not have to parse alone.
      **kwargs: the rest of cc_library's attributes.
    """
    _check_srcs(name, srcs)
    check_floors(native.package_name(), name, deps, testonly)
    cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        copts = HOUSE_COPTS + copts,
        features = HOUSE_FEATURES,
        include_prefix = "sampo/" + native.package_name(),
        testonly = testonly,
        deps = deps,
        **kwargs
    )
    if parse_headers:
        _parse_headers_alone(name, hdrs, testonly, kwargs.get("tags", []))

def _precompiled(deps):
    """The headers that a test with these deps gets parsed already: its copts and one more dep."""
    here = native.package_name()
    packages = [("//" + here) if dep == ":" + here else str(dep) for dep in deps]
    if "//stream" in packages:
        package = "stream"
    elif "//actor" in packages:
        package = "actor"
    else:
        return [], []
    off = "//tools/build_defs:without_precompiled_headers"
    header = package + "_headers"
    return (
        select({off: [], "//conditions:default": ["-Winvalid-pch", "-include", header + ".h"]}),
        select({off: [], "//conditions:default": ["//%s:%s" % (package, header)]}),
    )

def sampo_cc_test(name, srcs, deps = [], copts = [], size = "small", main = True, **kwargs):
    """cc_test with the house rules.

    Args:
      name: target name.
      srcs: .cc files.
      deps: a plain list; its floors are checked (a test may also see its module's testkit).
      copts: added after the house flags.
      size: as in cc_test.
      main: True links GoogleTest and its main(); False when a source has a main() of its own.
      **kwargs: the rest of cc_test's attributes (tags, data, args, env, ...).
    """
    _check_srcs(name, srcs)
    check_floors(native.package_name(), name, deps, testonly = True)
    parsed_copts, parsed_deps = _precompiled(deps)
    gtest = [Label("//third_party/googletest:gtest_main")] if main else []
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = HOUSE_COPTS + copts + parsed_copts,
        features = HOUSE_FEATURES,
        linkstatic = True,
        deps = deps + gtest + parsed_deps,
        **kwargs
    )

def sampo_cc_binary(name, srcs, deps = [], copts = [], testonly = False, **kwargs):
    """cc_binary with the house rules.

    Args:
      name: target name.
      srcs: .cc files.
      deps: a plain list; its floors are checked.
      copts: added after the house flags.
      testonly: as in cc_binary.
      **kwargs: the rest of cc_binary's attributes.
    """
    _check_srcs(name, srcs)
    check_floors(native.package_name(), name, deps, testonly)
    cc_binary(
        name = name,
        srcs = srcs,
        copts = HOUSE_COPTS + copts,
        features = HOUSE_FEATURES,
        testonly = testonly,
        deps = deps,
        **kwargs
    )

def sampo_cc_benchmark(name, srcs, deps = [], **kwargs):
    """A Google Benchmark binary: testonly, tags benchmark and manual, main() linked in."""
    sampo_cc_binary(
        name = name,
        srcs = srcs,
        tags = kwargs.pop("tags", []) + ["benchmark", "manual"],
        testonly = True,
        deps = deps + ["//third_party/benchmark:benchmark_main"],
        **kwargs
    )
