import type { ReactNode } from "react";
import type { Execution } from "../api/openapi.d.ts";

const NOTHING: Readonly<Record<Execution["state"], string>> = {
  queued: "Waiting for a worker.",
  running: "The model has not answered yet.",
  waiting: "Waiting for a node of the workflow.",
  succeeded: "The answer is empty.",
  failed: "There is no output.",
  cancelled: "It was cancelled before it had any output.",
};

/** The output so far, as text: whatever it holds, nothing of it is interpreted. */
export const Output = ({ text, state }: { readonly text: string; readonly state: Execution["state"] }): ReactNode => (
  <div className="card output" data-running={state === "running"} aria-busy={state === "running"}>
    {text === "" ? <p className="muted">{NOTHING[state]}</p> : <pre className="text">{text}</pre>}
  </div>
);
