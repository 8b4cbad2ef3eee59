import { type ReactNode, useState } from "react";
import { Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { Field } from "../ui/field.tsx";

interface Props {
  readonly execution: string;
  readonly node: string;
}

/** Approves or rejects a node that waits for it. */
export const Decide = (props: Props): ReactNode => (
  <DialogButton label="Decide" name={`Decide about ${props.node}`} variant="primary">
    {(close) => <DecideDialog {...props} close={close} />}
  </DialogButton>
);

function DecideDialog({ execution: id, node, close }: Props & { readonly close: () => void }): ReactNode {
  const [comment, setComment] = useState("");
  const { revalidate } = useRevalidator();
  const request = { params: { path: { id, node } }, body: comment === "" ? {} : { comment } };
  const finish = async (): Promise<void> => {
    await revalidate();
    close();
  };
  const approve = async (): Promise<void> => {
    await read(api.POST("/executions/{id}/nodes/{node}/approve", request));
    await finish();
  };
  const reject = async (): Promise<void> => {
    await read(api.POST("/executions/{id}/nodes/{node}/reject", request));
    await finish();
  };
  return (
    <div className="stack">
      <Heading slot="title">Approve {node}?</Heading>
      <Field label="Comment" rows={3} value={comment} onChange={setComment} maxLength={10_000} autoFocus />
      <p className="hint">Later nodes can read the comment. A node that is rejected fails.</p>
      <div className="actions">
        <ActionButton variant="primary" action={approve}>
          Approve
        </ActionButton>
        <ActionButton variant="danger" action={reject}>
          Reject
        </ActionButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </div>
  );
}

/** Runs a paused node again, or gives it up. */
export function Recover({ execution: id, node }: Props): ReactNode {
  const { revalidate } = useRevalidator();
  const request = { params: { path: { id, node } }, body: {} };
  const retry = async (): Promise<void> => {
    await read(api.POST("/executions/{id}/nodes/{node}/retry", request));
    await revalidate();
  };
  const abort = async (): Promise<void> => {
    await read(api.POST("/executions/{id}/nodes/{node}/abort", request));
    await revalidate();
  };
  return (
    <span className="row">
      <ActionButton variant="primary" name={`Retry ${node}`} action={retry}>
        Retry
      </ActionButton>
      <ActionButton
        variant="danger"
        name={`Abort ${node}`}
        confirmation={`Abort '${node}'? The workflow fails.`}
        action={abort}
      >
        Abort
      </ActionButton>
    </span>
  );
}
