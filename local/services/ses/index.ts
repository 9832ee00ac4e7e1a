import type { Cloud } from "../../cloud";
import { writeRestJsonError } from "../../http/json";
import type { Service } from "../../service";
import { SesEngine } from "./engine";
import { inSecondApi } from "./api-errors";
import { accountOperations } from "./operations/account";
import { configurationSetOperations } from "./operations/configuration-sets";
import { eventDestinationOperations } from "./operations/event-destinations";
import { identityOperations } from "./operations/identities";
import { sendOperations } from "./operations/send";
import { tenantOperations } from "./operations/tenants";
import { sesResources } from "./resources";
import { routes } from "./routes";

export type { SesEngine } from "./engine";
export { inboxPage, mailPage } from "./inbox-page";
export type { Attachment, Mail, MailEvent, MailEventType } from "./mail";

const engines = new WeakMap<Cloud, SesEngine>();

/** The SES of a cloud, made on first use: inbox, identities, behaviour. */
export function sesEngine(cloud: Cloud): SesEngine {
  let engine = engines.get(cloud);
  if (!engine) engines.set(cloud, (engine = new SesEngine(cloud)));
  return engine;
}

/** Amazon Simple Email Service, both APIs. */
export function sesService(cloud: Cloud): Service {
  const engine = sesEngine(cloud);
  return {
    name: "ses",
    signingName: "ses",
    protocols: [
      { kind: "query", version: "2010-12-01", xmlns: "http://ses.amazonaws.com/doc/2010-12-01/" },
      { kind: "rest", routes, encodeError: (error, requestId) => writeRestJsonError(inSecondApi(error), requestId) },
    ],
    operations: {
      ...sendOperations(engine),
      ...identityOperations(engine),
      ...accountOperations(engine),
      ...configurationSetOperations(engine),
      ...eventDestinationOperations(engine),
      ...tenantOperations(engine),
    },
    resourceTypes: sesResources(engine),
    throttling: "Throttling",
  };
}
