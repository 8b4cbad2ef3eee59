import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";

type Props = Omit<ButtonProps, "className"> & {
  /** @default "plain" */
  readonly variant?: "primary" | "plain" | "quiet" | "danger";
};

export const Button = ({ variant = "plain", ...props }: Props): ReactNode => (
  <AriaButton {...props} className={`button button-${variant}`} />
);
