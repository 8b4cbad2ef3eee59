import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Evaluator, ItemResults } from "../api/openapi.d.ts";
import { formatScore } from "./format.ts";
import { nameOf } from "./names.ts";
import type { Experiment } from "./read-experiment.ts";

interface Props {
  readonly experiment: Experiment;
  readonly items: readonly ItemResults[];
  readonly evaluators: readonly Evaluator[];
}

/** The outputs of all candidates for each item, side by side. */
export const Outputs = ({ experiment, items, evaluators }: Props): ReactNode => (
  <section className="stack" aria-labelledby="outputs">
    <h2 id="outputs">Outputs</h2>
    {items.length === 0 && <p className="muted">There are no items on this page.</p>}
    {items.map((item) => (
      <article key={item.item} className="card stack-small" aria-label={`Item ${item.item}`}>
        <ItemInput item={item} />
        <div className="side-by-side">
          {item.results.map((result) => (
            <Result
              key={result.candidate}
              result={result}
              title={`Version ${experiment.candidates[result.candidate]?.version ?? 0}`}
              evaluators={evaluators}
            />
          ))}
        </div>
      </article>
    ))}
  </section>
);

const ItemInput = ({ item: { item, variables, expected } }: { readonly item: ItemResults }): ReactNode => (
  <>
    <h3>Item {item}</h3>
    <dl className="facts">
      {Object.entries(variables).map(([name, value]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd className="text">{value}</dd>
        </div>
      ))}
      {expected !== null && (
        <>
          <dt>expected</dt>
          <dd className="text">{expected}</dd>
        </>
      )}
    </dl>
  </>
);

const Result = ({
  result: { state, output, error, executionId, scores },
  title,
  evaluators,
}: {
  readonly result: ItemResults["results"][number];
  readonly title: string;
  readonly evaluators: readonly Evaluator[];
}): ReactNode => (
  <div className="stack-small">
    <div className="row">
      {executionId === null ? <strong>{title}</strong> : <Link to={`/executions/${executionId}`}>{title}</Link>}
      {state !== "scored" && <span className={`badge state state-${state}`}>{state}</span>}
    </div>
    {output !== null && <pre className="text secret">{output}</pre>}
    {error && (
      <p>
        {error.message} <code>{error.code}</code>
      </p>
    )}
    <dl className="facts">
      {scores.map(({ evaluatorId, score, reason, error: failure }) => (
        <div key={evaluatorId} className="contents">
          <dt>{nameOf(evaluatorId, evaluators)}</dt>
          <dd>
            {score === null ? (failure?.message ?? "–") : formatScore(score)}{" "}
            {reason !== null && <span className="muted text">{reason}</span>}
          </dd>
        </div>
      ))}
    </dl>
  </div>
);
