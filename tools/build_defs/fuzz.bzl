# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_cc_fuzz_test: one file with LLVMFuzzerTestOneInput, linked twice.

    sampo_cc_fuzz_test(
        name = "frame_codec_fuzz",
        srcs = ["frame_codec_fuzz.cc"],
        corpus = glob(["testdata/frame_codec_corpus/**"]),
        deps = [":frame_codec"],
    )

:frame_codec_fuzz is a test that always runs: it replays the corpus and a bounded
number of mutations of it from a printed seed. :frame_codec_fuzz_libfuzzer is the
coverage-guided binary, manual, built with
`bazel build --config=fuzz //pkg:frame_codec_fuzz_libfuzzer`.
"""

load(":cc.bzl", "sampo_cc_binary", "sampo_cc_test")

def sampo_cc_fuzz_test(name, srcs, corpus = [], deps = [], args = [], data = [], **kwargs):
    """See the head of this file.

    Args:
      name: target name, by habit foo_fuzz.
      srcs: the file with LLVMFuzzerTestOneInput.
      corpus: files to replay.
      deps: as in sampo_cc_test.
      args: more arguments of the replay, such as --mutations=N.
      data: as in sampo_cc_test.
      **kwargs: the rest of sampo_cc_test's attributes.
    """
    native.filegroup(
        name = name + "_corpus",
        srcs = corpus,
        testonly = True,
    )
    sampo_cc_test(
        name = name,
        srcs = srcs + [Label("//tools/build_defs:fuzz_replay.cc")],
        args = args + (["$(rootpaths :%s_corpus)" % name] if corpus else []),
        data = data + [":%s_corpus" % name],
        main = False,
        deps = deps,
        **kwargs
    )
    sampo_cc_binary(
        name = name + "_libfuzzer",
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = [
            "fuzzer",
            "manual",
        ],
        testonly = True,
        deps = deps,
    )
