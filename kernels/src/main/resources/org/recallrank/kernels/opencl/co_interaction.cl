// RAR's co-interaction of kl users and kr items per row, forward and backward, one group per row.
// The equations are those of CoInteractionKernel. The row's selected representations lie in the
// group's own space, which is local memory if they fit, and so does M (forward) or dS (backward):
// neither is read from global memory twice.
//
// The group's space, in floats:
//   users [kl, h] | items [kr, h] | weights [kl, kr] | sums [kl + kr] (backward)

#ifndef GROUP
#define GROUP 64 // items per group
#endif
#ifndef SPACE
#define SPACE __local // or __global, where each group has its part of a buffer
#endif
#define FENCE (CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)

static void load_rows(__global const float *table, __global const int *index, int count, int h,
                      SPACE float *rows) {
  for (int e = get_local_id(0); e < count * h; e += GROUP) {
    rows[e] = table[(size_t)index[e / h] * h + e % h];
  }
}

// to[j] = sum over count entities of weight * embedding[j].
static void weighted_sum(__global const float *table, __global const int *index,
                         __global const float *weight, int count, int dim, __global float *to) {
  for (int j = get_local_id(0); j < dim; j += GROUP) {
    float sum = 0;
    for (int p = 0; p < count; p++) {
      sum = fma(weight[p], table[(size_t)index[p] * dim + j], sum);
    }
    to[j] = sum;
  }
}

// Global size: GROUP * rows, of which the first is row `first` of the batch; `part` is how many floats
// a group has of the space, 0 if it is local memory.
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void forward(
    int kl, int kr, int h, int du, int di, __global const float *hu, __global const float *hi,
    __global const float *eu, __global const float *ei, __global const int *userIndex,
    __global const int *itemIndex, int keepM, __global float *m, __global float *wu,
    __global float *wi, __global float *enriched, int first, int part, SPACE float *space) {
  size_t b = first + get_group_id(0);
  int item = get_local_id(0);
  SPACE float *users = space + get_group_id(0) * part;
  SPACE float *items = users + kl * h;
  SPACE float *weights = items + kr * h;
  load_rows(hu, userIndex + b * kl, kl, h, users);
  load_rows(hi, itemIndex + b * kr, kr, h, items);
  barrier(FENCE);
  for (int e = item; e < kl * kr; e += GROUP) {
    float score = 0;
    for (int j = 0; j < h; j++) {
      score = fma(users[e / kr * h + j], items[e % kr * h + j], score);
    }
    float weight = 1 / (1 + exp(-score));
    weights[e] = weight;
    if (keepM) {
      m[b * (kl * kr) + e] = weight;
    }
  }
  barrier(FENCE);
  for (int e = item; e < kl + kr; e += GROUP) {
    float sum = 0;
    if (e < kl) {
      for (int i = 0; i < kr; i++) {
        sum += weights[e * kr + i];
      }
      wu[b * kl + e] = sum / kr;
    } else {
      for (int u = 0; u < kl; u++) {
        sum += weights[u * kr + e - kl];
      }
      wi[b * kr + e - kl] = sum / kl;
    }
  }
  barrier(FENCE);
  __global float *to = enriched + b * (du + di);
  weighted_sum(eu, userIndex + b * kl, wu + b * kl, kl, du, to);
  weighted_sum(ei, itemIndex + b * kr, wi + b * kr, kr, di, to + du);
}

static float dot_of(__global const float *x, __global const float *y, int n) {
  float sum = 0;
  for (int j = 0; j < n; j++) {
    sum = fma(x[j], y[j], sum);
  }
  return sum;
}

// Global size and space as above. dEnriched is dense [batch, du + di].
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void backward(
    int kl, int kr, int h, int du, int di, __global const float *hu, __global const float *hi,
    __global const float *eu, __global const float *ei, __global const int *userIndex,
    __global const int *itemIndex, __global const float *m, __global const float *wu,
    __global const float *wi, __global const float *dEnriched, int hasExtra,
    __global const float *dwiExtra, int hasTarget, __global const float *itemTarget,
    float targetScale, __global float *dhu, __global float *dhi, int embeddings,
    __global float *deu, __global float *dei, int first, int part, SPACE float *space) {
  size_t b = first + get_group_id(0);
  int item = get_local_id(0);
  SPACE float *users = space + get_group_id(0) * part;
  SPACE float *items = users + kl * h;
  SPACE float *dS = items + kr * h;
  SPACE float *dw = dS + kl * kr;
  userIndex += b * kl;
  itemIndex += b * kr;
  __global const float *dvc = dEnriched + b * (du + di);
  __global const float *dvd = dvc + du;
  load_rows(hu, userIndex, kl, h, users);
  load_rows(hi, itemIndex, kr, h, items);
  for (int e = item; e < kl + kr; e += GROUP) {
    if (e < kl) {
      dw[e] = dot_of(eu + (size_t)userIndex[e] * du, dvc, du) / kr;
    } else {
      int i = e - kl;
      float extra = hasExtra ? dwiExtra[b * kr + i] : 0;
      dw[e] = (dot_of(ei + (size_t)itemIndex[i] * di, dvd, di) + extra) / kl;
    }
  }
  barrier(FENCE);
  for (int e = item; e < kl * kr; e += GROUP) {
    float weight = m[b * (kl * kr) + e];
    float d = (dw[e / kr] + dw[kl + e % kr]) * weight * (1 - weight);
    if (hasTarget) {
      d += targetScale * (weight - itemTarget[b * kr + e % kr]);
    }
    dS[e] = d;
  }
  barrier(FENCE);
  for (int e = item; e < kl * h; e += GROUP) {
    float sum = 0;
    for (int i = 0; i < kr; i++) {
      sum = fma(dS[e / h * kr + i], items[i * h + e % h], sum);
    }
    dhu[b * (kl * h) + e] = sum;
  }
  for (int e = item; e < kr * h; e += GROUP) {
    float sum = 0;
    for (int u = 0; u < kl; u++) {
      sum = fma(dS[u * kr + e / h], users[u * h + e % h], sum);
    }
    dhi[b * (kr * h) + e] = sum;
  }
  if (embeddings) {
    for (int e = item; e < kl * du; e += GROUP) {
      deu[b * (kl * du) + e] = wu[b * kl + e / du] * dvc[e % du];
    }
    for (int e = item; e < kr * di; e += GROUP) {
      dei[b * (kr * di) + e] = wi[b * kr + e / di] * dvd[e % di];
    }
  }
}
