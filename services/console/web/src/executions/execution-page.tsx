import { type ReactNode, useEffect } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { ExecutionDetail, Prompt } from "../api/openapi.d.ts";
import { readPrompt } from "../prompts/load.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Page } from "../ui/page.tsx";
import { Attempts } from "./attempts.tsx";
import { Facts } from "./facts.tsx";
import { Output } from "./output.tsx";
import type { Progress } from "./progress.ts";
import { StateBadge } from "./state-badge.tsx";
import { useProgress } from "./use-progress.ts";

interface Loaded {
  readonly execution: ExecutionDetail;
  /** Undefined for what executes no prompt. */
  readonly prompt: Prompt | undefined;
}

export async function loader({ params: { id = "" }, request: { signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const execution = await read(api.GET("/executions/{id}", { params: { path: { id } }, signal }));
  const prompt = execution.promptId === null ? undefined : await readPrompt(execution.promptId, signal);
  return { execution, prompt };
}

/** An execution while it runs, and after. The page is its link: who opens it again sees it from where it is. */
export function Component(): ReactNode {
  const { execution, prompt } = useLoaderData<typeof loader>();
  const { progress, isReconnecting } = useProgress(execution.id);
  const { revalidate } = useRevalidator();
  const isOver = execution.finishedAt !== null;
  useEffect(() => {
    if (progress.hasEnded && !isOver) void revalidate();
  }, [progress.hasEnded, isOver, revalidate]);
  const state = stateOf(execution, progress);
  return (
    <Page
      title={titleOf(execution, prompt)}
      trail={<Trail prompt={prompt} />}
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
          <Attempts attempts={progress.attempts} />
        </div>
      </div>
    </Page>
  );
}

/** A worker has begun with it before the page has asked again. */
const stateOf = ({ state }: ExecutionDetail, { attempts }: Progress): ExecutionDetail["state"] =>
  state === "queued" && attempts.length > 0 ? "running" : state;

const titleOf = ({ kind, promptVersion }: ExecutionDetail, prompt: Prompt | undefined): string =>
  prompt ? `${prompt.name}, version ${promptVersion ?? 0}` : `Execution of a ${kind}`;

const RunAgain = ({ execution: { promptId, promptVersion } }: Pick<Loaded, "execution">): ReactNode =>
  promptId === null ? null : (
    <Link className="button button-primary" to={`/prompts/${promptId}/run?version=${promptVersion ?? 1}`}>
      Run again
    </Link>
  );

const Trail = ({ prompt }: Pick<Loaded, "prompt">): ReactNode => (
  <>
    <Link to="/executions">Executions</Link>
    {prompt && <Link to={`/prompts/${prompt.id}`}>{prompt.name}</Link>}
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
