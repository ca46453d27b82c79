"""torch.optim.Adam with L2 as weight decay, on one table with a dense gradient.

Arguments: threads, width, learning rate, beta1, beta2, epsilon, L2 coefficient, steps before this.
"""
import sys

import numpy as np
import torch
from contender import load, save, serve

threads, d = map(int, sys.argv[1:3])
lr, beta1, beta2, epsilon, decay, steps = map(float, sys.argv[3:])
torch.set_num_threads(threads)
w = torch.nn.Parameter(torch.from_numpy(load("w", np.float32)).view(-1, d))
w.grad = torch.from_numpy(load("g", np.float32)).view(-1, d)
adam = torch.optim.Adam([w], lr=lr, betas=(beta1, beta2), eps=epsilon, weight_decay=decay)
state = adam.state[w]
state["step"] = torch.tensor(steps)
state["exp_avg"] = torch.from_numpy(load("m", np.float32)).view(-1, d)
state["exp_avg_sq"] = torch.from_numpy(load("v", np.float32)).view(-1, d)


def collect():
    save("w", w.detach().numpy(), np.float32)
    save("m", state["exp_avg"].numpy(), np.float32)
    save("v", state["exp_avg_sq"].numpy(), np.float32)


serve(adam.step, collect)
