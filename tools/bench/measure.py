# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""One sample: a program in a process of its own, and how quiet the machine was meanwhile.

The noise of a sample is the CPU time that anything else used while it ran, divided by the wall
time: 1.0 is one core busy with something else. It is the measure of shared/peers/run.py, so that
figures of both can be laid side by side.
"""

import os
import platform
import re
import resource
import subprocess
import time

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_FIELD = re.compile(r"(\S+?)=(\S+)")
_TEXT_FIELDS = ("bench", "peer")


def parse_line(text):
    """The k=v fields of what a program printed; numbers as numbers where they are some."""
    fields = {}
    for key, value in _FIELD.findall(text):
        if key in _TEXT_FIELDS:
            fields[key] = value
            continue
        try:
            fields[key] = float(value)
        except ValueError:
            fields[key] = value
    return fields


def busy_seconds(stat_line):
    """CPU seconds the machine has worked since its start, of the first line of /proc/stat."""
    # user nice system idle iowait irq softirq steal
    ticks = [int(tick) for tick in stat_line.split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS_PER_SECOND


def _busy_now():
    with open("/proc/stat", encoding="ascii") as file:
        return busy_seconds(file.readline())


def _children_cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def noise_of(machine_cpu, own_cpu, wall):
    """The share of one core that others used."""
    return max(0.0, machine_cpu - own_cpu) / wall if wall > 0 else 0.0


def settle(noise_max, patience_seconds=15.0, look_seconds=0.3):
    """Waits, at most for `patience_seconds`, until the machine does next to nothing else."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        before = _busy_now()
        time.sleep(look_seconds)
        if (_busy_now() - before) / look_seconds <= noise_max:
            return


def may_go_ahead():
    """Whether this user may put programs ahead of others."""
    return os.geteuid() == 0


def _go_ahead():
    """Puts the program to be started before all others: of its session, and its session."""
    os.setsid()
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write("-18")
    except OSError:
        pass  # a kernel without groups: the nice value alone decides
    os.nice(-18)


def sample(command, folder, timeout_seconds, ahead=False):
    """Runs `command`. The printed fields, `noise` and `wall`; or `error` in place of figures."""
    machine, own, start = _busy_now(), _children_cpu_seconds(), time.monotonic()
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                             timeout=timeout_seconds,
                             preexec_fn=_go_ahead if ahead else None)
        printed, complaint = run.stdout, run.stderr or f"exit code {run.returncode}"
    except subprocess.TimeoutExpired:
        printed, complaint = "", f"no result after {timeout_seconds} s"
    except OSError as error:
        printed, complaint = "", str(error)
    wall = time.monotonic() - start
    own = _children_cpu_seconds() - own
    result = parse_line(printed)
    result["noise"] = round(noise_of(_busy_now() - machine, own, wall), 3)
    result["cpu"] = round(own, 3)
    result["wall"] = round(wall, 3)
    if "ops_per_s" not in result:
        result["error"] = (complaint or printed)[-300:].strip()
    return result


def machine_facts():
    """What a reader has to know of the machine."""
    facts = {"cores": os.cpu_count(), "cpu": "unknown", "kernel": platform.release(),
             "system": platform.system(), "load": [round(load, 2) for load in os.getloadavg()],
             "at": time.strftime("%Y-%m-%d %H:%M:%S")}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                facts["cpu"] = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="ascii") as file:
        facts["memory_gib"] = round(int(file.readline().split()[1]) / 1024 / 1024, 1)
    return facts
