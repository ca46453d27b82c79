// What a chain of dense layers needs between its matrix products, so that it stays on the device.

// dy = dy where the ReLU let y through, else 0. Global size: elements.
__kernel void relu_gradient(__global const float *y, __global float *dy) {
  size_t i = get_global_id(0);
  dy[i] = y[i] > 0 ? dy[i] : 0;
}

// out[chunk, j] = sum of column j over `height` rows of x [rows, cols]. Run once with many chunks
// and once more over their sums: the order is a matter of the sizes alone. Global size: cols,
// chunks.
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
