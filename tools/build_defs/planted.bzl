# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_planted_test: runs a cc_test that is built, with all it needs, with SAMPO_PLANT_BUGS.

    sampo_cc_test(
        name = "planted_bugs",
        srcs = ["planted_bugs_test.cc"],
        tags = ["manual"],  # in the usual build it has nothing to test
        deps = [...],
    )

    sampo_planted_test(
        name = "planted_bugs_test",
        binary = ":planted_bugs",
    )

The define reaches inline code of public headers (actor/dispatch/planted_bug.h), so two kinds of
objects in one binary would break the one-definition rule: hence a copy of the whole closure.
"""

_COPT = "//command_line_option:copt"

def _plant_impl(settings, _attr):
    return {_COPT: settings[_COPT] + ["-DSAMPO_PLANT_BUGS=1"]}

_plant = transition(
    implementation = _plant_impl,
    inputs = [_COPT],
    outputs = [_COPT],
)

def _planted_test_impl(ctx):
    test = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = test, target_file = ctx.executable.binary, is_executable = True)
    runfiles = ctx.runfiles(files = [ctx.executable.binary])
    return [DefaultInfo(
        executable = test,
        runfiles = runfiles.merge(ctx.attr.binary[0][DefaultInfo].default_runfiles),
    )]

sampo_planted_test = rule(
    implementation = _planted_test_impl,
    attrs = {
        "binary": attr.label(cfg = _plant, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)
