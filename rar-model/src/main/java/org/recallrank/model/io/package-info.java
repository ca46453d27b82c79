/**
 * The safetensors format and the state of a model in it, and the error for data that do not fit.
 */
package org.recallrank.model.io;
