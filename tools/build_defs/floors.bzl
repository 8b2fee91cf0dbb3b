# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The floors of docs/floors.md, and the one question asked of them.

Pure functions: floors_test.bzl checks them while tools/build_defs loads.
"""

# Package prefix -> floor. The longest matching prefix decides. docs/floors.md has the same table.
FLOORS = {
    "actor": "1.2",
    "actor/base": "1.0",
    "actor/dispatch": "1.1",
    "actor/serialization": "1.3",
    "actor/testkit": "1.4",
    "cluster": "4",
    "connectors": "5",
    "grpc": "3",
    "http": "3",
    "management": "5",
    "persistence": "3",
    "remote": "3",
    "samples": "7",
    "stream": "2",
    "third_party": "0",
    "tools": "6",
}

def _height(floor):
    """"1.3" -> [1, 3]: compares as one expects."""
    parts = [int(part) for part in floor.split(".")]
    return parts if len(parts) == 2 else parts + [0]

def floor_prefix(package):
    """The longest prefix of `package` that has a floor, or None."""
    parts = package.split("/")
    for count in range(len(parts), 0, -1):
        prefix = "/".join(parts[:count])
        if prefix in FLOORS:
            return prefix
    return None

def dep_package(package, dep):
    """The package of label `dep` seen from `package`; None when it is in another repository."""
    if dep.startswith("@sampo//"):
        dep = dep[len("@sampo"):]
    if dep.startswith("@"):
        return None
    if not dep.startswith("//"):
        return package
    return dep[2:].split(":")[0]

def _module(package):
    return package.split("/")[0]

def _test_may(package, there):
    """What test code may see beyond the floors.

    The testkit of its own module; and, in <module>/integration, the whole
    module and exactly one floor up.
    """
    if there == _module(package) + "/testkit":
        return True
    if not (package + "/").startswith(_module(package) + "/integration/"):
        return False
    if _module(package) == _module(there):
        return True
    return _height(FLOORS[there])[0] == _height(FLOORS[floor_prefix(package)])[0] + 1

def floor_problem(package, name, dep, testonly = False):
    """Why target //package:name may not depend on `dep`: one line, or None when it may."""
    here = floor_prefix(package)
    if here == None:
        return "//%s:%s: package //%s has no floor: docs/floors.md" % (package, name, package)
    target = dep_package(package, dep)
    where = "//%s:%s (floor %s)" % (package, name, FLOORS[here])
    if target == None:
        if here == "third_party":
            return None
        return ("%s may not depend on %s: only third_party/ reaches other repositories: " +
                "docs/floors.md") % (where, dep)
    there = floor_prefix(target)
    if there == None:
        return "%s may not depend on %s, which has no floor: docs/floors.md" % (where, dep)
    if here == there or _height(FLOORS[there]) < _height(FLOORS[here]):
        return None
    if testonly and _test_may(package, there):
        return None
    return "%s may not depend on %s (floor %s): docs/floors.md" % (where, dep, FLOORS[there])

def check_floors(package, name, deps, testonly = False):
    """Fails the loading of //package when a dep of //package:name is on a floor it may not see."""
    if type(deps) != "list":
        fail("//%s:%s: deps must be a plain list: its floors are read: docs/floors.md" %
             (package, name))
    for dep in deps:
        problem = floor_problem(package, name, str(dep), testonly)
        if problem:
            fail(problem)
