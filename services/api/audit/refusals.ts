import type { FastifyInstance } from "fastify";
import type { Database } from "../../shared/database/pool.ts";
import type { Log } from "../../shared/runtime/log.ts";
import { ApiError, type ErrorCode, LoginFailed } from "../errors.ts";
import { insertEvent, type NewEvent } from "./insert.ts";
import { factsOf, type RequestAudit } from "./request-audit.ts";

/** Milliseconds in which a refusal that recurs is recorded once. */
const WINDOW = 60_000;
/** Refusals that one replica records in a window: of one tenant, or of nobody knows whose, and of all. What is beyond is not recorded. */
const MAX_PER_TENANT = 20;
const MAX = 200;

/** Errors that say who may not do something. */
const RECORDED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(["unauthenticated", "forbidden", "login_failed", "too_many_logins"] as const),
  ...(["issuer_token_refused", "invitation_invalid"] as const),
]);

interface Seen {
  readonly event: NewEvent;
  repeated: number;
}

/**
 * Records what is refused: once when it begins, and with how often it was `repeated` a minute later. Refusals are the same if actor, action,
 * operation, reason and network are. So a flood of them cannot fill the table.
 */
export class Refusals {
  #seen = new Map<string, Seen>();
  #perTenant = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly write: (event: NewEvent) => Promise<void>,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.flush(), WINDOW);
  }

  /** Records the repetitions of the window that has not ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async add(event: NewEvent): Promise<void> {
    const { tenant = "", actor, action, object, reason, source, details } = event;
    const key = JSON.stringify([tenant, actor, action, object, reason, source, details]);
    const seen = this.#seen.get(key);
    if (seen) {
      seen.repeated += 1;
      return;
    }
    const ofTenant = this.#perTenant.get(tenant) ?? 0;
    if (ofTenant >= MAX_PER_TENANT || this.#seen.size >= MAX) return;
    this.#perTenant.set(tenant, ofTenant + 1);
    this.#seen.set(key, { event, repeated: 0 });
    await this.#try(event);
  }

  /** Ends the window: records the repetitions in it, and begins another. */
  async flush(): Promise<void> {
    const ended = [...this.#seen.values()].filter(({ repeated }) => repeated > 0);
    this.#seen = new Map();
    this.#perTenant = new Map();
    for (const { event, repeated } of ended) await this.#try({ ...event, details: { ...event.details, repeated } });
  }

  async #try(event: NewEvent): Promise<void> {
    try {
      await this.write(event);
    } catch (error) {
      this.log.warn({ err: error }, "a refusal could not be recorded");
    }
  }
}

/** Writes an event in a transaction of its own. */
export const writeTo =
  (database: Database) =>
  (event: NewEvent): Promise<void> =>
    event.tenant === undefined
      ? database.transaction((client) => insertEvent(client, event))
      : database.asTenant(event.tenant, (client) => insertEvent(client, event));

/** Records requests that are refused, behind their answer: who is refused does not wait for it. */
export function recordRefusals(app: FastifyInstance, refusals: Pick<Refusals, "add">): void {
  app.addHook("onError", (request, _, error, done) => {
    const { config, schema } = request.routeOptions;
    const audit = request.audit as RequestAudit | undefined;
    if (error instanceof ApiError && RECORDED.has(error.code) && audit?.isDone !== true) {
      const { operationId: operation } = (schema ?? {}) as { operationId?: string };
      void refusals.add({
        ...factsOf(request),
        ...(error instanceof LoginFailed && { tenant: error.tenant, object: error.user }),
        action: config.audit ?? "request.refuse",
        reason: error.code,
        details: operation === undefined ? {} : { operation },
      });
    }
    done();
  });
}
