import type { ReactNode } from "react";
import { Heading } from "react-aria-components";
import type { AuditEvent } from "../api/openapi.d.ts";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { Fact } from "../ui/fact.tsx";

interface Props {
  readonly event: AuditEvent;
  /** The actor, in words. */
  readonly actor: string;
}

/** Everything that was recorded of an event. */
export const EventDialog = ({ event, actor }: Props): ReactNode => (
  <DialogButton label="Details" name={`Details of ${event.action}, ${event.createdAt}`} variant="quiet">
    {(close) => (
      <div className="stack">
        <Heading slot="title">{event.action}</Heading>
        <dl className="facts">
          <Fact name="Time">{event.createdAt}</Fact>
          <Fact name="Actor">{actor}</Fact>
          <Fact name="Actor's id">{event.actor.id}</Fact>
          <Fact name="Object">{event.object.kind}</Fact>
          <Fact name="Object's id">{event.object.id}</Fact>
          <Fact name="Outcome">{event.outcome}</Fact>
          <Fact name="Reason">{event.reason}</Fact>
          <Fact name="Network">{event.source}</Fact>
          <Fact name="Request">{event.requestId}</Fact>
          <Fact name="Details">
            {Object.keys(event.details).length > 0 && (
              <pre className="text">{JSON.stringify(event.details, undefined, 2)}</pre>
            )}
          </Fact>
        </dl>
        <div className="actions">
          <Button variant="primary" onPress={close}>
            Close
          </Button>
        </div>
      </div>
    )}
  </DialogButton>
);
