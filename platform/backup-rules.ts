import { regions } from "./catalogue/machine-types.ts";
import type { Rule } from "./rule.ts";

/** A region that is lost takes its backups with it. */
const standbyRegionIsAnother: Rule = ({ cloud, region, backups }) => {
  const standby = backups?.standbyRegion;
  const others = regions[cloud].filter((each) => each !== region);
  if (standby === undefined || others.some((each) => each === standby)) return [];
  const rule = `must be another region of ${cloud} in the catalogue: ${others.join(", ")}. Take one of them.`;
  return [{ path: "backups.standbyRegion", value: standby, rule }];
};

export const backupRules: readonly Rule[] = [standbyRegionIsAnother];
