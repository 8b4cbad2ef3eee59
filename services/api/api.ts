import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  ContextConfigDefault,
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchema,
  RawServerDefault,
  RouteGenericInterface,
  RouteOptions,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Database } from "../shared/database/pool.ts";
import type { Broadcast, WakeUps } from "../shared/executions/ports.ts";
import type { ObjectStore } from "../shared/objects/ports.ts";
import type { Log } from "../shared/runtime/log.ts";
import type { Metrics } from "../shared/runtime/metrics.ts";
import type { Health } from "../shared/runtime/probes.ts";
import type { Settings } from "../shared/runtime/settings.ts";
import type { Access } from "./access.ts";
import type { Action } from "./audit/actions.ts";
import type { Authentication } from "./authenticate.ts";
import type { Problem } from "./errors.ts";
import type { EventFollowers } from "./follow.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { RateLimits } from "./rate-limits.ts";

export interface AppOptions {
  readonly settings: Settings;
  readonly database: Database;
  /** Reads that may be some moments old: what was just written may be missing. */
  readonly staleReads: Pick<Database, "asTenant">;
  readonly wakeUps: WakeUps;
  readonly broadcast: Broadcast;
  /** Undefined where the environment has no object storage. */
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
}

/** What routes are given. There is no way to add one but `addRoute`. */
export interface Api extends AppOptions {
  readonly addRoute: AddRoute;
  readonly authentication: Authentication;
  readonly limits: RateLimits;
  readonly followers: EventFollowers;
  /** Of each tenant at this replica. */
  readonly streams: OpenStreams;
  /** Exports that each tenant reads from this replica. */
  readonly exports: OpenStreams;
  /** Ends each stream that is open. */
  readonly open: Set<() => void>;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Another form of errors than a problem document. */
export interface ErrorForm {
  readonly of: (problem: Problem) => object;
  /** How the OpenAPI document shows it. */
  readonly response: { readonly description: string; readonly content: object };
}

/**
 * A route that is in the OpenAPI document, with who may call it, and what its success is recorded as. One that only reads may leave that
 * out.
 */
export type Route<Schema extends FastifySchema> = Declared<Schema> &
  (
    | { readonly method: "GET"; readonly audit?: Action }
    | { readonly method: "POST" | "PUT" | "PATCH" | "DELETE"; readonly audit: Action }
  );

type Declared<Schema extends FastifySchema> = Omit<
  RouteOptions<
    RawServerDefault,
    IncomingMessage,
    ServerResponse,
    RouteGenericInterface,
    ContextConfigDefault,
    Schema,
    ZodTypeProvider
  >,
  "config" | "schema" | "method"
> & {
  readonly access: Access;
  /** How it answers with an error. @default - a problem document */
  readonly errors?: ErrorForm;
  /** The member of its body that the lines of an NDJSON body become. @default - it takes no NDJSON */
  readonly ndjson?: string;
  readonly schema: Schema & { readonly operationId: string; readonly hide?: never };
};

export type AddRoute = <const Schema extends FastifySchema>(route: Route<Schema>) => void;
