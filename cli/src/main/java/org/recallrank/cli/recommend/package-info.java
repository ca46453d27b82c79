/** Lists of items for users: who asks, what there is to choose from, and the best of it. */
package org.recallrank.cli.recommend;
