import type { ReactNode } from "react";
import { sumByDay, type UsageDay } from "./sums.ts";

const DAYS = 30;
/** In units of the drawing. */
const WIDTH = 20;
const GAP = 4;
const HEIGHT = 160;

interface Props {
  readonly days: readonly UsageDay[];
  readonly valueOf: (day: UsageDay) => number;
  readonly format: (value: number) => string;
}

/** A bar for each day. The numbers are in a table too, for who cannot see the bars. */
export function Chart({ days, valueOf, format }: Props): ReactNode {
  const bars = sumByDay(days, valueOf, { count: DAYS, now: Date.now() });
  const max = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <figure className="chart">
      <div className="chart-scale small muted" aria-hidden="true">
        <span>{format(max)}</span>
        <span>0</span>
      </div>
      <svg viewBox={`0 0 ${DAYS * WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map(({ day, value }, index) => (
          <rect
            key={day}
            x={index * WIDTH + GAP / 2}
            width={WIDTH - GAP}
            y={HEIGHT - (value / max) * HEIGHT}
            height={(value / max) * HEIGHT}
            rx="2"
          >
            <title>{`${day}: ${format(value)}`}</title>
          </rect>
        ))}
      </svg>
      <div className="chart-days small muted" aria-hidden="true">
        <span>{bars[0]?.day}</span>
        <span>{bars.at(-1)?.day}</span>
      </div>
      <details>
        <summary>Numbers</summary>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col" className="number">
                Tokens
              </th>
            </tr>
          </thead>
          <tbody>
            {bars
              .filter(({ value }) => value > 0)
              .map(({ day, value }) => (
                <tr key={day}>
                  <th scope="row">{day}</th>
                  <td className="number">{format(value)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
