package org.recallrank.kernels;

/**
 * What follows a normalisation, gamma * x + beta with an element of each per column; or its
 * gradient.
 */
public record Affine(Vec gamma, Vec beta) {}
