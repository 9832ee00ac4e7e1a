import type { ServerResponse } from "node:http";
import { planOf, type FaultRule } from "../faults";
import { VirtualClock } from "../clock";
import type { Cloud } from "../cloud";
import type { LocalRoutes } from "../http/server";
import { ISSUER_PATH, type LocalIssuer } from "../issuer";
import type { HttpRequest, HttpResponse } from "../service";
import { refreshIntegrations } from "../services/glue";
import { cloudwatchEngine } from "../services/cloudwatch";
import { inboxPage, mailPage, sesEngine } from "../services/ses";
import { confirmingVisit } from "../services/sns";
import { dashboardPage } from "./dashboard-page";
import { consolePage } from "./page";

const json = (value: unknown, status = 200): HttpResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value, null, 2),
});
const html = (body: string): HttpResponse => ({
  status: 200,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  },
  body,
});
const problem = (status: number, message: string): HttpResponse => json({ message }, status);

const FAULT_KINDS: readonly string[] = [
  "throttle",
  "lost-request",
  "lost-reply",
  "time-out-before",
  "time-out-after",
  "crash-before",
  "crash-after",
];

const FAULT_MEMBERS: readonly string[] = ["kind", "on", "chance", "times"];

/**
 * The pages and the HTTP API below `/_local/`, documented in docs/reference/local-api.md.
 * Only a browser or a tool on this machine may use them: a page of another origin is refused.
 */
export function consoleRoutes(cloud: Cloud, issuer: LocalIssuer): LocalRoutes {
  return (request, response) => {
    if (request.path === "/" && request.method === "GET" && !isSigned(request)) {
      if (!local(request))
        return Promise.resolve(problem(403, "Ask this machine by its own name: 127.0.0.1 or localhost."));
      return confirmingVisit(cloud, request) ?? Promise.resolve(html(consolePage(cloud.endpoint)));
    }
    if (request.path !== "/inbox" && !request.path.startsWith("/_local/")) return undefined;
    if (!local(request))
      return Promise.resolve(problem(403, "Ask this machine by its own name: 127.0.0.1 or localhost."));
    if (request.path === "/inbox")
      return Promise.resolve({ status: 302, headers: { location: "/_local/inbox/page" }, body: "" });
    return answer(cloud, issuer, request, response).catch((error: unknown) =>
      problem(400, error instanceof Error ? error.message : String(error)),
    );
  };
}

/** A call of AWS's, in its header or as a pre-signed address. */
function isSigned({ headers, query }: HttpRequest): boolean {
  return headers["authorization"] !== undefined || /(^|&)X-Amz-Signature=/.test(query);
}

/**
 * A page of another site that resolves its name to 127.0.0.1 shows in the Host header, one of another port of this
 * machine in the Origin header; what is no page sends none.
 */
function local(request: HttpRequest): boolean {
  const host = (request.headers["host"] ?? "").toLowerCase();
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false;
  const origin = request.headers["origin"];
  return origin === undefined || origin === `http://${host}`;
}

async function answer(
  cloud: Cloud,
  issuer: LocalIssuer,
  request: HttpRequest,
  response: ServerResponse,
): Promise<HttpResponse | "handled"> {
  const route = `${request.method} ${request.path}`;
  const query = new URLSearchParams(request.query);
  switch (route) {
    case "GET /_local/health":
      return json({ status: "ready", time: new Date(cloud.clock.now()).toISOString() });
    case `GET ${ISSUER_PATH}/.well-known/openid-configuration`:
      return json(issuer.discovery(cloud.endpoint));
    case `GET ${ISSUER_PATH}/.well-known/jwks.json`:
      return json(issuer.jwks());
    case "POST /_local/tokens": {
      const { player, lifetimeSeconds } = body(request);
      if (typeof player !== "string" || player === "")
        return problem(400, `player: got ${JSON.stringify(player)}; expected a player id.`);
      // A negative one makes a token that has expired.
      if (lifetimeSeconds !== undefined && !Number.isSafeInteger(lifetimeSeconds))
        return problem(400, `lifetimeSeconds: got ${JSON.stringify(lifetimeSeconds)}; expected whole seconds.`);
      const lifetime = lifetimeSeconds as number | undefined;
      return json({ player, token: await issuer.token(cloud.endpoint, player, lifetime) });
    }
    case "GET /_local/trace":
      return json(cloud.trace.since(Number(query.get("since") ?? 0)).slice(-Number(query.get("limit") ?? 1_000)));
    case "GET /_local/trace/stream":
      return stream(cloud, response);
    case "GET /_local/meter":
      return json(cloud.meter.snapshot());
    case "GET /_local/clock":
      return json({ now: new Date(cloud.clock.now()).toISOString(), virtual: cloud.clock instanceof VirtualClock });
    case "POST /_local/clock":
      return moveClock(cloud, body(request)["advanceMs"]);
    case "POST /_local/faults":
      return setFaults(cloud, body(request)["rules"]);
    case "POST /_local/zero-etl/refresh":
      return json(await refreshIntegrations(cloud));
    case "GET /_local/inbox":
      return json(sesEngine(cloud).inbox());
    case "GET /_local/inbox/page":
      return html(inboxPage(sesEngine(cloud).inbox()));
    case "GET /_local/dashboard": {
      const [name, minutes] = [query.get("name"), query.get("minutes")];
      const chosen = { ...(name === null ? {} : { name }), ...(minutes === null ? {} : { minutes: Number(minutes) }) };
      return html(dashboardPage(cloudwatchEngine(cloud), chosen));
    }
    default:
      return mailRoute(cloud, request, route);
  }
}

