import type { PoolClient } from "pg";
import type { Log } from "../runtime/log.ts";
import { Database } from "./pool.ts";

/** Milliseconds in which a replica has to answer: the server answers instead. */
const CONNECT_TIMEOUT = 1_000;
const ANSWER_TIMEOUT = 5_000;
/** Milliseconds for which a replica that failed is not asked. */
const PAUSE = 10_000;

interface Replica {
  readonly address: string;
  readonly database: Database;
  /** On the clock of `performance.now`. */
  askedFrom: number;
}

export interface ReadReplicasOptions {
  /** Answers when no replica does. */
  readonly server: Database;
  /** Each as `host:port`. */
  readonly addresses: readonly string[];
  /** Of the server, whose role, password and database are the replicas' too. */
  readonly url: string;
  /** To each replica. */
  readonly connections: number;
  readonly log: Log;
}

/** Servers that hold a copy of the database, mostly some milliseconds old, and answer reads in turn. */
export class ReadReplicas {
  readonly #replicas: readonly Replica[];
  readonly #server: Database;
  readonly #log: Log;
  #turn = 0;

  constructor({ server, addresses, url, connections, log }: ReadReplicasOptions) {
    this.#server = server;
    this.#log = log;
    this.#replicas = addresses.map((address) => {
      const timeouts = { connectTimeout: CONNECT_TIMEOUT, answerTimeout: ANSWER_TIMEOUT };
      return {
        address,
        database: new Database({ url: at(url, address), connections, log, ...timeouts }),
        askedFrom: 0,
      };
    });
  }

  /**
   * Reads one tenant's rows on the next replica that may be asked, and on the server when it fails, or there is none. The work only
   * reads, and throws nothing of its own.
   */
  async asTenant<Result>(tenant: string, read: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const now = performance.now();
    const asked = this.#replicas.filter(({ askedFrom }) => askedFrom <= now);
    const replica = asked[(this.#turn += 1) % asked.length];
    if (replica) {
      try {
        return await replica.database.asTenant(tenant, read);
      } catch (error) {
        replica.askedFrom = performance.now() + PAUSE;
        const { address } = replica;
        this.#log.warn({ err: error, replica: address }, "a read replica did not answer; the server does for 10 s");
      }
    }
    return this.#server.asTenant(tenant, read);
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map(({ database }) => database.close()));
  }
}

function at(url: string, address: string): string {
  const parsed = new URL(url);
  parsed.host = address;
  return parsed.href;
}
