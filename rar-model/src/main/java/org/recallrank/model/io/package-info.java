/** Files that are written whole or not at all, and the safetensors format. */
package org.recallrank.model.io;
