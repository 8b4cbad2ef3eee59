import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds after which a caller gives up, and between calls. */
const TIMEOUT = 2_000;
const PAUSE = 100;

/** Calls one after the other, each on a connection of its own. */
export interface Calls {
  /** How many have been answered since the last that was not. */
  inARow(): number;
  /** Ends them, and says how they went. */
  stop(): Promise<string>;
}

export function startCalls(url: string): Calls {
  const begin = performance.now();
  let [calls, failed, inARow, last, calling] = [0, 0, 0, 0, true];
  const done = (async (): Promise<void> => {
    while (calling) {
      calls += 1;
      const answered = await isAnswered(url);
      inARow = answered ? inARow + 1 : 0;
      if (!answered) [failed, last] = [failed + 1, performance.now()];
      await pause(PAUSE);
    }
  })();
  return {
    inARow: () => inARow,
    stop: async () => {
      calling = false;
      await done;
      const seconds = Math.round((last - begin) / 1000);
      return failed === 0
        ? `${calls} calls, all answered`
        : `${failed} of ${calls} calls were given up after ${TIMEOUT / 1000} s, the last ${seconds} s after the first call`;
    },
  };
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(TIMEOUT) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
