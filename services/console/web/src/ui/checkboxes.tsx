import type { ReactNode } from "react";
import { CheckboxButton, CheckboxField, CheckboxGroup, type CheckboxGroupProps, Label } from "react-aria-components";

type Props = Omit<CheckboxGroupProps, "className" | "children"> & {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly options: readonly string[];
};

/** Any of a list. */
export const Checkboxes = ({ label, hint, options, ...props }: Props): ReactNode => (
  <CheckboxGroup {...props} className="field">
    <Label>{label}</Label>
    {hint !== undefined && <span className="hint">{hint}</span>}
    <div className="checkboxes">
      {options.map((option) => (
        <CheckboxField key={option} value={option}>
          <CheckboxButton className="checkbox">
            <span className="checkbox-box" aria-hidden="true" />
            {option}
          </CheckboxButton>
        </CheckboxField>
      ))}
    </div>
  </CheckboxGroup>
);
