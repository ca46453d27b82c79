package org.recallrank.kernels;

/**
 * One backend: a kernel of each family, and the workers they run on.
 *
 * @param name {@code scalar}, {@code simd} or {@code opencl}
 * @param workers the threads all kernels share; owned by whoever made them, and with them goes what
 *     the backend holds outside of the heap
 * @param denseStack null where layers one after the other are as good
 * @param device what the kernels run on
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
    CoInteractionKernel coInteraction,
    DenseStackKernel denseStack,
    Device device) {}
