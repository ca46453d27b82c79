/** Users and items as rows of their own fields. */
package org.recallrank.model.entity;
