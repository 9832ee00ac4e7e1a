import { AwsError, ConnectionLost } from "../aws-error";
import { VirtualClock } from "../clock";
import type { Cloud } from "../cloud";
import type { HttpRequest, HttpResponse, Json, Protocol, RestRoute, Service } from "../service";
import { readCbor, writeCbor, writeCborError } from "./cbor";
import { uncompressed } from "./content-encoding";
import { readJson, readRest, writeJson, writeJsonError, writeRestJson, writeRestJsonError } from "./json";
import { readQuery, writeQuery, writeQueryError } from "./query";
import { summed } from "./response-checksum";
import { matchRoute } from "./routes";
import { checkInput } from "./shapes";
import { claimedService, verify } from "./signature";
import { refuseUnknown } from "./unknown";

/** What a request asks for, in the words of its protocol, and how to answer in them. */
interface Spoken {
  readonly service: Service;
  readonly kind: Protocol["kind"];
  readonly operation: string;
  readonly input: () => Json;
  readonly answer: (output: unknown, requestId: string) => HttpResponse;
  readonly refuse: (error: AwsError, requestId: string) => HttpResponse;
}

/**
 * The front of the cloud: from an HTTP request in one of AWS's protocols to a call, and back. Knows nothing of sockets,
 * so that a function that runs in this process can be served without one.
 */
export class Front {
  constructor(private readonly cloud: Cloud) {}

  /**
   * The time of an answer, for its `Date` header: on the cloud's clock, because SDKs take a distance of more than five
   * minutes for a wrong clock of their own, correct their signatures by it and repeat what failed.
   */
  date(): string {
    return new Date(this.cloud.clock.now()).toUTCString();
  }

  /** @throws ConnectionLost when the reply is lost by an injected fault. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const requestId = this.cloud.uuid();
    if (!decodable(request.path)) {
      return writeRestJsonError(new AwsError("InvalidURI", "Couldn't parse the specified URI.", 400), requestId);
    }
    const spoken = this.understand(request);
    if (!spoken) {
      const name = claimedService(request);
      const isPlayed = [...this.cloud.services.values()].some((service) => service.signingName === name);
      return refuseUnknown(request, name, isPlayed, requestId);
    }
    try {
      const { principal } = verify(request, this.cloud.ports.iam, {
        now: this.cloud.clock.now(),
        isVirtual: this.cloud.clock instanceof VirtualClock,
      });
      if (spoken.operation === "") throw missingAction();
      if (!Object.hasOwn(spoken.service.operations, spoken.operation)) {
        throw new AwsError(
          "UnknownOperationException",
          `The local cloud does not play ${spoken.service.name}:${spoken.operation}.`,
          400,
        );
      }
      const input = checkInput(spoken.service.name, spoken.kind, spoken.operation, spoken.input());
      const output = await this.cloud.call(spoken.service.name, spoken.operation, input, principal);
      return spoken.answer(output, requestId);
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      if (error instanceof AwsError) return spoken.refuse(error, requestId);
      if (error instanceof RangeError && error.message.includes("call stack")) {
        return spoken.refuse(new AwsError("SerializationException", "The request is nested too deeply."), requestId);
      }
      const failure = new AwsError(
        "InternalFailure",
        `The local cloud failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        500,
      );
      return spoken.refuse(failure, requestId);
    }
  }

  private understand(request: HttpRequest): Spoken | undefined {
    const name = claimedService(request);
    // A browser or a careless client may not sign at all: then the target header or the path still tells the service.
    const candidates = [...this.cloud.services.values()].filter(
      (service) => name === undefined || service.signingName === name,
    );
    for (const service of candidates) {
      for (const protocol of service.protocols) {
        const spoken = speak(service, protocol, request);
        if (spoken) return spoken;
      }
    }
    return undefined;
  }
}

function missingAction(): AwsError {
  return new AwsError(
    "MissingAction",
    "Could not find operation: the request names none. Send Action, or the header X-Amz-Target.",
  );
}

function decodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function speak(service: Service, protocol: Protocol, request: HttpRequest): Spoken | undefined {
  switch (protocol.kind) {
    case "json": {
      const target = request.headers["x-amz-target"];
      if (target === undefined || !target.startsWith(`${protocol.target}.`)) return undefined;
      return {
        service,
        kind: protocol.kind,
        operation: target.slice(protocol.target.length + 1),
        input: () => readJson(uncompressed(request).body),
        answer: (output, id) => summed(protocol.target, writeJson(output, protocol.version, id)),
        refuse: (error, id) => summed(protocol.target, writeJsonError(error, protocol.target, protocol.version, id)),
      };
    }
    case "query": {
      const form = formOf(request);
      if (form === undefined) return undefined;
      const { action, input } = readQuery(form);
      const { asJson } = protocol;
      return {
        service,
        kind: asJson ? "json" : protocol.kind,
        operation: action,
        input: () => (asJson ? asJson.read(action, input, request.path) : input),
        answer: (output, id) => writeQuery(action, protocol.xmlns, output, id, asJson?.write(action, output)),
        refuse: (error, id) =>
          writeQueryError(asJson?.refuse(error) ?? error, protocol.xmlns, id, asJson && "<Detail/>"),
      };
    }
    case "cbor": {
      const prefix = `/service/${protocol.service}/operation/`;
      if (!request.path.startsWith(prefix)) return undefined;
      return {
        service,
        kind: protocol.kind,
        operation: request.path.slice(prefix.length),
        input: () => readCbor(uncompressed(request).body),
        answer: writeCbor,
        refuse: writeCborError,
      };
    }
    case "rest": {
      const addressed = protocol.address?.(request) ?? request;
      const found = matchRoute(protocol.routes, addressed);
      if (!found) return undefined;
      return speakRest(service, protocol, found.route, found.labels, addressed);
    }
  }
}

/** The form of the query protocol: a POST's body, or the query of a signed GET. */
function formOf(request: HttpRequest): string | undefined {
  const { method, query, headers } = request;
  if ((headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded"))
    return uncompressed(request).body.toString("utf8");
  const isSigned = headers["authorization"] !== undefined || query.includes("X-Amz-Signature=");
  return method === "GET" && isSigned && /(^|&)Action=/.test(query) ? query : undefined;
}

function speakRest(
  service: Service,
  protocol: Protocol & { kind: "rest" },
  route: RestRoute,
  labels: Readonly<Record<string, string>>,
  request: HttpRequest,
): Spoken {
  return {
    service,
    kind: protocol.kind,
    operation: route.operation,
    input: () => (route.decode ? route.decode(request, labels) : readRest(request, labels)),
    answer: (output, id) => {
      const response = route.encode ? route.encode(output, request) : writeRestJson(output, id);
      return { ...response, headers: { "x-amzn-requestid": id, ...response.headers } };
    },
    refuse: (error, id) => (protocol.encodeError ? protocol.encodeError(error, id) : writeRestJsonError(error, id)),
  };
}
