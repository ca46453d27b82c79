/** Rows from the files of the WSDM 2018 challenge (KKBox). */
package org.recallrank.training.source.kkbox;
