import type { DataHolder, Retention } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

/** A week: long enough to notice a loss after a weekend or a holiday. */
const MIN_DAYS = 7;
/** A month of logs: an intrusion is noticed weeks later. */
const MIN_LOG_DAYS = 30;

export const requireProtection: Proof = {
  name: "require-protection",
  claim:
    "What holds data refuses deletion where protected, keeps versions and logs, and can be restored as far back as declared.",
  examine({ safety: { holders, retentions }, expected: { cloud } }) {
    const guards = holders.flatMap((holder) => holder.guards);
    return {
      evidence: [
        `${holders.length} resources hold data, ${guards.filter(({ on }) => on).length} of ${guards.length} guards on, ${retentions.length} retentions`,
      ],
      failures: [
        ...holders.flatMap((holder) => holderFailures(holder, cloud.protect)),
        ...retentions.flatMap((retention) => retentionFailures(retention, cloud)),
      ],
    };
  },
};

function holderFailures({ name, protect, guards }: DataHolder, isProtected: boolean): string[] {
  return [
    ...(isProtected && !protect
      ? [`${name} can be deleted by Pulumi, and the environment is protected. Set 'protect'.`]
      : []),
    ...guards
      .filter(({ on, always }) => !on && (isProtected || always))
      .map(({ what }) => `${name} lacks: ${what}. Add it.`),
  ];
}

interface Expected {
  readonly protect: boolean;
  readonly recoveryDays: number | undefined;
}

function retentionFailures({ name, of, days }: Retention, expected: Expected): string[] {
  const least = leastDays(of, expected);
  if (days < least) return [`${name}: ${of} for ${days} days, and must be for ${least}. Raise it.`];
  return days === Infinity && of === "logs" ? [`${name}: logs never expire. Say for how many days to keep them.`] : [];
}

/** Without protection an environment may be destroyed at once, secrets included. Keys are of other environments' backups too. */
function leastDays(of: Retention["of"], { protect, recoveryDays = 0 }: Expected): number {
  switch (of) {
    case "point-in-time recovery":
      return recoveryDays;
    case "logs":
      return MIN_LOG_DAYS;
    case "deleted secrets":
      return protect ? MIN_DAYS : 0;
    case "deleted keys":
    case "old versions":
      return MIN_DAYS;
  }
}
