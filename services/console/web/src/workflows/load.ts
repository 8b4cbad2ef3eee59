import { api, read } from "../api/client.ts";
import { numberIn } from "../api/number-in.ts";
import type { Workflow, WorkflowVersion } from "../api/openapi.d.ts";
import type { Drawing } from "./lay-out.ts";

export interface LoadedWorkflow {
  readonly workflow: Workflow;
  readonly version: WorkflowVersion;
}

export interface DrawnWorkflow extends LoadedWorkflow {
  readonly drawing: Drawing;
}

const readWorkflow = (id: string, signal: AbortSignal): Promise<Workflow> =>
  read(api.GET("/workflows/{id}", { params: { path: { id } }, signal }));

const readVersion = (id: string, version: number, signal: AbortSignal): Promise<WorkflowVersion> =>
  read(api.GET("/workflows/{id}/versions/{version}", { params: { path: { id, version } }, signal }));

/** The workflow of a page, with the version that its URL names, or the latest one. */
export async function loadWorkflow(
  id: string,
  { url, signal }: Pick<Request, "url" | "signal">,
): Promise<LoadedWorkflow> {
  const named = numberIn(new URL(url).searchParams, "version");
  const workflow = await readWorkflow(id, signal);
  return { workflow, version: await readVersion(id, named ?? workflow.latestVersion, signal) };
}

/** A version with the places of its nodes. The layout's code is loaded only for pages that draw. */
export async function drawVersion(loaded: LoadedWorkflow): Promise<DrawnWorkflow> {
  const { layOut } = await import("./lay-out.ts");
  return { ...loaded, drawing: layOut(loaded.version.graph) };
}

/** The version that was executed, drawn. */
export async function drawExecuted(id: string, number: number, signal: AbortSignal): Promise<DrawnWorkflow> {
  const [workflow, version] = await Promise.all([readWorkflow(id, signal), readVersion(id, number, signal)]);
  return drawVersion({ workflow, version });
}
