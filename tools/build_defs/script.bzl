# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_script_test: a Python or bash script as a test, run by Debian's own interpreter.

py_test and sh_test would do, but in newer Bazel they come from repositories that
have to be downloaded.
"""

_INTERPRETER = {
    "py": "/usr/bin/python3 -B",
    "sh": "/bin/bash",
}

def _script_test_impl(ctx):
    launcher = ctx.actions.declare_file(ctx.label.name)
    extension = ctx.file.main.extension
    if extension not in _INTERPRETER:
        fail("%s: main must end in .py or .sh" % ctx.label)
    arguments = [ctx.expand_location(arg, ctx.attr.data) for arg in ctx.attr.arguments]
    ctx.actions.write(
        launcher,
        "#!/bin/bash\nexec %s %s %s \"$@\"\n" % (
            _INTERPRETER[extension],
            ctx.file.main.short_path,
            " ".join(["'%s'" % arg for arg in arguments]),
        ),
        is_executable = True,
    )
    files = ctx.runfiles(files = [ctx.file.main] + ctx.files.srcs + ctx.files.data)
    for target in ctx.attr.data:
        files = files.merge(target[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = files)]

sampo_script_test = rule(
    implementation = _script_test_impl,
    attrs = {
        "arguments": attr.string_list(doc = "Arguments; $(rootpath) of data works."),
        "data": attr.label_list(allow_files = True),
        "main": attr.label(allow_single_file = True, mandatory = True),
        "srcs": attr.label_list(allow_files = True, doc = "Modules the main script imports."),
    },
    test = True,
)
