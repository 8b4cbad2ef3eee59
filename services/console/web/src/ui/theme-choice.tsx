import { type ReactNode, useState } from "react";
import { Choice } from "./choice.tsx";
import { applyTheme, readTheme, themes, type Theme } from "./theme.ts";

const LABELS: Readonly<Record<Theme, string>> = { system: "System theme", light: "Light theme", dark: "Dark theme" };

export function ThemeChoice(): ReactNode {
  const [theme, setTheme] = useState(readTheme);
  return (
    <Choice
      label="Theme"
      hidesLabel
      value={theme}
      options={themes.map((value) => ({ value, label: LABELS[value] }))}
      onChange={(value) => {
        const chosen = themes.find((each) => each === value) ?? "system";
        applyTheme(chosen);
        setTheme(chosen);
      }}
    />
  );
}
