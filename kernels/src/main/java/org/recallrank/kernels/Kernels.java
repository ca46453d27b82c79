package org.recallrank.kernels;

/**
 * One backend: a kernel of each family, and the workers they run on.
 *
 * <p>May be shared by any number of threads: kernels keep work arrays for each thread, and what is
 * on a device is used by one thread after the other.
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
