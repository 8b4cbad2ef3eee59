import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import { Choice } from "../ui/choice.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { type LoadedVersion, loadVersion } from "./load.ts";

export const loader = ({ params: { id = "" }, request }: LoaderFunctionArgs): Promise<LoadedVersion> =>
  loadVersion(id, request);

export function Component(): ReactNode {
  const { prompt, version } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const names = Object.keys(version.variables);
  const versions = Array.from({ length: prompt.latestVersion }, (_, index) => String(prompt.latestVersion - index));
  // A repetition after a lost answer is not run twice.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { isPending, error, submit } = useSubmit(async () => {
    const given = names.filter((name) => Object.hasOwn(values, name) && values[name] !== "");
    const variables = Object.fromEntries(given.map((name) => [name, values[name] ?? ""]));
    const { id } = await read(
      api.POST("/prompts/{id}/execute", {
        params: { path: { id: prompt.id }, header: { "idempotency-key": key } },
        body: { version: version.version, variables },
      }),
    );
    await navigate(`/executions/${id}`);
  });
  return (
    <Page
      title={`Run ${prompt.name}`}
      needs={["executions:write"]}
      trail={<Link to={`/prompts/${prompt.id}`}>{prompt.name}</Link>}
    >
      <Form className="stack narrow" onSubmit={submit}>
        {error !== undefined && <ErrorNote error={error} />}
        <Choice
          label="Version"
          value={String(version.version)}
          options={versions.map((value) => ({ value, label: `Version ${value}` }))}
          hint={`Runs on ${version.model}`}
          onChange={(value) => {
            setKey(crypto.randomUUID());
            void navigate(`?version=${value}`, { replace: true });
          }}
        />
        {names.map((name) => (
          <Field
            key={name}
            label={name}
            rows={3}
            value={(Object.hasOwn(values, name) && values[name]) || ""}
            isRequired={version.variables[name]?.default === undefined}
            placeholder={version.variables[name]?.default}
            onChange={(value) => {
              setValues({ ...values, [name]: value });
              setKey(crypto.randomUUID());
            }}
          />
        ))}
        {names.length === 0 && <p className="muted">This version has no variables.</p>}
        <div className="actions">
          <SubmitButton isPending={isPending}>Run</SubmitButton>
        </div>
      </Form>
    </Page>
  );
}
