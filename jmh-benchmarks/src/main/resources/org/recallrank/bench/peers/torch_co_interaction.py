"""bmm, sigmoid, means, bmm, and their gradients by autograd, on the rows that were selected.

Arguments: threads, batch, k_l, k_r, width, 1 if gradients are wanted.
"""
import sys

import numpy as np
import torch
from contender import load, save, serve

threads, batch, kl, kr, d, backward = map(int, sys.argv[1:])
torch.set_num_threads(threads)
user = torch.from_numpy(load("userIndex", np.int32).astype(np.int64)).view(batch, kl)
item = torch.from_numpy(load("itemIndex", np.int32).astype(np.int64)).view(batch, kr)
table = {n: torch.from_numpy(load(n, np.float32)).view(-1, d) for n in ("hu", "hi", "eu", "ei")}
# The gather is the other side's too; the gradient stops at the gathered rows on both sides.
leaf = {}
result = {}


def forward():
    for name, rows in table.items():
        leaf[name] = rows[user if name.endswith("u") else item]
        leaf[name].requires_grad_(bool(backward))
    m = torch.sigmoid(torch.bmm(leaf["hu"], leaf["hi"].transpose(1, 2)))
    wi, wu = m.mean(1), m.mean(2)
    vc = torch.bmm(wu.unsqueeze(1), leaf["eu"]).squeeze(1)
    vd = torch.bmm(wi.unsqueeze(1), leaf["ei"]).squeeze(1)
    result.update(m=m, wu=wu, wi=wi, enriched=torch.cat([vc, vd], 1))


if backward:
    upstream = torch.from_numpy(load("dEnriched", np.float32)).view(batch, 2 * d)

    def run():
        forward()
        result["enriched"].backward(upstream)

else:

    def run():
        with torch.no_grad():
            forward()


def collect():
    for name, value in result.items():
        save(name, value.detach().numpy(), np.float32)
    if backward:
        for name, value in leaf.items():
            save("d" + name, value.grad.numpy(), np.float32)


serve(run, collect)
