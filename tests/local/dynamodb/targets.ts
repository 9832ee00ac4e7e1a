import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { RealClock, type Clock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import type { IamPort } from "../../../local/ports";
import { dynamodbService, type DynamoDbService } from "../../../local/services/dynamodb";

/** A DynamoDB that the shared suite runs against. */
export interface Target {
  readonly name: "local" | "dynalite" | "dynoxide";
  readonly client: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  close(): Promise<void>;
}

const credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" };

function clientsOf(endpoint: string): Pick<Target, "client" | "streams"> {
  const options = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  return { client: new DynamoDBClient(options), streams: new DynamoDBStreamsClient(options) };
}

/** A cloud with DynamoDB alone, in which everything is allowed. */
export function newCloud(clock: Clock, random?: () => number): { cloud: Cloud; service: DynamoDbService } {
  const cloud = new Cloud({ clock, folder: "", ...(random ? { random } : {}) });
  const iam: Partial<IamPort> = {
    evaluate: () => ({ allowed: true, reason: "" }),
    lookUp: (id) =>
      id === credentials.accessKeyId
        ? { secretAccessKey: credentials.secretAccessKey, principal: cloud.operator }
        : undefined,
  };
  cloud.ports.iam = iam as IamPort;
  const service = dynamodbService(cloud);
  cloud.register(service);
  return { cloud, service };
}

/** The local cloud's DynamoDB behind its real front. */
export async function localTarget(): Promise<Target> {
  const { cloud } = newCloud(new RealClock());
  const server = new HttpServer(new Front(cloud));
  const clients = clientsOf(await server.listen());
  return {
    name: "local",
    ...clients,
    close: async () => {
      clients.client.destroy();
      clients.streams.destroy();
      await server.close();
      await cloud.close();
    },
  };
}

export async function dynaliteTarget(): Promise<Target> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types
  const dynalite = require("dynalite") as (options: object) => Server;
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const clients = clientsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    name: "dynalite",
    ...clients,
    close: async () => {
      clients.client.destroy();
      clients.streams.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Path of dynoxide's program, which npm installs on Linux x64 only. */
export function dynoxideProgram(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    const program = join(dirname(require.resolve("@dynoxide/linux-x64/package.json")), "dynoxide");
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

export async function dynoxideTarget(program: string): Promise<Target> {
  const port = await freePort();
  const child = spawn(program, ["--host", "127.0.0.1", "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  await listening(child);
  const clients = clientsOf(`http://127.0.0.1:${port}`);
  return {
    name: "dynoxide",
    ...clients,
    close: async () => {
      clients.client.destroy();
      clients.streams.destroy();
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/listening on/i.test(said)) resolve();
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    child.once("exit", (code) => reject(new Error(`dynoxide ended with ${code}: ${said}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
