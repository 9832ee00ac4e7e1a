import type { HttpRequest } from "../../service";

/** `<bucket>.localhost`, `<bucket>.s3.localhost`, `<bucket>.s3.<region>.amazonaws.com` and its older forms, with any port. */
const BUCKET_HOST = /^(.+?)\.(?:s3\.)?localhost(?::\d+)?$|^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?::\d+)?$/;

/**
 * A request to a bucket's own host, in the path style of the routes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function pathStyle(request: HttpRequest): HttpRequest {
  const match = BUCKET_HOST.exec(request.headers["host"] ?? "");
  const bucket = match?.[1] ?? match?.[2];
  if (bucket === undefined || bucket === "s3") return request;
  return { ...request, path: `/${bucket}${request.path}` };
}
