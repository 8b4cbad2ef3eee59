import { type Html, html } from "./html.ts";

export const folded = (summary: Html, content: Html, open = false): Html =>
  open
    ? html`<details open>
        <summary>${summary}</summary>
        ${content}
      </details>`
    : html`<details>
        <summary>${summary}</summary>
        ${content}
      </details>`;
