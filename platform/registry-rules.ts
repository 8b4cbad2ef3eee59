import { registryOf } from "./names.ts";
import type { Rule } from "./rule.ts";

/** Images come from the registry that the program makes, under its name there. */
const releasesAreInTheRegistry: Rule = ({ name = "", account, region, registry, release }) => {
  if (registry === undefined || account === undefined || region === undefined || !release) return [];
  const own = registryOf({ name, account, region });
  if (release.registry === own) return [];
  const rule = `must be ${own} where 'registry' makes one. Correct it, or remove 'registry'.`;
  return [{ path: "release.registry", value: release.registry, rule }];
};

export const registryRules: readonly Rule[] = [releasesAreInTheRegistry];
