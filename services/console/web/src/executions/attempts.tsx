import type { ReactNode } from "react";
import { Time } from "../ui/time.tsx";
import type { Attempt } from "./progress.ts";

/** The attempts of an execution, and why each but the last was not enough. */
export const Attempts = ({ attempts }: { readonly attempts: readonly Attempt[] }): ReactNode => (
  <section className="card stack-small" aria-labelledby="attempts">
    <h2 id="attempts">Attempts</h2>
    {attempts.length === 0 && <p className="muted">None has started.</p>}
    <ol className="plain stack-small">
      {attempts.map(({ number, model, startedAt, retried }) => (
        <li key={number}>
          <div>
            Attempt {number} on {model}{" "}
            <span className="muted small">
              <Time at={startedAt} />
            </span>
          </div>
          {retried !== undefined && (
            <div className="muted">
              Tried again: <code>{retried}</code>
            </div>
          )}
        </li>
      ))}
    </ol>
  </section>
);
