"""What the figures were measured on, without anything that names the machine."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

import psutil


def processor() -> str:
    """The processor's model name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def foreign_load(seconds: float = 1.0) -> float:
    """Share of all cores that others use just now, 0 to 1; to be asked while we do nothing."""
    return float(psutil.cpu_percent(interval=seconds)) / 100


def description(load_before: float) -> dict[str, Any]:
    """Processor, cores, memory, system, interpreters, and how busy others kept it."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "others_use_before": round(load_before, 2),
        "load_average_after": round(os.getloadavg()[0], 2),
        "measured_on": time.strftime("%Y-%m-%d"),
    }
