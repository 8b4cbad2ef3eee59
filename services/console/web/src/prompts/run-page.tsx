import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import type { Model } from "../api/openapi.d.ts";
import { Choice } from "../ui/choice.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
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
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  // Empty: the model of the version.
  const [model, setModel] = useState("");
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
        body: { version: version.version, variables, ...(model !== "" && { model }) },
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
          onChange={(value) => {
            setKey(crypto.randomUUID());
            void navigate(`?version=${value}`, { replace: true });
          }}
        />
        <Choice
          label="Model"
          value={model}
          options={[
            { value: "", label: `${version.model}, as in the version` },
            ...models.filter(({ name }) => name !== version.model).map(({ name }) => ({ value: name, label: name })),
          ]}
          onChange={(value) => {
            setModel(value);
            setKey(crypto.randomUUID());
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
