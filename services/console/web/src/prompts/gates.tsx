import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Dataset, Evaluator, Gate } from "../api/openapi.d.ts";
import { formatScore } from "../evaluations/format.ts";
import { nameOf } from "../evaluations/names.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";

export interface GateParts {
  readonly gates: readonly Gate[];
  readonly datasets: readonly Dataset[];
  readonly evaluators: readonly Evaluator[];
}

interface Props extends GateParts {
  readonly prompt: string;
}

/** Gates of labels: scores that a version needs before a label can name it. */
export const Gates = (props: Props): ReactNode => (
  <section className="card stack" aria-labelledby="gates">
    <h2 id="gates">Gates</h2>
    {props.gates.length === 0 && <p className="muted">None. A gate requires a score before a label names a version.</p>}
    <ul className="plain stack-small">
      {props.gates.map((gate) => (
        <GateRow key={gate.label} {...props} gate={gate} />
      ))}
    </ul>
    {props.datasets.length > 0 && props.evaluators.length > 0 && (
      <Permitted scope="gates:write">
        <DialogButton label="Set gate">{(close) => <SetGate {...props} close={close} />}</DialogButton>
      </Permitted>
    )}
  </section>
);

function GateRow({ prompt: id, gate, datasets, evaluators }: Props & { readonly gate: Gate }): ReactNode {
  const { label, minMean, minPassRate } = gate;
  const { revalidate } = useRevalidator();
  const remove = async (): Promise<void> => {
    await read(api.DELETE("/prompts/{id}/labels/{label}/gate", { params: { path: { id, label } } }));
    await revalidate();
  };
  return (
    <li className="stack-small">
      <span>
        <span className="badge">{label}</span> needs{" "}
        {minMean !== null && <>a mean of at least {formatScore(minMean)}</>}
        {minMean !== null && minPassRate !== null && " and "}
        {minPassRate !== null && <>a pass rate of at least {formatScore(minPassRate)}</>} of{" "}
        {nameOf(gate.evaluatorId, evaluators)} on {nameOf(gate.datasetId, datasets)}
      </span>
      <Permitted scope="gates:write">
        <ActionButton variant="quiet" name={`Remove gate of ${label}`} action={remove}>
          Remove
        </ActionButton>
      </Permitted>
    </li>
  );
}

function SetGate({ prompt: id, datasets, evaluators, close }: Props & { readonly close: () => void }): ReactNode {
  const [label, setLabel] = useState("production");
  const [datasetId, setDataset] = useState(datasets[0]?.id ?? "");
  const [evaluatorId, setEvaluator] = useState(evaluators[0]?.id ?? "");
  const [mean, setMean] = useState("0.8");
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    const body = { datasetId, evaluatorId, minMean: Number(mean) };
    await read(api.PUT("/prompts/{id}/labels/{label}/gate", { params: { path: { id, label } }, body }));
    await revalidate();
    close();
  });
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">Set the gate of a label</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field label="Label" value={label} onChange={setLabel} isRequired maxLength={64} />
      <Choice
        label="Dataset"
        value={datasetId}
        options={datasets.map(({ id: value, name }) => ({ value, label: name }))}
        onChange={setDataset}
      />
      <Choice
        label="Evaluator"
        value={evaluatorId}
        options={evaluators.map(({ id: value, name }) => ({ value, label: name }))}
        onChange={setEvaluator}
      />
      <Field
        label="Minimum mean"
        value={mean}
        onChange={setMean}
        isRequired
        inputMode="decimal"
        hint="From 0 to 1. An item without a score counts as 0."
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>Set gate</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
