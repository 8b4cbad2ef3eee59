import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import type { Model } from "../api/openapi.d.ts";
import { ErrorNote } from "../ui/error-note.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useLeaveGuard } from "../ui/use-leave-guard.ts";
import { useSubmit } from "../ui/use-submit.ts";
import { draftOf, versionOf } from "./draft.ts";
import { Editor } from "./editor.tsx";
import { type LoadedVersion, loadVersion } from "./load.ts";

interface Loaded extends LoadedVersion {
  readonly models: readonly Model[];
}

export async function loader({ params: { id = "" }, request }: LoaderFunctionArgs): Promise<Loaded> {
  const [loaded, { models }] = await Promise.all([
    loadVersion(id, request),
    read(api.GET("/models", { signal: request.signal })),
  ]);
  return { ...loaded, models };
}

export function Component(): ReactNode {
  const { prompt, version, models } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftOf(version));
  const [isChanged, setChanged] = useState(false);
  const leave = useLeaveGuard(isChanged);
  const { isPending, error, submit } = useSubmit(async () => {
    const path = { id: prompt.id };
    await read(api.POST("/prompts/{id}/versions", { params: { path }, body: versionOf(draft) }));
    leave();
    await navigate(`/prompts/${prompt.id}`);
  });
  return (
    <Page
      title={`Edit ${prompt.name}`}
      needs={["prompts:write"]}
      trail={<Link to={`/prompts/${prompt.id}`}>{prompt.name}</Link>}
    >
      <Form className="stack" onSubmit={submit}>
        {error !== undefined && <ErrorNote error={error} />}
        {version.version !== prompt.latestVersion && (
          <p className="note">
            This starts from version {version.version}. Version {prompt.latestVersion} is newer.
          </p>
        )}
        <Editor
          draft={draft}
          models={models}
          onChange={(value) => {
            setDraft(value);
            setChanged(true);
          }}
        />
        <div className="actions">
          <SubmitButton isPending={isPending}>Save as a new version</SubmitButton>
          <Link className="button button-plain" to={`/prompts/${prompt.id}`}>
            Cancel
          </Link>
        </div>
      </Form>
    </Page>
  );
}
