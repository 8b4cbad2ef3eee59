import type { ReactNode } from "react";
import { Heading } from "react-aria-components";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly secret: string;
  readonly copyLabel: string;
  readonly close: () => void;
}

/** A dialog's content: a secret that cannot be read again. */
export const ShownOnce = ({ title, hint, secret, copyLabel, close }: Props): ReactNode => (
  <div className="stack">
    <Heading slot="title">{title}</Heading>
    <p className="muted">{hint}</p>
    <code className="secret">{secret}</code>
    <div className="actions">
      <CopyButton text={secret}>{copyLabel}</CopyButton>
      <Button variant="primary" onPress={close}>
        Done
      </Button>
    </div>
  </div>
);
