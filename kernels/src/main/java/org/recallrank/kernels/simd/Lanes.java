package org.recallrank.kernels.simd;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The one vector width of this backend: the widest that the machine works well with. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** As many ints as {@link #FLOATS} has floats. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Half as many doubles, and {@link #LONGS} longs, as {@link #FLOATS} has floats. */
  static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, FLOATS.vectorShape());

  static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, FLOATS.vectorShape());

  /** Floats per vector. */
  static final int N = FLOATS.length();

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Lanes() {}

  /** The lanes below {@code left}, all of them if that is more than a vector. */
  static VectorMask<Float> first(int left) {
    return FLOATS.indexInRange(0, left);
  }

  /** x where it is above 0 or NaN, else 0. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0, x.compare(VectorOperators.LE, 0));
  }

  /** The first half of the lanes, in double. */
  static DoubleVector low(FloatVector x) {
    return (DoubleVector) x.convert(VectorOperators.F2D, 0);
  }

  /** The second half of the lanes, in double. */
  static DoubleVector high(FloatVector x) {
    return (DoubleVector) x.convert(VectorOperators.F2D, 1);
  }
}
