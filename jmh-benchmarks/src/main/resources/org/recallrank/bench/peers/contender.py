"""The other end of PythonProcess: one operation, run and timed as the Java side asks.

Arrays are files of raw little-endian values in the current folder. Requests come as lines on
standard input, each is answered by a line: "time NANOSECONDS" by seconds per run, "collect" by
"done" when the outputs are written. The process ends when its input does.
"""
import sys
import time

import numpy as np


def load(name, dtype):
    return np.fromfile(name, dtype)


def save(name, array, dtype):
    np.ascontiguousarray(array, dtype).tofile(name)


def serve(run, collect):
    print("ready", flush=True)
    for line in sys.stdin:
        request = line.split()
        if request[0] == "time":
            print(seconds(run, int(request[1])), flush=True)
        else:
            collect()
            print("done", flush=True)


def seconds(run, nanoseconds):
    start = time.perf_counter_ns()
    runs, batch = 0, 1
    while True:  # batches double, so that short operations do not pay for reading the clock
        for _ in range(batch):
            run()
        runs += batch
        elapsed = time.perf_counter_ns() - start
        if elapsed >= nanoseconds:
            return 1e-9 * elapsed / runs
        batch = runs
