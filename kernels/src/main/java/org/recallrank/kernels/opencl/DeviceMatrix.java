package org.recallrank.kernels.opencl;

/** A matrix on the device: element (i, j) at {@code start + i * rowStep + j * columnStep}. */
record DeviceMatrix(ClScratch.Slice start, int rows, int cols, int rowStep, int columnStep) {

  /** Row by row without a gap. */
  static DeviceMatrix dense(ClScratch.Slice start, int rows, int cols) {
    return new DeviceMatrix(start, rows, cols, cols, 1);
  }

  /** The same from the start of a buffer. */
  static DeviceMatrix dense(ClBuffer buffer, int rows, int cols) {
    return dense(new ClScratch.Slice(buffer, 0), rows, cols);
  }

  /** In which it starts. */
  ClBuffer buffer() {
    return start.buffer();
  }

  /** The transpose, of the same elements. */
  DeviceMatrix t() {
    return new DeviceMatrix(start, cols, rows, columnStep, rowStep);
  }
}
