import type { EmbeddedPostgres } from "./embedded-postgres.ts";
import type { ServiceProcess } from "./service-process.ts";

/** Milliseconds before what ended by itself is started again. */
const PAUSE = 1_000;

export interface Keeping {
  readonly isStopping: () => boolean;
  readonly say: (text: string) => void;
}

/** Starts a service, and again whenever it ends by itself, as a Deployment would. */
export async function keepService(
  name: string,
  start: () => Promise<ServiceProcess>,
  { isStopping, say }: Keeping,
): Promise<{ readonly first: ServiceProcess; readonly stop: () => Promise<unknown> }> {
  const first = await start();
  let current = first;
  const restart = async (): Promise<void> => {
    const status = await current.ended;
    if (isStopping()) return;
    say(`${name} ended (${status ?? "killed"}); it is started again`);
    await pause();
    if (isStopping()) return;
    current = await start().catch((error: unknown) => {
      say(textOf(error));
      return current;
    });
    await restart();
  };
  void restart();
  return { first, stop: () => current.stop() };
}

/** Starts Postgres again whenever it ends by itself. */
export async function keepPostgres(postgres: EmbeddedPostgres, { isStopping, say }: Keeping): Promise<void> {
  for (;;) {
    await postgres.ended();
    if (isStopping()) return;
    say("Postgres ended; it is started again");
    await pause();
    if (isStopping()) return;
    await postgres.resume().catch((error: unknown) => {
      say(textOf(error));
    });
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE));
