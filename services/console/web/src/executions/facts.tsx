import type { ReactNode } from "react";
import { Link } from "react-router";
import type { ExecutionDetail } from "../api/openapi.d.ts";
import { Time } from "../ui/time.tsx";
import { durationOf, formatCost, formatCount } from "./format.ts";

/** What is known of an execution besides its output. */
export function Facts({ execution }: { readonly execution: ExecutionDetail }): ReactNode {
  const { model, requestedModel, usage, cost, finishReason, cachedFrom, createdAt } = execution;
  const duration = durationOf(execution);
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">Details</h2>
      <dl className="facts">
        {fact("Model", model)}
        {requestedModel !== model && fact("Requested model", requestedModel)}
        {fact("Input tokens", usage && countOf(usage, "promptTokens"))}
        {fact("Output tokens", usage && countOf(usage, "completionTokens"))}
        {fact("Cost", cost && formatCost(cost.microUsd))}
        {fact("Duration", duration)}
        {fact("Finish reason", finishReason)}
        {fact("Answer of", cachedFrom !== null && <Link to={`/executions/${cachedFrom}`}>an earlier execution</Link>)}
        {fact("Created", <Time at={createdAt} />)}
      </dl>
    </section>
  );
}

const countOf = (usage: Readonly<Record<string, number>>, name: string): string | undefined =>
  usage[name] === undefined ? undefined : formatCount(usage[name]);

const fact = (name: string, value: ReactNode): ReactNode =>
  value !== undefined && value !== null && value !== false ? (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  ) : null;
