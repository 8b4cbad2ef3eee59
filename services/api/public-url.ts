import { isIP } from "node:net";
import { specialRangeOf } from "../shared/egress/special-addresses.ts";

export const PUBLIC_URL_RULE = "must be an https URL on port 443 of a public host, without user";

/** Whether the rule holds for a text. What its host's name resolves to is checked whenever it is connected to. */
export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, port, username, password, hostname } = new URL(text);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const isPublic = isIP(host) === 0 || specialRangeOf(host) === undefined;
  return protocol === "https:" && [port, username, password].every((part) => part === "") && isPublic;
}
