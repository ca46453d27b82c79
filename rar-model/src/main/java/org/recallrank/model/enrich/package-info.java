/** What is put between the embedding and a base model: RAR, FRNet, CIM, or nothing at all. */
package org.recallrank.model.enrich;