const SIMULATED = ["open", "click", "bounce", "complaint"] as const;

function isSimulated(event: unknown): event is (typeof SIMULATED)[number] {
  return (SIMULATED as readonly unknown[]).includes(event);
}

async function mailRoute(cloud: Cloud, request: HttpRequest, route: string): Promise<HttpResponse> {
  const [, method, id, action] = /^(GET|POST|DELETE) \/_local\/inbox\/([^/]+)(?:\/(page|simulate))?$/.exec(route) ?? [];
  const mail =
    id === undefined
      ? undefined
      : sesEngine(cloud)
          .inbox()
          .find((m) => m.id === decodeURIComponent(id));
  if (!mail) return problem(404, `${request.path}: there is nothing here; docs/reference/local-api.md lists what is.`);
  if (method === "DELETE") return json({ id: mail.id, deleted: sesEngine(cloud).forget(mail.id) });
  if (method === "GET") return action === "page" ? html(mailPage(mail)) : json(mail);
  const { event, bot, link } = body(request);
  if (!isSimulated(event))
    return problem(400, `event: got ${JSON.stringify(event)}; expected one of ${SIMULATED.join(", ")}.`);
  await sesEngine(cloud).simulate(mail.id, event, { bot: bot === true, ...(typeof link === "string" ? { link } : {}) });
  return json({ id: mail.id, event });
}

function body(request: HttpRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const value: unknown = JSON.parse(request.body.toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("The body must be a JSON object.");
  return value as Record<string, unknown>;
}

async function moveClock(cloud: Cloud, advanceMs: unknown): Promise<HttpResponse> {
  if (!(cloud.clock instanceof VirtualClock))
    return problem(409, "The clock runs by itself; only a virtual clock can be moved (start with --virtual-clock).");
  if (typeof advanceMs !== "number" || !(advanceMs >= 0))
    return problem(400, `advanceMs: got ${JSON.stringify(advanceMs)}; expected milliseconds, 0 or more.`);
  await cloud.clock.advance(advanceMs);
  return json({ now: new Date(cloud.clock.now()).toISOString() });
}

function setFaults(cloud: Cloud, rules: unknown): HttpResponse {
  if (!Array.isArray(rules)) return problem(400, "rules: expected a list; an empty list turns all faults off.");
  for (const rule of rules as (Partial<FaultRule> | null)[]) {
    if (typeof rule !== "object" || rule === null)
      return problem(400, `rules: got ${JSON.stringify(rule)}; expected objects.`);
    const unknown = Object.keys(rule).find((member) => !FAULT_MEMBERS.includes(member));
    if (unknown !== undefined) return problem(400, `${unknown}: not known; expected ${FAULT_MEMBERS.join(", ")}.`);
    for (const member of ["chance", "times"] as const) {
      const value = rule[member];
      if (value !== undefined && !(typeof value === "number" && value >= 0))
        return problem(400, `${member}: got ${JSON.stringify(value)}; expected a number, 0 or more.`);
      if (member === "chance" && value !== undefined && value > 1)
        return problem(400, `chance: got ${JSON.stringify(value)}; expected 0 to 1.`);
    }
    if (!FAULT_KINDS.includes(rule.kind ?? ""))
      return problem(400, `kind: got ${JSON.stringify(rule.kind)}; expected one of ${FAULT_KINDS.join(", ")}.`);
    if (!/^[^:]+:[^:]+$/.test(rule.on ?? ""))
      return problem(400, `on: got ${JSON.stringify(rule.on)}; expected "service:Operation", "*" matching all.`);
  }
  cloud.faults = planOf(rules as FaultRule[], cloud.random);
  return json({ rules });
}

/** The trace as server-sent events, from now on. */
function stream(cloud: Cloud, response: ServerResponse): "handled" {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const stop = cloud.trace.on((event) => response.write(`data: ${JSON.stringify(event)}\n\n`));
  response.on("close", stop);
  return "handled";
}
