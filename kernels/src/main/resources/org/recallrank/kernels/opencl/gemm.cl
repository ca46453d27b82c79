// C = act(alpha op(A) op(B) + beta C + bias), all matrices row-major floats.
//
// Element (i, p) of op(A) stands at a[aAt + i * aRow + p * aCol], (p, j) of op(B) at
// b[bAt + p * bRow + j * bCol], (i, j) of C at c[cAt + i * ldc + j]: a transpose is a swap of two
// strides.
//
// Large products: A is packed into panels of MP rows, B into panels of NP columns, so that the
// product reads both from one end to the other whatever the strides were:
//
//   packedA[(panel * depth + p) * MP + i]   holds alpha * op(A)(panel * MP + i, p)
//   packedB[(panel * depth + p) * NP + j]   holds op(B)(p, panel * NP + j)
//
// padded with zeros; depth is k rounded up to a multiple of KB. Then one tile of C, MP x NP, is
//   - one work-item's accumulators (gemm_registers): for CPU devices, where local memory is plain
//     memory and a barrier is a loop; no local memory, vectors of VL floats, NP / VL per row;
//   - or one work-group's (gemm_tiles): for GPUs; 16 x 16 items, each MP/16 x NP/16 elements, reading
//     KB steps of depth from local memory while the next KB are on their way in registers.
// The depth may be cut into slices whose partial products add_slices adds in order; the cut depends
// on the sizes alone, so the bits do too.
//
// Small or thin products: gemm_direct, one item per element of C, nothing packed.

#ifndef MP
#define MP 8 // rows of a panel of A
#endif
#ifndef NP
#define NP 32 // columns of a panel of B
#endif
#ifndef KB
#define KB 1 // steps of depth per round of gemm_tiles
#endif
#ifndef VL
#define VL 16 // floats per vector of gemm_registers: 8 or 16
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define VEC JOIN(float, VL)
#define VLOAD JOIN(vload, VL)
#define VSTORE JOIN(vstore, VL)
#define NV (NP / VL)

// What becomes of a sum: NaN passes the ReLU, and with beta 0 the old value is not read.
static float finish(float sum, float beta, __global const float *old, float bias, int relu) {
  float v = sum + bias;
  if (beta != 0) {
    v += beta * *old;
  }
  return relu && v <= 0 ? 0 : v;
}

// Packs one step of depth of one panel. Global size: depth, panels.
__kernel void pack(__global const float *x, int at, int nextStride, int depthStride, int count,
                   int k, int depth, int width, float scale, __global float *out) {
  int p = get_global_id(0);
  int panel = get_global_id(1);
  int first = panel * width;
  __global float *to = out + ((size_t)panel * depth + p) * width;
  int n = p < k ? clamp(count - first, 0, width) : 0;
  __global const float *from = x + at + (size_t)first * nextStride + (size_t)p * depthStride;
  if (nextStride == 1) {
    for (int j = 0; j < n; j++) {
      to[j] = scale * from[j];
    }
  } else {
    for (int j = 0; j < n; j++) {
      to[j] = scale * from[(size_t)j * nextStride];
    }
  }
  for (int j = n; j < width; j++) {
    to[j] = 0;
  }
}

// The same for GPUs: squares of 16 x 16 transposed in local memory, so that reads and writes both run
// along memory. Global size: padded count, depth; both are multiples of 16.
__kernel __attribute__((reqd_work_group_size(16, 16, 1))) void pack_tiles(
    __global const float *x, int at, int nextStride, int depthStride, int count, int k, int depth,
    int width, float scale, __global float *out) {
  __local float square[16][17];
  int lx = get_local_id(0);
  int ly = get_local_id(1);
  int j0 = get_group_id(0) * 16;
  int p0 = get_group_id(1) * 16;
  int alongDepth = depthStride == 1;
  int j = alongDepth ? ly : lx;
  int p = alongDepth ? lx : ly;
  int inside = j0 + j < count && p0 + p < k;
  square[p][j] =
      inside ? scale * x[at + (size_t)(j0 + j) * nextStride + (size_t)(p0 + p) * depthStride] : 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  int column = j0 + lx;
  out[((size_t)(column / width) * depth + p0 + ly) * width + column % width] = square[ly][lx];
}

