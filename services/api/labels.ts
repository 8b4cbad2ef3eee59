import type { PoolClient } from "pg";
import { z } from "zod";
import { labelName } from "../shared/prompts/labels.ts";
import { ApiError } from "./errors.ts";
import { gateFault, type Move, recordOverride } from "./evaluations/gates.ts";

/** Labels that a prompt may have. */
const MAX_LABELS = 50;
const LABEL = `label, version, moved_at AS "movedAt"`;

export const label = z
  .object({ label: z.string(), version: z.int(), movedAt: z.iso.datetime() })
  .meta({ id: "Label", examples: [{ label: "production", version: 3, movedAt: "2026-11-30T12:00:00.000Z" }] });
export type Label = z.output<typeof label>;

export const labelInput = z
  .strictObject({
    version: z.int().min(1).max(2_147_483_647),
    override: z
      .strictObject({ reason: z.string().min(1).max(1_000) })
      .optional()
      .describe("Sets the label in spite of its gate. Needs the scope 'gates:write'."),
  })
  .meta({ id: "NewLabel", examples: [{ version: 3 }] });
export const byLabel = z.object({ id: z.uuid(), label: labelName });

/**
 * The version of a row of `prompts` that a request names: by its number, by a label, or as neither the latest one. NULL if the label does not
 * exist.
 */
export const namedVersion = (version: string, named: string): string =>
  `CASE WHEN ${named}::text IS NULL THEN coalesce(${version}, latest_version)
    ELSE (SELECT prompt_labels.version FROM prompt_labels WHERE prompt_labels.prompt_id = prompts.id AND label = ${named}) END`;

/** What an error calls a version that was not found. */
export function versionNotFound({
  version,
  label: named,
}: {
  version?: number | undefined;
  label?: string | undefined;
}): string {
  if (named !== undefined) return `The prompt has no label '${named}'. Set it with PUT /prompts/{id}/labels/${named}.`;
  return version === undefined ? "No such prompt." : `The prompt has no version ${version}.`;
}

/** Throws `not_found` if the prompt does not exist. */
export async function listLabels(client: PoolClient, prompt: string): Promise<Label[]> {
  await requirePrompt(client, prompt);
  return labelsOf(client, prompt);
}

async function labelsOf(client: PoolClient, prompt: string): Promise<Label[]> {
  const { rows } = await client.query<Label>(`SELECT ${LABEL} FROM prompt_labels WHERE prompt_id = $1 ORDER BY label`, [
    prompt,
  ]);
  return rows;
}

export interface SetOptions {
  /** Why the label is set in spite of its gate, and the id of who does so. @default - the gate decides */
  readonly override?: { readonly reason: string; readonly by: string } | undefined;
}

export interface SetLabel {
  readonly label: Label;
  /** False if the label named the version before. */
  readonly moved: boolean;
  /** The id of the override without which the gate would have refused. @default - there was no need */
  readonly override?: string;
}

/** Lets a label name a version. Throws an ApiError if there is no such version, its gate refuses it, or there are too many labels. */
export async function setLabel(client: PoolClient, move: Move, { override }: SetOptions): Promise<SetLabel> {
  const { prompt, label: name, version } = move;
  // One at a time changes the labels of a prompt.
  await requirePrompt(client, prompt, "FOR NO KEY UPDATE");
  const labels = await labelsOf(client, prompt);
  const known = labels.find((each) => each.label === name);
  if (known?.version === version) return { label: known, moved: false };
  if (known === undefined && labels.length >= MAX_LABELS)
    throw new ApiError("limit_reached", `A prompt may have ${MAX_LABELS} labels. Remove one.`);
  const { rows } = await client.query<Label>(
    `INSERT INTO prompt_labels (prompt_id, label, tenant_id, version)
      SELECT prompt_id, $2, tenant_id, version FROM prompt_versions WHERE prompt_id = $1 AND version = $3
      ON CONFLICT (prompt_id, label) DO UPDATE SET version = excluded.version, moved_at = now()
      RETURNING ${LABEL}`,
    [prompt, name, version],
  );
  if (!rows[0]) throw new ApiError("not_found", versionNotFound({ version }));
  const fault = await gateFault(client, move);
  if (fault === undefined) return { label: rows[0], moved: true };
  if (!override) throw new ApiError("gate_not_passed", fault);
  return { label: rows[0], moved: true, override: await recordOverride(client, move, override) };
}

/** Removes a label; the version that it named. Throws `not_found`. */
export async function removeLabel(client: PoolClient, prompt: string, name: string): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    "DELETE FROM prompt_labels WHERE prompt_id = $1 AND label = $2 RETURNING version",
    [prompt, name],
  );
  if (!rows[0]) throw new ApiError("not_found");
  return rows[0].version;
}

/** Throws `not_found` if the prompt does not exist. */
export async function requirePrompt(
  client: PoolClient,
  prompt: string,
  lock: "" | "FOR NO KEY UPDATE" = "",
): Promise<void> {
  const { rowCount } = await client.query(`SELECT FROM prompts WHERE id = $1 ${lock}`, [prompt]);
  if (rowCount === 0) throw new ApiError("not_found");
}
