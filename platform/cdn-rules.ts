import type { Rule } from "./rule.ts";

/** Hosts lead to the CDN, which answers plain HTTP itself, so Let's Encrypt's question over HTTP never reaches the gateway. */
const certificatesAreProvedByDns: Rule = ({ cdn, certificates: { challenge } = {} }) => {
  if (cdn === undefined || challenge === "dns-01") return [];
  const rule =
    "must come with 'certificates.challenge' dns-01: the CDN answers HTTP, so the gateway cannot prove its hosts by HTTP-01. Set that too.";
  return [{ path: "cdn", value: cdn, rule }];
};

export const cdnRules: readonly Rule[] = [certificatesAreProvedByDns];
