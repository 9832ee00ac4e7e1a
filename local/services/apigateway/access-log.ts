import type { Json } from "../../service";

/**
 * Fills an access log format with `$context` variables; unknown ones become `-`, as on AWS.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function accessLine(format: string, context: Json): string {
  return format.replace(/\$context\.([A-Za-z0-9_.]+)/g, (_, path: string) => {
    let value: unknown = context;
    for (const name of path.split(".")) value = (value as Json | undefined)?.[name];
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "-";
  });
}
