import { type SyntheticEvent, useState } from "react";

interface Submission {
  readonly isPending: boolean;
  /** What the last attempt failed with. */
  readonly error: unknown;
  /** For `onSubmit` of a form, and for buttons. Does nothing while pending. */
  readonly submit: (event?: SyntheticEvent) => void;
}

/** Runs an action of a form or a button once at a time. */
export function useSubmit(action: () => Promise<void>): Submission {
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError(failure);
    } finally {
      setPending(false);
    }
  };
  return {
    isPending,
    error,
    submit: (event) => {
      event?.preventDefault();
      if (!isPending) void run();
    },
  };
}
