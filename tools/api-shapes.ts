/**
 * Writes `local/http/input-shapes.json`: what the input of each operation that the local cloud plays looks like, from the
 * schemas inside AWS's own SDK clients. Run it after adding an operation: `npm run shapes`.
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble } from "../local/assemble";
import { VirtualClock } from "../local/clock";
import { Cloud } from "../local/cloud";
import type { ShapeFile, Shape } from "../local/http/shapes";

export const SHAPES_FILE = join(__dirname, "../local/http/input-shapes.json");

/** The SDK clients that know a service's operations, by the service's name here; of two of one name, the first. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  apigateway: ["apigatewaymanagementapi"],
  "apigateway-account": ["apigatewayv2"],
  athena: ["athena"],
  cloudcontrol: ["cloudcontrol"],
  cloudwatch: ["cloudwatch"],
  dynamodb: ["dynamodb", "dynamodb-streams"],
  events: ["eventbridge"],
  glue: ["glue"],
  iam: ["iam"],
  kms: ["kms"],
  lambda: ["lambda"],
  logs: ["cloudwatch-logs"],
  s3: ["s3"],
  scheduler: ["scheduler"],
  ses: ["sesv2", "ses"],
  // Version 1 of SES has operations of the same names with other inputs; it alone speaks the query protocol.
  "ses:query": ["ses"],
  sns: ["sns"],
  sqs: ["sqs"],
  sts: ["sts"],
  xray: ["xray"],
};

type Schema = number | readonly unknown[] | (() => Schema);

/** Kinds of schema: https://github.com/smithy-lang/smithy-typescript/tree/main/packages/core/src/submodules/schema */
const SIMPLE: Readonly<Record<number, Shape>> = {
  0: "string",
  1: "number",
  2: "boolean",
  4: "timestamp",
  5: "timestamp",
  6: "timestamp",
  7: "timestamp",
  15: "any",
  17: "number",
  19: "number",
  21: "blob",
  42: "blob",
};
const LIST_OF = 64;
const MAP_OF = 128;

/** The whole file's content. */
function shapesOf(services: ReadonlyMap<string, { readonly operations: object }>): ShapeFile {
  const file: { operations: Record<string, Record<string, string>>; shapes: Record<string, Shape> } = {
    operations: {},
    shapes: {},
  };
  const named = new Map<unknown, string>();
  const nameOf = (schema: readonly unknown[]): string => {
    const known = named.get(schema);
    if (known !== undefined) return known;
    const full = `${String(schema[1])}#${String(schema[2])}`.replace("com.amazonaws.", "");
    named.set(schema, full);
    file.shapes[full] = shapeOf(schema);
    return full;
  };
  const refer = (schema: Schema): Shape => {
    if (typeof schema === "function") return refer(schema());
    if (typeof schema === "number") return simple(schema);
    const target: readonly unknown[] = schema;
    // With a namespace it is a schema, otherwise a reference to one with traits.
    if (typeof target[1] !== "string") return refer(target[0] as Schema);
    return target[0] === 0 ? refer(target[4] as Schema) : { shape: nameOf(target) };
  };
  const shapeOf = (schema: readonly unknown[]): Shape => {
    switch (schema[0]) {
      case 1:
        return { list: refer(schema[4] as Schema) };
      case 2:
        return { map: refer(schema[5] as Schema) };
      default: {
        const names = schema[4] as string[];
        const members = schema[5] as Schema[];
        const required = names.slice(0, (schema[6] as number | undefined) ?? 0);
        const entries = names.map((name, i) => {
          const member = members[i] ?? 0;
          const { wire, isText } = traitsOf(name, member);
          const shape = refer(member);
          return [wire, isText && shape === "number" ? "numeric" : isText && shape === "boolean" ? "flag" : shape];
        });
        return {
          members: Object.fromEntries(entries) as Record<string, Shape>,
          ...(required.length > 0
            ? { required: required.map((n) => traitsOf(n, members[names.indexOf(n)] ?? 0).wire) }
            : {}),
        };
      }
    }
  };
  for (const [service, clients] of Object.entries(CLIENTS)) {
    const operations = services.get(service.split(":")[0] ?? "")?.operations ?? {};
    const inputs: Record<string, string> = {};
    for (const operation of Object.keys(operations).sort()) {
      for (const client of clients) {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- the clients are named by a table
        const exported = require(`@aws-sdk/client-${client}`) as Record<string, readonly unknown[] | undefined>;
        const schema = exported[`${operation}$`];
        if (!schema) continue;
        const input = (schema[4] as () => Schema)();
        // A structure without members is the unit shape.
        inputs[operation] = Array.isArray(input) && input[0] === 3 ? nameOf(input as readonly unknown[]) : "";
        break;
      }
    }
    file.operations[service] = inputs;
  }
  return file;
}

function simple(code: number): Shape {
  const base = SIMPLE[code & ~(LIST_OF | MAP_OF)] ?? "any";
  if (code & MAP_OF) return { map: base };
  return code & LIST_OF ? { list: base } : base;
}

/** The name of a member as it travels, and whether it travels as text whatever its type. */
function traitsOf(name: string, member: Schema): { wire: string; isText: boolean } {
  const traits = Array.isArray(member) ? (member as readonly unknown[])[1] : undefined;
  if (typeof traits === "number") return { wire: name, isText: (traits & 1) !== 0 };
  if (typeof traits !== "object" || traits === null) return { wire: name, isText: false };
  const { httpQuery, httpHeader, httpLabel, jsonName } = traits as Record<string, string | number | undefined>;
  const isText = httpQuery !== undefined || httpHeader !== undefined || httpLabel !== undefined;
  return { wire: typeof httpQuery === "string" ? httpQuery : typeof jsonName === "string" ? jsonName : name, isText };
}

/** The file as it has to be for what is played now. */
export function currentShapes(): string {
  const cloud = new Cloud({ clock: new VirtualClock(0), folder: join(tmpdir(), "games-messaging-shapes") });
  assemble(cloud);
  return `${JSON.stringify(shapesOf(cloud.services))}\n`;
}

if (require.main === module) writeFileSync(SHAPES_FILE, currentShapes());
