import type { Rule } from "./rule.ts";

const certificatesAreProvedByDns: Rule = ({ cdn, certificates: { challenge } = {} }) => {
  if (cdn === undefined || challenge === "dns-01") return [];
  const rule =
    "requires 'certificates.challenge: dns-01': the CDN answers plain HTTP, so an HTTP-01 challenge never reaches the gateway. Set it too.";
  return [{ path: "cdn", value: cdn, rule }];
};

export const cdnRules: readonly Rule[] = [certificatesAreProvedByDns];
