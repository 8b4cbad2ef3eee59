import type { ReactNode } from "react";

export const Badges = ({ texts }: { readonly texts: readonly string[] }): ReactNode => (
  <span className="badges">
    {texts.map((text) => (
      <span key={text} className="badge break">
        {text}
      </span>
    ))}
  </span>
);
