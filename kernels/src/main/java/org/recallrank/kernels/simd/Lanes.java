package org.recallrank.kernels.simd;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The one vector width of this backend: the widest that the machine works well with. */
public final class Lanes {
  public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** As many ints as {@link #FLOATS} has floats. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Half as many doubles, and {@link #LONGS} longs, as {@link #FLOATS} has floats. */
  public static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, FLOATS.vectorShape());

  public static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, FLOATS.vectorShape());

  /** Floats per vector. */
  public static final int N = FLOATS.length();

  public static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** By number: the lanes below 0, 1, .. N. */
  private static final List<VectorMask<Float>> FIRST =
      IntStream.rangeClosed(0, N).mapToObj(n -> FLOATS.indexInRange(0, n)).toList();

  // Lane i of the result is lane i + distance of the argument, wrapping round.
  private static final VectorShuffle<Float> FLOATS_BY_8 = FLOATS.iotaShuffle(8, 1, true);
  private static final VectorShuffle<Float> FLOATS_BY_4 = FLOATS.iotaShuffle(4, 1, true);
  private static final VectorShuffle<Float> FLOATS_BY_2 = FLOATS.iotaShuffle(2, 1, true);
  private static final VectorShuffle<Double> DOUBLES_BY_4 = DOUBLES.iotaShuffle(4, 1, true);
  private static final VectorShuffle<Double> DOUBLES_BY_2 = DOUBLES.iotaShuffle(2, 1, true);

  private Lanes() {}

  /**
   * The lanes below {@code left}, all of them if that is more than a vector. Masks that are there
   * already: a loop near the end of an array hands its mask to the checks of the Vector API, and
   * then one made here would be an object of each call.
   */
  public static VectorMask<Float> first(int left) {
    return FIRST.get(Math.min(left, N));
  }

  /** x where it is above 0 or NaN, else 0. */
  public static FloatVector relu(FloatVector x) {
    return x.blend(0, x.compare(VectorOperators.LE, 0));
  }

  /** The first half of the lanes, in double. */
  public static DoubleVector low(FloatVector x) {
    return (DoubleVector) x.convert(VectorOperators.F2D, 0);
  }

  /** The second half of the lanes, in double. */
  public static DoubleVector high(FloatVector x) {
    return (DoubleVector) x.convert(VectorOperators.F2D, 1);
  }

  /**
   * The sum of all lanes, in a fixed order: halves are folded together until one lane is left. The
   * reduction of the Vector API leaves the order open, and compiled code uses another one than the
   * interpreter, so the same call would give other bits once it is hot.
   */
  public static float sum(FloatVector x) {
    if (N > 16) {
      return sumInOrder(x.toArray());
    }
    x = N > 8 ? x.add(x.rearrange(FLOATS_BY_8)) : x;
    x = N > 4 ? x.add(x.rearrange(FLOATS_BY_4)) : x;
    x = x.add(x.rearrange(FLOATS_BY_2));
    return x.lane(0) + x.lane(1);
  }

  /** The same of doubles. */
  public static double sum(DoubleVector x) {
    if (N > 16) {
      return sumInOrder(x.toArray());
    }
    x = N > 8 ? x.add(x.rearrange(DOUBLES_BY_4)) : x;
    x = N > 4 ? x.add(x.rearrange(DOUBLES_BY_2)) : x;
    return x.lane(0) + x.lane(1);
  }

  /** The sum of n lanes that were stored in x, in the order of {@link #sum}; overwrites them. */
  public static double fold(double[] x, int n) {
    for (int half = n / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        x[i] += x[i + half];
      }
    }
    return x[0];
  }

  private static float sumInOrder(float[] x) {
    float sum = 0;
    for (float v : x) {
      sum += v;
    }
    return sum;
  }

  private static double sumInOrder(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    return sum;
  }
}
