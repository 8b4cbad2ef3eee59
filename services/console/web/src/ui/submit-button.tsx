import type { ReactNode } from "react";
import { Button } from "./button.tsx";

export const SubmitButton = ({
  isPending,
  children,
}: {
  readonly isPending: boolean;
  readonly children: ReactNode;
}): ReactNode => (
  <Button type="submit" variant="primary" isPending={isPending}>
    {isPending && <span className="spinner" aria-hidden="true" />}
    {children}
  </Button>
);
