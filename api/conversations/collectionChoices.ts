/** Checks which collections conversations and folders choose. */
export interface CollectionChoices {
  /**
   * Returns a choice of collections without duplicates. Throws `BAD_USER_INPUT` for too many, and `NOT_FOUND` for one that the
   * reader may not see, unless it was chosen earlier: a withdrawn collection stays in a choice until it is removed.
   */
  checkChosen(
    readerId: string,
    ids: readonly string[],
    earlier: readonly string[],
  ): Promise<readonly string[]>;
}
