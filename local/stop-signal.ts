/** Milliseconds between looks whether the parent is still there. */
const PARENT_PAUSE = 1_000;

/**
 * Aborts when this process is to stop: at a signal, when nobody reads its output any more, and when its parent is gone, since a shell that was
 * killed sends no signal. Another Ctrl-C after that ends the process at once.
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
