/** The kernels as plain Java: the specification in code, and the backend that runs everywhere. */
package org.recallrank.kernels.scalar;
