/** Keys of well-known issuers, and what else is a secret wherever it is written. */
const KNOWN_FORMS = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(sk|pk|rk)[-_](live|test|proj|ant|or|svcacct)?[-_]?\w[\w-]{19,}/,
  /\b(gh[opsur]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|hf_\w{30,}|npm_\w{30,}|gsk_\w{30,}|dop_v1_\w{30,}|nvapi-[\w-]{30,})/,
  /\b(xox[abeoprs]-[\w-]{10,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|pul-[0-9a-f]{40})/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /hooks\.slack\.com\/services\/\w+/,
];
const SECRET_NAME =
  /(^|[^a-z])(passwords?|passwd|pwd|secrets?|tokens?|credentials?|api[-_]?keys?|(access|private|secret|signing|shared)[-_]?keys?)$/;
/** Names that mean a secret in a query alone. */
const QUERY_NAME = /^(key|sig|signature|auth|authorization|code|x-amz-(signature|credential|security-token))$/;
/** Random text of upper-case, lower-case and digits, in one piece: an access key that has no form of its own. */
const RANDOM = /[A-Za-z0-9+=]{32,}/g;
const MIN_ENTROPY_BITS = 4;

/** What is wrong with a text that should hold no secret; undefined where nothing is. */
export function secretIn(text: string): string | undefined {
  const url = /\b[a-z][a-z0-9+.-]*:\/\/\S+/i.exec(text)?.[0];
  if (url !== undefined) {
    if (/^[^/]*\/\/[^/?#]*@/.test(url)) return "has a user or password in its URL";
    if (queryNames(url).some((name) => isSecretName(name) || QUERY_NAME.test(name))) return "has a secret in its query";
  }
  if (KNOWN_FORMS.some((form) => form.test(text)) || [...text.matchAll(RANDOM)].some(([part]) => isRandom(part)))
    return "looks like a secret key";
  return undefined;
}

const queryNames = (url: string): string[] =>
  [...url.matchAll(/[?&;#]([^=&;#]+)=/g)].map(([, name = ""]) => name.toLowerCase());

/** `camelCase` is read as `camel-case`. */
export const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase());

function isRandom(text: string): boolean {
  if (![/[A-Z]/, /[a-z]/, /\d/].every((kind) => kind.test(text))) return false;
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const bits = [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
  return bits >= MIN_ENTROPY_BITS;
}
