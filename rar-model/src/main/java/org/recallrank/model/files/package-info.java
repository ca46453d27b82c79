/**
 * Files that appear whole or not at all, text that is checked, and JSON: what the rooms of this
 * project share, and no part of its API.
 */
package org.recallrank.model.files;
