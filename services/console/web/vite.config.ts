import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";

export default defineConfig({
  plugins: [react()],
  // The server replaces it with the nonce of each answer: see ../files.ts.
  html: { cspNonce: "CSP_NONCE" },
  // Every script and style is a file of its own: the policy permits none inside the page.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
});
