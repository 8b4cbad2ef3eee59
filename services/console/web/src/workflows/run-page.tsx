import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { parseInputs, templateOf } from "./inputs.ts";
import { type LoadedWorkflow, loadWorkflow } from "./load.ts";

export const loader = ({ params: { id = "" }, request }: LoaderFunctionArgs): Promise<LoadedWorkflow> =>
  loadWorkflow(id, request);

export function Component(): ReactNode {
  const { workflow, version } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const [text, setText] = useState(() => templateOf(version.graph));
  // A repetition after a lost answer is not run twice.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { isPending, error, submit } = useSubmit(async () => {
    const { id } = await read(
      api.POST("/workflows/{id}/execute", {
        params: { path: { id: workflow.id }, header: { "idempotency-key": key } },
        body: { version: version.version, inputs: parseInputs(text), timeoutSeconds: 3_600 },
      }),
    );
    await navigate(`/executions/${id}`);
  });
  return (
    <Page
      title={`Run ${workflow.name}`}
      needs={["executions:write"]}
      trail={<Link to={`/workflows/${workflow.id}`}>{workflow.name}</Link>}
    >
      <Form className="stack narrow" onSubmit={submit}>
        {error !== undefined && <ErrorNote error={error} />}
        <p className="muted">Runs version {version.version}. It may take up to an hour.</p>
        <Field
          label="Inputs"
          rows={8}
          value={text}
          isRequired
          hint="A JSON object. Expressions of the workflow read its values as inputs.<name>."
          onChange={(value) => {
            setText(value);
            setKey(crypto.randomUUID());
          }}
        />
        <div className="actions">
          <SubmitButton isPending={isPending}>Run</SubmitButton>
        </div>
      </Form>
    </Page>
  );
}
