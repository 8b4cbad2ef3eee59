import type { ReactNode } from "react";
import { Link } from "react-router";
import type { ExecutionDetail } from "../api/openapi.d.ts";
import { Fact } from "../ui/fact.tsx";
import { Time } from "../ui/time.tsx";
import { durationOf, formatCost, formatCount } from "./format.ts";

/** What is known of an execution besides its output. */
export function Facts({ execution }: { readonly execution: ExecutionDetail }): ReactNode {
  const { model, requestedModel, usage, cost, finishReason, cachedFrom, createdAt } = execution;
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">Details</h2>
      <dl className="facts">
        <Fact name="Model">{model}</Fact>
        <Fact name="Requested model">{requestedModel !== model && requestedModel}</Fact>
        <Fact name="Input tokens">{usage && countOf(usage, "promptTokens")}</Fact>
        <Fact name="Output tokens">{usage && countOf(usage, "completionTokens")}</Fact>
        <Fact name="Cost">{cost && formatCost(cost.microUsd)}</Fact>
        <Fact name="Duration">{durationOf(execution)}</Fact>
        <Fact name="Finish reason">{finishReason}</Fact>
        <Fact name="Answer of">
          {cachedFrom !== null && <Link to={`/executions/${cachedFrom}`}>an earlier execution</Link>}
        </Fact>
        <Fact name="Created">
          <Time at={createdAt} />
        </Fact>
      </dl>
    </section>
  );
}

const countOf = (usage: Readonly<Record<string, number>>, name: string): string | undefined =>
  usage[name] === undefined ? undefined : formatCount(usage[name]);
