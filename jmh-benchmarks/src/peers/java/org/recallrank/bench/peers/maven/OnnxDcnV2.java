package org.recallrank.bench.peers.maven;

import static org.recallrank.bench.peers.maven.OnnxGraph.integer;
import static org.recallrank.bench.peers.maven.OnnxGraph.number;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Tensor;

/**
 * DCN-V2 with our weights as ONNX, node by node as PyTorch exports FuxiCTR's in evaluation mode:
 * what can be fused is left to whoever runs it. From table rows {@link #INPUT} [n, fields] to click
 * probabilities [n, 1].
 */
final class OnnxDcnV2 {
  static final String INPUT = "x";

  private static final String CROSS = "crossnet.cross_layers.";
  private static final String HIDDEN = "parallel_dnn.mlp.";

  /** BatchNorm1d's. */
  private static final float EPSILON = 1e-5f;

  private final OnnxGraph graph = new OnnxGraph();
  private final ParameterSet parameters;
  private final Set<String> used = new HashSet<>();

  private OnnxDcnV2(ParameterSet parameters) {
    this.parameters = parameters;
  }

  /**
   * The content of an ONNX file.
   *
   * @throws IllegalArgumentException if the parameters are not those of a DCN-V2 with full cross
   *     matrices and an MLP beside them, or a field is not categorical
   */
  static byte[] of(List<Field> fields, ParameterSet parameters) {
    return new OnnxDcnV2(parameters).write(fields);
  }

  private byte[] write(List<Field> fields) {
    String x0 = embeddings(fields);
    String last = graph.node("Concat", List.of(crosses(x0), hidden(x0)), integer("axis", -1));
    graph.output(graph.node("Sigmoid", List.of(linear("fc", last))), 1);
    Set<String> left =
        parameters.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
    left.removeAll(used);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("ONNX: expected DCN-V2 alone, found also " + left);
    }
    return graph.bytes();
  }

  private String embeddings(List<Field> fields) {
    String x = graph.input(INPUT, fields.size());
    List<String> parts = new ArrayList<>();
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      if (field.type() != Field.Type.CATEGORICAL) {
        throw new IllegalArgumentException("ONNX: expected categorical fields, found " + field);
      }
      String column = graph.index("column_" + f, f);
      String rows = graph.node("Gather", List.of(x, column), integer("axis", 1));
      String table =
          weights("embedding_layer.embedding_layer.embedding_layers." + field.name() + ".weight");
      parts.add(graph.node("Gather", List.of(table, rows)));
    }
    return graph.node("Concat", parts, integer("axis", -1));
  }

  private String crosses(String x0) {
    String x = x0;
    for (String layer : layers(CROSS)) {
      x = graph.node("Add", List.of(x, graph.node("Mul", List.of(x0, linear(layer, x)))));
    }
    return x;
  }

  private String hidden(String x0) {
    String x = x0;
    for (String layer : layers(HIDDEN)) {
      if (parameters.get(layer + ".weight").value().shape().rank() == 2) {
        x = linear(layer, x0.equals(x) ? x : graph.node("Relu", List.of(x)));
      } else {
        x = normalised(layer, x);
      }
    }
    return graph.node("Relu", List.of(x));
  }

  /** Names of the layers with weights, such as {@code parallel_dnn.mlp.0}, in their order. */
  private List<String> layers(String prefix) {
    return parameters.parameters().stream()
        .map(Parameter::name)
        .filter(name -> name.startsWith(prefix) && name.endsWith(".weight"))
        .map(name -> name.substring(0, name.length() - ".weight".length()))
        .toList();
  }

  private String linear(String layer, String x) {
    return graph.node(
        "Gemm",
        List.of(x, weights(layer + ".weight"), weights(layer + ".bias")),
        number("alpha", 1),
        number("beta", 1),
        integer("transB", 1));
  }

  private String normalised(String layer, String x) {
    return graph.node(
        "BatchNormalization",
        List.of(
            x,
            weights(layer + ".weight"),
            weights(layer + ".bias"),
            statistic(layer + ".running_mean"),
            statistic(layer + ".running_var")),
        number("epsilon", EPSILON));
  }

  private String weights(String name) {
    Parameter parameter = parameters.get(name);
    used.add(parameter.name());
    return graph.weights(name, parameter.value());
  }

  private String statistic(String name) {
    Tensor values = parameters.buffers().get(name);
    return graph.weights(name, values);
  }
}
