// What a chain of dense layers needs between its matrix products, so that it stays on the device:
// ReLU and dropout, batch normalisation, and their gradients. Matrices are dense [rows, cols].
//
// Sums over rows take two rounds: of chunks of `height` rows each (about the square root of the
// rows), then over the chunks. So they add few numbers at a time, and in an order that is a matter
// of the sizes alone.
//
// Moments of a column, 3 * cols floats: means | variances | 1 / sqrt(variance + epsilon).

// CounterHash: 32 random bits for a seed's halves and a position.
static uint mixed(uint h) {
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ (h >> 16);
}

static float dropped(float x, uint at, int threshold, float scale, int low, int high) {
  return (int)(mixed(mixed(at ^ (uint)low) + (uint)high) >> 8) >= threshold ? x * scale : 0;
}

// y = keep ? scale * y : 0. Global size: elements.
__kernel void dropout(__global float *y, int threshold, float scale, int low, int high) {
  size_t i = get_global_id(0);
  y[i] = dropped(y[i], (uint)i, threshold, scale, low, high);
}

// dy = scale * dy where the ReLU and dropout let y through, else 0. Global size: elements.
__kernel void relu_gradient(__global const float *y, float scale, __global float *dy) {
  size_t i = get_global_id(0);
  dy[i] = y[i] > 0 ? scale * dy[i] : 0;
}

// out[chunk, j] = sum of column j over `height` rows of x. Global size: cols, chunks.
__kernel void column_sums(__global const float *x, int rows, int cols, int height,
                          __global float *out) {
  int j = get_global_id(0);
  int chunk = get_global_id(1);
  int end = min(rows, (chunk + 1) * height);
  float sum = 0;
  for (int i = chunk * height; i < end; i++) {
    sum += x[(size_t)i * cols + j];
  }
  out[(size_t)chunk * cols + j] = sum;
}

// out[chunk, j] = sum of d, out[chunk, cols + j] = sum of d * d, where d = x - sums[j] / rows is the
// deviation from the mean as the first sums have it. Global size: cols, chunks.
__kernel void deviation_sums(__global const float *x, __global const float *sums, int rows,
                             int cols, int height, __global float *out) {
  int j = get_global_id(0);
  int chunk = get_global_id(1);
  int end = min(rows, (chunk + 1) * height);
  float mean = sums[j] / rows;
  float sum = 0;
  float squares = 0;
  for (int i = chunk * height; i < end; i++) {
    float d = x[(size_t)i * cols + j] - mean;
    sum += d;
    squares += d * d;
  }
  out[(size_t)chunk * 2 * cols + j] = sum;
  out[(size_t)chunk * 2 * cols + cols + j] = squares;
}

// The moments, by the sums of both kernels above. The mean deviation is what rounding has left out
// of the mean: it corrects both moments. Global size: cols.
__kernel void moments(__global const float *sums, __global const float *deviations, int rows,
                      float epsilon, __global float *to) {
  int j = get_global_id(0);
  int cols = get_global_size(0);
  float d = deviations[j] / rows;
  float variance = max(0.0f, deviations[cols + j] / rows - d * d);
  to[j] = sums[j] / rows + d;
  to[cols + j] = variance;
  to[2 * cols + j] = 1 / sqrt(variance + epsilon);
}

// y = drop(relu(gamma * (x - mean) * invStd + beta)); a threshold of 0 keeps all. Global size: cols,
// rows.
__kernel void normalise(__global const float *x, __global const float *moments,
                        __global const float *gamma, int gammaAt, __global const float *beta,
                        int betaAt, int relu, int threshold, float scale, int low, int high,
                        __global float *y) {
  int j = get_global_id(0);
  int cols = get_global_size(0);
  size_t at = get_global_id(1) * cols + j;
  float v = gamma[gammaAt + j] * ((x[at] - moments[j]) * moments[2 * cols + j]) + beta[betaAt + j];
  v = relu && v <= 0 ? 0 : v;
  y[at] = threshold ? dropped(v, (uint)at, threshold, scale, low, high) : v;
}

// out[chunk, j] = sum of g, out[chunk, cols + j] = sum of g * xhat. Global size: cols, chunks.
__kernel void gradient_sums(__global const float *x, __global const float *moments,
                            __global const float *g, int rows, int cols, int height,
                            __global float *out) {
  int j = get_global_id(0);
  int chunk = get_global_id(1);
  int end = min(rows, (chunk + 1) * height);
  float mean = moments[j];
  float invStd = moments[2 * cols + j];
  float sum = 0;
  float products = 0;
  for (int i = chunk * height; i < end; i++) {
    size_t at = (size_t)i * cols + j;
    sum += g[at];
    products += g[at] * ((x[at] - mean) * invStd);
  }
  out[(size_t)chunk * 2 * cols + j] = sum;
  out[(size_t)chunk * 2 * cols + cols + j] = products;
}

// g = gamma * invStd * (g - (sum g + xhat * sum g * xhat) * share), where share is 1 / rows, or 0 if
// the moments are constants. Global size: cols, rows.
__kernel void normal_gradient(__global const float *x, __global const float *moments,
                              __global const float *gamma, int gammaAt,
                              __global const float *sums, float share, __global float *g) {
  int j = get_global_id(0);
  int cols = get_global_size(0);
  size_t at = get_global_id(1) * cols + j;
  float invStd = moments[2 * cols + j];
  float xhat = (x[at] - moments[j]) * invStd;
  g[at] = gamma[gammaAt + j] * invStd * (g[at] - (sums[j] + xhat * sums[cols + j]) * share);
}
