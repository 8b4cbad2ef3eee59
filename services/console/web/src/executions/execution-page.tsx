import { type ReactNode, useEffect } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Execution, ExecutionDetail, Prompt } from "../api/openapi.d.ts";
import { readPrompt } from "../prompts/load.ts";
import { Permitted } from "../session/permitted.tsx";
import { ExecutedNodes } from "../workflows/executed-nodes.tsx";
import { type DrawnWorkflow, drawExecuted } from "../workflows/load.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Page } from "../ui/page.tsx";
import { Attempts } from "./attempts.tsx";
import { Facts } from "./facts.tsx";
import { Output } from "./output.tsx";
import type { Progress } from "./progress.ts";
import { StateBadge } from "./state-badge.tsx";
import { useProgress } from "./use-progress.ts";

/** Executions of a workflow's nodes that are shown, the newest ones: the API's largest page. */
const MAX_CHILDREN = 100;
/** Milliseconds in which changes of nodes are read together. */
const NODE_PAUSE = 200;

interface Loaded {
  readonly execution: ExecutionDetail;
  /** Undefined for what executes no prompt. */
  readonly prompt: Prompt | undefined;
  /** Undefined for what executes no workflow. */
  readonly workflow: ExecutedWorkflow | undefined;
}

interface ExecutedWorkflow {
  readonly drawn: DrawnWorkflow;
  readonly children: readonly Execution[];
}

export async function loader({ params: { id = "" }, request: { signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const execution = await read(api.GET("/executions/{id}", { params: { path: { id } }, signal }));
  const [prompt, workflow] = await Promise.all([
    execution.promptId === null ? undefined : readPrompt(execution.promptId, signal),
    readWorkflow(execution, signal),
  ]);
  return { execution, prompt, workflow };
}

async function readWorkflow(
  { id, workflowId, workflowVersion }: Execution,
  signal: AbortSignal,
): Promise<ExecutedWorkflow | undefined> {
  if (workflowId === null || workflowVersion === null) return undefined;
  const query = { parent: id, limit: MAX_CHILDREN };
  const [drawn, { executions }] = await Promise.all([
    drawExecuted(workflowId, workflowVersion, signal),
    read(api.GET("/executions", { params: { query }, signal })),
  ]);
  return { drawn, children: executions };
}

/** An execution while it runs, and after. The page is its link: who opens it again sees it from where it is. */
export function Component(): ReactNode {
  const { execution, prompt, workflow } = useLoaderData<typeof loader>();
  const { progress, isReconnecting } = useProgress(execution.id);
  const { revalidate } = useRevalidator();
  const isOver = execution.finishedAt !== null;
  useEffect(() => {
    if (progress.hasEnded && !isOver) void revalidate();
  }, [progress.hasEnded, isOver, revalidate]);
  useEffect(() => {
    if (isOver || progress.nodeChanges === 0) return;
    const timer = setTimeout(() => void revalidate(), NODE_PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [progress.nodeChanges, isOver, revalidate]);
  const state = stateOf(execution, progress);
  return (
    <Page
      title={titleOf(execution, prompt, workflow)}
      trail={<Trail prompt={prompt} workflow={workflow} />}
      changes={["executions:write"]}
      actions={
        <>
          <CopyButton text={location.href}>Copy link</CopyButton>
          <Permitted scope="executions:write">
            {isOver ? <RunAgain execution={execution} /> : <Cancel id={execution.id} />}
          </Permitted>
        </>
      }
    >
      <div className="columns">
        <section className="stack" aria-labelledby="output">
          <div className="row">
            <h2 id="output">Output</h2>
            <span role="status">
              <StateBadge state={state} />
            </span>
            {isReconnecting && !isOver && <span className="muted">Connecting again</span>}
          </div>
          {execution.error && <Failure {...execution.error} />}
          <Output text={execution.output ?? progress.text} state={state} />
        </section>
        <div className="stack">
          <Facts execution={execution} />
          {!workflow && <Attempts attempts={progress.attempts} />}
        </div>
      </div>
      {workflow && <ExecutedNodes execution={execution} drawn={workflow.drawn} prompts={workflow.children} />}
    </Page>
  );
}

/** A worker has begun with it before the page has asked again. */
const stateOf = ({ state }: ExecutionDetail, { attempts }: Progress): ExecutionDetail["state"] =>
  state === "queued" && attempts.length > 0 ? "running" : state;

function titleOf(
  { kind, promptVersion, workflowVersion }: ExecutionDetail,
  prompt: Prompt | undefined,
  workflow: ExecutedWorkflow | undefined,
): string {
  if (prompt) return `${prompt.name}, version ${promptVersion ?? 0}`;
  return workflow ? `${workflow.drawn.workflow.name}, version ${workflowVersion ?? 0}` : `Execution of a ${kind}`;
}

function RunAgain({ execution }: Pick<Loaded, "execution">): ReactNode {
  const { promptId, promptVersion, workflowId, workflowVersion } = execution;
  const to =
    workflowId === null
      ? promptId && `/prompts/${promptId}/run?version=${promptVersion ?? 1}`
      : `/workflows/${workflowId}/run?version=${workflowVersion ?? 1}`;
  return to === null ? null : (
    <Link className="button button-primary" to={to}>
      Run again
    </Link>
  );
}

const Trail = ({ prompt, workflow }: Pick<Loaded, "prompt" | "workflow">): ReactNode => (
  <>
    <Link to="/executions">Executions</Link>
    {prompt && <Link to={`/prompts/${prompt.id}`}>{prompt.name}</Link>}
    {workflow && <Link to={`/workflows/${workflow.drawn.workflow.id}`}>{workflow.drawn.workflow.name}</Link>}
  </>
);

const Failure = ({ code, message }: { readonly code: string; readonly message: string }): ReactNode => (
  <div className="note note-danger">
    <strong>{message}</strong>
    <p>
      Reason: <code>{code}</code>
    </p>
  </div>
);

function Cancel({ id }: { readonly id: string }): ReactNode {
  const { revalidate } = useRevalidator();
  const cancel = async (): Promise<void> => {
    await read(api.POST("/executions/{id}/cancel", { params: { path: { id } } }));
    await revalidate();
  };
  return (
    <ActionButton variant="danger" action={cancel}>
      Cancel
    </ActionButton>
  );
}
