/** Settings: named values with one place for each default, its check and its explanation. */
package org.recallrank.model.config;