// One tile of C per item. Global size: panels of A, panels of B, slices. With several slices,
// slice z goes to c + z * m * n as it is (beta 0, no bias, no ReLU, ldc = n).
__kernel void gemm_registers(int m, int n, int depth, int sliceDepth, __global const float *a,
                             __global const float *b, float beta, __global float *c, int cAt,
                             int ldc, __global const float *bias, int biasAt, int hasBias,
                             int relu) {
  int i0 = get_global_id(0) * MP;
  int j0 = get_global_id(1) * NP;
  int from = get_global_id(2) * sliceDepth;
  int steps = min(depth - from, sliceDepth);
  __global const float *pa = a + ((size_t)get_global_id(0) * depth + from) * MP;
  __global const float *pb = b + ((size_t)get_global_id(1) * depth + from) * NP;
  VEC sum[MP][NV];
#pragma unroll
  for (int i = 0; i < MP; i++) {
#pragma unroll
    for (int v = 0; v < NV; v++) {
      sum[i][v] = 0;
    }
  }
  for (int p = 0; p < steps; p++) {
    VEC row[NV];
#pragma unroll
    for (int v = 0; v < NV; v++) {
      row[v] = VLOAD(v, pb);
    }
#pragma unroll
    for (int i = 0; i < MP; i++) {
      VEC x = pa[i];
#pragma unroll
      for (int v = 0; v < NV; v++) {
        sum[i][v] = fma(x, row[v], sum[i][v]);
      }
    }
    pa += MP;
    pb += NP;
  }
  __global float *to = c + cAt + get_global_id(2) * ((size_t)m * n) + (size_t)i0 * ldc + j0;
#pragma unroll
  for (int i = 0; i < MP; i++) {
    if (i0 + i < m) {
#pragma unroll
      for (int v = 0; v < NV; v++) {
        int first = j0 + v * VL;
        __global float *at = to + (size_t)i * ldc + v * VL;
        if (first + VL <= n) {
          VEC value = sum[i][v];
          if (hasBias) {
            value += VLOAD(0, bias + biasAt + first);
          }
          if (beta != 0) {
            value += beta * VLOAD(0, at);
          }
          if (relu) {
            value = select(value, (VEC)(0), value <= (VEC)(0));
          }
          VSTORE(value, 0, at);
        } else {
          float one[VL];
          VSTORE(sum[i][v], 0, one);
          for (int j = 0; j < n - first; j++) {
            at[j] = finish(one[j], beta, at + j, hasBias ? bias[biasAt + first + j] : 0, relu);
          }
        }
      }
    }
  }
}

