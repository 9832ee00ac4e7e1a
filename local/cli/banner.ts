import pc from "picocolors";
import type { Evaluation } from "../program";
import type { StackFile } from "../stack-file";
import { invocation } from "./invocation";

/** How the kinds of resources are called, in the order in which the banner lists them. */
const KINDS: readonly (readonly [type: string, one: string, many: string])[] = [
  ["aws:lambda/function:Function", "function", "functions"],
  ["aws:dynamodb/table:Table", "table", "tables"],
  ["aws:sqs/queue:Queue", "queue", "queues"],
  ["aws:sns/topic:Topic", "topic", "topics"],
  ["aws:s3/bucket:Bucket", "bucket", "buckets"],
  ["aws:iam/role:Role", "role", "roles"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", "alarms"],
];

/**
 * What a person needs to know once the stack runs.
 * @param seconds that the start took.
 * @param isWatched whether changed handlers are taken over.
 * @param takesTokens whether the stack's settings name the local issuer, so that sample players can connect.
 */
export function banner(
  stack: StackFile,
  evaluation: Evaluation,
  seconds: number,
  isWatched: boolean,
  takesTokens: boolean,
): string {
  const [first, second] = stack.players;
  const lines = [
    "",
    `  ${pc.bold("games-messaging")} ${pc.dim("local cloud")}   ${pc.green(`ready in ${seconds.toFixed(1)} s`)}`,
    "",
    row("WebSocket", pc.cyan(stack.websocket.url || "none")),
    ...(stack.websocket.url === ""
      ? []
      : [row("", pc.dim(`subprotocols ${stack.websocket.protocol}, bearer.<token>`))]),
    row("AWS APIs", pc.cyan(stack.endpoint), pc.dim(`${stack.region}, account ${stack.accountId}`)),
    row("Console", pc.cyan(stack.console)),
    row("Inbox", pc.cyan(stack.inbox)),
    row("Operator key", `AWS_ACCESS_KEY_ID=${stack.operator.accessKeyId}`),
    row("", `AWS_SECRET_ACCESS_KEY=${stack.operator.secretAccessKey}`),
    "",
    ...rows("Runs here", runs(evaluation)),
    ...(evaluation.unplayed.length > 0
      ? rows("Not played", evaluation.unplayed).map(pc.yellow)
      : [row("Not played", "nothing: every declared type is played")]),
  ];
  if (stack.websocket.url === "") {
    lines.push("", row("Try", "export the gateway's address as `url`, and players can connect: `player`, `demo`"));
  } else if (!takesTokens) {
    lines.push(
      "",
      row("Try", "what needs no player: the settings name an issuer whose tokens this machine cannot make"),
    );
  } else if (first) {
    lines.push("", row("Try", pc.bold(invocation("player", first.id)), pc.dim("in a second terminal")));
    if (second) {
      lines.push(row("", pc.bold(invocation("player", second.id)), pc.dim("in a third")));
      lines.push(row("", pc.bold(invocation("demo")), pc.dim("plays the first minute by itself")));
    }
    lines.push(row("Token", `of ${first.id}, and all else, in .local/stack.json`));
  }
  lines.push(
    "",
    pc.dim(`  ${isWatched ? "Handlers reload when their source changes. " : ""}Ctrl-C ends everything.`),
    "",
  );
  return lines.join("\n");
}

function row(label: string, ...text: string[]): string {
  return `  ${pc.dim(label.padEnd(14))}${text.join("  ")}`;
}

/** Columns that are left of a terminal's 80. */
const WIDTH = 64;

/** A list in as many lines as it needs. */
function rows(label: string, items: readonly string[]): string[] {
  const lines: string[][] = [];
  for (const item of items) {
    const line = lines.at(-1);
    if (line && [...line, item].join(", ").length < WIDTH) line.push(item);
    else lines.push([item]);
  }
  return lines.map((line, i) => row(i === 0 ? label : "", `${line.join(", ")}${i < lines.length - 1 ? "," : ""}`));
}

function runs(evaluation: Evaluation): string[] {
  const counts = new Map<string, number>();
  for (const { type } of evaluation.resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  const named = KINDS.flatMap(([type, one, many]) => {
    const count = counts.get(type) ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return [...named, `${evaluation.resources.length} resources in all`];
}
