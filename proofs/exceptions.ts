import type { Excepted, Finding, Plan } from "../plan/model/plan.ts";

type Exception = Excepted["exception"];

/** So that an exception is reviewed while its reason is remembered. */
const MAX_DAYS = 366;

interface Look {
  /** ISO 8601, in UTC: `2026-11-28`. */
  readonly today: string;
  /** Whether the plan is for another cloud, where its own failures may be absent. @default false */
  readonly elsewhere?: boolean;
}

/**
 * Moves the failures that the environment excepts out of the findings, and adds `valid-exceptions` where there are any: it
 * fails when an exception has ended, matches nothing, or lasts too long.
 */
export function withExceptions({ exceptions = [] }: Plan, findings: readonly Finding[], look: Look): Finding[] {
  if (exceptions.length === 0) return [...findings];
  const current = exceptions.filter(({ until }) => until >= look.today);
  return [
    ...findings.map((finding) => excepting(finding, current)),
    {
      proof: "valid-exceptions",
      claim: "Every exception matches a failure and has not expired.",
      evidence: exceptions.map((exception) => describe(exception, findings)),
      failures: exceptions.flatMap((exception) => exceptionFailures(exception, findings, look)),
    },
  ];
}

function excepting(finding: Finding, exceptions: readonly Exception[]): Finding {
  const excepted = finding.failures.flatMap((failure): Excepted[] => {
    const exception = exceptions.find((each) => matches(each, finding.proof, failure));
    return exception ? [{ failure, exception }] : [];
  });
  if (excepted.length === 0) return finding;
  const accepted = excepted.map(({ failure }) => failure);
  return { ...finding, failures: finding.failures.filter((failure) => !accepted.includes(failure)), excepted };
}

/** A failure starts with its object, which ends at a space or punctuation. */
function matches({ proof, object }: Exception, name: string, failure: string): boolean {
  const pattern = object
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join(".*");
  return proof === name && new RegExp(`^${pattern}(?![\\w/.-])`, "s").test(failure);
}

const matchedBy = (exception: Exception, findings: readonly Finding[]): number =>
  findings.reduce(
    (sum, { proof, failures }) => sum + failures.filter((failure) => matches(exception, proof, failure)).length,
    0,
  );

function describe(exception: Exception, findings: readonly Finding[]): string {
  const { proof, object, reason, owner, until } = exception;
  return `${proof}, ${object}: ${matchedBy(exception, findings)} failures until ${until}, ${owner}: ${reason}`;
}

function exceptionFailures(exception: Exception, findings: readonly Finding[], { today, elsewhere }: Look): string[] {
  const { proof, object, owner, until } = exception;
  const name = `exception to ${proof} for '${object}'`;
  if (!findings.some((finding) => finding.proof === proof))
    return [`${name}: there is no proof of that name. Correct or remove it.`];
  if (until < today) return [`${name}: ended on ${until}. Fix what it names, or agree on another day with ${owner}.`];
  const days = (Date.parse(until) - Date.parse(today)) / 86_400_000;
  if (days > MAX_DAYS) return [`${name}: ends in ${days} days, but may last ${MAX_DAYS}. Set 'until' earlier.`];
  const judged = findings.some((finding) => finding.proof === proof && finding.notJudged === undefined);
  if (judged && !elsewhere && matchedBy(exception, findings) === 0)
    return [`${name}: matches no failure, so it would hide the next one. Remove it.`];
  return [];
}
