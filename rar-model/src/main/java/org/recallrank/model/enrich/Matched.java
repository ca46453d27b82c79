package org.recallrank.model.enrich;

import org.recallrank.kernels.Ids;
import org.recallrank.tensor.Tensor;

/**
 * What RAR has selected for the rows of a batch and how it was matched; valid for the step of its
 * tape.
 *
 * @param lookAlikes k_l
 * @param recallItems k_r
 * @param users table rows of the selected look-alikes, [rows, k_l]
 * @param items table rows of the selected recall items, [rows, k_r]
 * @param matching M (Eq. 6), [rows, k_l, k_r]; null of variants without it
 */
public record Matched(int lookAlikes, int recallItems, Ids users, Ids items, Tensor matching) {

  Matched(Selection.Selected selected, Tensor matching) {
    this(selected.kl(), selected.kr(), selected.users(), selected.items(), matching);
  }
}
