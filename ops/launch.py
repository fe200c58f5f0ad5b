"""Becomes another process, one that doesn't outlive its parent.

    python -I -S launch.py SIGNAL --plan FILE NAME     a process of the plan
    python -I -S launch.py SIGNAL -- COMMAND …         any command, in this environment

The plan (JSON, mode 600) holds what each process runs with, so that secrets stand neither in a
command line nor in a configuration file that needs escaping. Before it becomes the process it asks
the kernel for SIGNAL when its parent dies: even a starter killed with SIGKILL leaves no orphans.
Standard library only, and little of it: it runs before every process.
"""

import os
import sys


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send `signal_number` to this process when its parent ends (Linux only).

    More exactly: when the thread ends that started this process.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    prctl_set_parent_death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(prctl_set_parent_death_signal, signal_number, 0, 0, 0)


def _planned(file: str, name: str) -> tuple[list[str], dict[str, str], str]:
    import json

    with open(file, encoding="utf-8") as stream:  # noqa: PTH123 — pathlib is slow to import
        planned = json.load(stream)[name]
    return planned["argv"], planned["environment"], planned["folder"]


def main(signal_number: str, kind: str, *words: str) -> None:
    """Replace this process by the one asked for; never returns."""
    os.umask(0o077)  # databases and logs are their owner's
    parent = os.getppid()
    die_with_parent(int(signal_number))
    if os.getppid() != parent:
        sys.exit("the starter is gone")
    if kind == "--plan":
        argv, environment, folder = _planned(*words)
    else:
        argv, environment, folder = list(words), dict(os.environ), "."
    try:
        os.chdir(folder)
        os.execve(argv[0], argv, environment)
    except OSError as error:
        sys.exit(f"{argv[0]} can't be started: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
