# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""parse_header: a header compiles as the only include of a file.

One action per header, -fsyntax-only, so it costs the parse and nothing else.
"""

load(":cc_flags.bzl", "CC_FLAGS_ATTRS", "compile_command")

def _parse_header_impl(ctx):
    context = ctx.attr.library[CcInfo].compilation_context
    command = compile_command(ctx, context, ctx.attr.copts)
    stamp = ctx.actions.declare_file(ctx.label.name + ".ok")
    ctx.actions.run_shell(
        arguments = [stamp.path, ctx.attr.header, command.compiler] + command.flags,
        command = """
stamp="$1"; header="$2"; shift 2
printf '#include "%s"\\n' "$header" | "$@" -x c++ -fsyntax-only - && : > "$stamp"
""",
        env = command.env,
        inputs = depset(transitive = [context.headers, command.toolchain_files]),
        mnemonic = "ParseHeader",
        outputs = [stamp],
        progress_message = "Parsing %s alone" % ctx.attr.header,
    )
    return [DefaultInfo(files = depset([stamp]))]

parse_header = rule(
    implementation = _parse_header_impl,
    attrs = dict(
        CC_FLAGS_ATTRS,
        copts = attr.string_list(),
        header = attr.string(mandatory = True),
        library = attr.label(mandatory = True, providers = [CcInfo]),
    ),
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
