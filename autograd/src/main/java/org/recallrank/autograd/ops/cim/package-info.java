/** The operations of CIM, which reads a list of entities for each row; fused as those beside. */
package org.recallrank.autograd.ops.cim;
