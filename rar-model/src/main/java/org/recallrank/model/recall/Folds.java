package org.recallrank.model.recall;

/**
 * Divides the training rows, if asked to, for recall models that have not seen some of them. A
 * recall model draws the vectors of a user and an item together where the user clicked the item, so
 * the recall items of a user tell of a row that the model has seen whether it was clicked, as they
 * cannot of a later row. Rows of a fold are therefore trained with recall items by a model that was
 * trained on the other folds (cross-fitting). Another row of the same user and item may be among
 * those, as it may be when a later row is scored.
 *
 * <p>Look-alikes and signatures are those of the model that has seen all: a single click hardly
 * moves them, and those of a model with a fold less would be further from what later rows get.
 */
public final class Folds {
  private Folds() {}

  /**
   * The fold of a row, 0 to {@code folds} - 1.
   *
   * @param hash {@link org.recallrank.model.schema.Batch#hash}, so that equal rows share a fold
   */
  public static int of(long hash, int folds) {
    return (int) ((hash >>> 33) % folds);
  }
}
