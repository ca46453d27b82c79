// SimHash signatures: bit j of row i = [sum over e of f(x(i, e), P(e, j)) > 0] with f the product
// (CLASSIC_SIGN) or the sign of the product (PAPER_VOTE). x(i, e) = x[at + i * ldx + e],
// P(e, j) = projection[e * bits + j]; bit j is bit j % 64 of word j / 64 of the row.
//
// One item makes one word: 64 sums in four vectors, one pass over the row. Sums go in the order of
// e with a rounding per product and per sum, as on the host, so the bits are the same ones.

#pragma OPENCL FP_CONTRACT OFF

static float16 term(float x, float16 p, int vote) {
  return vote ? sign(x) * sign(p) : x * p;
}

static ulong bits16(float16 sum) {
  float one[16];
  vstore16(sum, 0, one);
  ulong w = 0;
  for (int j = 0; j < 16; j++) {
    w |= (ulong)(one[j] > 0) << j;
  }
  return w;
}

// Global size: words per signature, rows.
__kernel void encode(int vote, __global const float *x, int at, int ldx, int dim,
                     __global const float *projection, int projectionAt, int bits,
                     __global ulong *out) {
  int word = get_global_id(0);
  int row = get_global_id(1);
  __global const float *from = x + at + (size_t)row * ldx;
  __global const float *p = projection + projectionAt + 64 * word;
  float16 s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (int e = 0; e < dim; e++) {
    float v = from[e];
    s0 += term(v, vload16(0, p), vote);
    s1 += term(v, vload16(1, p), vote);
    s2 += term(v, vload16(2, p), vote);
    s3 += term(v, vload16(3, p), vote);
    p += bits;
  }
  out[(size_t)row * (bits / 64) + word] =
      bits16(s0) | bits16(s1) << 16 | bits16(s2) << 32 | bits16(s3) << 48;
}
