import type { ReactNode } from "react";
import { Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";

interface Props {
  readonly label: string;
  /** For assistive technology, where the label alone is ambiguous. @default - the label */
  readonly name?: string | undefined;
  /** @default "plain" */
  readonly variant?: "primary" | "plain" | "quiet";
  /** What the dialog shows. It must contain a heading with `slot="title"`. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. Its state is new each time. */
export const DialogButton = ({ label, name = label, variant = "plain", children }: Props): ReactNode => (
  <DialogTrigger>
    <Button variant={variant} aria-label={name}>
      {label}
    </Button>
    <ModalOverlay className="overlay" isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">{({ close }) => children(close)}</Dialog>
      </Modal>
    </ModalOverlay>
  </DialogTrigger>
);
