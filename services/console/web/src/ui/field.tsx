import type { ReactNode } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from "react-aria-components";

type Props = Omit<TextFieldProps, "className" | "children"> & {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  /** Lines of a text area. @default - one line of input */
  readonly rows?: number;
};

export function Field({ label, hint, placeholder, rows, ...props }: Props): ReactNode {
  const shared = { className: "input", ...(placeholder !== undefined && { placeholder }) };
  return (
    <TextField {...props} className="field">
      <Label>{label}</Label>
      {rows === undefined ? <Input {...shared} /> : <TextArea {...shared} rows={rows} spellCheck="false" />}
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error" />
    </TextField>
  );
}
