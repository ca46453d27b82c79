package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Packs tiles of eight rows with vectors of 16 floats. An element stored alone costs a store; here
 * two vectors are mixed by one instruction (VPERMT2D, which wants the bits as ints) and whole ones
 * stored.
 */
final class EightRows {
  /** What a vector must have. */
  static final int LANES = 16;

  // In turn: what two vectors of rows have in common are their steps; units of 1, 2 and 4 rows of
  // one step are put side by side, of the first eight lanes (LOW) and of the last.
  private static final IntVector LOW_1 = sideBySide(1, 0);
  private static final IntVector HIGH_1 = sideBySide(1, 8);
  private static final IntVector LOW_2 = sideBySide(2, 0);
  private static final IntVector HIGH_2 = sideBySide(2, 8);
  private static final IntVector LOW_4 = sideBySide(4, 0);
  private static final IntVector HIGH_4 = sideBySide(4, 8);

  /** The first, and the last, eight lanes of two vectors. */
  private static final IntVector FRONT = sideBySide(8, 0);

  private static final IntVector BACK = sideBySide(8, 8);

  private EightRows() {}

  /** Lanes from {@code first} on, by units: one of the first vector, one of the second, .. */
  private static IntVector sideBySide(int unit, int first) {
    int[] index = new int[LANES];
    for (int j = 0; j < LANES; j++) {
      int second = j / unit % 2;
      index[j] = second * LANES + first + j / (2 * unit) * unit + j % unit;
    }
    return IntVector.fromArray(INTS, index, 0);
  }

  private static IntVector load(float[] from, int at) {
    return FloatVector.fromArray(FLOATS, from, at).reinterpretAsInts();
  }

  private static void store(IntVector x, float[] to, int at) {
    x.reinterpretAsFloats().intoArray(to, at);
  }

  /**
   * Transposes eight rows: {@code to[at + 8 * p + r] = a[aAt + r * aRow + p]}.
   *
   * @param depth p below it; at least 16. The last vectors overlap those before
   */
  static void transpose(int depth, float[] a, int aAt, int aRow, float[] to, int at) {
    int a1 = aAt + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    int a6 = a5 + aRow;
    int a7 = a6 + aRow;
    for (int next = 0; next < depth; next += LANES) {
      int p = Math.min(next, depth - LANES);
      IntVector r0 = load(a, aAt + p);
      IntVector r1 = load(a, a1 + p);
      IntVector low01 = LOW_1.selectFrom(r0, r1);
      IntVector high01 = HIGH_1.selectFrom(r0, r1);
      IntVector r2 = load(a, a2 + p);
      IntVector r3 = load(a, a3 + p);
      IntVector low23 = LOW_1.selectFrom(r2, r3);
      IntVector high23 = HIGH_1.selectFrom(r2, r3);
      // upper: rows 0 to 3, of four steps each; lower: rows 4 to 7
      IntVector upper0 = LOW_2.selectFrom(low01, low23);
      IntVector upper4 = HIGH_2.selectFrom(low01, low23);
      IntVector upper8 = LOW_2.selectFrom(high01, high23);
      IntVector upper12 = HIGH_2.selectFrom(high01, high23);
      IntVector r4 = load(a, a4 + p);
      IntVector r5 = load(a, a5 + p);
      IntVector low45 = LOW_1.selectFrom(r4, r5);
      IntVector high45 = HIGH_1.selectFrom(r4, r5);
      IntVector r6 = load(a, a6 + p);
      IntVector r7 = load(a, a7 + p);
      IntVector low67 = LOW_1.selectFrom(r6, r7);
      IntVector high67 = HIGH_1.selectFrom(r6, r7);
      IntVector lower0 = LOW_2.selectFrom(low45, low67);
      IntVector lower4 = HIGH_2.selectFrom(low45, low67);
      IntVector lower8 = LOW_2.selectFrom(high45, high67);
      IntVector lower12 = HIGH_2.selectFrom(high45, high67);
      int q = at + 8 * p;
      store(LOW_4.selectFrom(upper0, lower0), to, q);
      store(HIGH_4.selectFrom(upper0, lower0), to, q + 16);
      store(LOW_4.selectFrom(upper4, lower4), to, q + 32);
      store(HIGH_4.selectFrom(upper4, lower4), to, q + 48);
      store(LOW_4.selectFrom(upper8, lower8), to, q + 64);
      store(HIGH_4.selectFrom(upper8, lower8), to, q + 80);
      store(LOW_4.selectFrom(upper12, lower12), to, q + 96);
      store(HIGH_4.selectFrom(upper12, lower12), to, q + 112);
    }
  }

  /**
   * Copies 16 columns of A, eight into each of two tiles: {@code to[at + 8 * p + r] = a[aAt + p *
   * aCol + r]}, and from r = 8 on to {@code nextAt}.
   *
   * @param steps p below it; an even number
   */
  static void copyTwoTiles(
      int steps, float[] a, int aAt, int aCol, float[] to, int at, int nextAt) {
    for (int p = 0; p < steps; p += 2) {
      IntVector x = load(a, aAt + p * aCol);
      IntVector y = load(a, aAt + (p + 1) * aCol);
      store(FRONT.selectFrom(x, y), to, at + 8 * p);
      store(BACK.selectFrom(x, y), to, nextAt + 8 * p);
    }
  }
}
