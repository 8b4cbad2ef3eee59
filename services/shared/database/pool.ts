import { Pool, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow, types } from "pg";
import { connectionString } from "./connection-string.ts";
import type { Log } from "../runtime/log.ts";
import { retryConflicts } from "./retry-conflicts.ts";

/** bigint as a number: our sequence numbers stay far below 2^53. */
types.setTypeParser(types.builtins.INT8, Number);
/** Points in time as ISO 8601 in UTC: as they leave the service. */
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString());

/** Milliseconds after which a statement is taken for stuck. No statement of the services takes long. */
const STATEMENT_TIMEOUT = 10_000;
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds after which Postgres ends a transaction that asks nothing: a process that is frozen in one would keep its locks. */
const IDLE_TRANSACTION_TIMEOUT = 5_000;
/** Milliseconds after which a server is taken for lost: one whose node has no power neither answers nor refuses. */
const ANSWER_TIMEOUT = STATEMENT_TIMEOUT + 2_000;

export interface DatabaseOptions {
  readonly url: string;
  /** What the descriptor allows one replica; the role's limit in Postgres is made from the same number. */
  readonly connections: number;
  readonly log: Log;
  /** Told how many connections are held, whenever that changes. */
  readonly onConnections?: (count: number) => void;
  /** Milliseconds that a query waits for its answer. Then it fails, and its connection is given up. @default 12000 */
  readonly answerTimeout?: number;
  /** Milliseconds in which a connection is made. @default 5000 */
  readonly connectTimeout?: number;
}

export class Database {
  readonly pool: Pool;
  readonly #log: Log;

  constructor({
    url,
    connections,
    log,
    onConnections,
    answerTimeout = ANSWER_TIMEOUT,
    connectTimeout = CONNECT_TIMEOUT,
  }: DatabaseOptions) {
    this.#log = log;
    this.pool = new Pool({
      connectionString: connectionString(url),
      max: connections,
      connectionTimeoutMillis: connectTimeout,
      statement_timeout: STATEMENT_TIMEOUT,
      query_timeout: answerTimeout,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT,
      idleTimeoutMillis: 60_000,
    });
    for (const event of ["connect", "remove"] as const) {
      this.pool.on(event, () => onConnections?.(this.pool.totalCount));
    }
    // The next query replaces an idle connection that broke. Without a listener, the error would end the process.
    this.pool.on("error", (error) => {
      log.warn({ err: error }, "a database connection broke");
    });
  }

  async isThere(): Promise<boolean> {
    await this.pool.query("SELECT 1");
    return true;
  }

  /** Runs one statement, again when it met another one. */
  query<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    return retryConflicts(() => this.pool.query<Row>(statement), this.#log);
  }

  /** Runs work in a transaction, which is undone when it throws. It runs again when it met another one, so it keeps nothing outside. */
  transaction<Result>(work: (client: PoolClient) => Promise<Result>, begin = "BEGIN"): Promise<Result> {
    return retryConflicts(() => this.#transactionOnce(work, begin), this.#log);
  }

  async #transactionOnce<Result>(work: (client: PoolClient) => Promise<Result>, begin: string): Promise<Result> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // Between two queries nobody else listens, and unheard it would end the process.
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on("error", onError);
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      if (isUnanswered(error)) broken = error;
      else await client.query("ROLLBACK").catch((rollback: unknown) => (broken = rollback as Error));
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  /** A transaction that sees one tenant's rows and no others: Postgres itself holds it to that. */
  asTenant<Result>(tenant: string, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    if (!UUID.test(tenant)) throw new Error("A tenant is named by a UUID.");
    // One round trip for both; a UUID needs no quoting.
    return this.transaction(work, `BEGIN; SELECT set_config('promptops.tenant', '${tenant}', true)`);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** The message of pg for a query that timed out. Later queries on the connection wait behind it. */
const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === "Query read timeout";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
