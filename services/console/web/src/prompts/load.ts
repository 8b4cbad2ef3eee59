import { api, read } from "../api/client.ts";
import { numberIn } from "../api/number-in.ts";
import type { Prompt, PromptVersion } from "../api/openapi.d.ts";

export interface LoadedVersion {
  readonly prompt: Prompt;
  readonly version: PromptVersion;
}

export const readPrompt = (id: string, signal: AbortSignal): Promise<Prompt> =>
  read(api.GET("/prompts/{id}", { params: { path: { id } }, signal }));

export const readVersion = (id: string, version: number, signal: AbortSignal): Promise<PromptVersion> =>
  read(api.GET("/prompts/{id}/versions/{version}", { params: { path: { id, version } }, signal }));

/** The prompt of a page, with the version that its URL names, or the latest one. */
export async function loadVersion(
  id: string,
  { url, signal }: Pick<Request, "url" | "signal">,
): Promise<LoadedVersion> {
  const named = numberIn(new URL(url).searchParams, "version");
  const prompt = await readPrompt(id, signal);
  return { prompt, version: await readVersion(id, named ?? prompt.latestVersion, signal) };
}
