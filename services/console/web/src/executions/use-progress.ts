import { useEffect, useState } from "react";
import { readServerEvents } from "../api/event-stream.ts";
import type { ExecutionEvent } from "../api/openapi.d.ts";
import { Problem, problemOf } from "../api/problem.ts";
import { sessionFetch } from "../session/session-fetch.ts";
import { advance, noProgress, type Progress } from "./progress.ts";

/** Milliseconds before a connection that was lost is tried again, and at most after several failures. */
const RETRY = 1_000;
const MAX_RETRY = 15_000;

export interface Followed {
  readonly progress: Progress;
  /** The connection was lost, and is tried again. */
  readonly isReconnecting: boolean;
}

/** Follows an execution from its first event to its last, over lost connections and ended sessions. Stops if it is refused. */
export function useProgress(execution: string): Followed {
  const [followed, setFollowed] = useState<Followed>({ progress: noProgress, isReconnecting: false });
  useEffect(() => {
    const controller = new AbortController();
    setFollowed({ progress: noProgress, isReconnecting: false });
    void follow(execution, controller.signal, setFollowed);
    return () => {
      controller.abort();
    };
  }, [execution]);
  return followed;
}

async function follow(execution: string, signal: AbortSignal, onChange: (followed: Followed) => void): Promise<void> {
  let progress = noProgress;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const request = new Request(`/api/executions/${encodeURIComponent(execution)}/stream?after=${progress.seq}`, {
        ...{ signal, headers: { accept: "text/event-stream" } },
      });
      const response = await sessionFetch(request);
      if (!response.ok) throw await problemOf(response);
      if (response.status === 204 || response.body === null) return;
      for await (const { data } of readServerEvents(response.body)) {
        failures = 0;
        progress = advance(progress, [JSON.parse(data) as ExecutionEvent]);
        onChange({ progress, isReconnecting: false });
      }
      if (progress.hasEnded) return;
    } catch (error) {
      if (error instanceof Problem && isFinal(error)) return;
      failures += 1;
      onChange({ progress, isReconnecting: true });
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(MAX_RETRY, RETRY * 2 ** Math.max(0, failures - 1))));
  }
}

/** Whether asking again would be refused again: the execution is archived, or the user may not read it. */
const isFinal = ({ status }: Problem): boolean => status >= 400 && status < 500 && status !== 429;
