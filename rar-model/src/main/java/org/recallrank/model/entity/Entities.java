package org.recallrank.model.entity;

/**
 * The users and the items of the training rows.
 *
 * @param users null if no field identifies users
 * @param items null if no field identifies items
 */
public record Entities(EntityTable users, EntityTable items) {
  /** Of data that identify neither. */
  public static final Entities NONE = new Entities(null, null);
}
