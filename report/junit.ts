import type { Finding } from "../plan/model/plan.ts";
import type { ProvedEnvironment } from "./sarif.ts";

/** Findings as JUnit XML: a suite per environment, a case per proof. One that holds by exception alone, or is not judged, is
 * skipped. */
export function junit(proved: readonly ProvedEnvironment[]): string {
  const all = proved.flatMap(({ findings }) => findings);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="promptops" tests="${all.length}" failures="${all.filter(fails).length}" errors="0">`,
    ...proved.flatMap(suite),
    "</testsuites>",
    "",
  ].join("\n");
}

const fails = ({ failures }: Finding): boolean => failures.length > 0;
const isSkipped = ({ failures, excepted = [], notJudged }: Finding): boolean =>
  failures.length === 0 && (excepted.length > 0 || notJudged !== undefined);

function suite({ environment, findings }: ProvedEnvironment): string[] {
  const [failed, skipped] = [findings.filter(fails).length, findings.filter(isSkipped).length];
  return [
    `  <testsuite name="${escape(environment)}" tests="${findings.length}" failures="${failed}" errors="0" skipped="${skipped}">`,
    ...findings.map((finding) => testcase(environment, finding)),
    "  </testsuite>",
  ];
}

function testcase(environment: string, finding: Finding): string {
  const start = `    <testcase classname="${escape(environment)}" name="${escape(finding.proof)}"`;
  const { failures, excepted = [], notJudged = [] } = finding;
  if (fails(finding)) {
    const message = `${failures.length} ${failures.length === 1 ? "failure" : "failures"}: ${finding.claim}`;
    return `${start}><failure type="${escape(finding.proof)}" message="${escape(message)}">${escape(failures.join("\n"))}</failure></testcase>`;
  }
  if (!isSkipped(finding)) return `${start}/>`;
  const reasons = excepted.map(({ exception }) => `${exception.reason} (until ${exception.until})`);
  return `${start}><skipped message="${escape([...new Set(reasons.concat(notJudged))].join("; "))}"/></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no way to write most control characters. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?")
    .replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}
