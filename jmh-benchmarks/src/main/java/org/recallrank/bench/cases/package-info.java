/**
 * What is measured: each operation as a descriptor that the JMH benchmarks, the comparison with
 * peers and a test share. The test runs every descriptor against an oracle in double precision, so
 * no benchmark can measure nothing or something wrong.
 */
package org.recallrank.bench.cases;
