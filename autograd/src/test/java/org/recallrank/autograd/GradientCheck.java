package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * Compares what an op computes with a double-precision oracle, and its gradient with differences of
 * its values, on every backend.
 *
 * <p>What is differentiated is the sum of all outputs times fixed random weights, added in double.
 * The difference has five points (error of order step^4), and inputs and step are multiples of a
 * power of two, so that x + step is exact: what remains of float rounding is about 1e-5, and a
 * wrong gradient shows. Inputs must stay {@link #MARGIN} away from kinks.
 *
 * <p>Each check runs the op on recycled arrays full of NaN (an op must not read what it has not
 * written), on inputs that are views of larger tensors, on inputs of which any part needs no
 * gradient, and with every input used several times over.
 */
public final class GradientCheck {
  /** Seed of each training step: the first random op draws {@code new Rng(SEED).nextLong()}. */
  public static final long SEED = 7;

  /** How far from a kink inputs must be. */
  public static final float MARGIN = 1f / 8;

  private static final float STEP = 1f / 32;
  private static final double GRADIENT_LIMIT = 1e-4;
  private static final double GRADIENT_NOISE = 1e-5;
  private static final double VALUE_LIMIT = 2e-6;

  /** An op applied to inputs, with several outputs. */
  @FunctionalInterface
  public interface Outputs {
    Variable[] of(Variable[] inputs);
  }

  /** An op applied to inputs. */
  @FunctionalInterface
  public interface Output {
    Variable of(Variable[] inputs);
  }

  /** What is checked: outputs on a tape, of inputs on the same tape. */
  @FunctionalInterface
  private interface Op {
    Variable[] of(Tape tape, Variable[] inputs);
  }

  private final List<Parameter> inputs = new ArrayList<>();
  private final List<Parameter> tables = new ArrayList<>();

  private GradientCheck() {}

  /** A check of an op with these inputs. */
  public static GradientCheck of(Tensor... inputs) {
    GradientCheck check = new GradientCheck();
    for (Tensor input : inputs) {
      String name = "input " + check.inputs.size();
      check.inputs.add(Parameter.dense(name, Parameter.Group.NETWORK, input));
    }
    return check;
  }

  /** Tables that the op uses besides; their row 0 must be zero and gets no gradient. */
  public GradientCheck withTables(Parameter... used) {
    tables.addAll(List.of(used));
    return this;
  }

  /**
   * Random multiples of 1/256 with an absolute value between {@link #MARGIN} and 2.
   *
   * @param seed of the values
   */
  public static Tensor values(long seed, int... dims) {
    Rng rng = new Rng(seed);
    Tensor tensor = Tensor.zeros(dims);
    for (int i = 0; i < tensor.size(); i++) {
      float size = MARGIN + (1 + rng.nextInt(479)) / 256f;
      tensor.set(i, rng.nextInt(2) == 0 ? size : -size);
    }
    return tensor;
  }

  /** A table of {@link #values} with a zero row 0. */
  public static Parameter table(long seed, int rows, int dim) {
    Tensor tensor = values(seed, rows, dim);
    tensor.view(0, dim).fill(0);
    return Parameter.table("table " + seed, tensor);
  }

  /** The elements as doubles. */
  public static double[] doubles(Tensor tensor) {
    double[] values = new double[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.get(i);
    }
    return values;
  }

  /** Runs the check of an op with one output. */
  public void run(double[] expected, Output op) {
    runAll(new double[][] {expected}, in -> new Variable[] {op.of(in)});
  }

  /** Runs the check of an op with several outputs. */
  public void runAll(double[][] expected, Outputs op) {
    check(expected, (tape, in) -> op.of(in));
  }

  /** Runs the check of an op that takes tables and no inputs, and so is told the tape. */
  public void runOnTape(double[] expected, Function<Tape, Variable> op) {
    check(new double[][] {expected}, (tape, none) -> new Variable[] {op.apply(tape)});
  }

  private void check(double[][] expected, Op op) {
    double[][] once = differences(parameters(op));
    Op severalTimes = severalTimes(op);
    double[][] several = differences(severalTimes);
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = usedTape(kernels);
      checkValues(tape, expected, op);
      checkGradients(kernels.name(), once, gradients(tape, parameters(op)));
      checkGradients(
          kernels.name() + ", used several times", several, gradients(tape, severalTimes));
      checkViews(tape, once, op);
      checkFrozen(tape, op);
      checkEvaluation(tape, op);
    }
  }

  /** A tape whose arrays have been used before and hold NaN. */
  private static Tape usedTape(Kernels kernels) {
    Tape tape = new Tape(kernels);
    tape.startTraining(new Rng(0));
    for (int i = 0; i < 200; i++) {
      tape.allocate(512).fill(Float.NaN);
      Arrays.fill(tape.allocateInts(512), Integer.MIN_VALUE);
    }
    return tape;
  }

  /** The op on the inputs as parameters. The array handed over is not used. */
  private Op parameters(Op op) {
    return (tape, none) ->
        op.of(tape, inputs.stream().map(tape::parameter).toArray(Variable[]::new));
  }

  /** The op twice on the same intermediate variables, and once more on the parameters. */
  private Op severalTimes(Op op) {
    return (tape, none) -> {
      Variable[] copies =
          inputs.stream().map(p -> copy(tape.parameter(p))).toArray(Variable[]::new);
      List<Variable> outputs = new ArrayList<>(List.of(op.of(tape, copies)));
      outputs.addAll(List.of(op.of(tape, copies)));
      outputs.addAll(List.of(parameters(op).of(tape, none)));
      return outputs.toArray(Variable[]::new);
    };
  }

  private static Variable copy(Variable x) {
    Tape tape = x.tape();
    Variable y = tape.output(true, x.shape().toArray());
    y.value().copyFrom(x.value().toArray());
    tape.record(y, () -> addTo(x, y.gradient().toArray()));
    return y;
  }

  private static void addTo(Variable x, float[] values) {
    boolean add = x.startGradient();
    for (int i = 0; i < values.length; i++) {
      x.gradient().set(i, add ? x.gradient().get(i) + values[i] : values[i]);
    }
  }

  private static float[] weights(int output, int n) {
    Rng rng = new Rng(1000 + output);
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      weights[i] = (float) ((rng.nextInt(2) == 0 ? 1 : -1) * (0.5 + rng.nextDouble()));
    }
    return weights;
  }

  private static double weightedSum(Variable[] outputs) {
    double sum = 0;
    for (int o = 0; o < outputs.length; o++) {
      Tensor y = outputs[o].value();
      float[] weights = weights(o, y.size());
      for (int i = 0; i < weights.length; i++) {
        sum += (double) weights[i] * y.get(i);
      }
    }
    return sum;
  }

  private List<Parameter> all() {
    List<Parameter> all = new ArrayList<>(inputs);
    all.addAll(tables);
    return all;
  }

  /** d weightedSum / d element, by differences. */
  private double[][] differences(Op op) {
    Tape tape = new Tape(HostBackends.scalar());
    List<Parameter> all = all();
    double[][] gradients = new double[all.size()][];
    for (int p = 0; p < gradients.length; p++) {
      Tensor value = all.get(p).value();
      gradients[p] = new double[value.size()];
      for (int i = all.get(p).isTable() ? value.cols() : 0; i < value.size(); i++) {
        float x = value.get(i);
        double[] f = new double[5];
        for (int k = -2; k <= 2; k++) {
          value.set(i, x + k * STEP);
          tape.startTraining(new Rng(SEED));
          f[k + 2] = k == 0 ? 0 : weightedSum(op.of(tape, null));
        }
        value.set(i, x);
        gradients[p][i] = (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * STEP);
      }
    }
    return gradients;
  }

  private float[][] gradients(Tape tape, Op op) {
    clear(all());
    backward(tape, op);
    return all().stream().map(GradientCheck::gradient).toArray(float[][]::new);
  }

  /** Forgets gradients and leaves NaN where they stood. */
  private static void clear(List<Parameter> parameters) {
    for (Parameter p : parameters) {
      p.clearGradient();
      if (!p.isTable()) {
        p.gradient().fill(Float.NaN);
      }
    }
  }

  private static void backward(Tape tape, Op op) {
    tape.startTraining(new Rng(SEED));
    Variable[] outputs = op.of(tape, null);
    Variable loss = tape.output(true);
    loss.value().set(0, (float) weightedSum(outputs));
    tape.record(
        loss,
        () -> {
          for (int o = 0; o < outputs.length; o++) {
            if (outputs[o].needsGradient()) {
              addTo(outputs[o], weights(o, outputs[o].value().size()));
            }
          }
        });
    tape.backward(loss);
  }

  private static float[] gradient(Parameter p) {
    if (!p.isTable()) {
      assertThat(p.hasGradient()).as("%s has a gradient", p).isTrue();
      return p.gradient().toArray();
    }
    float[] gradient = new float[p.value().size()];
    int dim = p.value().cols();
    RowGradient rows = p.rowGradient();
    for (int s = 0; s < rows.count(); s++) {
      System.arraycopy(rows.values(), s * dim, gradient, rows.rows()[s] * dim, dim);
    }
    return gradient;
  }

  private void checkValues(Tape tape, double[][] expected, Op op) {
    tape.startTraining(new Rng(SEED));
    Variable[] outputs = parameters(op).of(tape, null);
    assertThat(outputs).as("outputs").hasSameSizeAs(expected);
    for (int o = 0; o < expected.length; o++) {
      assertClose(tape.kernels().name() + ", output " + o, expected[o], outputs[o].value());
    }
  }

  /** Elementwise: |got - expected| &lt;= 2e-6 * max(1, largest |expected|). */
  public static void assertClose(String what, double[] expected, Tensor got) {
    assertThat(got.size()).as(what + ": size").isEqualTo(expected.length);
    double limit = VALUE_LIMIT * Math.max(1, largest(expected));
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(got.get(i) - expected[i]))
          .as("%s[%d]: expected %s, found %s", what, i, expected[i], got.get(i))
          .isLessThanOrEqualTo(limit);
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  private void checkGradients(String how, double[][] expected, float[][] found) {
    for (int p = 0; p < expected.length; p++) {
      double largest = largest(expected[p]);
      assertThat(largest)
          .as("%s: a gradient that is all zero proves nothing", all().get(p))
          .isGreaterThan(1e-3);
      double limit = GRADIENT_LIMIT * largest + GRADIENT_NOISE;
      for (int i = 0; i < expected[p].length; i++) {
        assertThat(Math.abs(found[p][i] - expected[p][i]))
            .as(
                "%s, gradient of %s[%d]: by differences %s, found %s",
                how, all().get(p), i, expected[p][i], found[p][i])
            .isLessThanOrEqualTo(limit);
      }
    }
  }

  /** Inputs that are the second half of a larger parameter; its first half must get no gradient. */
  private void checkViews(Tape tape, double[][] expected, Op op) {
    List<Parameter> larger = new ArrayList<>();
    for (int p = 0; p < inputs.size(); p++) {
      Tensor value = inputs.get(p).value();
      int[] dims = value.shape().toArray();
      int[] twice = new int[dims.length + 1];
      twice[0] = 2;
      System.arraycopy(dims, 0, twice, 1, dims.length);
      Tensor both = Tensor.zeros(twice);
      both.fill(Float.NaN);
      both.view(both.size() - value.size(), dims).copyFrom(value.toArray());
      larger.add(Parameter.dense("larger " + p, Parameter.Group.NETWORK, both));
    }
    clear(larger);
    clear(tables);
    backward(
        tape,
        (t, none) ->
            op.of(
                t,
                larger.stream()
                    .map(p -> t.parameter(p).select(p.value().shape().dim(0) - 1))
                    .toArray(Variable[]::new)));
    float[][] found = new float[expected.length][];
    for (int p = 0; p < expected.length; p++) {
      if (p >= larger.size()) {
        found[p] = gradient(tables.get(p - larger.size()));
        continue;
      }
      float[] both = gradient(larger.get(p));
      int rest = both.length - expected[p].length;
      assertThat(Arrays.copyOf(both, rest))
          .as("gradient outside of the view")
          .containsOnly(new float[rest]);
      found[p] = Arrays.copyOfRange(both, rest, both.length);
    }
    checkGradients(tape.kernels().name() + ", views", expected, found);
  }

  /** Whichever inputs need no gradient, the others get the same bits. */
  private void checkFrozen(Tape tape, Op op) {
    float[][] full = gradients(tape, parameters(op));
    for (int frozen = 1; frozen < (1 << inputs.size()); frozen++) {
      int mask = frozen;
      clear(all());
      backward(
          tape,
          (t, none) -> {
            Variable[] in = new Variable[inputs.size()];
            for (int p = 0; p < in.length; p++) {
              in[p] =
                  (mask >> p & 1) != 0
                      ? t.constant(inputs.get(p).value())
                      : t.parameter(inputs.get(p));
            }
            return op.of(t, in);
          });
      for (int p = 0; p < full.length; p++) {
        if (p < inputs.size() && (mask >> p & 1) != 0) {
          assertThat(inputs.get(p).hasGradient()).as("frozen input %d", p).isFalse();
        } else {
          assertThat(gradient(all().get(p)))
              .as(
                  "gradient of %s with inputs %s frozen",
                  all().get(p), Integer.toBinaryString(mask))
              .isEqualTo(full[p]);
        }
      }
    }
  }

  private void checkEvaluation(Tape tape, Op op) {
    tape.startEvaluation();
    for (Variable output : parameters(op).of(tape, null)) {
      assertThat(output.needsGradient()).as("an output of an evaluation").isFalse();
    }
  }
}
