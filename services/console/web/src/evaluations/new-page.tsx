import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import { Checkboxes } from "../ui/checkboxes.tsx";
import { Choice } from "../ui/choice.tsx";
import { Empty } from "../ui/empty.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { type Parts, readParts } from "./names.ts";

/** Versions of a prompt that can be chosen, the newest ones. */
const LISTED = 20;

export const loader = ({ request: { signal } }: LoaderFunctionArgs): Promise<Parts> => readParts(signal);

export function Component(): ReactNode {
  const parts = useLoaderData<typeof loader>();
  const isComplete = Object.values(parts).every(({ length }) => length > 0);
  return (
    <Page title="New experiment" needs={["evaluations:write"]} trail={<Link to="/evaluations">Evaluations</Link>}>
      {isComplete ? (
        <NewExperiment {...parts} />
      ) : (
        <Empty title="An experiment needs a prompt, a dataset and an evaluator">
          <p>
            Create datasets on <Link to="/datasets">their page</Link>, and evaluators with <code>POST /evaluators</code>
            .
          </p>
        </Empty>
      )}
    </Page>
  );
}

const choicesOf = (
  of: readonly { readonly id: string; readonly name: string }[],
): readonly { readonly value: string; readonly label: string }[] =>
  of.map(({ id, name }) => ({ value: id, label: name }));

function NewExperiment({ datasets, evaluators, prompts }: Parts): ReactNode {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [datasetId, setDataset] = useState(datasets[0]?.id ?? "");
  const [promptId, setPrompt] = useState(prompts[0]?.id ?? "");
  const latest = prompts.find(({ id }) => id === promptId)?.latestVersion ?? 1;
  const numbers = Array.from({ length: Math.min(latest, LISTED) }, (_, index) => String(latest - index));
  const [versions, setVersions] = useState<readonly string[]>(numbers.slice(0, 2));
  const [scorers, setScorers] = useState<string[]>([]);
  const { isPending, error, submit } = useSubmit(async () => {
    // The oldest version comes first: the others are compared with it.
    const candidates = versions.map(Number).toSorted((one, other) => one - other);
    const { id } = await read(
      api.POST("/experiments", {
        body: {
          ...{ name, datasetId, timeoutSeconds: 300 },
          evaluatorIds: evaluators.filter((each) => scorers.includes(each.name)).map((each) => each.id),
          candidates: candidates.map((version) => ({ promptId, version })),
        },
      }),
    );
    await navigate(`/evaluations/${id}`);
  });
  return (
    <Form className="stack narrow" onSubmit={submit}>
      {error !== undefined && <ErrorNote error={error} />}
      <Field label="Name" value={name} onChange={setName} isRequired autoFocus maxLength={64} />
      <Choice label="Dataset" value={datasetId} options={choicesOf(datasets)} onChange={setDataset} />
      <Choice
        label="Prompt"
        value={promptId}
        options={choicesOf(prompts)}
        onChange={(id) => {
          setPrompt(id);
          setVersions([String(prompts.find((prompt) => prompt.id === id)?.latestVersion ?? 1)]);
        }}
      />
      <Checkboxes
        label="Versions"
        hint="At most five. Others are compared with the oldest one."
        options={numbers}
        value={[...versions]}
        onChange={setVersions}
        isRequired
      />
      <Checkboxes
        label="Evaluators"
        hint="At most five."
        options={evaluators.map((each) => each.name)}
        value={scorers}
        onChange={setScorers}
        isRequired
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>Run experiment</SubmitButton>
      </div>
    </Form>
  );
}
