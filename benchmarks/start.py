"""How long a start takes: CPU-seconds of small commands, as multiples of ``python -c "import numpy"`` in the same run.

    python benchmarks/start.py [REPETITIONS]

The exit code is 1 if a start costs more than its limit.
"""

import resource
import statistics
import subprocess
import sys

NUMPY = ("-c", "import numpy")
LIMITS = {
    ("-m", "article10.runs.command_line", "--version"): 2.0,
    ("-m", "article10.runs.command_line", "--help"): 2.0,
    ("-m", "article10.runs.command_line", "scenarios"): 2.0,
    ("-c", "import article10"): 4.0,
}
"""What is started, and how many times as much as NumPy it may cost."""


def cpu_seconds(*words: str) -> float:
    """CPU-seconds, user and system, of one start of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main(repetitions: int) -> int:
    """Measure every start as often, in turns, so that a busy machine slows all of them alike."""
    starts = (NUMPY, *LIMITS)
    turns = [[cpu_seconds(*words) for words in starts] for _ in range(repetitions)]
    numpy, *others = (statistics.median(costs) for costs in zip(*turns, strict=True))
    print(f"{'import numpy':40} {numpy:6.2f} s")
    too_slow = False
    for (words, limit), cost in zip(LIMITS.items(), others, strict=True):
        too_slow |= cost > limit * numpy
        print(f"{words[-1]:40} {cost:6.2f} s  {cost / numpy:5.2f} times (at most {limit:g})")
    return int(too_slow)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