// Rows and columns of C per item, in groups of 4 that lie 64 apart (so that neighbours read
// neighbouring words of local memory).
#define RM (MP / 64)
#define RN (NP / 64)
#if KB >= 16
// One tile of C per group of 16 x 16. Global size: 16 * panels of B, 16 * panels of A, slices.
__kernel __attribute__((reqd_work_group_size(16, 16, 1))) void gemm_tiles(
    int m, int n, int depth, int sliceDepth, __global const float *a, __global const float *b,
    float beta, __global float *c, int cAt, int ldc, __global const float *bias, int biasAt,
    int hasBias, int relu) {
  __local float4 la[KB * MP / 4];
  __local float4 lb[KB * NP / 4];
  int tx = get_local_id(0);
  int ty = get_local_id(1);
  int item = ty * 16 + tx;
  int from = get_global_id(2) * sliceDepth;
  int rounds = min(depth - from, sliceDepth) / KB;
  __global const float4 *pa =
      (__global const float4 *)(a + ((size_t)get_group_id(1) * depth + from) * MP) + item;
  __global const float4 *pb =
      (__global const float4 *)(b + ((size_t)get_group_id(0) * depth + from) * NP) + item;
  float4 nextA[KB * MP / 1024];
  float4 nextB[KB * NP / 1024];
  float4 sum[RM * 4][RN];
#pragma unroll
  for (int i = 0; i < RM * 4; i++) {
#pragma unroll
    for (int v = 0; v < RN; v++) {
      sum[i][v] = 0;
    }
  }
#pragma unroll
  for (int q = 0; q < KB * MP / 1024; q++) {
    nextA[q] = pa[q * 256];
  }
#pragma unroll
  for (int q = 0; q < KB * NP / 1024; q++) {
    nextB[q] = pb[q * 256];
  }
  for (int round = 0; round < rounds; round++) {
#pragma unroll
    for (int q = 0; q < KB * MP / 1024; q++) {
      la[item + q * 256] = nextA[q];
    }
#pragma unroll
    for (int q = 0; q < KB * NP / 1024; q++) {
      lb[item + q * 256] = nextB[q];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    pa += KB * MP / 4;
    pb += KB * NP / 4;
    if (round + 1 < rounds) {
#pragma unroll
      for (int q = 0; q < KB * MP / 1024; q++) {
        nextA[q] = pa[q * 256];
      }
#pragma unroll
      for (int q = 0; q < KB * NP / 1024; q++) {
        nextB[q] = pb[q * 256];
      }
    }
#pragma unroll
    for (int p = 0; p < KB; p++) {
      float4 row[RN];
#pragma unroll
      for (int v = 0; v < RN; v++) {
        row[v] = lb[p * (NP / 4) + v * 16 + tx];
      }
#pragma unroll
      for (int g = 0; g < RM; g++) {
        float4 x = la[p * (MP / 4) + g * 16 + ty];
#pragma unroll
        for (int v = 0; v < RN; v++) {
          sum[g * 4][v] = fma((float4)(x.x), row[v], sum[g * 4][v]);
          sum[g * 4 + 1][v] = fma((float4)(x.y), row[v], sum[g * 4 + 1][v]);
          sum[g * 4 + 2][v] = fma((float4)(x.z), row[v], sum[g * 4 + 2][v]);
          sum[g * 4 + 3][v] = fma((float4)(x.w), row[v], sum[g * 4 + 3][v]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  __global float *to = c + cAt + get_global_id(2) * ((size_t)m * n);
#pragma unroll
  for (int r = 0; r < RM * 4; r++) {
    int i = get_group_id(1) * MP + r / 4 * 64 + ty * 4 + r % 4;
#pragma unroll
    for (int v = 0; v < RN; v++) {
      int j = get_group_id(0) * NP + v * 64 + tx * 4;
      if (i < m) {
        float one[4] = {sum[r][v].x, sum[r][v].y, sum[r][v].z, sum[r][v].w};
#pragma unroll
        for (int q = 0; q < 4; q++) {
          if (j + q < n) {
            __global float *at = to + (size_t)i * ldc + j + q;
            *at = finish(one[q], beta, at, hasBias ? bias[biasAt + j + q] : 0, relu);
          }
        }
      }
    }
  }
}
#endif

// Adds the slices in order. Global size: n, m.
__kernel void add_slices(int m, int n, int slices, __global const float *partial, float beta,
                         __global float *c, int cAt, int ldc, __global const float *bias,
                         int biasAt, int hasBias, int relu) {
  int j = get_global_id(0);
  int i = get_global_id(1);
  float sum = 0;
  for (int z = 0; z < slices; z++) {
    sum += partial[((size_t)z * m + i) * n + j];
  }
  __global float *at = c + cAt + (size_t)i * ldc + j;
  *at = finish(sum, beta, at, hasBias ? bias[biasAt + j] : 0, relu);
}

// One element of C per item. Global size: n, m.
__kernel void gemm_direct(int k, float alpha, __global const float *a, int aAt, int aRow, int aCol,
                          __global const float *b, int bAt, int bRow, int bCol, float beta,
                          __global float *c, int cAt, int ldc, __global const float *bias,
                          int biasAt, int hasBias, int relu) {
  int j = get_global_id(0);
  int i = get_global_id(1);
  __global const float *pa = a + aAt + (size_t)i * aRow;
  __global const float *pb = b + bAt + (size_t)j * bCol;
  float sum = 0;
  int p = 0;
  if (aCol == 1 && bRow == 1) { // both lie along memory
    float8 part = 0;
    for (; p + 8 <= k; p += 8) {
      part = fma(vload8(0, pa + p), vload8(0, pb + p), part);
    }
    float4 four = part.lo + part.hi;
    sum = (four.x + four.z) + (four.y + four.w);
  }
  for (; p < k; p++) {
    sum = fma(pa[(size_t)p * aCol], pb[(size_t)p * bRow], sum);
  }
  __global float *at = c + cAt + (size_t)i * ldc + j;
  *at = finish(alpha * sum, beta, at, hasBias ? bias[biasAt + j] : 0, relu);
}
