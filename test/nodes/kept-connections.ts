import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const CONNECTIONS = 40;
/** Milliseconds before a connection asks again: from often to seldom, for each its own. */
const pauseOf = (index: number): number => 100 + index * 40;

export interface Outcomes {
  /** How many answers there were, by status and `Connection`. */
  readonly answers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
}

/** Asks on connections that are kept, as a gateway does, for as long as the work takes and a round longer. */
export async function keptConnections(url: string, key: string, work: () => Promise<void>): Promise<Outcomes> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers = new Map<string, number>();
  const errors: string[] = [];
  let working = true;
  const asking = Array.from({ length: CONNECTIONS }, async (_, index) => {
    while (working) {
      await ask(url, key, agent).then(
        (answer) => answers.set(answer, (answers.get(answer) ?? 0) + 1),
        (error: unknown) => errors.push(String(error)),
      );
      await pause(pauseOf(index));
    }
  });
  await pause(pauseOf(CONNECTIONS));
  await work();
  working = false;
  await Promise.all(asking);
  agent.destroy();
  return { answers, errors };
}

const ask = (url: string, key: string, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      response.resume().on("end", () => resolve(`${response.statusCode ?? 0} ${response.headers.connection ?? ""}`));
    });
    request.on("error", reject);
  });
