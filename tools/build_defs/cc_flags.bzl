# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The C++ compiler's command line for a target's dependents, for rules that call it themselves."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

CC_FLAGS_ATTRS = {
    "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
}

# c++-compile, spelled out: newer Bazel moved the file that names it.
_COMPILE = "c++-compile"

def compile_command(ctx, compilation_context, copts, use_pic = False):
    """The compiler and its flags, as the toolchain gives them for this configuration.

    Args:
      ctx: of a rule with CC_FLAGS_ATTRS and fragments = ["cpp"].
      compilation_context: of the CcInfo whose headers may be included.
      copts: added after the flags of the command line.
      use_pic: position independent code.

    Returns:
      struct(compiler, flags, env, toolchain_files).
    """
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features + ["layering_check", "module_maps"],
    )
    variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        include_directories = compilation_context.includes,
        preprocessor_defines = compilation_context.defines,
        quote_include_directories = compilation_context.quote_includes,
        system_include_directories = compilation_context.system_includes,
        use_pic = use_pic,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + copts,
    )
    return struct(
        compiler = cc_common.get_tool_for_action(
            action_name = _COMPILE,
            feature_configuration = features,
        ),
        env = cc_common.get_environment_variables(
            action_name = _COMPILE,
            feature_configuration = features,
            variables = variables,
        ),
        flags = cc_common.get_memory_inefficient_command_line(
            action_name = _COMPILE,
            feature_configuration = features,
            variables = variables,
        ),
        toolchain_files = toolchain.all_files,
    )
