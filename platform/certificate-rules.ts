import type { Rule } from "./rule.ts";

/** https://letsencrypt.org/docs/challenge-types/ */
const wildcardIsProvedByDns: Rule = ({ certificates: { challenge, wildcard = false } = {} }) => {
  if (!wildcard || challenge === "dns-01") return [];
  const rule =
    "must come with 'certificates.challenge' dns-01: Let's Encrypt issues wildcards by DNS alone. Set that too.";
  return [{ path: "certificates.wildcard", value: wildcard, rule }];
};

export const certificateRules: readonly Rule[] = [wildcardIsProvedByDns];
