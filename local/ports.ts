import { createServer } from "node:net";

/** A port of this machine that nobody has just now. */
export const freePort = (): Promise<number> => tryPort(0);

/** The port that is asked for, or a free one where somebody has it. */
export const portOr = (port: number): Promise<number> => tryPort(port).catch(freePort);

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address ? address.port : 0);
      });
    });
  });
}
