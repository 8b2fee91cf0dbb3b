# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""precompiled_header: headers that many tests include, parsed once.

Half the time a test takes to compile is the parse of the same few headers. A target that has the
rule among its deps and `-include <name>.h` among its copts starts behind them. What the file
includes itself is skipped by the include guards, so it compiles without the rule as well: clang's
builds do (.bazelrc, sampo_precompiled).
"""

load(":cc_flags.bzl", "CC_FLAGS_ATTRS", "compile_command")

def _precompiled_header_impl(ctx):
    own = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    context = own.compilation_context
    folder = ctx.label.name + "_precompiled"
    header = ctx.actions.declare_file("%s/%s.h" % (folder, ctx.label.name))
    compiled = ctx.actions.declare_file("%s/%s.h.gch" % (folder, ctx.label.name))
    ctx.actions.write(header, "".join(['#include "%s"\n' % name for name in ctx.attr.headers]))

    # As Bazel compiles tests; a header made otherwise is refused (-Winvalid-pch).
    use_pic = ctx.var["COMPILATION_MODE"] != "opt"
    command = compile_command(ctx, context, ctx.attr.copts, use_pic)
    ctx.actions.run(
        executable = command.compiler,
        arguments = command.flags + ["-x", "c++-header", header.path, "-o", compiled.path],
        env = command.env,
        inputs = depset([header], transitive = [context.headers, command.toolchain_files]),
        mnemonic = "PrecompileHeader",
        outputs = [compiled],
        progress_message = "Precompiling %s" % header.short_path,
    )
    mine = cc_common.create_compilation_context(
        headers = depset([header, compiled]),
        quote_includes = depset([header.dirname]),
    )
    return [
        DefaultInfo(files = depset([compiled])),
        cc_common.merge_cc_infos(
            direct_cc_infos = [CcInfo(compilation_context = mine)],
            cc_infos = [CcInfo(compilation_context = context)],
        ),
    ]

precompiled_header = rule(
    implementation = _precompiled_header_impl,
    attrs = dict(
        CC_FLAGS_ATTRS,
        copts = attr.string_list(),
        deps = attr.label_list(providers = [CcInfo]),
        headers = attr.string_list(mandatory = True),
    ),
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
