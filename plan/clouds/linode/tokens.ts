import type { Identity } from "../../model/safety.ts";
import { type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, nameOf, ofType } from "../inputs.ts";

/** What the pod that writes DNS records needs. Scopes are of an account, and name no zone. */
const DNS_RECORDS = "domains:read_write";

/** Tokens for pods. */
export function tokensOf(resources: readonly RecordedResource[]): Identity[] {
  return ofType(resources, "linode:index/token:Token").map((token) => {
    const scopes = textOf(at(token, "scopes")).split(" ");
    return {
      name: nameOf(token),
      allowed: scopes.filter((scope) => scope === DNS_RECORDS).length,
      grants: scopes.map((scope) => ({ verb: scope, resource: "*" })),
      lacks: scopes.includes(DNS_RECORDS) ? [] : [DNS_RECORDS],
      exceeds: scopes
        .filter((scope) => scope !== DNS_RECORDS)
        .map((scope) => `it has the scope '${scope}', which it does not need. Remove it.`),
      trust: [],
    };
  });
}
