/** Jobs of graphile-worker that ask a model, and store its answer piece by piece in numbered events. */
import { Logger, run } from "graphile-worker";
import OpenAI from "openai";
import { Pool } from "pg";

const [url = "", baseURL = "", concurrency = "", tokens = ""] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: Number(concurrency) });
await pool.query("CREATE TABLE events (job bigint, seq integer, type text, data jsonb, PRIMARY KEY (job, seq))");
await pool.query("CREATE TABLE answers (job bigint PRIMARY KEY, output text)");
const model = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });

await run({
  pgPool: pool,
  concurrency: Number(concurrency),
  logger: new Logger(() => () => undefined),
  taskList: {
    execute: async (payload, { job }) => {
      let seq = 0;
      let output = "";
      const tell = (type: string, data: object): Promise<unknown> =>
        pool.query({
          name: "tell",
          text: "INSERT INTO events VALUES ($1, $2, $3, $4)",
          values: [job.id, (seq += 1), type, data],
        });
      await tell("job_started", {});
      const { content } = payload as { content: string };
      const request = { model: "simulated", messages: [{ role: "user" as const, content }], stream: true as const };
      const stream = await model.chat.completions.create({ ...request, max_completion_tokens: Number(tokens) });
      for await (const { choices } of stream) {
        const text = choices[0]?.delta.content ?? "";
        if (text === "") continue;
        output += text;
        await tell("token_chunk", { text });
      }
      await tell("job_complete", {});
      await pool.query({ name: "answer", text: "INSERT INTO answers VALUES ($1, $2)", values: [job.id, output] });
    },
  },
});
process.stdout.write("ready\n");
