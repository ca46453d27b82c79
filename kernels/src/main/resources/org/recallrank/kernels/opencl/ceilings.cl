// The limits of a device: what streams through its memory, and what its registers compute.
//
// WIDTH: floats of a vector register, 1 where work-items are the lanes.

#ifndef WIDTH
#define WIDTH 1
#endif

#define JOIN(a, b) a##b
#define FLOATS(width) JOIN(float, width)
#if WIDTH == 1
typedef float vector;
#else
typedef FLOATS(WIDTH) vector;
#endif

#ifdef FP_FAST_FMAF
#define MULTIPLY_ADD fma
#else
#define MULTIPLY_ADD mad
#endif

// y = x, 16 bytes per item.
__kernel void copy(__global const float4 *x, __global float4 *y) {
  size_t i = get_global_id(0);
  y[i] = x[i];
}

typedef union {
  vector v;
  float lane[WIDTH];
} lanes;

#define STEP                        \
  s0 = MULTIPLY_ADD(s0, f, a);      \
  s1 = MULTIPLY_ADD(s1, f, a);      \
  s2 = MULTIPLY_ADD(s2, f, a);      \
  s3 = MULTIPLY_ADD(s3, f, a);      \
  s4 = MULTIPLY_ADD(s4, f, a);      \
  s5 = MULTIPLY_ADD(s5, f, a);      \
  s6 = MULTIPLY_ADD(s6, f, a);      \
  s7 = MULTIPLY_ADD(s7, f, a);      \
  s8 = MULTIPLY_ADD(s8, f, a);      \
  s9 = MULTIPLY_ADD(s9, f, a);

// Ten independent chains of s = s * factor + summand, as many as hide the latency, four steps a
// round so that the loop itself costs little; out[item] is the sum of all s. With a factor and a
// summand of 1/2 they come to 1 from any start above it. The start of each lane is an input, so
// that the compiler knows of no two chains that are the same.
__kernel void multiply_adds(int rounds, float factor, float summand, __global const float *start,
                            __global float *out) {
  vector f = factor;
  vector a = summand;
  lanes all;
  for (int i = 0; i < WIDTH; i++) {
    all.lane[i] = start[i];
  }
  vector s0 = all.v, s1 = s0 + 1, s2 = s0 + 2, s3 = s0 + 3, s4 = s0 + 4;
  vector s5 = s0 + 5, s6 = s0 + 6, s7 = s0 + 7, s8 = s0 + 8, s9 = s0 + 9;
  for (int i = 0; i < rounds; i++) {
    STEP STEP STEP STEP
  }
  all.v = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9;
  float sum = 0;
  for (int i = 0; i < WIDTH; i++) {
    sum += all.lane[i];
  }
  out[get_global_id(0)] = sum;
}
