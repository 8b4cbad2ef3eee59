import { Transform } from "node:stream";

const NEWLINE = 10;
const RETURN = 13;

/**
 * Passes a stream of events (text/event-stream) on, and breaks it when more than so many bytes come without an empty line, which ends an
 * event: whoever reads it keeps an event until then.
 */
export function limitEvents(max: number): Transform {
  let bytes = 0;
  let lineIsEmpty = true;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (const byte of chunk) {
        bytes += 1;
        if (byte === NEWLINE && lineIsEmpty) bytes = 0;
        if (byte === NEWLINE) lineIsEmpty = true;
        else if (byte !== RETURN) lineIsEmpty = false;
      }
      if (bytes > max) done(new Error(`More than ${max} bytes came without the end of an event.`));
      else done(null, chunk);
    },
  });
}

/** Passes so many bytes on, and breaks a stream that has more. */
export function limitBytes(max: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > max) done(new Error(`More than ${max} bytes came.`));
      else done(null, chunk);
    },
  });
}
