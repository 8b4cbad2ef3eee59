/**
 * Why a host was not connected to, by the words of RFC 9209 (Proxy-Status), and whether it may be later:
 * https://www.rfc-editor.org/rfc/rfc9209#name-proxy-error-types.
 */
const reasons = {
  http_request_denied: { message: "The host or the port is not allowed.", passing: false },
  destination_ip_prohibited: { message: "The host has an address that is not on the public internet.", passing: false },
  dns_error: { message: "The host has no address.", passing: true },
  dns_timeout: { message: "The DNS server did not answer.", passing: true },
  connection_refused: { message: "The host refused the connection.", passing: true },
  connection_timeout: { message: "The host did not answer in time.", passing: true },
  destination_unavailable: { message: "The host could not be reached.", passing: true },
  proxy_internal_error: { message: "The egress proxy did not answer.", passing: true },
  connection_limit_reached: { message: "Too many connections are open.", passing: true },
} as const;

export type EgressReason = keyof typeof reasons;

export const isEgressReason = (text: string): text is EgressReason => Object.hasOwn(reasons, text);

export class EgressError extends Error {
  constructor(
    readonly reason: EgressReason,
    options?: ErrorOptions,
  ) {
    super(reasons[reason].message, options);
  }

  /** Whether the same connection may be made later. */
  get passing(): boolean {
    return reasons[this.reason].passing;
  }
}
