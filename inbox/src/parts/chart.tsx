// Columns over time: what was sent, and what of it came back.
import { useRef, useState } from "preact/hooks";
import { useWidth } from "../hooks.ts";
import { number } from "../format.ts";

export interface Series {
  name: string;
  tone: "accent" | "bad" | "warn";
}

export interface Column {
  label: string;
  values: number[]; // one for each series, from the bottom
}

const WIDTH = 720; // until it is known
const HEIGHT = 180;
const LABEL_ROOM = 62;
const LEFT = 34;
const BOTTOM = 20;
const TOP = 8;

/** A chart, and the same numbers as a table for those who do not see it. */
export function Columns({ columns, series, label }: { columns: Column[]; series: Series[]; label: string }) {
  const figure = useRef<HTMLElement>(null);
  const full = useWidth(figure) || WIDTH;
  const [at, setAt] = useState<number | null>(null);
  const sums = columns.map((column) => column.values.reduce((sum, value) => sum + value, 0));
  const most = roundedUp(Math.max(1, ...sums));
  const step = (full - LEFT) / columns.length;
  const every = Math.ceil(LABEL_ROOM / step / 4) * 4;
  const width = Math.max(1.5, step * 0.72);
  const scale = (HEIGHT - BOTTOM - TOP) / most;
  const lines = most >= 4 ? [0, most / 2, most] : [0, most];
  const hovered = at === null ? null : columns[at];

  return (
    <figure class="chart" ref={figure}>
      <figcaption>
        <span class="legend">
          {series.map((each, index) => (
            <span key={each.name}>
              <i class={`swatch ${each.tone}`} />
              {each.name}
              {hovered && <b class="number">{number(hovered.values[index] ?? 0)}</b>}
            </span>
          ))}
        </span>
        <span class="muted small number">{hovered?.label}</span>
      </figcaption>
      <svg width={full} height={HEIGHT} role="img" aria-label={label} onPointerLeave={() => setAt(null)}>
        {lines.map((line) => (
          <g key={line}>
            <line class="grid" x1={LEFT} x2={full} y1={HEIGHT - BOTTOM - line * scale} y2={HEIGHT - BOTTOM - line * scale} />
            <text x={LEFT - 6} y={HEIGHT - BOTTOM - line * scale + 4} text-anchor="end">{number(line)}</text>
          </g>
        ))}
        {columns.map((column, index) => {
          const x = LEFT + index * step + (step - width) / 2;
          let height = 0;
          return (
            <g key={index} class={index === at ? "hovered" : ""} onPointerEnter={() => setAt(index)}>
              <rect class="hover-area" x={LEFT + index * step} y={0} width={step} height={HEIGHT - BOTTOM} />
              {column.values.map((value, which) => {
                const tall = value > 0 ? Math.max(1.5, value * scale) : 0;
                height += tall;
                return (
                  <rect key={which} class={series[which]?.tone} x={x} y={HEIGHT - BOTTOM - height} width={width} height={tall} rx={Math.min(1.5, width / 4)} />
                );
              })}
              {index % every === 0 && <text x={LEFT + (index + 0.5) * step} y={HEIGHT - 4} text-anchor="middle">{column.label.split(", ").pop()}</text>}
            </g>
          );
        })}
      </svg>
      <div class="away">
        <table>
          <caption>{label}</caption>
          <thead><tr><th>{label}</th>{series.map((each) => <th key={each.name}>{each.name}</th>)}</tr></thead>
          <tbody>
            {columns.filter((_, index) => (sums[index] ?? 0) > 0).map((column) => (
              <tr key={column.label}><th scope="row">{column.label}</th>{column.values.map((value, index) => <td key={index}>{value}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function roundedUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  const rounded = [1, 2, 4, 5, 10].find((each) => each * unit >= value) ?? 10;
  return rounded * unit;
}
