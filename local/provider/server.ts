import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Json } from "../service";
import type { Wanted } from "./account";
import { explain, type Provider } from "./provider";

/** The plugin's version, for the engine's list; it serves any program. */
const VERSION = "7.48.0";

/** A failure as the engine shows it: the message alone, no status code's name. */
class Refusal extends Error {
  readonly code = grpc.status.UNKNOWN;
  get details(): string {
    return this.message;
  }
}

/** Serves `pulumirpc.ResourceProvider` for one account on a free port of 127.0.0.1; any number of engines may come. */
export class ProviderServer {
  private readonly server = new grpc.Server();

  /** @param folderOf the program's folder, by the port that its plugin speaks from. */
  constructor(
    private readonly provider: Provider,
    private readonly folderOf: (port: number) => string,
  ) {
    this.server.addService(services.ResourceProviderService, this.methods());
  }

  /** @returns the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  private methods(): grpc.UntypedServiceImplementation {
    const { provider } = this;
    const wantedOf = (request: OfResource, inputs: Json, peer: string): Wanted => ({
      type: request.getType(),
      name: request.getName(),
      urn: request.getUrn(),
      inputs,
      folder: this.folderOf(Number(peer.slice(peer.lastIndexOf(":") + 1))),
    });
    return {
      handshake: unary(() => new messages.ProviderHandshakeResponse()),
      attach: unary(() => new Empty()),
      cancel: unary(() => new Empty()),
      getPluginInfo: unary(() => {
        const info = new PluginInfo();
        info.setVersion(VERSION);
        return info;
      }),
      getSchema: unary(() => {
        const schema = new messages.GetSchemaResponse();
        schema.setSchema(JSON.stringify({ name: "aws", version: VERSION }));
        return schema;
      }),
      checkConfig: unary((request: messages.CheckRequest) => {
        const response = new messages.CheckResponse();
        response.setInputs(request.getNews());
        return response;
      }),
      diffConfig: unary(() => new messages.DiffResponse()),
      configure: unary(() => {
        const response = new messages.ConfigureResponse();
        response.setSupportspreview(true);
        return response;
      }),
      check: unary((request: messages.CheckRequest) => {
        const { inputs, failures } = provider.check({
          type: request.getType(),
          name: request.getName(),
          inputs: json(request.getNews()),
          before: request.getOlds() && json(request.getOlds()),
          seed: Buffer.from(request.getRandomseed_asU8()),
        });
        const response = new messages.CheckResponse();
        response.setInputs(struct(inputs));
        for (const { property, reason } of failures) {
          const failure = new messages.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          response.addFailures(failure);
        }
        return response;
      }),
      diff: unary((request: messages.DiffRequest) => {
        const before = json(request.getOldInputs());
        const after = json(request.getNews());
        for (const ignored of request.getIgnorechangesList()) after[ignored] = before[ignored];
        const { changed, replaces, deleteFirst } = provider.diff(request.getType(), before, after);
        const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
        const response = new messages.DiffResponse();
        response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList([...changed]);
        response.setReplacesList([...replaces]);
        response.setDeletebeforereplace(deleteFirst);
        return response;
      }),
      create: unary(async (request: messages.CreateRequest, peer) => {
        const wanted = wantedOf(request, json(request.getProperties()), peer);
        const response = new messages.CreateResponse();
        if (request.getPreview()) {
          response.setProperties(struct(provider.planCreate(wanted.inputs)));
          return response;
        }
        const { id, state } = await refusing("creating", wanted, provider.create(wanted));
        response.setId(id);
        response.setProperties(struct(state));
        return response;
      }),
      update: unary(async (request: messages.UpdateRequest, peer) => {
        const wanted = wantedOf(request, json(request.getNews()), peer);
        const response = new messages.UpdateResponse();
        if (request.getPreview()) {
          const plan = [wanted.type, json(request.getOlds()), json(request.getOldInputs()), wanted.inputs] as const;
          response.setProperties(struct(provider.planUpdate(...plan)));
          return response;
        }
        const { state } = await refusing("updating", wanted, provider.update(request.getId(), wanted));
        response.setProperties(struct(state));
        return response;
      }),
      delete: unary(async (request: messages.DeleteRequest, peer) => {
        const wanted = wantedOf(request, json(request.getOldInputs()), peer);
        const state = json(request.getProperties());
        await refusing("deleting", wanted, provider.delete(request.getId(), wanted, state));
        return new Empty();
      }),
      read: unary((request: messages.ReadRequest) => {
        const response = new messages.ReadResponse();
        const held = provider.read(request.getType(), request.getId(), json(request.getProperties()));
        if (!held) return response;
        response.setId(held.id);
        response.setProperties(struct(held.state));
        response.setInputs(struct(held.inputs));
        return response;
      }),
      invoke: unary(async (request: messages.InvokeRequest) => {
        const response = new messages.InvokeResponse();
        response.setReturn(struct(await provider.invoke(request.getTok(), json(request.getArgs()))));
        return response;
      }),
    };
  }
}

interface OfResource {
  getType(): string;
  getName(): string;
  getUrn(): string;
}

/** A method with one request and one response. */
function unary<I, O>(answer: (request: I, peer: string) => O | Promise<O>): grpc.handleUnaryCall<I, O> {
  return (call, reply) => {
    const run = async (): Promise<O> => answer(call.request, call.getPeer());
    run().then(
      (response) => reply(null, response),
      (error: unknown) =>
        reply(error instanceof Refusal ? error : new Refusal(String(error instanceof Error ? error.message : error))),
    );
  };
}

async function refusing<T>(doing: string, wanted: Wanted, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Refusal(explain(doing, wanted, error));
  }
}

function json(value: Struct | undefined): Json {
  return value?.toJavaScript() ?? {};
}

function struct(value: Json): Struct {
  return Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
}
