/** A model, as the pages read it. */
export interface ListedModel {
  readonly name: string;
  readonly isDefault: boolean;
  readonly canAnswer: boolean;
  readonly capabilities: readonly string[];
}

/** Returns the model that answers if `chosen` is chosen; null for the default. Undefined if it isn't listed, such as an alias. */
export const answeringModel = (
  models: readonly ListedModel[],
  chosen: string | null,
): ListedModel | undefined => {
  if (chosen !== null) return models.find(({ name }) => name === chosen || name === `${chosen}:latest`);
  const all = models.filter(({ canAnswer }) => canAnswer);
  return all.find(({ isDefault }) => isDefault) ?? all[0];
};
