import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { ErrorNote } from "./error-note.tsx";
import { useSubmit } from "./use-submit.ts";

interface Props {
  readonly children: string;
  /** For assistive technology, where the text alone is ambiguous. @default - the text */
  readonly name?: string | undefined;
  /** @default "plain" */
  readonly variant?: "primary" | "plain" | "quiet" | "danger";
  /** A question that must be answered first. @default - none */
  readonly confirmation?: string | undefined;
  readonly action: () => Promise<void>;
}

/** A button that runs an action once at a time, and shows why it failed. */
export function ActionButton({ children, name = children, variant = "plain", confirmation, action }: Props): ReactNode {
  const { isPending, error, submit } = useSubmit(async () => {
    if (confirmation === undefined || confirm(confirmation)) await action();
  });
  return (
    <>
      <Button
        variant={variant}
        isPending={isPending}
        aria-label={name}
        onPress={() => {
          submit();
        }}
      >
        {children}
      </Button>
      {error !== undefined && <ErrorNote error={error} />}
    </>
  );
}
