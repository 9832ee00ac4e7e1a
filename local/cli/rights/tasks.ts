import { TABLE_KEY_ACTIONS } from "../../../components/shared/iam";
import type { Operations } from "../../../components/operations/operations";
import { doctorRights } from "./doctor";
import { eraseRights, playerRights } from "./players";
import { Arns, keyRight, right, type RightStatement } from "./statement";

/** What an operator may be let do. */
export type Task = "send" | "follow" | "segment" | "inspect" | "redrive" | "players" | "erase" | "doctor";

interface Rights {
  /** Commands that it is enough for. */
  readonly commands: string;
  readonly of: (arns: Arns) => readonly RightStatement[];
}

/** Every task, and what it needs. */
export const TASKS: Readonly<Record<Task, Rights>> = {
  send: { commands: "send --no-follow", of: sendRights },
  follow: { commands: "follow; with send, send", of: followRights },
  segment: { commands: "segment", of: segmentRights },
  inspect: { commands: "redrive without a queue", of: (arns) => inspectRights(arns) },
  redrive: { commands: "redrive", of: redriveRights },
  players: { commands: "players show, find, export, check", of: (arns) => playerRights(arns) },
  erase: { commands: "players erase; with players", of: (arns) => eraseRights(arns) },
  doctor: { commands: "doctor", of: (arns) => doctorRights(arns) },
};

/** The policy of an operator with these tasks, on one stack and nothing else. */
export function policyFor(tasks: readonly Task[], operations: Operations) {
  const arns = new Arns(operations);
  return { Version: "2012-10-17", Statement: merged(tasks.flatMap((task) => TASKS[task].of(arns))) };
}

/** Without what another task brings along word for word. */
function merged(statements: readonly RightStatement[]): readonly RightStatement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}

function sendRights({ operations }: Arns): readonly RightStatement[] {
  return right("EnqueueMessages", ["lambda:InvokeFunction"], [operations.messages?.enqueueFunction]);
}

function followRights(arns: Arns): readonly RightStatement[] {
  const table = arns.operations.messages?.table;
  return [
    ...right("FollowMessages", ["dynamodb:GetItem"], [table && arns.table(table)]),
    ...keyRight(arns, "ReadTables", TABLE_KEY_ACTIONS.read.map(bare), "dynamodb"),
  ];
}

function segmentRights(arns: Arns): readonly RightStatement[] {
  const { segments } = arns.operations;
  return [
    ...right("StartSegments", ["lambda:InvokeFunction"], [segments?.startFunction]),
    ...right("FollowRuns", ["dynamodb:GetItem"], [segments && arns.table(segments.runs)]),
    ...keyRight(arns, "ReadTables", TABLE_KEY_ACTIONS.read.map(bare), "dynamodb"),
  ];
}

/** Looking into dead-letter queues, after which every letter is put back. */
function inspectRights(arns: Arns): readonly RightStatement[] {
  const letters = arns.operations.deadLetters.map(({ url }) => arns.queue(url));
  return [
    ...right("ReadLetters", ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"], letters),
    ...keyRight(arns, "OpenLetters", ["Decrypt"], "sqs"),
  ];
}

function redriveRights(arns: Arns): readonly RightStatement[] {
  const { deadLetters, messages } = arns.operations;
  const ways = deadLetters.map(({ back }) => back);
  const table = messages && arns.table(messages.table);
  return [
    ...inspectRights(arns),
    ...right(
      "TakeLetters",
      ["sqs:DeleteMessage"],
      deadLetters.map(({ url }) => arns.queue(url)),
    ),
    ...right(
      "SendAgain",
      ["sqs:SendMessage"],
      ways.map((back) => (back.kind === "queue" ? arns.queue(back.queueUrl) : undefined)),
    ),
    ...right(
      "PublishAgain",
      ["sns:Publish"],
      ways.map((back) => (back.kind === "topic" ? back.topicArn : undefined)),
    ),
    ...right(
      "StartAgain",
      ["lambda:InvokeFunction"],
      ways.map((back) => (back.kind === "redrive" || back.kind === "invoke" ? back.functionArn : undefined)),
    ),
    ...keyRight(arns, "SealLetters", ["GenerateDataKey"], "sqs", "sns"),
    ...keyRight(arns, "PublishSealed", ["Decrypt"], "sns"),
    // --search finds messages whose records the stream has forgotten, and wakes them.
    ...right("SearchMessages", ["dynamodb:Scan", "dynamodb:UpdateItem"], [table]),
    ...keyRight(arns, "WriteTables", TABLE_KEY_ACTIONS.write.map(bare), "dynamodb"),
  ];
}

const bare = (action: string): string => action.slice(action.indexOf(":") + 1);
