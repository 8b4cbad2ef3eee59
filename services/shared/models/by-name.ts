import type { Model, Settings } from "../runtime/settings.ts";

/** Finds a model that is served; undefined for any other. */
export type ModelOf = (name: string) => Model | undefined;

export function modelsByName({ models }: Pick<Settings, "models">): ModelOf {
  const byName = new Map(models.map((model) => [model.name, model]));
  return (name) => byName.get(name);
}
