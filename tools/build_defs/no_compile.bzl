# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_no_compile_test: code that must not compile, and the words it must fail with.

    sampo_no_compile_test(
        name = "ask_no_compile_test",
        srcs = ["ask_no_compile.cc"],
        cases = {"CASE_MISSING_HANDLER": "no handler for"},
        deps = [":ask"],
    )

The file holds one `#ifdef CASE_X` snippet per case. It must compile with no case
defined; with one case defined it must not, and the compiler's text must match the
regular expression (grep -E). Tried with g++ and with clang++; a compiler that is
not installed prints SKIPPED.
"""

load(":cc.bzl", "HOUSE_COPTS")
load(":floors.bzl", "check_floors")

def _runfiles_path(path, bin_dir):
    """The path of an execroot folder seen from the runfiles of the main repository."""
    if path.startswith(bin_dir):
        path = path[len(bin_dir):].lstrip("/") or "."
    if path.startswith("external/"):
        path = "../" + path[len("external/"):]
    return path

def _include_flags(context, bin_dir):
    flags = []
    for option, folders in [
        ("-iquote", context.quote_includes),
        ("-I", context.includes),
        ("-isystem", context.system_includes),
    ]:
        for folder in folders.to_list():
            flags += [option, _runfiles_path(folder, bin_dir)]
    return flags + ["-D" + define for define in context.defines.to_list()]

def _no_compile_test_impl(ctx):
    info = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    context = info.compilation_context
    include_flags = _include_flags(context, ctx.bin_dir.path)
    flags = ctx.actions.declare_file(ctx.label.name + ".flags")
    cases = ctx.actions.declare_file(ctx.label.name + ".cases")
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(flags, "\n".join(ctx.attr.copts + include_flags) + "\n")
    ctx.actions.write(cases, "".join(["%s\t%s\n" % case for case in ctx.attr.cases.items()]))
    paths = [file.short_path for file in [ctx.file._driver, ctx.file.src, flags, cases]]
    ctx.actions.write(
        launcher,
        "#!/bin/bash\nexec /bin/bash %s\n" % " ".join(["'%s'" % path for path in paths]),
        is_executable = True,
    )
    files = [ctx.file._driver, ctx.file.src, flags, cases]
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(files = files, transitive_files = context.headers),
    )]

_no_compile_test = rule(
    implementation = _no_compile_test_impl,
    attrs = {
        "cases": attr.string_dict(mandatory = True, allow_empty = False),
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "src": attr.label(allow_single_file = [".cc"], mandatory = True),
        "_driver": attr.label(
            allow_single_file = True,
            default = "//tools/build_defs:no_compile.sh",
        ),
    },
    test = True,
)

def sampo_no_compile_test(name, srcs, cases, deps = [], size = "medium", tags = [], **kwargs):
    """See the head of this file.

    Args:
      name: target name.
      srcs: exactly one .cc file.
      cases: macro name -> extended regular expression the error text must match.
      deps: C++ libraries the file includes; their floors are checked as a test's.
      size: as in cc_test.
      tags: as in cc_test; "any_config" is added: it calls the compilers itself, with the same
        flags in every configuration, so tools/test runs it once.
      **kwargs: the rest of a test's attributes.
    """
    if len(srcs) != 1:
        fail("//%s:%s: srcs must be exactly one file" % (native.package_name(), name))
    check_floors(native.package_name(), name, deps, testonly = True)
    _no_compile_test(
        name = name,
        size = size,
        src = srcs[0],
        cases = cases,
        copts = HOUSE_COPTS,
        tags = tags + ["any_config"],
        deps = deps,
        **kwargs
    )
