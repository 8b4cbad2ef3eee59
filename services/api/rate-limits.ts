import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../shared/runtime/log.ts";
import type { Caller, Operator } from "./caller.ts";
import { ApiError } from "./errors.ts";
import { networkOf } from "./networks.ts";
import type { RequestCounts } from "./request-counts.ts";

/** Requests a minute that a tenant, or an operator, may send, to all replicas together. */
export const MAX_PER_TENANT = 10_000;
/** Logins a minute that may be tried for a user, from all addresses together. */
export const MAX_LOGINS_PER_USER = 10;
/** Requests a minute that an address may send without a valid credential, to all replicas together. */
export const MAX_PER_ADDRESS = 300;
const SHARE_PAUSE = 1_000;

/** Limits request rates: of tenants and operators by id, and of requests without a valid credential by address. */
export class RateLimits {
  #timer: NodeJS.Timeout | undefined;
  #sharing = false;

  constructor(
    private readonly counts: RequestCounts,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#share(), SHARE_PAUSE);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Throws `rate_limited` when the caller's tenant, or the operator, has sent too many. The answer says how many are left. */
  countCaller(sender: Caller | Operator, reply: FastifyReply): void {
    const subject = sender.kind === "operator" ? subjectOf("operator", sender.id) : subjectOf("tenant", sender.tenant);
    this.#count(subject, MAX_PER_TENANT, reply);
  }

  /** Counts a login, also for a user who does not exist. Throws `too_many_logins` when too many were tried for the user. */
  countLogin({ organization, email }: { readonly organization: string; readonly email: string }): void {
    this.#countPassword(subjectOf("login", JSON.stringify([organization, email])));
  }

  /** Counts a password that a user's session sends to change it. Throws `too_many_logins` when too many were tried. */
  countPassword({ id }: Pick<Caller, "id">): void {
    this.#countPassword(subjectOf("password", id));
  }

  /** Counts a request without a valid credential. Throws `rate_limited` when its address has sent too many. */
  countAddress({ ip }: Pick<FastifyRequest, "ip">, reply: FastifyReply): void {
    this.#count(subjectOf("address", networkOf(ip)), MAX_PER_ADDRESS, reply);
  }

  /** Whether an address has sent too many requests without a valid credential. */
  isSuspicious({ ip }: Pick<FastifyRequest, "ip">): boolean {
    return this.counts.add(subjectOf("address", networkOf(ip)), MAX_PER_ADDRESS, 0).count >= MAX_PER_ADDRESS;
  }

  #countPassword(subject: string): void {
    const { count, secondsLeft } = this.counts.add(subject, MAX_LOGINS_PER_USER);
    if (count > MAX_LOGINS_PER_USER) throw new ApiError("too_many_logins", undefined, secondsLeft);
  }

  #count(subject: string, limit: number, reply: FastifyReply): void {
    const { count, secondsLeft } = this.counts.add(subject, limit);
    void reply.headers({
      "x-ratelimit-limit": limit,
      "x-ratelimit-remaining": Math.max(0, limit - count),
      "x-ratelimit-reset": secondsLeft,
    });
    if (count > limit) throw new ApiError("rate_limited", undefined, secondsLeft);
  }

  async #share(): Promise<void> {
    if (this.#sharing) return;
    this.#sharing = true;
    try {
      await this.counts.share();
    } catch (error) {
      this.log.warn({ err: error }, "request counts could not be shared; each replica counts alone");
    }
    this.#sharing = false;
  }
}

/** Not the tenant or address itself: counts are kept for minutes, and an address identifies a person. */
const subjectOf = (kind: string, name: string): string =>
  createHash("sha256").update(`${kind} ${name}`).digest("hex").slice(0, 32);
