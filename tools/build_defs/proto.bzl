# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""sampo_proto_library and sampo_cc_proto_library: protobuf under the floor check.

    sampo_proto_library(name = "cart_proto", srcs = ["cart.proto"])
    sampo_cc_proto_library(name = "cart_cc_proto", proto = ":cart_proto")

As everywhere, paths start with sampo/: the generated header is included as
"sampo/actor/serialization/cart.pb.h", and another .proto imports
"sampo/actor/serialization/cart.proto". Well-known types:
"@com_google_protobuf//:timestamp_proto".
"""

load("@rules_cc//cc:defs.bzl", "cc_proto_library")
load("@rules_proto//proto:defs.bzl", "proto_library")
load(":floors.bzl", "check_floors", "floor_prefix")

_WELL_KNOWN = "@com_google_protobuf//:"

def _may_see_protobuf(package):
    prefix = floor_prefix(package)
    return prefix != None and (prefix == "actor/serialization" or
                               prefix.split("/")[0] not in ["actor", "stream"])

def _check(name, deps, testonly):
    package = native.package_name()
    check_floors(package, name, [dep for dep in deps if not dep.startswith(_WELL_KNOWN)], testonly)
    if not _may_see_protobuf(package) and not testonly:
        fail("//%s:%s: protobuf belongs to //actor/serialization and floor 3 and up: %s" %
             (package, name, "docs/floors.md"))

def sampo_proto_library(name, srcs, deps = [], testonly = False, **kwargs):
    """proto_library with the floor check."""
    _check(name, deps, testonly)
    proto_library(
        name = name,
        srcs = srcs,
        import_prefix = "sampo",
        strip_import_prefix = "/",
        testonly = testonly,
        deps = deps,
        **kwargs
    )

def sampo_cc_proto_library(name, proto, testonly = False, **kwargs):
    """cc_proto_library of one sampo_proto_library."""
    _check(name, [proto], testonly)
    cc_proto_library(name = name, testonly = testonly, deps = [proto], **kwargs)
