/**
 * The kernels on the Vector API (jdk.incubator.vector). Only this package and its products import
 * it. One kernel body for every vector width, the rest of a range under a mask.
 */
package org.recallrank.kernels.simd;
