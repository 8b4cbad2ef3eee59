import type { Log } from "./log.ts";

interface Repeated {
  /** Milliseconds between the end of one run and the beginning of the next. */
  readonly pause: number;
  readonly log: Log;
  /** What is logged when a run fails. */
  readonly failed: string;
}

/** Does work now and after each pause, one run at a time. Work asks whether it is stopped between its steps. Returns what stops it. */
export function repeat(
  work: (isStopped: () => boolean) => Promise<void>,
  { pause, log, failed }: Repeated,
): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await work(() => stopped);
    } catch (error) {
      log.warn({ err: error }, failed);
    }
    if (!stopped) timer = setTimeout(() => void run(), pause);
  };
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
