import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";

/** Copies a text, and says so. */
export function CopyButton({ text, children }: { readonly text: string; readonly children: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button
      onPress={() => void copy()}
      onBlur={() => {
        setCopied(false);
      }}
    >
      <span aria-live="polite">{copied ? "Copied" : children}</span>
    </Button>
  );
}
