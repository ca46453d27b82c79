/** What is put between the embedding and a base model: RAR, and nothing at all. */
package org.recallrank.model.enrich;
