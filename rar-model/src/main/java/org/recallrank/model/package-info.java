/**
 * A whole model: embedding, enricher and base model, and what it is made of by name and setting.
 */
package org.recallrank.model;
