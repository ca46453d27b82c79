/**
 * What rows are: fields, the vocabularies that turn tokens into table rows, and batches of encoded
 * rows.
 */
package org.recallrank.model.schema;
