# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The repositories Sampo's build needs. Nothing in here is downloaded.

A user's WORKSPACE:

    local_repository(name = "sampo", path = "...")
    load("@sampo//third_party:deps.bzl", "sampo_dependencies")
    sampo_dependencies()

Bazel's built-in WORKSPACE suffix fetches some of these from the internet unless
a repository of the same name is declared first. Each is either a stand-in kept
beside this file (found through Label, so it works when Sampo is an external
repository) or a Debian package. A repository the caller has already declared is
left alone.
"""

def _missing(path, package):
    fail("%s is missing: apt-get install %s (or run tools/setup)" % (path, package))

def _link_all(ctx, folder):
    for child in folder.readdir():
        ctx.symlink(child, child.basename)

def _stand_in_impl(ctx):
    root = ctx.path(Label("//third_party:BUILD.bazel")).dirname
    _link_all(ctx, root.get_child(ctx.attr.folder))

_stand_in = repository_rule(
    implementation = _stand_in_impl,
    attrs = {"folder": attr.string(mandatory = True)},
    doc = "third_party/<folder> of Sampo as a repository of its own.",
    local = True,
)

def _debian_impl(ctx):
    folder = ctx.path(ctx.attr.path)
    if not folder.exists:
        _missing(ctx.attr.path, ctx.attr.package)
    _link_all(ctx, folder)

_debian = repository_rule(
    implementation = _debian_impl,
    attrs = {
        "package": attr.string(mandatory = True),
        "path": attr.string(mandatory = True),
    },
    doc = "A folder a Debian package installed, as a repository.",
    local = True,
)

_PROTOBUF = {
    "/usr/bin/protoc": "protobuf-compiler",
    "/usr/include/google/protobuf": "libprotobuf-dev",
}

def _protobuf_impl(ctx):
    for path, package in _PROTOBUF.items():
        if not ctx.path(path).exists:
            _missing(path, package)
    ctx.symlink("/usr/bin/protoc", "protoc")
    ctx.symlink("/usr/include/google/protobuf", "google/protobuf")
    ctx.symlink(Label("//third_party/protobuf:com_google_protobuf.BUILD"), "BUILD.bazel")

_protobuf = repository_rule(
    implementation = _protobuf_impl,
    doc = "What proto_library and cc_proto_library expect of @com_google_protobuf, from Debian.",
    local = True,
)

# What is compiled against from /usr/include. Bazel does not look there for changes.
_SYSTEM_PACKAGES = [
    "clang-14",
    "g++-12",
    "libabsl-dev",
    "libbenchmark-dev",
    "libboost-dev",
    "libboost1.74-dev",
    "libc6-dev",
    "libfmt-dev",
    "libgmock-dev",
    "libgtest-dev",
    "libprotobuf-dev",
    "libspdlog-dev",
    "libstdc++-12-dev",
    "libtoml11-dev",
    "nlohmann-json3-dev",
    "zlib1g-dev",
]

# The same for packages that only a few targets see: their wrapper passes the number on.
_WRAPPED_PACKAGES = [
    "libcpp-httplib-dev",
    "libsqlite3-dev",
    "libssl-dev",
    "prometheus-cpp-dev",
]

def _installed(ctx, packages):
    # A package that is not installed is left out of the answer, which is an answer too.
    return ctx.execute(["dpkg-query", "-W", "-f", "${Package}=${Version} "] + packages).stdout

def _system_versions_impl(ctx):
    found = _installed(ctx, _SYSTEM_PACKAGES)
    wrapped = {name: hash(_installed(ctx, [name])) for name in _WRAPPED_PACKAGES}
    ctx.file("BUILD.bazel", "")
    ctx.file("versions.bzl", "SYSTEM_VERSIONS = %r\n# %s\nWRAPPED_VERSIONS = %r\n" %
                             (hash(found), found, wrapped))

_system_versions = repository_rule(
    implementation = _system_versions_impl,
    doc = """One number that changes when a Debian package we compile against does.

    It goes into every compile command, so that no cache, neither --disk_cache nor Bazel's own,
    returns an object that was compiled against other headers.""",
    local = True,
)

_STAND_INS = ["rules_cc", "remote_coverage_tools"]

_DEBIAN = {
    "bazel_skylib": ("/usr/share/bazel/tools/skylib", "bazel-skylib"),
    "platforms": ("/usr/share/bazel/tools/platforms", "bazel-platforms"),
    "rules_java": ("/usr/share/bazel/rules/java", "bazel-rules-java"),
    "rules_proto": ("/usr/share/bazel/rules/proto", "bazel-rules-proto"),
}

def sampo_dependencies():
    """Declares every repository that is not declared yet."""
    for name in _STAND_INS:
        if not native.existing_rule(name):
            _stand_in(name = name, folder = name)
    for name, (path, package) in _DEBIAN.items():
        if not native.existing_rule(name):
            _debian(name = name, path = path, package = package)
    if not native.existing_rule("sampo_system_versions"):
        _system_versions(name = "sampo_system_versions")
    if not native.existing_rule("com_google_protobuf"):
        _protobuf(name = "com_google_protobuf")
