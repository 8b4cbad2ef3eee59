import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Label, Prompt } from "../api/openapi.d.ts";
import { Problem } from "../api/problem.ts";
import { Permitted } from "../session/permitted.tsx";
import { useMay } from "../session/signed-in-user.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";

interface Props {
  readonly prompt: Prompt;
  readonly labels: readonly Label[];
  /** The version that is shown, which a label is set to. */
  readonly version: number;
}

/** Labels of a prompt: callers execute the version that a label names. */
export function Labels({ prompt, labels, version }: Props): ReactNode {
  return (
    <section className="card stack" aria-labelledby="labels">
      <h2 id="labels">Labels</h2>
      {labels.length === 0 && (
        <p className="muted">None. A label such as production names the version that callers get.</p>
      )}
      <ul className="plain stack-small">
        {labels.map((label) => (
          <LabelRow key={label.label} prompt={prompt} label={label} />
        ))}
      </ul>
      <Permitted scope="prompts:write">
        <SetLabel prompt={prompt} version={version} />
      </Permitted>
    </section>
  );
}

function LabelRow({
  prompt: { id },
  label: { label, version },
}: {
  readonly prompt: Prompt;
  readonly label: Label;
}): ReactNode {
  const { revalidate } = useRevalidator();
  const remove = async (): Promise<void> => {
    await read(api.DELETE("/prompts/{id}/labels/{label}", { params: { path: { id, label } } }));
    await revalidate();
  };
  return (
    <li>
      <div className="row">
        <span className="badge ellipsis">{label}</span>
        <Link to={`/prompts/${id}?version=${version}`}>Version {version}</Link>
        <Permitted scope="prompts:write">
          <ActionButton variant="quiet" name={`Remove label ${label}`} action={remove}>
            Remove
          </ActionButton>
        </Permitted>
      </div>
    </li>
  );
}

function SetLabel({ prompt: { id }, version }: Pick<Props, "prompt" | "version">): ReactNode {
  const [label, setLabel] = useState("");
  const [reason, setReason] = useState("");
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    const body = { version, ...(reason !== "" && { override: { reason } }) };
    await read(api.PUT("/prompts/{id}/labels/{label}", { params: { path: { id, label } }, body }));
    setLabel("");
    setReason("");
    await revalidate();
  });
  const isGated = error instanceof Problem && error.code === "gate_not_passed";
  const canOverride = useMay("gates:write") && (isGated || reason !== "");
  return (
    <Form className="stack-small" onSubmit={submit}>
      {error !== undefined && <ErrorNote error={error} />}
      <Field
        label={`Label for version ${version}`}
        value={label}
        onChange={setLabel}
        isRequired
        maxLength={64}
        placeholder="production"
      />
      {canOverride && (
        <Field
          label="Reason to override the gate"
          value={reason}
          onChange={setReason}
          rows={2}
          hint="The override is recorded with it."
        />
      )}
      <SubmitButton isPending={isPending}>Set label</SubmitButton>
    </Form>
  );
}
