/** Milliseconds between checks that the parent still runs. */
const PARENT_PAUSE = 1_000;

/**
 * Aborts when this process should stop: on a signal, when its output is closed, and when its parent has ended, because a killed shell sends no
 * signal. Ctrl-C after that ends the process at once.
 */
export function stopSignal(): AbortSignal {
  const parent = process.ppid;
  const stop = new AbortController();
  const abort = (): void => {
    if (stop.signal.aborted) return;
    process.on("SIGINT", () => process.exit(1));
    stop.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, abort);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", abort);
  setInterval(() => {
    if (process.ppid !== parent) abort();
  }, PARENT_PAUSE).unref();
  return stop.signal;
}

/** Resolves when a signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
  });
