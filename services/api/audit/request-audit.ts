import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ClientBase } from "pg";
import { maskedNetworkOf } from "../networks.ts";
import type { Action } from "./actions.ts";
import { insertEvent, type NewEvent } from "./insert.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a success of the route is recorded as. */
    audit?: Action;
  }
  interface FastifyRequest {
    /** Set for routes that declare an action. */
    audit: RequestAudit;
  }
}

/** What a handler tells about its action. The rest is known from the request. */
export type Recorded = Partial<NewEvent>;

/** What is recorded of one request, whose route declares its action. */
export class RequestAudit {
  #isDone = false;

  constructor(
    private readonly request: Pick<FastifyRequest, "id" | "ip" | "caller" | "operator">,
    private readonly action: Action,
  ) {}

  /** Whether the handler recorded something, or said that there is nothing to record. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Adds an event to the transaction that does what it records. Its action is the route's and its actor the caller, unless others are given;
   * a route without a caller has to give an actor.
   */
  async record(client: Pick<ClientBase, "query">, recorded: Recorded = {}): Promise<void> {
    await insertEvent(client, { ...factsOf(this.request), action: this.action, ...recorded });
    this.#isDone = true;
  }

  /** Says that the request changed nothing: it was carried out before. */
  changedNothing(): void {
    this.#isDone = true;
  }
}

/** What records a request, for what does the request's work. */
export type Audit = Pick<RequestAudit, "record" | "changedNothing">;

/** Who sent a request, and from where. */
export function factsOf({
  id,
  ip,
  caller,
  operator,
}: Pick<FastifyRequest, "id" | "ip" | "caller" | "operator">): Omit<NewEvent, "action"> {
  const facts = { requestId: id, source: maskedNetworkOf(ip) };
  // Each is set for routes of its kind alone, whatever their types say.
  const sender = (caller as typeof caller | undefined) ?? (operator as typeof operator | undefined);
  if (sender === undefined) return { ...facts, actor: { kind: "anonymous" } };
  const { kind, id: sent } = sender;
  return { ...facts, ...("tenant" in sender && { tenant: sender.tenant }), actor: { kind, id: sent } };
}

/**
 * Sets `request.audit` for routes that declare an action. A success that recorded nothing is answered with 500, so any test that calls the
 * route fails.
 */
export function auditRequests(app: FastifyInstance): void {
  app.decorateRequest("audit");
  app.addHook("onRequest", (request, _, done) => {
    const { audit } = request.routeOptions.config;
    if (audit !== undefined) request.audit = new RequestAudit(request, audit);
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const { config, url } = request.routeOptions;
    const isMissing = config.audit !== undefined && reply.statusCode < 400 && !request.audit.isDone;
    if (isMissing) throw new Error(`'${request.method} ${url ?? ""}' recorded nothing. Call 'audit.record'.`);
    done(null, payload);
  });
}
