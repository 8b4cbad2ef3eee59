import { NODATA, NOTFOUND, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { EgressError } from "./egress-error.ts";
import { specialRangeOf } from "./special-addresses.ts";

/** Asks DNS. Names are absolute: neither search domains nor a hosts file are read. */
export type AddressResolver = Pick<Resolver, "resolve4" | "resolve6">;

/** Milliseconds until a DNS server is asked again, and how often it is. */
const DNS_TIMEOUT = 2_000;
const DNS_TRIES = 2;

/** A resolver that asks the DNS servers of this machine. */
export const systemResolver = (): AddressResolver => new Resolver({ timeout: DNS_TIMEOUT, tries: DNS_TRIES });

const LABEL = "[a-z0-9_](?:[-a-z0-9_]{0,61}[a-z0-9_])?";
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/**
 * The addresses of a host, IPv4 first, which all are on the public internet. Whoever connects must connect to one of them and not to the
 * name: resolved again, it may have another address. Throws an EgressError.
 */
export async function resolvePublic(host: string, resolver: AddressResolver): Promise<string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host, resolver) : [host];
  if (addresses.some((address) => specialRangeOf(address) !== undefined))
    throw new EgressError("destination_ip_prohibited");
  return addresses;
}

async function resolve(host: string, resolver: AddressResolver): Promise<string[]> {
  const name = host.toLowerCase();
  if (!HOST_NAME.test(name)) throw new EgressError("http_request_denied");
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (addresses.length > 0) return addresses;
  const unanswered = answers.find((answer) => answer.status === "rejected" && !saysThatThereIsNone(answer.reason));
  throw unanswered === undefined
    ? new EgressError("dns_error")
    : new EgressError("dns_timeout", { cause: (unanswered as PromiseRejectedResult).reason });
}

/** Codes of a server's answer: any other means that there was none. */
const ANSWERED = new Set<unknown>([NODATA, NOTFOUND, "ESERVFAIL", "EREFUSED", "EFORMERR", "EBADNAME", "EBADRESP"]);

const saysThatThereIsNone = (error: unknown): boolean => ANSWERED.has((error as NodeJS.ErrnoException).code);
