import type { Line } from "../services/cloudwatch/dashboard-data";
import { escapeHtml } from "../markup";

/** What a chart shows. */
export interface Chart {
  readonly lines: readonly Line[];
  readonly stacked: boolean;
  /** Starts of the periods, ms. */
  readonly starts: readonly number[];
  /** Columns of 24, and rows. */
  readonly width: number;
  readonly height: number;
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly at: number;
}

/** Told apart on white and on black, in this order. */
export const COLOURS = ["#3b7dd8", "#e07b1f", "#2f9e5b", "#d1495b", "#8e6bd1", "#a98600", "#12948f", "#c24fa0"];

const COLUMN = 50;
const ROW = 40;
const LEFT = 44;
const BOTTOM = 20;
const TOP = 8;
/** Room for the title and the legend. */
const AROUND = 64;

const clock = (time: number): string => new Date(time).toISOString().slice(11, 16);

/** A number as a chart has room for: 1,200,000 is 1.2M. */
export function short(value: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** Lines over time as SVG; each point says its value. */
export function chart({ lines, stacked, starts, width, height }: Chart): string {
  const [w, h] = [width * COLUMN, Math.max(height * ROW - AROUND, 80)];
  const tops = stacked ? heaped(lines) : lines.map(({ points }) => points);
  const most = ceiling(Math.max(0, ...tops.flat().map((value) => value ?? 0)));
  const x = (i: number): number => LEFT + ((w - LEFT - 8) * i) / Math.max(starts.length - 1, 1);
  const y = (value: number): number => TOP + (h - TOP - BOTTOM) * (1 - value / most);
  const drawn = lines.map((line, n) => {
    const dots = starts.map((at, i): Dot | undefined => {
      const [top, value] = [tops[n]![i], line.points[i]];
      return top === undefined || value === undefined ? undefined : { x: x(i), y: y(top), value, at };
    });
    return path(dots, line.label, COLOURS[n % COLOURS.length]!);
  });
  const grid = [0, most / 2, most].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${w}" y1="${round(y(value))}" y2="${round(y(value))}"/><text x="${LEFT - 6}" y="${round(y(value) + 4)}" text-anchor="end">${short(value)}</text>`,
  );
  const times = [0, Math.floor((starts.length - 1) / 2), starts.length - 1].map(
    (i, n) =>
      `<text x="${round(x(i))}" y="${h - 4}" text-anchor="${["start", "middle", "end"][n]!}">${clock(starts[i] ?? 0)}</text>`,
  );
  return `<svg viewBox="0 0 ${w} ${h}" role="img" aria-label="${escapeHtml(lines.map(({ label }) => label).join(", "))}">${grid.join("")}${times.join("")}${drawn.join("")}</svg>`;
}

/** A line with a gap where there is no data, and its points. */
function path(dots: readonly (Dot | undefined)[], label: string, colour: string): string {
  const commands = dots.map((dot, i) => (dot ? `${dots[i - 1] ? "L" : "M"}${round(dot.x)} ${round(dot.y)}` : ""));
  const points = dots.map((dot) =>
    dot
      ? `<circle cx="${round(dot.x)}" cy="${round(dot.y)}" r="2.5" fill="${colour}"><title>${escapeHtml(label)}: ${dot.value.toLocaleString("en-US")} at ${clock(dot.at)}</title></circle>`
      : "",
  );
  return `<path d="${commands.join("")}" fill="none" stroke="${colour}" stroke-width="2"/>${points.join("")}`;
}

/** Each line on top of those before it. */
function heaped(lines: readonly Line[]): (number | undefined)[][] {
  const sums: number[] = [];
  return lines.map(({ points }) =>
    Array.from(points, (value, i) => {
      if (value === undefined) return undefined;
      sums[i] = (sums[i] ?? 0) + value;
      return sums[i];
    }),
  );
}

/** The next of 1, 2, 5, 10, 20, 50… that is no less. */
function ceiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
