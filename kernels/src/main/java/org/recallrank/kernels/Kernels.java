package org.recallrank.kernels;

/**
 * One backend: a kernel of each family, and the workers they run on.
 *
 * @param name {@code scalar}, {@code simd} or {@code opencl}
 * @param workers the threads all kernels share; owned by whoever made them
 */
public record Kernels(
    String name,
    Workers workers,
    MatMulKernel matMul,
    VectorMath math,
    BatchNormKernel batchNorm,
    LayerNormKernel layerNorm,
    EmbeddingKernel embedding,
    OptimizerKernel optimizer,
    SimHashKernel simHash,
    HammingKernel hamming,
    CoInteractionKernel coInteraction) {}
