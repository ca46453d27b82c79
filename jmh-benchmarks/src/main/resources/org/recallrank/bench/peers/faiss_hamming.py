"""IndexBinaryFlat. Arguments: threads, bits, k."""
import sys

import faiss
import numpy as np
from contender import load, save, serve

threads, bits, k = map(int, sys.argv[1:])
faiss.omp_set_num_threads(threads)
query = load("query", np.uint8).reshape(-1, bits // 8)
index = faiss.IndexBinaryFlat(bits)
index.add(load("pool", np.uint8).reshape(-1, bits // 8))
result = []


def run():
    result[:] = index.search(query, k)


def collect():
    save("distance", result[0], np.int32)
    save("index", result[1], np.int32)


serve(run, collect)
