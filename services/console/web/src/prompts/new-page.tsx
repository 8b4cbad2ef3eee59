import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import type { Model } from "../api/openapi.d.ts";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useLeaveGuard } from "../ui/use-leave-guard.ts";
import { useSubmit } from "../ui/use-submit.ts";
import { emptyDraft, versionOf } from "./draft.ts";
import { Editor } from "./editor.tsx";

export const loader = ({ request: { signal } }: LoaderFunctionArgs): Promise<{ models: Model[] }> =>
  read(api.GET("/models", { signal }));

export function Component(): ReactNode {
  const { models } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(() => emptyDraft(models[0]?.name ?? ""));
  const [isChanged, setChanged] = useState(false);
  const leave = useLeaveGuard(isChanged);
  const { isPending, error, submit } = useSubmit(async () => {
    const { id } = await read(api.POST("/prompts", { body: { name, ...versionOf(draft) } }));
    leave();
    await navigate(`/prompts/${id}`);
  });
  return (
    <Page title="New prompt" needs={["prompts:write"]} trail={<Link to="/prompts">Prompts</Link>}>
      <Form className="stack" onSubmit={submit}>
        {error !== undefined && <ErrorNote error={error} />}
        <Field
          label="Name"
          value={name}
          isRequired
          autoFocus
          maxLength={64}
          hint="Lower-case letters, digits and '-'. A prompt keeps its name."
          onChange={(value) => {
            setName(value);
            setChanged(true);
          }}
        />
        <Editor
          draft={draft}
          models={models}
          onChange={(value) => {
            setDraft(value);
            setChanged(true);
          }}
        />
        <div className="actions">
          <SubmitButton isPending={isPending}>Create prompt</SubmitButton>
        </div>
      </Form>
    </Page>
  );
}
