import type { ReactNode } from "react";
import { Link } from "react-router";
import { formatCost, formatCount, formatDuration } from "../executions/format.ts";
import { formatDifference, formatScore, formatShare } from "./format.ts";
import { nameOf, type Parts } from "./names.ts";
import type { Experiment } from "./read-experiment.ts";

interface Props {
  readonly experiment: Experiment;
  readonly parts: Parts;
}

type Candidate = Experiment["summary"][number];
type Score = Candidate["scores"][number];

/** The figures of the candidates, side by side. */
export const Scores = ({ experiment: { summary, evaluatorIds }, parts }: Props): ReactNode => (
  <section className="stack" aria-labelledby="scores">
    <h2 id="scores">Scores</h2>
    <div className="scroll" tabIndex={0} role="group" aria-labelledby="scores">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            {summary.map((candidate) => (
              <th key={candidate.candidate} scope="col" className="number">
                <CandidateName candidate={candidate} parts={parts} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evaluatorIds.map((id) => (
            <Row key={id} name={nameOf(id, parts.evaluators)} summary={summary}>
              {({ scores }) => <ScoreCell score={scores.find(({ evaluatorId }) => evaluatorId === id)} />}
            </Row>
          ))}
          <Row name="Failed executions" summary={summary}>
            {({ failures }) => formatCount(failures)}
          </Row>
          <Row name="Latency, median" summary={summary}>
            {({ latencyMs }) => (latencyMs ? formatDuration(latencyMs.p50) : "–")}
          </Row>
          <Row name="Latency, 95 %" summary={summary}>
            {({ latencyMs }) => (latencyMs ? formatDuration(latencyMs.p95) : "–")}
          </Row>
          <Row name="Tokens" summary={summary}>
            {({ tokens }) => formatCount(tokens)}
          </Row>
          <Row name="Cost" summary={summary}>
            {({ microUsd }) => (microUsd === null ? "–" : formatCost(microUsd))}
          </Row>
        </tbody>
      </table>
    </div>
    <p className="hint">
      Means of scores from 0 to 1, the share of outputs that passed, and the difference to the first candidate with its
      95 % confidence interval.
    </p>
  </section>
);

interface RowProps {
  readonly name: string;
  readonly summary: readonly Candidate[];
  readonly children: (candidate: Candidate) => ReactNode;
}

const Row = ({ name, summary, children }: RowProps): ReactNode => (
  <tr>
    <th scope="row">{name}</th>
    {summary.map((candidate) => (
      <td key={candidate.candidate} className="number">
        {children(candidate)}
      </td>
    ))}
  </tr>
);

const CandidateName = ({
  candidate: { promptId, version, model },
  parts: { prompts },
}: {
  readonly candidate: Candidate;
  readonly parts: Parts;
}): ReactNode => (
  <>
    <Link to={`/prompts/${promptId}?version=${version}`}>
      {nameOf(promptId, prompts)}, version {version}
    </Link>
    <br />
    <span className="small">{model}</span>
  </>
);

function ScoreCell({ score }: { readonly score: Score | undefined }): ReactNode {
  if (!score || score.mean === null) return "–";
  const { mean, passRate, difference, failures } = score;
  return (
    <>
      <strong>{formatScore(mean)}</strong>
      {passRate !== null && <div className="muted small">{formatShare(passRate)} passed</div>}
      {difference && (
        <div className="muted small">
          difference {formatDifference(difference.mean)}
          {difference.interval && ` (${difference.interval.map(formatDifference).join(" to ")})`}
        </div>
      )}
      {failures > 0 && <div className="muted small">{formatCount(failures)} without a score</div>}
    </>
  );
}
